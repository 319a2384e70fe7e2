/** Identifiers of [MS-OXCDATA] 2.2.1. Ids are numbers (REPLID * 2^48 + GLOBCNT), because a bigint costs four times as much as a map key. */
import { custom, globcntOf, type Layout, MAX_REPLID, makeId, replidOf, UNKNOWN_ID } from '../bufferstructs/index.js'

/** Folder id. */
export type Fid = number
/** Message id. */
export type Mid = number
/** Change number (GLOBCNT only, of the mailbox's replica). */
export type Cn = number

/** [MS-OXCDATA] 2.2.1.3.1 LongTermID: replica GUID (lower case, hyphenated) and 48-bit counter; 24 bytes on the wire. */
export interface LongTermId {
  databaseGuid: string
  globcnt: number
}

export { globcntOf, MAX_REPLID, makeId, replidOf, UNKNOWN_ID }

const TWO_32 = 0x100000000

/** 24 bytes: GUID, counter, two bytes of padding, which are zero when written and not looked at when read. */
export const longTermId: Layout<LongTermId> = custom({
  read: reader => {
    const value = { databaseGuid: reader.guid(), globcnt: reader.globcnt() }
    reader.take(2)
    return value
  },
  write: (writer, value) => {
    writer.guid(value.databaseGuid)
    writer.globcnt(value.globcnt)
    writer.u16(0)
  },
  size: () => 24,
  minSize: 24,
  generate: random => ({
    databaseGuid: '5b1fa2a0-0c3d-4b2e-9f55-3a0f6a1c7e21',
    globcnt: random.below(0x10000) * TWO_32 + random.u32()
  }),
  why: 'what a client puts into the padding does not matter, so it is no field'
})
