/** Opening, reading and seeking tables over real mailboxes ([MS-OXCTABL], [MS-OXCFOLD] 2.2.1.13, 2.2.1.14). */
import t from 'tap'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopGetContentsTable } from '../../../rops/folder/rop-get-contents-table.js'
import { RopGetHierarchyTable } from '../../../rops/folder/rop-get-hierarchy-table.js'
import { RopAbort } from '../../../rops/table/rop-abort.js'
import { RopGetStatus } from '../../../rops/table/rop-get-status.js'
import { RopQueryColumnsAll } from '../../../rops/table/rop-query-columns-all.js'
import { RopQueryPosition } from '../../../rops/table/rop-query-position.js'
import { RopQueryRows } from '../../../rops/table/rop-query-rows.js'
import { RopResetTable } from '../../../rops/table/rop-reset-table.js'
import { RopRestrict } from '../../../rops/table/rop-restrict.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import { RopSeekRowFractional } from '../../../rops/table/rop-seek-row-fractional.js'
import { RopSetColumns } from '../../../rops/table/rop-set-columns.js'
import { RopSortTable } from '../../../rops/table/rop-sort-table.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { RealClient, rawAnswer } from './real-driver.js'

const NOT_SUPPORTED = 0x80040102
const INVALID_PARAM = 0x80070057
const NULL_OBJECT = 0x4b9
const DEPTH = 0x04
const UNICODE = 0x40
const [BEGINNING, CURRENT, END] = [0, 1, 2]
const inbox = specialFid('inbox')
const columns = [tags.PidTagSubject]

/** Client with a table of `rows` messages in the Inbox, subjects s0, s1 ... */
async function filled(rows: number) {
  const client = await RealClient.logOn()
  for (let n = 0; n < rows; n++) await client.createMessage(inbox, [[tags.PidTagSubject, `s${n}`]])
  const folder = await client.folder('inbox')
  const table = await client.contents(folder, columns)
  const position = async () => Object.values((await client.call(RopQueryPosition, {}, table)).value!)
  const seek = (origin: number, rowCount: number, wantRowMovedCount = true) =>
    client.call(RopSeekRow, { origin, rowCount, wantRowMovedCount }, table)
  return { client, folder, table, position, seek }
}

t.test('the flags of hierarchy tables', async t => {
  const client = await RealClient.logOn()
  const folder = await client.folder('inbox')
  const one = await client.createFolder(folder, 'One')
  const two = await client.createFolder(one.handle, 'Two')
  await client.createFolder(two.handle, 'Three')
  await client.createFolder(folder, 'Four')
  const names = async (flags: number) => {
    const shown = [tags.PidTagDisplayName, tags.PidTagDepth, tags.PidTagParentFolderId]
    return (await client.rows(await client.hierarchy(folder, shown, flags), shown)).rows
  }
  const flat = await client.call(RopGetHierarchyTable, { tableFlags: UNICODE }, folder)
  t.equal(flat.value!.rowCount, 2)
  t.same(
    (await names(UNICODE)).map(([name]) => name),
    ['One', 'Four']
  )
  requirement('MS-OXCFOLD_R305', 'MS-OXCFOLD_R100002', 'MS-OXCFOLD_R306', 'MS-OXCFOLD_R311', 'MS-OXCFOLD_R802')
  requirement('MS-OXCFOLD_R317', 'MS-OXCFOLD_R318', 'MS-OXCFOLD_R648', 'MS-OXCFOLD_R1160')
  const deep = await names(UNICODE | DEPTH)
  t.same(deep.map(([name, depth]) => [name, depth]).sort(), [
    ...[
      ['Four', 1],
      ['One', 1],
      ['Three', 3],
      ['Two', 2]
    ]
  ])
  requirement('MS-OXCFOLD_R801', 'MS-OXCTABL_R620', 'MS-OXCTABL_R19')
  const order = deep.map(([name]) => name)
  t.ok(order.indexOf('One') < order.indexOf('Two') && order.indexOf('Two') < order.indexOf('Three'), 'parents first')
  for (const flags of [0x08, 0x10, 0x80, 0x98]) {
    t.equal((await client.call(RopGetHierarchyTable, { tableFlags: flags }, folder)).returnValue, 0)
  }
  for (const flags of [0x01, 0x02, 0x42]) {
    t.equal((await client.call(RopGetHierarchyTable, { tableFlags: flags }, folder)).returnValue, NOT_SUPPORTED)
  }
  requirement('MS-OXCFOLD_R314002')
  t.equal((await client.call(RopGetHierarchyTable, { tableFlags: 0 }, 0)).returnValue, NOT_SUPPORTED)
})

t.test('the flags of contents tables', async t => {
  const { client, folder } = await filled(2)
  await client.createMessage(inbox, [[tags.PidTagSubject, 'fai']], true)
  const count = async (tableFlags: number) =>
    (await client.call(RopGetContentsTable, { tableFlags }, folder)).value!.rowCount
  t.same([await count(0), await count(0x02), await count(0x20), await count(0x22)], [2, 1, 0, 0])
  requirement('MS-OXCFOLD_R320', 'MS-OXCFOLD_R100502', 'MS-OXCFOLD_R321', 'MS-OXCFOLD_R326', 'MS-OXCFOLD_R332')
  requirement('MS-OXCFOLD_R333', 'MS-OXCFOLD_R1167', 'MS-OXCFOLD_R1170', 'MS-OXCFOLD_R661')
  t.same([await count(0x08), await count(0x10), await count(0x58)], [2, 2, 2])
  for (const tableFlags of [0x01, 0x04, 0x80]) {
    const refused = await client.call(RopGetContentsTable, { tableFlags }, folder)
    t.equal(refused.returnValue, INVALID_PARAM, `flags ${tableFlags}`)
  }
  requirement('MS-OXCFOLD_R330002', 'MS-OXCFOLD_R1179')
  t.equal((await client.call(RopGetContentsTable, { tableFlags: 0 }, 0)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R671', 'MS-OXCFOLD_R672')
})

t.test('RopSetColumns', async t => {
  const { client, folder, table } = await filled(1)
  const fresh = await client.contents(folder)
  t.equal((await client.rows(fresh, columns)).returnValue, NULL_OBJECT, 'no rows without columns')
  const asynchronous = { setColumnsFlags: 1, propertyTags: columns }
  t.same((await client.call(RopSetColumns, asynchronous, fresh)).value, { tableStatus: 0 })
  requirement('MS-OXCTABL_R45', 'MS-OXCTABL_R54', 'MS-OXCTABL_R55', 'MS-OXCTABL_R770', 'MS-OXCTABL_R33')
  requirement('MS-OXCTABL_R812', 'MS-OXCTABL_R43')
  const other = [tags.PidTagMessageClass, tags.PidTagSubject, tags.PidTagMessageClass]
  t.equal(await client.setColumns(table, other), 0)
  t.same((await client.rows(table, other)).rows, [['IPM.Note', 's0', 'IPM.Note']], 'in the order asked for, twice too')
  requirement('MS-OXCTABL_R426', 'MS-OXCTABL_R427', 'MS-OXCTABL_R116', 'MS-OXCTABL_R472', 'MS-OXCDATA_R65')
  for (const bad of [0x00370000, 0x0037000a, 0x00370099, 0x0037201f]) {
    t.equal(await client.setColumns(fresh, [tags.PidTagSubject, bad]), INVALID_PARAM, bad.toString(16))
    t.equal((await client.rows(fresh, columns)).returnValue, NULL_OBJECT, 'and no columns are left')
    t.equal(await client.setColumns(fresh, columns), 0)
  }
  t.equal(await client.setColumns(fresh, []), INVALID_PARAM)
  t.equal(await client.setColumns(folder, columns), NOT_SUPPORTED)
  const hierarchy = await client.hierarchy(await client.folder('ipmSubtree'))
  t.equal(await client.setColumns(hierarchy, [tags.PidTagDisplayName]), 0)
  requirement('MS-OXCTABL_R829', 'MS-OXCTABL_R831')
})

t.test('reading forward and backward', async t => {
  const { client, table, position } = await filled(5)
  const read = (query: object) => client.rows(table, columns, query)
  const first = await read({ rowCount: 2 })
  t.same([first.rows.flat(), first.origin], [['s0', 's1'], CURRENT])
  t.same(await position(), [2, 5])
  const kept = await read({ rowCount: 2, queryRowsFlags: 1 })
  t.same(
    [kept.rows.flat(), await position()],
    [
      ['s2', 's3'],
      [2, 5]
    ],
    'NoAdvance'
  )
  requirement('MS-OXCTABL_R614', 'MS-OXCTABL_R462', 'MS-OXCTABL_R468', 'MS-OXCTABL_R470', 'MS-OXCTABL_R726')
  const last = await read({ rowCount: 10 })
  t.same([last.rows.flat(), last.origin], [['s2', 's3', 's4'], END])
  requirement('MS-OXCTABL_R725', 'MS-OXCTABL_R109', 'MS-OXCTABL_R110', 'MS-OXCTABL_R29')
  const none = await read({ rowCount: 10 })
  t.same([none.returnValue, none.rows, none.origin], [0, [], END], 'no more rows is no error')
  requirement('MS-OXCTABL_R467')
  const back = await read({ rowCount: 2, forwardRead: false })
  t.same([back.rows.flat(), back.origin], [['s3', 's4'], CURRENT], 'backward, in the order of the table')
  t.same(await position(), [3, 5])
  requirement('MS-OXCTABL_R469')
  const all = await read({ rowCount: 10, forwardRead: false })
  t.same([all.rows.flat(), all.origin], [['s0', 's1', 's2'], END], 'as Exchange 2016 marks it')
  requirement('MS-OXCTABL_R897')
  t.same(await position(), [0, 5])
  const zero = await read({ rowCount: 0 })
  t.same([zero.returnValue, zero.rows, await position()], [0, [], [0, 5]])
  t.equal((await client.rows(0, columns)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCTABL_R477', 'MS-OXCTABL_R837')
})

t.test('the bytes of rows', async t => {
  const { client, table } = await filled(1)
  const batch = new RopBatch([table])
  const both = [tags.PidTagImportance, 0x3fde0003]
  batch.add(RopSetColumns, { input: 0 }, { setColumnsFlags: 0, propertyTags: both })
  const request = { queryRowsFlags: 0, forwardRead: true, rowCount: 50 }
  batch.add(RopQueryRows, { input: 0 }, request, { columns: both })
  const bytes = await rawAnswer(client, batch)
  const row = '01' + '0001000000' + '0a0f010480'
  t.equal(bytes.subarray(2, 9 + 9 + 11).toString('hex'), `12000000000000${'15000000000002'}0100${row}`)
  requirement('MS-OXCTABL_R3', 'MS-OXCTABL_R111', 'MS-OXCTABL_R114', 'MS-OXCTABL_R115', 'MS-OXCDATA_R76')
  requirement('MS-OXCDATA_R77', 'MS-OXCDATA_R79', 'MS-OXCDATA_R81', 'MS-OXCDATA_R181', 'MS-OXCDATA_R182')
  requirement('MS-OXCDATA_R2691')
})

t.test('RopQueryPosition and RopSeekRow', async t => {
  const { client, table, position, seek } = await filled(6)
  t.same(await position(), [0, 6])
  requirement('MS-OXCTABL_R612', 'MS-OXCTABL_R137', 'MS-OXCTABL_R139')
  t.same((await seek(BEGINNING, 4)).value, { hasSoughtLess: false, rowsSought: 4 })
  requirement('MS-OXCTABL_R141', 'MS-OXCTABL_R142', 'MS-OXCTABL_R150', 'MS-OXCTABL_R153', 'MS-OXCTABL_R27')
  t.same(await position(), [4, 6])
  t.same((await seek(CURRENT, -3)).value, { hasSoughtLess: false, rowsSought: -3 })
  t.same(await position(), [1, 6])
  requirement('MS-OXCTABL_R28', 'MS-OXCTABL_R161', 'MS-OXCTABL_R163', 'MS-OXCTABL_R157')
  t.same((await seek(CURRENT, -10)).value, { hasSoughtLess: true, rowsSought: -1 })
  t.same((await seek(END, 5)).value, { hasSoughtLess: true, rowsSought: 0 })
  requirement('MS-OXCTABL_R152', 'MS-OXCTABL_R497', 'MS-OXCTABL_R156', 'MS-OXCTABL_R162')
  t.same(await position(), [6, 6])
  t.same((await seek(END, -2)).value, { hasSoughtLess: false, rowsSought: -2 })
  t.same(await client.column(table, columns), ['s4', 's5'])
  const unasked = await seek(BEGINNING, 100, false)
  t.equal(unasked.returnValue, 0)
  t.same(await position(), [6, 6])
  t.equal((await seek(3, 0)).returnValue, INVALID_PARAM)
  requirement('MS-OXCTABL_R850', 'MS-OXCTABL_R846')
})

t.test('RopSeekRowFractional', async t => {
  const { client, table, position } = await filled(10)
  const seek = (numerator: number, denominator: number) =>
    client.call(RopSeekRowFractional, { numerator, denominator }, table)
  for (const [numerator, denominator, row] of [
    ...[
      [1, 2, 5],
      [0, 7, 0],
      [7, 7, 10],
      [9, 7, 10],
      [333, 1000, 3],
      [4_000_000_000, 4_294_967_295, 9]
    ]
  ]) {
    t.equal((await seek(numerator, denominator)).returnValue, 0)
    t.same(await position(), [row, 10], `${numerator}/${denominator}`)
  }
  requirement('MS-OXCTABL_R200', 'MS-OXCTABL_R910', 'MS-OXCTABL_R855')
  t.equal((await seek(1, 0)).returnValue, INVALID_PARAM)
  t.equal((await client.call(RopSeekRowFractional, { numerator: 0, denominator: 1 }, 0)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCTABL_R521')
})

t.test('RopGetStatus and RopAbort', async t => {
  const { client, folder, table } = await filled(1)
  t.same((await client.call(RopGetStatus, {}, table)).value, { tableStatus: 0 })
  const hierarchy = await client.hierarchy(folder)
  t.same((await client.call(RopGetStatus, {}, hierarchy)).value, { tableStatus: 0 })
  requirement('MS-OXCTABL_R129', 'MS-OXCTABL_R132', 'MS-OXCTABL_R840', 'MS-OXCTABL_R842')
  for (const one of [table, hierarchy]) t.equal((await client.call(RopAbort, {}, one)).returnValue, 0x80040114)
  requirement('MS-OXCTABL_R124', 'MS-OXCTABL_R479', 'MS-OXCTABL_R860', 'MS-OXCTABL_R483', 'MS-OXCTABL_R839')
  t.equal((await client.call(RopAbort, {}, folder)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCTABL_R486')
})

t.test('RopQueryColumnsAll', async t => {
  const { client, folder, table } = await filled(1)
  const all = (await client.call(RopQueryColumnsAll, {}, table)).value!.propertyTags
  for (const tag of [tags.PidTagSubject, tags.PidTagMid, tags.PidTagFolderId, tags.PidTagMessageClass, 0x0ff60102])
    t.ok(all.includes(tag), tag.toString(16))
  t.equal(new Set(all).size, all.length)
  t.equal(await client.setColumns(table, all), 0, 'each of them may be a column')
  t.equal((await client.rows(table, all)).rows.length, 1)
  const hierarchy = await client.hierarchy(folder)
  const folders = (await client.call(RopQueryColumnsAll, {}, hierarchy)).value!.propertyTags
  for (const tag of [tags.PidTagDisplayName, tags.PidTagFolderId, tags.PidTagEntryId, tags.PidTagContainerClass])
    t.ok(folders.includes(tag), tag.toString(16))
  t.equal(await client.setColumns(hierarchy, folders), 0)
  requirement('MS-OXCTABL_R218', 'MS-OXCTABL_R220', 'MS-OXCTABL_R221', 'MS-OXCTABL_R222')
  requirement('MS-OXCTABL_R875', 'MS-OXCTABL_R876')
})

t.test('RopResetTable', async t => {
  const { client, folder, table, position } = await filled(3)
  const exist = { restrictFlags: 0, restriction: { kind: 'exist' as const, tag: 0x3fde0003 } }
  t.equal((await client.call(RopRestrict, exist, table)).returnValue, 0)
  t.same(await position(), [0, 0])
  const sorted = { sortTableFlags: 0, sortOrderCount: 1, categoryCount: 0, expandedCount: 0 }
  await client.call(RopSortTable, { ...sorted, sortOrders: [{ tag: tags.PidTagSubject, order: 1 }] }, table)
  t.equal((await client.call(RopResetTable, {}, table)).returnValue, 0)
  t.same(await position(), [0, 3])
  t.equal((await client.rows(table, columns)).returnValue, NULL_OBJECT, 'the columns have gone, too')
  await client.setColumns(table, columns)
  t.same(await client.column(table, columns), ['s0', 's1', 's2'])
  requirement('MS-OXCTABL_R259', 'MS-OXCTABL_R555', 'MS-OXCTABL_R556', 'MS-OXCTABL_R561', 'MS-OXCTABL_R564')
  t.equal((await client.call(RopResetTable, {}, await client.hierarchy(folder))).returnValue, NOT_SUPPORTED)
})

t.test('hierarchy tables read and seek alike', async t => {
  const client = await RealClient.logOn()
  const shown = [tags.PidTagDisplayName]
  const table = await client.hierarchy(await client.folder('ipmSubtree'), shown)
  const all = await client.column(table, shown)
  t.ok(all.includes('Inbox') && all.includes('Calendar') && all.includes('Sent Items'))
  const { value } = await client.call(RopQueryPosition, {}, table)
  t.same(value, { numerator: all.length, denominator: all.length })
  requirement('MS-OXCTABL_R835', 'MS-OXCTABL_R844', 'MS-OXCTABL_R848', 'MS-OXCTABL_R853')
  await client.call(RopSeekRowFractional, { numerator: 0, denominator: 1 }, table)
  await client.call(RopSeekRow, { origin: CURRENT, rowCount: 2, wantRowMovedCount: true }, table)
  t.same(await client.column(table, shown, { rowCount: 1 }), [all[2]])
  const back = await client.rows(table, shown, { rowCount: 100, forwardRead: false })
  t.same([back.rows.flat(), back.origin], [all.slice(0, 3), END])
})

t.test('a small output buffer takes as many rows as fit', async t => {
  const client = await RealClient.logOn()
  const body = 'x'.repeat(240)
  for (let n = 0; n < 30; n++) await client.createMessage(inbox, [[tags.PidTagSubject, body]])
  const table = await client.contents(await client.folder('inbox'), columns)
  const request = { queryRowsFlags: 0, forwardRead: true, rowCount: 30 }
  const some = await client.call(RopQueryRows, request, table, { columns, maxRopOut: 4000 })
  const rows = some.value!.rows.length
  t.ok(rows > 5 && rows < 10, `${rows} rows`)
  t.equal(some.value!.origin, CURRENT)
  const rest = await client.rows(table, columns)
  t.equal(rest.rows.length, 30 - rows, 'the rest comes next')
  requirement('MS-OXCTABL_R463', 'MS-OXCTABL_R118')
})

t.test('deleted rows leave their place', async t => {
  const { client, folder, table, position, seek } = await filled(5)
  await seek(BEGINNING, 3)
  const columnsOfIds = [tags.PidTagMid]
  const ids = await client.contents(folder, columnsOfIds)
  const mids = (await client.column(ids, columnsOfIds)).map(cell => idOf(cell as bigint))
  const removal = { wantAsynchronous: false, notifyNonRead: false, messageIds: mids.slice(0, 2) }
  await client.call(RopDeleteMessages, removal, folder)
  t.same(await position(), [1, 3], 'the cursor stands on the row that it stood on')
  t.same(await client.column(table, columns), ['s3', 's4'])
})

/** An id as PtypInteger64 shows it: REPLID in the low 16 bits, the counter big-endian above. */
function idOf(value: bigint): number {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes.readUInt16LE(0) * 2 ** 48 + bytes.readUIntBE(2, 6)
}
