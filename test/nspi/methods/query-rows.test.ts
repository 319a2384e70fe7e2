import { test } from 'tap'
import type { Stat } from '../../../src/nspi/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { tagType, withType } from '../../../src/oxcdata/property-tag.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { bookOf, namesOf, PHOTO, plain, sampleBook } from '../sample-book.js'

const END = 2
const NOT_FOUND = 0x8004010f
const INVALID_CODEPAGE = 0x8004011e
const INVALID_BOOKMARK = 0x80040405
const TABLE_TOO_BIG = 0x80040403
const NAME = [tags.PidTagDisplayName]
const ALL = [
  'Alice Meyer',
  'All of us',
  'Beamer',
  'Bob Øster',
  'Carol Meyer',
  'Erik Zorn',
  'Info',
  'News',
  'Room 1',
  'Sales',
  'Staff',
  'Zoë Outside'
]

async function reader() {
  const sample = await sampleBook()
  const caller = sample.caller('alice')
  const read = (over: Partial<Stat>, rowCount = 50, more: object = {}) => {
    const request = { flags: 0, stat: statAtBeginning(over), mids: [], rowCount, columns: NAME, ...more }
    const answer = sample.book.queryRows(caller, request)
    return { ...answer, names: answer.rows.map(row => plain(row[0])) }
  }
  return { ...sample, caller, read }
}

test('rows in the order of the table, without those that are hidden', async t => {
  const { read } = await reader()
  const { errorCode, names, columns, stat, rows } = read({})
  t.equal(errorCode, 0)
  t.same(names, ALL)
  requirement('MS-OXNSPI_R916', 'MS-OXNSPI_R955', 'MS-OXNSPI_R962', 'MS-OXNSPI_R967', 'MS-OXNSPI_R973')
  requirement('MS-OXNSPI_R974', 'MS-OXNSPI_R975', 'MS-OXNSPI_R929', 'MS-OXNSPI_R93', 'MS-OXNSPI_R1749')
  requirement('MS-OXNSPI_R494', 'MS-OXNSPI_R480', 'MS-OXNSPI_R496', 'MS-OXNSPI_R1763', 'MS-OXNSPI_R997')
  t.same(columns, NAME)
  t.ok(rows.every(row => row.length === 1))
  requirement('MS-OXNSPI_R951')
  t.same([stat?.currentRecord, stat?.position, stat?.totalRecords, stat?.delta], [END, 12, 12, 0])
  requirement('MS-OXNSPI_R988')
})

test('N6: pages forwards, and backwards from the end', async t => {
  const { read, book, caller } = await reader()
  let { stat, names } = read({}, 5)
  t.same(names, ALL.slice(0, 5))
  requirement('MS-OXNSPI_R927')
  t.same([stat?.position, stat?.totalRecords], [5, 12])
  ;({ stat, names } = read(stat!, 5))
  t.same(names, ALL.slice(5, 10))
  ;({ stat, names } = read(stat!, 5))
  t.same(names, ALL.slice(10))
  t.same([stat?.currentRecord, stat?.position], [END, 12])
  ;({ stat, names } = read(stat!, 5))
  t.same([names, stat?.currentRecord, stat?.position], [[], END, 12], 'nothing behind the end')
  requirement('MS-OXNSPI_R986')
  ;({ stat, names } = read({ ...stat!, delta: -5 }, 5))
  t.same(names, ALL.slice(7))
  t.same([stat?.currentRecord, stat?.position, stat?.delta], [END, 12, 0])
  ;({ stat, names } = read({ ...stat!, delta: -20 }, 5))
  t.same(names, ALL.slice(0, 5), 'not before the first row')
  const moved = book.updateStat(caller, { stat: { ...statAtBeginning(), delta: 5 }, wantsDelta: false })
  t.same(stat, moved.stat, 'as NspiUpdateStat by so many rows')
  requirement('MS-OXNSPI_R1701', 'MS-OXNSPI_R922')
  t.same(read({}, 0).names, [])
  t.equal(read({}, 0xffffffff).names.length, 12)
})

test('columns of a client that names none', async t => {
  const { read, mid } = await reader()
  const { columns, rows } = read({ currentRecord: mid('alice') }, 1, { columns: null })
  t.same(
    columns?.map(tag => tag.toString(16)),
    ['fffd0003', 'ffe0003', '39000003', '3001001e', '3a1a001e', '3a18001e', '3a19001e']
  )
  requirement('MS-OXNSPI_R1627', 'MS-OXPROPS_R7116', 'MS-OXPROPS_R7545', 'MS-OXPROPS_R5986')
  requirement('MS-OXPROPS_R4969', 'MS-OXPROPS_R4970')
  t.same(rows[0].map(plain), [0, 6, 0, 'Alice Meyer', '+1 555 0100', 'Sales', 'Building 5'])
})

test('a list of ids is a table of its own', async t => {
  const { read, mid, book, caller } = await reader()
  const mids = ['zoe', 'alice', 'zoe'].map(mid)
  const stat = statAtBeginning({ containerId: 0x7fffffff, sortType: 99, position: 4 })
  const { rows, names, stat: after, errorCode } = read(stat, 50, { mids })
  t.same(names, ['Zoë Outside', 'Alice Meyer', 'Zoë Outside'])
  requirement('MS-OXNSPI_R958', 'MS-OXNSPI_R506', 'MS-OXNSPI_R507')
  t.same([errorCode, after], [0, stat], 'the place in the other table stays')
  const props = book.getProps(caller, { flags: 0, stat: statAtBeginning({ currentRecord: mids[0] }), tags: NAME })
  t.same(rows[0], props.row)
  requirement('MS-OXNSPI_R1694', 'MS-OXNSPI_R983')
  t.same(read({}, 2, { mids }).names, ['Zoë Outside', 'Alice Meyer'])
  const gone = read({}, 2, { mids: [0, 1, 0x7fffffff] })
  t.same([gone.errorCode, gone.rows.length], [0, 2])
  t.ok(gone.rows.flat().every(({ tag }) => tagType(tag) === 0x0a))
  requirement('MS-OXNSPI_R985')
})

test('flags: ephemeral ids, and bits that mean nothing', async t => {
  const { read } = await reader()
  const columns = [tags.PidTagEntryId]
  const first = (flags: number) => (read({}, 1, { columns, flags }).names[0] as Uint8Array)[0]
  t.same([first(0), first(2), first(1), first(0xfffffffd)], [0, 0x87, 0, 0])
  requirement('MS-OXNSPI_R1926')
})

test('what cannot be read', async t => {
  const { read } = await reader()
  const refused = (errorCode: number) => ({ errorCode, stat: null, columns: null, rows: [], names: [] })
  t.same(read({ containerId: 1 }), refused(INVALID_BOOKMARK))
  requirement('MS-OXNSPI_R948', 'MS-OXNSPI_R943', 'MS-OXNSPI_R1762')
  t.same(read({ currentRecord: 0x7fffffff }), refused(NOT_FOUND))
  t.same(read({ currentRecord: 1 }), refused(NOT_FOUND), 'MID_CURRENT is for NspiUpdateStat')
  t.same(read({ codePage: 0xff }), refused(INVALID_CODEPAGE))
  requirement('MS-OXNSPI_R982')
  t.same(read({}, 5, { columns: new Array(5000).fill(tags.PidTagDisplayName) }), refused(TABLE_TOO_BIG))
  requirement('MS-OXCDATA_R989', 'MS-OXCDATA_R990')
  t.equal(read({ codePage: 1200 }).errorCode, 0)
  requirement('MS-OXNSPI_R935', 'MS-OXNSPI_R939')
  const columns = [tags.PidTagDisplayName, withType(tags.PidTagDisplayName, 0x1e)]
  const [[unicode, narrow]] = read({ codePage: 1200 }, 1, { columns }).rows
  t.same([plain(unicode), tagType(narrow.tag), narrow.bytes.join()], ['Alice Meyer', 0x0a, '30,1,4,128'])
})

test('an answer has so many rows as it can hold, one at least', async t => {
  const photo = new Uint8Array(100 << 10).fill(7)
  const people = Array.from({ length: 60 }, (_, i) => ({
    address: `p${i}@contoso.example`,
    displayName: `Person ${i}`,
    attributes: { photo }
  }))
  const { book, caller } = await bookOf(people)
  const columns = [tags.PidTagThumbnailPhoto]
  const request = { flags: 0, stat: statAtBeginning(), mids: [], rowCount: 60, columns }
  const { rows, stat } = book.queryRows(caller('p0'), request)
  t.equal(rows.length, 40, '4 MiB')
  t.equal(stat?.position, 40, 'the client goes on where the rows end')
  const wide = { ...request, columns: new Array(2000).fill(tags.PidTagThumbnailPhoto) }
  t.equal(book.queryRows(caller('p0'), wide).rows.length, 1)
  t.ok(PHOTO.length > 0)
})

test('sorted by how names are pronounced, and in the order of a language', async t => {
  const names = ['Zander', 'Ängström', 'Chladek', 'Dvorak', 'Anders', 'zebra', 'O-Neil', 'Oneida']
  const { book, caller } = await bookOf([
    ...names.map((displayName, i) => ({ address: `n${i}@contoso.example`, displayName })),
    { address: 'k@contoso.example', displayName: 'Kanji', attributes: { phoneticDisplayName: 'Abe' } }
  ])
  const sorted = (over: Partial<Stat>) => namesOf(book, caller('k'), statAtBeginning(over))
  t.same(sorted({}), ['Anders', 'Ängström', 'Chladek', 'Dvorak', 'Kanji', 'O-Neil', 'Oneida', 'Zander', 'zebra'])
  t.same(sorted({ sortLocale: 0x407 }), sorted({}), 'a language without letters of its own')
  const phonetic = sorted({ sortType: 3 })
  t.equal(phonetic[0], 'Kanji')
  t.same(
    phonetic.slice(1),
    sorted({}).filter(name => name !== 'Kanji')
  )
  requirement('MS-OXNSPI_R95', 'MS-OXNSPI_R495')
  t.same(sorted({ sortLocale: 0x41d }).slice(-3), ['Zander', 'zebra', 'Ängström'], 'Swedish')
  t.same(sorted({ sortLocale: 0x405 }).slice(2, 5), ['Dvorak', 'Chladek', 'Kanji'], 'Czech: ch is a letter behind h')
  t.same(
    sorted({ sortLocale: 0x405 }).filter(name => name.startsWith('O')),
    ['Oneida', 'O-Neil'],
    'without symbols in other locales than the default'
  )
  t.same(sorted({ sortType: 0x3e8 }), sorted({}))
  t.same(sorted({ sortType: 0x3e9 }), sorted({}))
  requirement('MS-OXNSPI_R98', 'MS-OXNSPI_R100')
})
