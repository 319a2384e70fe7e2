import { test } from 'tap'
import { decodeString8 } from '../../../src/bufferstructs/index.js'
import type { NspiValue, Stat } from '../../../src/nspi/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { type PropertyTag, withType } from '../../../src/oxcdata/property-tag.js'
import { storedString } from '../../../src/oxcdata/stored-string.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { plain, sampleBook } from '../sample-book.js'

const GENERAL_FAILURE = 0x80004005
const NOT_FOUND = 0x8004010f
const INVALID_BOOKMARK = 0x80040405

async function seeker() {
  const sample = await sampleBook()
  const caller = sample.caller('alice')
  const name = (text: string, tag: PropertyTag = tags.PidTagDisplayName): NspiValue => ({
    tag,
    bytes: storedString(text)
  })
  const seek = (text: string | NspiValue | null, over: Partial<Stat> = {}, more: object = {}) => {
    const target = typeof text === 'string' ? name(text) : text
    const columns = [tags.PidTagDisplayName, tags.PidTagEntryId]
    const answer = sample.book.seekEntries(caller, {
      stat: statAtBeginning(over),
      target,
      mids: null,
      columns,
      ...more
    })
    return { ...answer, names: answer.rows.map(row => plain(row[0])) }
  }
  return { ...sample, caller, seek, name }
}

test('the first row at or behind a text', async t => {
  const { seek, mid, name } = await seeker()
  const asked = statAtBeginning({
    position: 77,
    totalRecords: 99,
    codePage: 20261,
    templateLocale: 0x407,
    sortLocale: 0x807
  })
  const { stat, errorCode, names } = seek('Carol', asked)
  t.equal(errorCode, 0)
  t.same(stat, { ...asked, currentRecord: mid('carol'), position: 4, totalRecords: 12 })
  requirement('MS-OXNSPI_R1055')
  t.same([stat?.currentRecord, stat?.position, stat?.totalRecords, stat?.delta], [mid('carol'), 4, 12, 0])
  requirement('MS-OXNSPI_R998', 'MS-OXNSPI_R1050', 'MS-OXNSPI_R1051', 'MS-OXNSPI_R1054', 'MS-OXNSPI_R1076')
  t.same(names, ['Carol Meyer', 'Erik Zorn', 'Info', 'News', 'Room 1', 'Sales', 'Staff', 'Zoë Outside'])
  requirement('MS-OXNSPI_R1058', 'MS-OXNSPI_R1010')
  const found = (text: string) => seek(text).names[0]
  t.equal(found('carol meyer'), 'Carol Meyer', 'case does not count')
  t.equal(found('Cb'), 'Erik Zorn')
  t.equal(found(''), 'Alice Meyer')
  t.equal(found('Bob O'), 'Bob Øster')
  t.equal(found('zoe outside'), 'Zoë Outside', 'marks do not count')
  t.equal(found('Dora'), 'Erik Zorn', 'as if the hidden one did not exist')
  t.equal(seek(name('Erik', withType(tags.PidTagDisplayName, 0x1e))).names[0], 'Erik Zorn')
})

test('N6: TotalRecs and place at the last row, and nothing behind it', async t => {
  const { seek, mid } = await seeker()
  const { stat, names } = seek('Zoe')
  t.same([stat?.currentRecord, stat?.position, stat?.totalRecords], [mid('zoe'), 11, 12])
  t.same(names, ['Zoë Outside'])
  const beyond = seek('Zz')
  t.same(beyond, { errorCode: NOT_FOUND, stat: null, columns: null, rows: [], names: [] })
  requirement('MS-OXNSPI_R1048', 'MS-OXNSPI_R1630', 'MS-OXNSPI_R1631')
  const bytes = new Uint8Array(4).fill(0xff)
  t.equal(seek(decodeString8(bytes, 20261)).errorCode, NOT_FOUND, 'bytes that are no letters')
})

test('the rows are those of NspiQueryRows from there on, with ephemeral ids', async t => {
  const { seek, book, caller } = await seeker()
  const { stat, rows, columns } = seek('Room')
  const request = { flags: 2, stat, mids: [], rowCount: 50, columns }
  t.same(rows, book.queryRows(caller, request).rows)
  requirement('MS-OXNSPI_R1695', 'MS-OXNSPI_R105801')
  const without = seek('Room', {}, { columns: null })
  t.same([without.columns, without.rows, without.stat], [null, [], stat])
})

test('in a list of ids', async t => {
  const { seek, mid, book, caller } = await seeker()
  const mids = ['alice', 'bob', 'erik', 'zoe'].map(mid)
  const { stat, rows, columns, names } = seek('C', {}, { mids })
  t.same([stat?.currentRecord, stat?.position, stat?.totalRecords], [mid('erik'), 2, 4])
  requirement('MS-OXNSPI_R1052')
  t.same(names, ['Erik Zorn', 'Zoë Outside'])
  const request = { flags: 2, stat, mids: mids.slice(2), rowCount: 2, columns }
  t.same(rows, book.queryRows(caller, request).rows)
  requirement('MS-OXNSPI_R1755')
  t.equal(seek('Erik Zorn', {}, { mids }).stat?.position, 2, 'the name itself')
  t.equal(seek('Zz', {}, { mids }).errorCode, NOT_FOUND)
  t.equal(seek('A', {}, { mids: [] }).errorCode, NOT_FOUND)
  t.equal(seek('Z', {}, { mids: [0, 0xffffffff, mid('zoe')] }).stat?.position, 2, 'ids of nobody are passed over')
  t.equal(seek('A', {}, { mids: [mid('zoe'), mid('alice')] }).stat?.position, 0, 'a list in another order')
  requirement('MS-OXNSPI_R1020')
})

test('what cannot be sought', async t => {
  const { seek, name } = await seeker()
  for (const sortType of [3, 0x3e8, 0x3e9]) t.equal(seek('A', { sortType }).errorCode, GENERAL_FAILURE)
  requirement('MS-OXNSPI_R1039')
  t.equal(seek(name('A', tags.PidTagTitle)).errorCode, GENERAL_FAILURE)
  t.equal(seek({ tag: withType(tags.PidTagDisplayName, 3), bytes: new Uint8Array(4) }).errorCode, GENERAL_FAILURE)
  t.equal(seek(null).errorCode, GENERAL_FAILURE)
  requirement('MS-OXNSPI_R1043')
  t.equal(seek('A', { containerId: 1 }).errorCode, INVALID_BOOKMARK)
  requirement('MS-OXNSPI_R1033')
  t.equal(seek('A', { codePage: 1200 }).errorCode, 0)
  requirement('MS-OXNSPI_R1016')
})
