import { parseGuid } from '../bufferstructs/index.js'
import { putGlobcnt } from '../bufferstructs/plain-numbers.js'
import { globcntOf, makeId } from '../oxcdata/ids.js'

/**
 * Identifiers that clients keep: XIDs, change keys, predecessor change lists, source keys ([MS-OXCFXICS] 2.2.2.2, 2.2.2.3,
 * 2.2.1.2). All are made from the replica GUID and a number of one of the mailbox's two lines, so that nothing of them
 * is stored.
 */

const XID_BYTES = 22

/** Replica GUID and six bytes of counter, big-endian: a GID, and the form of source keys and change keys. */
export function gid(replica: Uint8Array, globcnt: number): Uint8Array {
  const bytes = new Uint8Array(XID_BYTES)
  bytes.set(replica)
  putGlobcnt(bytes, 16, globcnt)
  return bytes
}

/** PidTagPredecessorChangeList of an object that only this replica has changed: one sized XID. */
export function predecessorChangeList(replica: Uint8Array, cn: number): Uint8Array {
  const bytes = new Uint8Array(1 + XID_BYTES)
  bytes[0] = XID_BYTES
  bytes.set(replica, 1)
  putGlobcnt(bytes, 17, cn)
  return bytes
}

/** An id as the eight bytes of a FID, MID or change number on the wire. */
export function wireId(id: number): Uint8Array {
  const bytes = new Uint8Array(8)
  const replid = Math.floor(id / 0x1000000000000)
  bytes[0] = replid
  bytes[1] = replid >>> 8
  putGlobcnt(bytes, 2, globcntOf(id))
  return bytes
}

/** A change number as the wire shows it: REPLID 1 and the counter. */
export function wireCn(cn: number): Uint8Array {
  return wireId(makeId(1, cn))
}

export function guidBytes(guid: string): Uint8Array {
  return parseGuid(guid)
}
