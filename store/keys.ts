/**
 * The keys of the store, and the only place that builds them.
 *
 * A key is `mailbox number (u32) + space letter (u8) + fields`, all numbers big-endian, so that the order of the bytes
 * is the order of the fields and every mailbox lies under one prefix. Mailbox number 0 is the server's own (directory,
 * queue, worlds applied); `TEMPORARY_MAILBOX` holds what the opening deletes.
 *
 * Kinds of field: `byte` 1 byte, `word` 4 bytes, `id` 8 bytes (a safe integer, up to 2^53), `bytes` escaped and
 * terminated so that order is kept whatever follows (00 becomes 00 FF, the end is 00 00), `rest` raw bytes up to the
 * end of the key, `text` the same as UTF-8.
 *
 * | letter | space             | fields                                  | value                                                     |
 * | ------ | ----------------- | --------------------------------------- | --------------------------------------------------------- |
 * | m      | mailbox           |                                         | the mailbox record                                        |
 * | c      | counter           | name text                               | ceiling of a number line, written ahead (counters.ts)     |
 * | r      | replid            | replid word                             | database GUID that the REPLID stands for                  |
 * | n      | namedProperty     | property id word                        | name of a named property                                  |
 * | f      | folder            | fid                                     | folder record                                             |
 * | g      | folderCounters    | fid                                     | counts, sizes, id block; changes without a new CN         |
 * | E      | permission        | fid, member id                          | one row of a folder's permission list                     |
 * | R      | rule              | fid, rule id                            | one rule of a folder                                      |
 * | e      | message           | mid                                     | message record                                            |
 * | p      | recipient         | mid, row id word                        | one recipient                                             |
 * | a      | attachment        | mid, number word                        | attachment record (mid may be an embedded message's)      |
 * | h      | blob              | blob id                                 | size, references and piece table of a large value         |
 * | b      | blobPiece         | blob id, piece word                     | bytes of one piece                                        |
 * | i      | blobIntent        | blob id                                 | a large value being written or deleted; opening sweeps    |
 * | s      | summary           | fid, mid                                | summary row of a contents table                           |
 * | o      | order             | fid, order word, sort key bytes, mid    | entry of a kept order                                     |
 * | q      | orderRun          | fid, order word, sort key bytes, mid    | run of about 512 entries: count, last change              |
 * | v      | change            | fid, associated byte, cn                | mid: exactly one entry per live message                   |
 * | w      | readChange        | fid, user id or 0, cn                   | mid whose read state changed                              |
 * | x      | departure         | fid, cn                                 | mid and how it left                                       |
 * | u      | uid               | fid, uid word                           | mid                                                       |
 * | k      | sourceKey         | kind byte, source key rest              | fid or mid that was imported under it                     |
 * | K      | search            | fid                                     | criteria of a search folder, and how far its search is    |
 * | l      | membership        | search folder fid, mid                  | fid under which the summary row of a member lies          |
 * | L      | membershipOf      | mid, search folder fid                  | the same, seen from the message                           |
 * | d      | work              | due time ms id, number id               | scheduled work                                            |
 * | y      | receiveFolder     | message class text                      | folder that receives the class                            |
 * | U      | perUser           | folder's GID bytes, user GUID rest      | what somebody has read in a public folder                 |
 * | S      | setting           | name text                               | small records that are one of a kind (worlds applied ...) |
 * | P      | principal         | object id                               | directory object (mailbox 0)                              |
 * | A      | principalName     | kind byte, name text                    | object id that a name, DN or GUID belongs to (mailbox 0)  |
 * | j      | queue             | due time ms id, number id               | item of the transport queue (mailbox 0)                   |
 * | t      | temporary         | table id, part byte, rest               | orders built for one table (TEMPORARY_MAILBOX)            |
 * | z      | format            |                                         | version of the store's format (mailbox 0)                 |
 */

import { rangeOf } from './key-range.js'
import { byte, bytes, id, rest, space, text, word } from './key-space.js'

export { compareKeys, printableKey, rangeOf, successor } from './key-range.js'
export { escapedPart, type KeySpace } from './key-space.js'

/** The server's own mailbox number. */
export const SERVER_MAILBOX = 0

/** Number under which all temporary keys lie; no mailbox may have it. */
export const TEMPORARY_MAILBOX = 0xffffffff

/** One builder and parser per space; see the table above. */
export const keys = {
  mailbox: space('m'),
  counter: space('c', ['name', text]),
  replid: space('r', ['replid', word]),
  namedProperty: space('n', ['propertyId', word]),
  folder: space('f', ['fid', id]),
  folderCounters: space('g', ['fid', id]),
  permission: space('E', ['fid', id], ['memberId', id]),
  rule: space('R', ['fid', id], ['ruleId', id]),
  message: space('e', ['mid', id]),
  recipient: space('p', ['mid', id], ['rowId', word]),
  attachment: space('a', ['mid', id], ['number', word]),
  blob: space('h', ['blobId', id]),
  blobPiece: space('b', ['blobId', id], ['piece', word]),
  blobIntent: space('i', ['blobId', id]),
  summary: space('s', ['fid', id], ['mid', id]),
  order: space('o', ['fid', id], ['order', word], ['sortKey', bytes], ['mid', id]),
  orderRun: space('q', ['fid', id], ['order', word], ['sortKey', bytes], ['mid', id]),
  change: space('v', ['fid', id], ['associated', byte], ['cn', id]),
  readChange: space('w', ['fid', id], ['user', id], ['cn', id]),
  departure: space('x', ['fid', id], ['cn', id]),
  uid: space('u', ['fid', id], ['uid', word]),
  sourceKey: space('k', ['kind', byte], ['sourceKey', rest]),
  search: space('K', ['fid', id]),
  membership: space('l', ['fid', id], ['mid', id]),
  membershipOf: space('L', ['mid', id], ['fid', id]),
  work: space('d', ['dueMs', id], ['number', id]),
  receiveFolder: space('y', ['messageClass', text]),
  perUser: space('U', ['folderGid', bytes], ['userGuid', rest]),
  setting: space('S', ['name', text]),
  principal: space('P', ['objectId', id]),
  principalName: space('A', ['kind', byte], ['name', text]),
  queue: space('j', ['dueMs', id], ['number', id]),
  temporary: space('t', ['table', id], ['part', byte], ['rest', rest]),
  format: space('z')
} as const

/** Every key of one mailbox. */
export function rangeOfMailbox(mailbox: number): { gte: Uint8Array; lt: Uint8Array } {
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(mailbox)
  return rangeOf(prefix)
}

/** The mailbox number that a key belongs to. */
export function mailboxOf(key: Uint8Array): number {
  return ((key[0] << 24) | (key[1] << 16) | (key[2] << 8) | key[3]) >>> 0
}

/** The name of a key's space, undefined when no space has its letter. */
export function spaceOf(key: Uint8Array): keyof typeof keys | undefined {
  return SPACE_NAMES.get(key[4])
}

const SPACE_NAMES = new Map(
  Object.entries(keys).map(([name, space]) => [space.letter.charCodeAt(0), name as keyof typeof keys])
)
