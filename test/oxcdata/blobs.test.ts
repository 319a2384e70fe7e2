import t from 'tap'
import { Reader, Writer } from '../../src/bufferstructs/index.js'
import {
  addressBookEntryId,
  contactEntryId,
  type EntryId,
  folderEntryId,
  messageEntryId,
  oneOffEntryId,
  parseEntryId,
  storeEntryId,
  wrappedEntryId
} from '../../src/oxcdata/entry-id.js'
import {
  readExtendedRuleActions,
  readExtendedRuleCondition,
  writeExtendedRuleActions,
  writeExtendedRuleCondition
} from '../../src/oxcdata/extended-rule.js'
import { readRestriction, writeRestriction } from '../../src/oxcdata/restriction.js'
import { ruleActions } from '../../src/oxcdata/rule-action.js'
import { stringOf } from '../../src/oxcdata/stored-string.js'
import { requirement } from '../conformance/ledger.js'
import { bytesOf, hexOf, outsideMissing, recordedValue, vectorBytes, vectors } from './outside.js'

function format(id: EntryId): Uint8Array | undefined {
  switch (id.kind) {
    case 'folder':
      return folderEntryId(id)
    case 'message':
      return messageEntryId(id)
    case 'store':
      return storeEntryId(id)
    case 'addressBook':
      return addressBookEntryId(id)
    case 'oneOff':
      return oneOffEntryId(id)
    case 'contact':
      return contactEntryId(id)
    case 'wrapped':
      return wrappedEntryId(id)
    case 'other':
      return undefined
  }
}

/** Which kind the published interpretation names. */
const KINDS: readonly (readonly [string, EntryId['kind']])[] = [
  ['Exchange Folder Entry ID', 'folder'],
  ['Exchange Message Entry ID', 'message'],
  ['MAPI Message Store Entry ID', 'store'],
  ['Exchange Address Entry ID', 'addressBook'],
  ['MAPI One Off Recipient Entry ID', 'oneOff'],
  ['Contact Address Book / PDL Entry ID', 'contact'],
  ['Wrapped Entry ID', 'wrapped']
]

t.test('entry ids seen in mailboxes', { skip: outsideMissing }, async t => {
  const seen = new Set<string>()
  for (const vector of vectors('MAPI-BLOBS').filter(v => v.decoded.kind === 'ENTRYID')) {
    const report = vector.decoded.report?.['Entry ID'] as Record<string, Record<string, unknown>>
    const bytes = bytesOf(vector.hex)
    const id = parseEntryId(bytes)
    if (report['Provider GUID'] === undefined) {
      t.equal(id, undefined, vector.id)
      continue
    }
    if (report['abFlags[0]'] !== undefined) {
      t.match(id, { kind: 'other', flags: 0x87 }, `${vector.id}: ephemeral`)
      continue
    }
    const found = KINDS.find(([name]) => report[name] !== undefined)
    // A personal store carries the same provider as a mailbox with another provider file in it, which the report names too.
    const expected =
      report['Unparsed data size'] === undefined || found?.[1] === 'contact' ? (found?.[1] ?? 'other') : 'other'
    t.equal(id?.kind, expected, `${vector.id}: ${expected}`)
    seen.add(expected)
    const written = id === undefined ? undefined : format(id)
    if (written !== undefined)
      t.equal(hexOf(written), vector.hex.slice(0, written.byteLength * 2), `${vector.id}: written`)
  }
  t.same([...seen].sort(), ['addressBook', 'contact', 'folder', 'message', 'oneOff', 'other', 'store', 'wrapped'])
})

t.test('what entry ids say', { skip: outsideMissing }, async t => {
  t.match(parseEntryId(vectorBytes('MAPI-BLOBS', 'mapiblob-entryid-9')), {
    kind: 'folder',
    provider: 'c64e6196-0166-11d2-a3b1-0008c728e7f1',
    objectType: 1,
    databaseGuid: '865cfa85-e6fc-11d1-a3a6-0008c728e7f1',
    globcnt: 0x019eba
  })
  t.match(parseEntryId(vectorBytes('MAPI-BLOBS', 'mapiblob-entryid-13')), {
    objectType: 7,
    folderGlobcnt: 0x019eba,
    messageDatabaseGuid: 'dcbf2344-8835-4b8c-acc4-b3d80c100406',
    messageGlobcnt: 0x00240e16bde9
  })
  t.match(parseEntryId(vectorBytes('MAPI-BLOBS', 'mapiblob-entryid-40')), {
    displayName: 'nobody_@microsoft.com',
    addressType: 'SMTP',
    address: 'nobody_@microsoft.com',
    richText: false,
    unicode: true
  })
  t.match(parseEntryId(vectorBytes('MAPI-BLOBS', 'mapiblob-entryid-17')), { unicode: false, otherFlags: 0x1000 })
  t.match(parseEntryId(vectorBytes('MAPI-BLOBS', 'mapiblob-entryid-23')), { type: 0x100, dn: '/' })
  t.match(parseEntryId(vectorBytes('MAPI-BLOBS', 'mapiblob-entryid-38')), { serverShortname: 'USER.NAME@example.com' })
})

t.test('rule conditions', { skip: outsideMissing }, async t => {
  // This one comes from a store that counts binary values with 32 bits in standard rules too.
  const bytes = vectorBytes('MAPI-BLOBS', 'mapiblob-rulecondition-1')
  const reader = new Reader(bytes)
  t.equal(reader.u16(), 0, 'no named properties')
  const restriction = readRestriction(reader, 32)
  t.match(restriction, { kind: 'content', fuzzyLow: 1, fuzzyHigh: 0, tag: 0x0c1d0102, value: { tag: 0x0c1d0102 } })
  if (restriction.kind === 'content') t.equal(Buffer.from(restriction.value.bytes).toString(), 'test01@test1.COM')
  t.equal(reader.remaining, 0)
  const writer = new Writer()
  writer.u16(0)
  writeRestriction(writer, restriction, 32)
  t.equal(hexOf(writer.written()), hexOf(bytes))

  // And of two Ors of strings, with 16-bit counts.
  const nested = new Reader(recordedValue('RULECONDITION-2'))
  nested.position = 2
  const tree = readRestriction(nested)
  t.equal(tree.kind, 'and')
  t.equal(nested.remaining, 0)
  const again = new Writer()
  writeRestriction(again, tree)
  t.equal(hexOf(again.written()), hexOf(nested.bytes.subarray(2)))
})

t.test('conditions of extended rules', { skip: outsideMissing }, async t => {
  const bytes = vectorBytes('MAPI-BLOBS', 'mapiblob-extendedrulecondition-2')
  const condition = readExtendedRuleCondition(bytes)
  t.ok(condition)
  if (condition === null) return
  t.equal(condition.restriction.kind, 'and')
  t.equal(hexOf(writeExtendedRuleCondition(condition)), hexOf(bytes))
  requirement('MS-OXORULE_R200')

  const comment = readExtendedRuleCondition(vectorBytes('MAPI-BLOBS', 'mapiblob-extendedrulecondition-3'))
  t.match(comment?.restriction, { kind: 'comment', values: { length: 4 } })
  if (comment !== null && comment.restriction.kind === 'comment') {
    t.same(
      comment.restriction.values.map(value => value.tag),
      [0x60000003, 0x00010102, 0x0001001f, comment.restriction.values[3].tag]
    )
    t.match(stringOf(comment.restriction.values[2].bytes), /^test@/)
  }

  const named = recordedValue('EXTENDEDRULECONDITION-4')
  const parsed = readExtendedRuleCondition(named)
  t.same(parsed?.names, [
    { id: 0x80fb, name: { guid: '00020329-0000-0000-c000-000000000046', name: 'Keywords' } },
    { id: 0x80fc, name: { guid: '00020329-0000-0000-c000-000000000046', lid: 0x80420000 } }
  ])
  t.equal(readExtendedRuleCondition(new Uint8Array(0)), null)
})

t.test('actions of extended rules', { skip: outsideMissing }, async t => {
  for (const name of ['EXTENDEDRULEACTION-1', 'EXTENDEDRULEACTION-2']) {
    const bytes = recordedValue(name)
    const value = readExtendedRuleActions(bytes)
    t.equal(value.version, 1, name)
    t.ok(value.actions.length > 0)
    const written = writeExtendedRuleActions(value)
    t.equal(hexOf(written), hexOf(bytes.subarray(0, written.byteLength)), name)
  }
  requirement('MS-OXORULE_R194', 'MS-OXORULE_R208', 'MS-OXORULE_R945', 'MS-OXORULE_R949')
})

t.test('actions of standard rules', async t => {
  // [MS-OXORULE] 2.2.5.1, laid out by hand: move within this store, reply, bounce, tag, forward, mark as read.
  const blocks = [
    '2400 01 00000000 00000000 01 0100 00 1500 01 0100000000000005 0000000000000000 00000000',
    '2900 03 01000000 00000000 0100000000000005 0100000000000007 33221100554477668899aabbccddeeff',
    '0d00 06 00000000 00000000 26000000',
    '1100 09 00000000 00000000 03001700 02000000',
    '1c00 07 01000000 00000000 0100 01 0200 0300150c 01000000 1e000130 4100',
    '0900 0b 00000000 00000000'
  ]
  const bytes = bytesOf(`0600${blocks.join('')}`)
  const reader = new Reader(bytes)
  const actions = ruleActions.read(reader)
  t.equal(reader.remaining, 0)
  t.match(actions, [
    { type: 1, data: { kind: 'folder', folderInThisStore: true, folderEntryId: { length: 21 } } },
    { type: 3, flavor: 1, data: { kind: 'template', templateGuid: '00112233-4455-6677-8899-aabbccddeeff' } },
    { type: 6, data: { kind: 'bounce', code: 0x26 } },
    { type: 9, data: { kind: 'tag', value: { tag: 0x00170003 } } },
    {
      type: 7,
      flavor: 1,
      data: { kind: 'recipients', recipients: [{ reserved: 1, values: [{ tag: 0x0c150003 }, { tag: 0x3001001e }] }] }
    },
    { type: 0x0b, data: { kind: 'none' } }
  ])
  const writer = new Writer()
  ruleActions.write(writer, actions)
  t.equal(hexOf(writer.written()), hexOf(bytes))
})
