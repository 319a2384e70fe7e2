import { MalformedBuffer, Reader, Writer } from '../bufferstructs/index.js'
import { readGlobset, writeGlobset } from './globset.js'
import type { NumberSet } from './number-set.js'

/** Sets of counters by the GUID of the replica that gave them: message ids, folder ids or change numbers. */
export type Idset = ReadonlyMap<string, NumberSet>

/**
 * Reads an IDSET in its form with replica GUIDs, which fills `bytes` ([MS-OXCFXICS] 2.2.2.4.2); no bytes are the empty set.
 * Throws MalformedBuffer. A GUID that comes twice is one too many.
 */
export function readIdset(bytes: Uint8Array): Idset {
  const reader = new Reader(bytes)
  const sets = new Map<string, NumberSet>()
  while (reader.remaining > 0) {
    const guid = reader.guid()
    if (sets.has(guid)) throw new MalformedBuffer('a replica GUID twice in an IDSET', reader.position - 16)
    sets.set(guid, readGlobset(reader))
  }
  return sets
}

/** Writes an IDSET in its form with replica GUIDs, in the order of their bytes; empty sets are left out. */
export function writeIdset(idset: Idset): Uint8Array {
  const parts = [...idset]
    .filter(([, set]) => !set.isEmpty)
    .map(([guid, set]) => {
      const writer = new Writer(64)
      writer.guid(guid)
      writeGlobset(writer, set)
      return writer.written()
    })
  return Buffer.concat(parts.sort(Buffer.compare))
}
