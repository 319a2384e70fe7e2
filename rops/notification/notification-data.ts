/** [MS-OXCNOTIF] 2.2.1.4.1.2: what a notification tells. Which fields are there follows from the flags before them. */

import {
  bytes16,
  custom,
  type Fields,
  flags,
  id,
  type Layout,
  string8z,
  struct,
  u8,
  u16,
  u32,
  union,
  utf16z,
  when
} from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'

/** [MS-OXCNOTIF] 2.2.1.2.1.1: events that a client can ask for. */
export const notificationTypes = flags(u16, {
  newMail: 0x0002,
  objectCreated: 0x0004,
  objectDeleted: 0x0008,
  objectModified: 0x0010,
  objectMoved: 0x0020,
  objectCopied: 0x0040,
  searchCompleted: 0x0080,
  tableModified: 0x0100,
  extended: 0x0400
})

const EVENT = 0x0fff
const TOTAL = 0x1000
const UNREAD = 0x2000
const SEARCH_FOLDER = 0x4000
const MESSAGE = 0x8000
const NO_TAGS = 0xffff

const { newMail, objectCreated, objectDeleted, objectModified, objectMoved, objectCopied, tableModified, extended } =
  notificationTypes.names

const is = (fields: Fields, ...types: number[]): boolean => types.includes(fields.notificationFlags & EVENT)
const has = (fields: Fields, bit: number): boolean => (fields.notificationFlags & bit) !== 0

const rowEvent = (fields: Fields): boolean => is(fields, tableModified) && [3, 4, 5].includes(fields.tableEventType)
const rowPlace = (fields: Fields): boolean => is(fields, tableModified) && [3, 5].includes(fields.tableEventType)
const objectEvent = (fields: Fields): boolean => !is(fields, tableModified, extended)
const relocated = (fields: Fields): boolean => is(fields, objectMoved, objectCopied)

/** A search folder's message event and a folder event name the parent; an ordinary message event names its folder already. */
function namesParent(fields: Fields): boolean {
  if (!is(fields, objectCreated, objectDeleted, objectMoved, objectCopied)) return false
  return has(fields, SEARCH_FOLDER) ? has(fields, MESSAGE) : !has(fields, MESSAGE)
}

/** TagCount and tags; undefined for the count 0xFFFF, which is followed by none. */
const changedTags: Layout<number[] | undefined> = custom({
  read: reader => {
    const at = reader.position
    const count = reader.u16()
    if (count === NO_TAGS) return undefined
    if (count * 4 > reader.remaining) reader.fail(`${count} tags exceed the buffer`, at)
    const tags: number[] = []
    for (let i = 0; i < count; i++) tags.push(propertyTag.read(reader))
    return tags
  },
  write: (writer, tags) => {
    writer.u16(tags === undefined ? NO_TAGS : tags.length)
    for (const tag of tags ?? []) writer.u32(tag)
  },
  size: tags => 2 + 4 * (tags?.length ?? 0),
  minSize: 2,
  generate: random => (random.below(4) === 0 ? undefined : Array.from({ length: random.below(3) }, () => random.u32())),
  why: 'a count of 0xFFFF is followed by no tags'
})

export const notificationData = struct({
  notificationFlags: flags(u16, { total: TOTAL, unread: UNREAD, searchFolder: SEARCH_FOLDER, message: MESSAGE }),
  tableEventType: when(fields => is(fields, tableModified), u16),
  tableRowFolderId: when(rowEvent, id),
  tableRowMessageId: when(fields => rowEvent(fields) && has(fields, MESSAGE), id),
  tableRowInstance: when(fields => rowEvent(fields) && has(fields, MESSAGE), u32),
  insertAfterTableRowFolderId: when(rowPlace, id),
  insertAfterTableRowId: when(fields => rowPlace(fields) && has(fields, MESSAGE), id),
  insertAfterTableRowInstance: when(fields => rowPlace(fields) && has(fields, MESSAGE), u32),
  /** A PropertyRow with the table's columns, which the handle leads to. */
  tableRowData: when(rowPlace, bytes16),
  folderId: when(objectEvent, id),
  messageId: when(fields => objectEvent(fields) && has(fields, MESSAGE), id),
  parentFolderId: when(namesParent, id),
  oldFolderId: when(relocated, id),
  oldMessageId: when(fields => relocated(fields) && has(fields, MESSAGE), id),
  oldParentFolderId: when(fields => relocated(fields) && !has(fields, MESSAGE), id),
  tags: when(fields => is(fields, objectCreated, objectModified), changedTags),
  totalMessageCount: when(fields => has(fields, TOTAL), u32),
  unreadMessageCount: when(fields => has(fields, UNREAD), u32),
  messageFlags: when(fields => is(fields, newMail), u32),
  unicodeFlag: when(fields => is(fields, newMail), u8),
  messageClass: when(
    fields => is(fields, newMail),
    union(fields => fields.unicodeFlag === 1, { true: utf16z, false: string8z })
  )
})
