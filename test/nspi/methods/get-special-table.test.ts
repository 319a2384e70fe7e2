import { test } from 'tap'
import type { Stat } from '../../../src/nspi/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { formatTag } from '../../../src/oxcdata/property-tag.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { byTheText, plain, type SampleBook, sampleBook, valueIn } from '../sample-book.js'

const INVALID_CODEPAGE = 0x8004011e
const UNICODE = 4
const TEMPLATES = 2

function looker(sample: SampleBook) {
  return (flags: number, over: Partial<Stat> = {}, version: number | null = 0) =>
    sample.book.getSpecialTable(sample.caller('alice'), { flags, stat: statAtBeginning(over), version })
}

test('N4: the hierarchy, row by row', async t => {
  const sample = await sampleBook()
  await sample.directory.setAddressLists([
    { name: 'Sites', parent: null, filter: {} },
    { name: 'North', parent: 'Sites', filter: {} }
  ])
  const { errorCode, rows, codePage } = looker(sample)(UNICODE)
  t.same([errorCode, codePage], [0, 1252])
  requirement('MS-OXNSPI_R743', 'MS-OXNSPI_R765', 'MS-OXNSPI_R767', 'MS-OXNSPI_R726')
  const columns = ['0x0fff0102', '0x36000003', '0x30050003', '0xfffd0003', '0x3001001f', '0xfffb000b']
  for (const row of rows!) {
    const own = row.map(({ tag }) => formatTag(tag))
    t.same(own.slice(0, 6), columns)
    t.ok(own.length === 6 || (own.length === 7 && own[6] === '0xfffc0102'))
  }
  requirement('MS-OXNSPI_R1863', 'MS-OXNSPI_R760', 'MS-OXNSPI_R111', 'MS-OXNSPI_R1966', 'MS-OXNSPI_R454')
  requirement('MS-OXNSPI_R1941')
  const told = rows!.map(row => row.slice(1, 3).concat(row.slice(4, 6)).map(plain))
  t.same(told, [
    [9, 0, 'Global Address List', false],
    [11, 0, 'All Address Lists', false],
    [9, 1, 'All Contacts', false],
    [9, 1, 'All Distribution Lists', false],
    [9, 1, 'All Rooms', false],
    [9, 1, 'All Users', false],
    [9, 1, 'Public Folders', false],
    [11, 0, 'Sites', false],
    [9, 1, 'North', false]
  ])
  requirement('MS-OXNSPI_R1864')
  const ids = rows!.map(row => Buffer.from(valueIn(row, tags.PidTagEntryId) as Uint8Array).toString('hex'))
  const parents = rows!.map(row => valueIn(row, tags.PidTagAddressBookParentEntryId))
  t.same(
    parents.map(parent => (parent === undefined ? -1 : ids.indexOf(Buffer.from(parent as Uint8Array).toString('hex')))),
    [-1, -1, 1, 1, 1, 1, 1, -1, 7]
  )
  t.equal(new Set(ids).size, ids.length)
})

test('text in the width that was asked for', async t => {
  const look = looker(await sampleBook())
  const nameTags = (flags: number) => new Set(look(flags).rows!.map(row => formatTag(row[4].tag)))
  t.same(nameTags(0), new Set(['0x3001001e']))
  requirement('MS-OXNSPI_R762', 'MS-OXNSPI_R1967', 'MS-OXNSPI_R1933')
  t.same(nameTags(UNICODE), new Set(['0x3001001f']))
  t.same(look(0xfffffff9).rows, look(0).rows)
  requirement('MS-OXNSPI_R1740')
  t.equal(look(UNICODE, { codePage: 1200 }).errorCode, 0)
  const none = { errorCode: INVALID_CODEPAGE, version: null, rows: null }
  t.same(look(0, { codePage: 1200 }), { ...none, codePage: 1200 })
  requirement('MS-OXNSPI_R732')
  t.same(look(0, { codePage: 0xff }), { ...none, codePage: 0xff })
  requirement('MS-OXNSPI_R736')
})

test('a locale without templates for addresses has a table without rows', async t => {
  const look = looker(await sampleBook())
  for (const templateLocale of [0, 0x409, 0x407, 0xffff]) {
    t.same(look(TEMPLATES, { templateLocale }, 5), { errorCode: 0, codePage: 1252, version: 5, rows: [] })
    t.same(look(TEMPLATES | UNICODE, { templateLocale }, 5), look(TEMPLATES, { templateLocale }, 5))
  }
  requirement('MS-OXNSPI_R757', 'MS-OXNSPI_R758', 'MS-OXNSPI_R741', 'MS-OXNSPI_R110', 'MS-OXNSPI_R752')
})

test('N4: the version number', async t => {
  const sample = await sampleBook()
  const look = looker(sample)
  const rows = look(UNICODE, {}, 0).rows!
  for (const version of [0, 1, 0x08c55ec8, 0xffffffff]) {
    const answer = look(UNICODE, {}, version)
    t.same([answer.version, answer.rows?.length], [version, rows.length])
  }
  requirement('MS-OXNSPI_R748001', 'MS-OXNSPI_R750001', 'MS-OXNSPI_R724')
  t.equal(look(UNICODE, {}, null).version, null)

  const strict = await sampleBook(byTheText)
  const ask = looker(strict)
  const { version } = ask(UNICODE, {}, 0)
  t.ok(version! > 0)
  t.equal(ask(UNICODE, {}, 7).version, version)
  t.same(ask(UNICODE, {}, version).rows, [])
  await strict.directory.change(strict.entry('bob').guid, { displayName: 'Robert' })
  t.equal(ask(UNICODE, {}, 0).version, version, 'entries are no part of it')
  await strict.directory.setAddressLists([{ name: 'New', parent: null, filter: {} }])
  t.not(ask(UNICODE, {}, 0).version, version)
  t.equal(ask(UNICODE, {}, version).rows?.length, rows.length + 1)
})
