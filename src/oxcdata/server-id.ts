import { Reader, Writer } from '../bufferstructs/index.js'
import type { Fid, Mid } from './ids.js'

/** [MS-OXCDATA] 2.11.1.4: names a folder (messageId 0) or a message of the same mailbox; 21 bytes of a PtypServerId value. */
export interface ServerId {
  folderId: Fid
  messageId: Mid
  instance: number
}

const OURS = 1
const SIZE = 21

/** The bytes of a PtypServerId value that the server understands. */
export function serverIdBytes(id: ServerId): Uint8Array {
  const writer = new Writer(SIZE)
  writer.u8(OURS)
  writer.id(id.folderId)
  writer.id(id.messageId)
  writer.u32(id.instance)
  return writer.written()
}

/** What a PtypServerId value says; undefined when its bytes belong to the client (Ours is 0) or are none of the form. */
export function parseServerId(bytes: Uint8Array): ServerId | undefined {
  if (bytes.byteLength !== SIZE || bytes[0] !== OURS) return undefined
  const reader = new Reader(bytes)
  reader.position = 1
  return { folderId: reader.id(), messageId: reader.id(), instance: reader.u32() }
}
