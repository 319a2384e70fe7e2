import { RopNotify } from '../../../rops/notification/rop-notify.js'
import type { AnyLayout } from '../../../src/bufferstructs/index.js'
import { Writer } from '../../../src/bufferstructs/index.js'
import { addressBookBodies } from '../../../src/fronts/mapi-http/grammar/address-book-bodies.js'
import type { NspiValue } from '../../../src/nspi/nspi.js'
import { messageEntryId, muidStorePrivate, oneOffEntryId, storeEntryId } from '../../../src/oxcdata/entry-id.js'
import { propertyRow } from '../../../src/oxcdata/property-row.js'
import { makeTag, type PropertyEntry } from '../../../src/oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../../../src/oxcdata/property-value.js'
import { modifyRecipientRow, newRecipientRow, openRecipientRow } from '../../../src/oxcdata/recipient-row.js'
import { type Restriction, restriction, restrictionBytes, restrictionWide } from '../../../src/oxcdata/restriction.js'
import { type RuleAction, ruleActions, ruleActionsWide, writeRuleActions } from '../../../src/oxcdata/rule-action.js'
import { taggedPropertyValue, taggedPropertyValueWide } from '../../../src/oxcdata/tagged-value.js'

export interface Sample {
  name: string
  layout: AnyLayout
  value: unknown
  columns: readonly number[]
}

const guid = '5b1fa2a0-0c3d-4b2e-9f55-3a0f6a1c7e21'
const bytes = Uint8Array.of(1, 2, 3)
const NOT_FOUND = 0x8004010f
const FOLDER_ENTRY_ID = messageEntryId({
  provider: guid,
  objectType: 7,
  folderDatabaseGuid: guid,
  folderGlobcnt: 0x10c,
  messageDatabaseGuid: guid,
  messageGlobcnt: 0x1001
})

/** One value of each type, with tags of properties that have an inside where some have. */
const values: readonly (readonly [tag: number, value: PropertyValue])[] = [
  [0x0e1f0002, -2],
  [0x0e070003, 0x11],
  [0x00010004, 1.5],
  [0x00010005, 2.5],
  [0x00010006, 12_345n],
  [0x00010007, 40_000.5],
  [0x0001000a, 0x80070005],
  [0x0e1b000b, true],
  [0x00010014, 7n],
  [0x67480014, 0x0c01_0000_0000_0001n],
  [0x67a40014, 0x0c01_0000_0000_0001n],
  [0x0037001f, 'Grüße'],
  [0x30070040, 133_000_000_000_000_000n],
  [0x00010048, guid],
  [0x0fff0102, FOLDER_ENTRY_ID],
  [0x0fff0102, oneOffEntryId({ displayName: 'A', addressType: 'SMTP', address: 'a@b.example', richText: false })],
  [
    0x0ffb0102,
    storeEntryId({ wrappedProvider: muidStorePrivate, wrappedType: 12, serverShortname: 's', mailboxDn: '/o=x/cn=y' })
  ],
  [0x65e20102, Buffer.concat([FOLDER_ENTRY_ID.subarray(22, 44)])],
  [0x65e30102, Buffer.concat([Uint8Array.of(22), FOLDER_ENTRY_ID.subarray(22, 44)])],
  [0x00010102, new Uint8Array(0)],
  [0x00011002, [1, 2]],
  [0x00011003, [1, 2]],
  [0x0001101f, ['one', 'two']],
  [0x0001101f, []],
  [0x36d81102, [FOLDER_ENTRY_ID, bytes]],
  [0x00011040, [1n]],
  [0x00011048, [guid]]
]

function entry([tag, value]: readonly [number, PropertyValue]): PropertyEntry {
  return { tag, bytes: encodeValue(tag & 0xffff, value) }
}

const subject: PropertyEntry = entry([0x0037001f, 'a'])
const condition: Restriction = {
  kind: 'and',
  restrictions: [
    { kind: 'or', restrictions: [] },
    { kind: 'not', restriction: { kind: 'exist', tag: 0x0037001f } },
    { kind: 'content', fuzzyLow: 1, fuzzyHigh: 1, tag: 0x0037001f, value: subject },
    { kind: 'property', relop: 4, tag: 0x0037001f, value: subject },
    { kind: 'compare', relop: 5, tag1: 0x0037001f, tag2: 0x0070001f },
    { kind: 'bitmask', relop: 1, tag: 0x0e070003, mask: 3 },
    { kind: 'size', relop: 2, tag: 0x0037001f, size: 10 },
    { kind: 'subObject', subObject: 0x0e12000d, restriction: { kind: 'exist', tag: 0x0c150003 } },
    { kind: 'comment', values: [subject, subject], restriction: { kind: 'exist', tag: 0x0c150003 } },
    { kind: 'comment', values: [], restriction: null },
    { kind: 'count', count: 3, restriction: { kind: 'exist', tag: 0x0c150003 } }
  ]
}

const actions = (wide: boolean): RuleAction[] => [
  {
    ...{ type: 1, flavor: 0, flags: 0 },
    data: { kind: 'folder', folderInThisStore: true, storeEntryId: bytes, folderEntryId: FOLDER_ENTRY_ID }
  },
  {
    ...{ type: 3, flavor: 1, flags: 0 },
    data: wide
      ? { kind: 'templateEntryId', messageEntryId: FOLDER_ENTRY_ID, templateGuid: guid }
      : { kind: 'template', folderId: 2 ** 48 + 5, messageId: 2 ** 48 + 6, templateGuid: guid }
  },
  { type: 5, flavor: 0, flags: 0, data: { kind: 'opaque', bytes } },
  { type: 6, flavor: 0, flags: 0, data: { kind: 'bounce', code: 0x0d } },
  { type: 7, flavor: 0, flags: 0, data: { kind: 'recipients', recipients: [{ reserved: 1, values: [subject] }] } },
  { type: 9, flavor: 0, flags: 0, data: { kind: 'tag', value: subject } },
  { type: 10, flavor: 0, flags: 0, data: { kind: 'none' } }
]

function ruleBytes(): Uint8Array {
  const writer = new Writer(256)
  writeRuleActions(writer, actions(false))
  return writer.written()
}

const recipientColumns = [0x0ffe0003, 0x39fe001f]
const cells = [encodeValue(3, 6), NOT_FOUND]
const recipients = [
  { ...newRecipientRow(3, true), email: 'a@b.example', displayName: 'A', simpleDisplayName: 'A', cells },
  { ...newRecipientRow(1, false), x500Dn: '/o=x/cn=y', displayType: 0, prefixUsed: 0, displayName: 'é', cells: [] },
  { ...newRecipientRow(6, true), entryId: FOLDER_ENTRY_ID, searchKey: bytes, transmittableDisplayName: 'B', cells: [] },
  { ...newRecipientRow(0, true), addressType: 'FAX', email: '1', cells: [encodeValue(3, 6)] }
]

const notification = {
  ...{ notificationHandle: 5, logonId: 0 },
  notificationData: { notificationFlags: 0x8010, folderId: 2 ** 48 + 5, messageId: 2 ** 48 + 6, tags: [0x0037001f] }
}

/** What has no random values, in every form. */
export function bytesOfRows(): Sample[] {
  const sample = (name: string, layout: AnyLayout, value: unknown, columns: readonly number[] = []): Sample => ({
    ...{ name, layout, value, columns }
  })
  const entries = [
    ...values.map(entry),
    { tag: makeTag(0x6678, 0xfd), bytes: restrictionBytes(condition) },
    { tag: makeTag(0x6680, 0xfe), bytes: ruleBytes() }
  ]
  const all = entries.map(({ tag }) => tag)
  return [
    ...entries.map(one => sample(`value ${one.tag.toString(16)}`, taggedPropertyValue, one)),
    ...values.map(one => sample(`wide value ${one[0].toString(16)}`, taggedPropertyValueWide, entry(one))),
    sample(
      'a standard row',
      propertyRow,
      entries.map(one => one.bytes),
      all
    ),
    sample(
      'a flagged row',
      propertyRow,
      entries.map((one, at) => (at % 3 === 0 ? one.bytes : at % 3 === 1 ? NOT_FOUND : null)),
      all
    ),
    sample(
      'cells that say their type',
      propertyRow,
      entries.map(({ tag, bytes }) => ({ type: tag & 0xffff, bytes })),
      all.map(tag => (tag & 0xffff0000) >>> 0)
    ),
    sample('a restriction', restriction, condition),
    sample('a wide restriction', restrictionWide, condition),
    sample('rule actions', ruleActions, actions(false)),
    sample('wide rule actions', ruleActionsWide, actions(true)),
    ...recipients.flatMap((row, at) => [
      sample(`recipient ${at}`, openRecipientRow, { recipientType: 1, codePageId: 1252, row }, recipientColumns),
      sample(`changed recipient ${at}`, modifyRecipientRow, { rowId: at, recipientType: 2, row }, recipientColumns)
    ]),
    sample('a deleted recipient', modifyRecipientRow, { rowId: 0, recipientType: 1, row: null }),
    sample('a notification', RopNotify.response as AnyLayout, notification),
    ...addressBookSamples(sample)
  ]
}

const stat = {
  ...{ sortType: 0, containerId: 0, currentRecord: 0, delta: -1, position: 0, totalRecords: 5 },
  ...{ codePage: 1252, templateLocale: 1033, sortLocale: 1033 }
}

type MakeSample = (name: string, layout: AnyLayout, value: unknown) => Sample

const auxiliary = new Uint8Array(0)
const minimalIds = [16, 17]
const tags = [0x3001001f, 0x39fe001f]
const row: NspiValue[] = values.map(entry).filter(({ tag }) => (tag & 0xffff) !== 0x0007)
const columns = row.map(({ tag }) => tag)
const missing = columns.map((tag, at) =>
  at % 2 === 0 ? { tag: ((tag & 0xffff0000) | 0xa) >>> 0, bytes: encodeValue(0xa, NOT_FOUND) } : row[at]
)

function addressBookSamples(sample: MakeSample): Sample[] {
  return [...addressBookRequests(sample), ...addressBookAnswers(sample)]
}

function addressBookRequests(sample: MakeSample): Sample[] {
  const { Bind, CompareMIds, DNToMId, GetMatches, GetSpecialTable, GetTemplateInfo, ModLinkAtt } = addressBookBodies
  const { ModProps, QueryRows, ResolveNames, ResortRestriction, SeekEntries, UpdateStat } = addressBookBodies
  return [
    sample('Bind', Bind.request as AnyLayout, { flags: 0, state: stat, auxiliary }),
    sample('Bind without a state', Bind.request as AnyLayout, { flags: 0, state: null, auxiliary }),
    sample('CompareMIds', CompareMIds.request as AnyLayout, {
      reserved: 0,
      state: stat,
      minimalId1: 1,
      minimalId2: 2,
      auxiliary
    }),
    sample('DNToMId', DNToMId.request as AnyLayout, { reserved: 0, names: ['/o=x', ''], auxiliary }),
    sample('GetMatches', GetMatches.request as AnyLayout, {
      ...{ reserved: 0, state: stat, minimalIds, interfaceOptionFlags: 0, filter: condition },
      ...{ propertyName: { guid, id: 4 }, rowCount: 9, columns: tags, auxiliary }
    }),
    sample('GetSpecialTable', GetSpecialTable.request as AnyLayout, { flags: 4, state: stat, version: 1, auxiliary }),
    sample('GetTemplateInfo', GetTemplateInfo.request as AnyLayout, {
      ...{ flags: 0, displayType: 0, templateDn: '/o=x', codePage: 1252, localeId: 1033, auxiliary }
    }),
    sample('ModLinkAtt', ModLinkAtt.request as AnyLayout, {
      ...{ flags: 0, propertyTag: 0x8009000d, minimalId: 16, entryIds: [bytes, new Uint8Array(0)], auxiliary }
    }),
    sample('ModProps', ModProps.request as AnyLayout, {
      ...{ reserved: 0, state: stat, propertyTagsToRemove: tags, propertyValues: row, auxiliary }
    }),
    sample('QueryRows', QueryRows.request as AnyLayout, {
      ...{ flags: 0, state: stat, explicitTable: minimalIds, rowCount: 3, columns: null, auxiliary }
    }),
    sample('ResolveNames', ResolveNames.request as AnyLayout, {
      ...{ reserved: 0, state: stat, propertyTags: tags, names: ['ä', 'b'], auxiliary }
    }),
    sample('ResortRestriction', ResortRestriction.request as AnyLayout, {
      reserved: 0,
      state: stat,
      minimalIds,
      auxiliary
    }),
    sample('SeekEntries', SeekEntries.request as AnyLayout, {
      ...{ reserved: 0, state: stat, target: subject, explicitTable: minimalIds, columns: tags, auxiliary }
    }),
    sample('UpdateStat', UpdateStat.request as AnyLayout, {
      reserved: 0,
      state: stat,
      deltaRequested: true,
      auxiliary
    })
  ]
}

function addressBookAnswers(sample: MakeSample): Sample[] {
  const { DNToMId, GetMatches, GetProps, GetSpecialTable, ResolveNames, UpdateStat } = addressBookBodies
  const status = { statusCode: 0, errorCode: 0 }
  const table = { columns, rows: [row, missing] }
  const none = { state: null, minimalIds: null, auxiliary }
  return [
    sample('DNToMId answer', DNToMId.response as AnyLayout, { ...status, minimalIds, auxiliary }),
    sample('GetMatches answer', GetMatches.response as AnyLayout, {
      ...status,
      state: stat,
      minimalIds,
      table,
      auxiliary
    }),
    sample('an empty GetMatches answer', GetMatches.response as AnyLayout, { ...status, ...none, table: null }),
    sample('GetProps answer', GetProps.response as AnyLayout, {
      ...status,
      codePage: 1200,
      propertyValues: row,
      auxiliary
    }),
    sample('GetSpecialTable answer', GetSpecialTable.response as AnyLayout, {
      ...status,
      ...{ codePage: 1252, version: 2, rows: [row, []], auxiliary }
    }),
    sample('ResolveNames answer', ResolveNames.response as AnyLayout, {
      ...status,
      codePage: 1252,
      minimalIds,
      table,
      auxiliary
    }),
    sample('UpdateStat answer', UpdateStat.response as AnyLayout, { ...status, state: stat, delta: -3, auxiliary })
  ]
}
