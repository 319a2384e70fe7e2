import { Writer } from '../../src/bufferstructs/index.js'
import type { Fid } from '../../src/oxcdata/ids.js'

/** The eight wire bytes of an id, which is how PidTagFolderId is stored. */
export function idBytes(id: Fid): Uint8Array {
  const writer = new Writer(8)
  writer.id(id)
  return writer.written()
}
