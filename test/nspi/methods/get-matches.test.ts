import { test } from 'tap'
import type { Stat } from '../../../src/nspi/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { withType } from '../../../src/oxcdata/property-tag.js'
import { encodeValue } from '../../../src/oxcdata/property-value.js'
import type { Restriction } from '../../../src/oxcdata/restriction.js'
import { storedString } from '../../../src/oxcdata/stored-string.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { bookOf, byTheText, plain, type SampleBook, sampleBook } from '../sample-book.js'

const GENERAL_FAILURE = 0x80004005
const NOT_SUPPORTED = 0x80040102
const TOO_COMPLEX = 0x80040117
const INVALID_BOOKMARK = 0x80040405
const TABLE_TOO_BIG = 0x80040403
const EQUAL = 4
const NAME = [tags.PidTagDisplayName]

const is = (tag: number, text: string, relop = EQUAL): Restriction => ({
  kind: 'property',
  relop,
  tag,
  value: { tag, bytes: storedString(text) }
})
const begins = (tag: number, text: string): Restriction => ({
  kind: 'content',
  fuzzyLow: 2,
  fuzzyHigh: 1,
  tag,
  value: { tag, bytes: storedString(text) }
})
const has = (tag: number): Restriction => ({ kind: 'exist', tag })
const and = (...restrictions: Restriction[]): Restriction => ({ kind: 'and', restrictions })
const or = (...restrictions: Restriction[]): Restriction => ({ kind: 'or', restrictions })
const not = (restriction: Restriction): Restriction => ({ kind: 'not', restriction })
const anr = (name: string): Restriction => is(tags.PidTagAnr, name)

function finder(sample: SampleBook, alias = 'alice') {
  const caller = sample.caller(alias)
  return async (filter: Restriction | null, over: Partial<Stat> = {}, more: object = {}) => {
    const request = {
      stat: statAtBeginning(over),
      mids: null,
      interfaceFlags: 0,
      filter,
      propertyName: null,
      rowCount: 5000
    }
    const answer = await sample.book.getMatches(caller, { ...request, columns: NAME, ...more })
    return { ...answer, names: answer.rows.map(row => plain(row[0])) }
  }
}

test('restrictions of every kind', async t => {
  const sample = await sampleBook()
  const find = finder(sample)
  const names = async (filter: Restriction) => (await find(filter)).names
  t.same(await names(is(tags.PidTagSurname, 'meyer')), ['Alice Meyer'])
  requirement('MS-OXNSPI_R1912', 'MS-OXNSPI_R1913', 'MS-OXNSPI_R1077', 'MS-OXNSPI_R1086')
  t.same(await names(begins(tags.PidTagDisplayName, 'b')), ['Beamer', 'Bob Øster'])
  requirement('MS-OXNSPI_R1911')
  t.same(await names(has(tags.PidTagTitle)), ['Alice Meyer'])
  requirement('MS-OXNSPI_R1914')
  t.same(await names(or(is(tags.PidTagAccount, 'zoe'), is(tags.PidTagAccount, 'bob'))), ['Bob Øster', 'Zoë Outside'])
  requirement('MS-OXNSPI_R1909')
  t.same(await names(and(begins(tags.PidTagDisplayName, 'a'), not(has(tags.PidTagTitle)))), ['All of us'])
  requirement('MS-OXNSPI_R1908')
  t.same(await names(is(tags.PidTagDisplayName, 'Sales', 2)), ['Staff', 'Zoë Outside'], 'greater than')
  const rooms: Restriction = {
    kind: 'property',
    relop: EQUAL,
    tag: tags.PidTagDisplayTypeEx,
    value: { tag: tags.PidTagDisplayTypeEx, bytes: encodeValue(3, 7) }
  }
  t.same(await names(rooms), ['Room 1'])
  t.same(await names(is(withType(tags.PidTagDisplayName, 0x1e), 'ALICE MEYER')), ['Alice Meyer'])
  const proxy: Restriction = {
    kind: 'property',
    relop: EQUAL,
    tag: tags.PidTagAddressBookProxyAddresses,
    value: {
      tag: withType(tags.PidTagAddressBookProxyAddresses, 0x1f),
      bytes: storedString('smtp:a.meyer@contoso.example')
    }
  }
  t.same(await names(proxy), ['Alice Meyer'], 'one of many values')
  t.same(await names(is(tags.PidTagSubject, 'x')), [], 'a property that nobody has')
  t.same(await names(has(tags.PidTagAddressBookMember >>> 0)), ['Sales', 'Staff'])
  const withoutValue: Restriction = {
    kind: 'property',
    relop: EQUAL,
    tag: tags.PidTagTitle,
    value: { tag: 1, bytes: new Uint8Array(0) }
  }
  t.same(await names(withoutValue), [])
})

test('N7: the answer, and never more than was asked for', async t => {
  const sample = await sampleBook()
  const find = finder(sample)
  const filter = begins(tags.PidTagDisplayName, 's')
  const asked = statAtBeginning({
    currentRecord: sample.mid('bob'),
    delta: 3,
    position: 5,
    totalRecords: 9,
    sortLocale: 0x407
  })
  const { errorCode, mids, names, stat, columns, rows } = await find(filter, asked)
  t.same([errorCode, mids, names], [0, [sample.mid('sales'), sample.mid('staff')], ['Sales', 'Staff']])
  requirement('MS-OXNSPI_R1091', 'MS-OXNSPI_R1092', 'MS-OXNSPI_R1155', 'MS-OXNSPI_R1166', 'MS-OXNSPI_R1167')
  requirement('MS-OXNSPI_R1094', 'MS-OXNSPI_R1095')
  t.same(stat, { ...asked, containerId: asked.currentRecord })
  requirement('MS-OXNSPI_R1146', 'MS-OXNSPI_R1147', 'MS-OXNSPI_R1165', 'MS-OXNSPI_R1081')
  const query = { flags: 2, stat, mids: mids!, rowCount: mids!.length, columns }
  t.same(sample.book.queryRows(sample.caller('alice'), query).rows, rows)
  requirement('MS-OXNSPI_R1696')
  t.equal((await find(filter, {}, { rowCount: 2 })).names.length, 2)
  requirement('MS-OXNSPI_R1090')
  const empty = { errorCode: TABLE_TOO_BIG, stat: null, mids: null, columns: null, rows: [], names: [] }
  t.same(await find(filter, {}, { rowCount: 1 }), empty)
  requirement('MS-OXNSPI_R1149', 'MS-OXNSPI_R1635', 'MS-OXNSPI_R1756', 'MS-OXNSPI_R1636')
  t.same(await find(anr('meyer'), {}, { rowCount: 1 }), empty)
  const bare = await find(filter, {}, { columns: null })
  t.same([bare.columns, bare.rows, bare.mids], [null, [], mids])
  t.same((await find(filter, {}, { mids: [1, 2], interfaceFlags: 99 })).names, names)
  requirement('MS-OXNSPI_R1899')
})

test('restrictions on PidTagAnr', async t => {
  const sample = await sampleBook()
  const find = finder(sample)
  const names = async (filter: Restriction, over: Partial<Stat> = {}) => (await find(filter, over)).names
  t.same(await names(anr('meyer')), ['Alice Meyer', 'Carol Meyer'])
  t.same(await names(anr('=Alice Meyer')), ['Alice Meyer'])
  t.same(await names(anr('=SMTP:a.meyer@contoso.example')), ['Alice Meyer'], 'how Outlook looks up its own mailbox')
  t.same(await names(anr('=SMTP:a.mey')), [])
  t.same(await names(anr('')), [])
  t.same(await names(and(anr('meyer'), has(tags.PidTagTitle))), ['Alice Meyer'])
  t.same(await names(and(has(tags.PidTagTitle), anr('meyer'))), ['Alice Meyer'])
  t.same(await names(or(anr('meyer'), anr('zoe'))), ['Alice Meyer', 'Carol Meyer', 'Zoë Outside'])
  t.same(await names(and(anr('bob'), anr('oster'))), ['Bob Øster'])
  t.equal((await names(not(anr('meyer')))).length, 10)
  t.same(await names(anr('meyer'), { containerId: sample.list('All Contacts') }), [])
  t.same(await names(anr('zoe'), { containerId: sample.list('All Contacts') }), ['Zoë Outside'])
  t.same(await names(anr('bob'), { containerId: sample.mid('sales') }), ['Bob Øster'])
  t.same(await names(anr('erik'), { containerId: sample.mid('sales') }), [])
  t.same(await names(anr('meyer'), { sortType: 3 }), ['Carol Meyer', 'Alice Meyer'], 'by how names are pronounced')
  const number: Restriction = {
    kind: 'property',
    relop: EQUAL,
    tag: tags.PidTagAnr,
    value: { tag: 3, bytes: new Uint8Array(4) }
  }
  t.same(await names(number), [])
})

test('N7, N12: nobody sees hidden entries, but each finds himself', async t => {
  const sample = await sampleBook()
  const [find, asDora] = [finder(sample), finder(sample, 'dora')]
  t.same((await find(begins(tags.PidTagDisplayName, 'dora'))).names, [])
  t.same((await find(anr('dora'))).names, [])
  t.same((await find(anr('=SMTP:dora@contoso.example'))).names, ['Dora Hidden'], 'by the whole address')
  t.same((await asDora(anr('=SMTP:dora@contoso.example'))).names, ['Dora Hidden'])
  t.same((await asDora(anr('hidden'))).names, ['Dora Hidden'])
  t.same((await asDora(anr('hidden'), { containerId: sample.list('All Rooms') })).names, [])
})

test('objects that a property refers to', async t => {
  const sample = await sampleBook()
  const find = finder(sample)
  const member = { guid: '00000000-0000-0000-0000-000000000000', id: tags.PidTagAddressBookMember >>> 0 }
  const at = (alias: string, over: Partial<Stat> = {}) => ({
    currentRecord: sample.mid(alias),
    sortType: 0x3e8,
    ...over
  })
  const { errorCode, names, mids, stat } = await find(null, at('sales', { delta: 9 }), { propertyName: member })
  t.same([errorCode, names], [0, ['Alice Meyer', 'Bob Øster', 'Zoë Outside']])
  t.same(mids, ['alice', 'bob', 'zoe'].map(sample.mid))
  requirement('MS-OXNSPI_R1144', 'MS-OXNSPI_R1131')
  t.equal(stat?.containerId, sample.mid('sales'))
  const byTag = await find(null, at('sales', { containerId: tags.PidTagAddressBookMember >>> 0 }))
  t.same(byTag.names, names)
  const reports = { containerId: tags.PidTagAddressBookReports >>> 0 }
  t.same((await find(null, at('bob', reports))).names, ['Alice Meyer'])
  t.same((await finder(sample, 'dora')(null, at('bob', reports))).names, ['Alice Meyer', 'Dora Hidden'])
  t.same((await find(null, at('carol', reports))).names, [], 'a property without values')
  t.same((await find(null, at('sales'), { propertyName: { ...member, id: 0x8009 } })).names, names)
  t.equal((await find(null, at('sales'), { propertyName: member, rowCount: 2 })).errorCode, TABLE_TOO_BIG)
  t.equal(
    (await find(null, at('sales', { currentRecord: 0xffffff }), { propertyName: member })).errorCode,
    GENERAL_FAILURE
  )
  requirement('MS-OXNSPI_R1138')
  const title = { ...member, id: tags.PidTagTitle }
  t.equal((await find(null, at('alice'), { propertyName: title })).errorCode, NOT_SUPPORTED)
  const writable = { sortType: 0x3e9 }
  t.same((await find(null, at('sales', writable), { propertyName: member })).names, names)
  const managed = { ...member, id: tags.PidTagAddressBookReports >>> 0 }
  t.equal((await find(null, at('bob', writable), { propertyName: managed })).errorCode, NOT_SUPPORTED)
  const none = await find(null, at('alice', { sortType: 0 }))
  t.same([none.errorCode, none.mids], [0, []], 'a client that names no property')
})

test('what cannot be matched', async t => {
  const sample = await sampleBook(byTheText)
  const find = finder(sample)
  const code = async (filter: Restriction | null, over: Partial<Stat> = {}) => (await find(filter, over)).errorCode
  t.equal(await code(has(tags.PidTagDisplayName), { containerId: 1 }), INVALID_BOOKMARK)
  t.equal(await code(null, { containerId: 1, currentRecord: sample.mid('sales') }), INVALID_BOOKMARK)
  requirement('MS-OXNSPI_R1122')
  t.equal(await code(has(tags.PidTagDisplayName), { sortType: 0x3e8 }), GENERAL_FAILURE)
  requirement('MS-OXNSPI_R1105')
  t.equal(await code(has(tags.PidTagDisplayName), { codePage: 1200 }), 0)
  requirement('MS-OXNSPI_R1101')
  t.equal(await code(is(tags.PidTagDisplayName, 'a*', 6)), TOO_COMPLEX)
  t.equal(await code(is(tags.PidTagDisplayName, 'a*', 0x64)), TOO_COMPLEX)
  requirement('MS-OXCDATA_R965', 'MS-OXCDATA_R966')
  const others: Restriction[] = [
    { kind: 'compare', relop: EQUAL, tag1: tags.PidTagDisplayName, tag2: tags.PidTagAccount },
    { kind: 'bitmask', relop: 0, tag: tags.PidTagDisplayType, mask: 1 },
    { kind: 'size', relop: 0, tag: tags.PidTagDisplayName, size: 5 },
    { kind: 'subObject', subObject: 0x0e12000d, restriction: has(tags.PidTagDisplayName) },
    { kind: 'comment', values: [], restriction: null },
    { kind: 'count', count: 1, restriction: has(tags.PidTagDisplayName) },
    or(...Array.from({ length: 300 }, () => has(tags.PidTagDisplayName)))
  ]
  for (const other of others) t.equal(await code(and(other)), TOO_COMPLEX, other.kind)
})

test('a long table is tested in slices, with the same result', async t => {
  const people = Array.from({ length: 3000 }, (_, i) => ({
    address: `p${i}@contoso.example`,
    displayName: `Person ${i}`,
    attributes: { title: i % 100 === 0 ? 'Chair' : 'Clerk' }
  }))
  const sample = await bookOf(people)
  const request = {
    stat: statAtBeginning(),
    mids: null,
    interfaceFlags: 0,
    propertyName: null,
    rowCount: 30,
    columns: null
  }
  const answer = sample.book.getMatches(sample.caller('p0'), { ...request, filter: is(tags.PidTagTitle, 'chair') })
  t.ok(answer instanceof Promise)
  t.equal((await answer).mids?.length, 30)
  const tooMany = sample.book.getMatches(sample.caller('p0'), { ...request, filter: has(tags.PidTagTitle) })
  t.equal((await tooMany).errorCode, TABLE_TOO_BIG)
  t.notOk(sample.book.getMatches(sample.caller('p0'), { ...request, filter: anr('person') }) instanceof Promise)
})
