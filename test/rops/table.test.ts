/** The table family over tables that tests make up. */
import t from 'tap'
import { RopAbort } from '../../rops/table/rop-abort.js'
import { RopGetStatus } from '../../rops/table/rop-get-status.js'
import { RopQueryColumnsAll } from '../../rops/table/rop-query-columns-all.js'
import { RopQueryPosition } from '../../rops/table/rop-query-position.js'
import { RopQueryRows } from '../../rops/table/rop-query-rows.js'
import { RopResetTable } from '../../rops/table/rop-reset-table.js'
import { RopRestrict } from '../../rops/table/rop-restrict.js'
import { RopSeekRow } from '../../rops/table/rop-seek-row.js'
import { RopSeekRowFractional } from '../../rops/table/rop-seek-row-fractional.js'
import { RopSetColumns } from '../../rops/table/rop-set-columns.js'
import { RopSortTable } from '../../rops/table/rop-sort-table.js'
import { BufferFull, type Writer } from '../../src/bufferstructs/index.js'
import type { QueryRowsOptions, SeekOrigin, TableView } from '../../src/mailbox/domain.js'
import { writePropertyRow } from '../../src/oxcdata/property-row.js'
import { requirement } from '../conformance/ledger.js'
import { Driver } from './driver.js'

const PidTagSubject = 0x0037001f
const PidTagMessageSize = 0x0e080003
const ROW_BYTES = 200
/** A cell that no payload holds. */
const HUGE_BYTES = 40000

/** A table of `rows` rows with one binary cell each, and a journal of what was asked of it. */
function fakeTable(rows: number, source: TableView['source'] = 'contents', cellBytes = ROW_BYTES) {
  const journal: unknown[] = []
  let cursor = 0
  const write = (writer: Writer): boolean => {
    const at = writer.position
    try {
      writePropertyRow(writer, table.columns!, [new Uint8Array(cellBytes)])
      return true
    } catch (error) {
      if (!(error instanceof BufferFull)) throw error
      writer.position = at
      return false
    }
  }
  const table = {
    source,
    columns: undefined as readonly number[] | undefined,
    rowCount: () => rows,
    setColumns(columns: readonly number[]) {
      table.columns = columns
    },
    sort: (orders: unknown) => void journal.push(['sort', orders]),
    restrict: async (restriction: unknown) => void journal.push(['restrict', restriction]),
    queryRows(writer: Writer, { forward, advance, count }: QueryRowsOptions) {
      const start = cursor
      const left = forward ? rows - cursor : cursor
      let done = 0
      let full = false
      while (done < count && done < left) {
        if (!write(writer)) {
          full = true
          break
        }
        done++
      }
      cursor += forward ? done : -done
      const position: SeekOrigin = cursor === rows ? 'end' : cursor === 0 ? 'beginning' : 'current'
      if (!advance) cursor = start
      return { rows: done, position, full }
    },
    seek(origin: SeekOrigin, count: number) {
      const base = origin === 'beginning' ? 0 : origin === 'end' ? rows : cursor
      cursor = Math.max(0, Math.min(rows, base + count))
      return { moved: cursor - base, soughtLess: cursor !== base + count }
    },
    position: () => ({ numerator: cursor, denominator: rows }),
    allColumns: () => [PidTagSubject, PidTagMessageSize],
    reset() {
      cursor = 0
      table.columns = undefined
      journal.push('reset')
    },
    release() {}
  }
  return { table, journal }
}

async function withTable(rows: number, source?: TableView['source'], cellBytes?: number) {
  const { table, journal } = fakeTable(rows, source, cellBytes)
  const driver = await Driver.logOn()
  return { driver, table, journal, handle: driver.put('table', table as unknown as TableView) }
}

const COLUMNS = [0x00ff0102]
const columnsRequest = { setColumnsFlags: 0, propertyTags: COLUMNS }
const rowsRequest = { queryRowsFlags: 0, forwardRead: true, rowCount: 50 }

t.test('rows need columns first', async t => {
  const { driver, table, handle } = await withTable(3)
  t.equal((await driver.call(RopQueryRows, rowsRequest, handle)).returnValue, 0x4b9)
  requirement('MS-OXCTABL_R768', 'MS-OXCTABL_R867', 'MS-OXCTABL_R866')
  const set = await driver.call(RopSetColumns, { ...columnsRequest, setColumnsFlags: 0x01 }, handle)
  t.same(set.value, { tableStatus: 0 }, 'never asynchronous')
  t.same(table.columns, COLUMNS)
  requirement('MS-OXCTABL_R796', 'MS-OXCTABL_R885')
  for (const tag of [0x00370000, 0x0037000a, 0x00370099, 0x0037201f]) {
    const refused = await driver.call(RopSetColumns, { setColumnsFlags: 0, propertyTags: [PidTagSubject, tag] }, handle)
    t.equal(refused.returnValue, 0x80070057, tag.toString(16))
  }
  t.equal((await driver.call(RopSetColumns, { setColumnsFlags: 0, propertyTags: [] }, handle)).returnValue, 0x80070057)
  requirement('MS-OXCTABL_R435')
  t.equal((await driver.call(RopQueryRows, rowsRequest, handle)).returnValue, 0x4b9, 'a failure takes the columns away')
  requirement('MS-OXCTABL_R610')
  const instances = { setColumnsFlags: 0, propertyTags: [0x8010301f] }
  t.equal((await driver.call(RopSetColumns, instances, handle)).returnValue, 0, 'multivalue instances')
  t.equal((await driver.call(RopSetColumns, columnsRequest, driver.put('folder', {}))).returnValue, 0x80040102)
  requirement('MS-OXCTABL_R436')
})

t.test('RopQueryRows', async t => {
  const { driver, handle } = await withTable(7)
  await driver.call(RopSetColumns, columnsRequest, handle)
  const some = await driver.call(RopQueryRows, { ...rowsRequest, rowCount: 3 }, handle, { columns: COLUMNS })
  t.equal(some.value!.rows.length, 3)
  t.equal(some.value!.origin, 1)
  requirement('MS-OXCTABL_R463', 'MS-OXCTABL_R726', 'MS-OXCTABL_R112', 'MS-OXCTABL_R113')
  const peek = await driver.call(RopQueryRows, { ...rowsRequest, queryRowsFlags: 1, rowCount: 2 }, handle, {
    columns: COLUMNS
  })
  t.equal(peek.value!.rows.length, 2)
  t.same((await driver.call(RopQueryPosition, {}, handle)).value, { numerator: 3, denominator: 7 })
  requirement('MS-OXCTABL_R470', 'MS-OXCTABL_R491')
  const back = await driver.call(RopQueryRows, { ...rowsRequest, forwardRead: false }, handle, { columns: COLUMNS })
  t.equal(back.value!.rows.length, 3)
  t.equal(back.value!.origin, 2, 'BOOKMARK_END, though it is the beginning')
  requirement('MS-OXCTABL_R897')
  const rest = await driver.call(RopQueryRows, rowsRequest, handle, { columns: COLUMNS })
  t.equal(rest.value!.rows.length, 7)
  t.equal(rest.value!.origin, 2)
  requirement('MS-OXCTABL_R725')
  const none = await driver.call(RopQueryRows, rowsRequest, handle, { columns: COLUMNS })
  t.same(none.value, { origin: 2, rows: [] })
  requirement('MS-OXCTABL_R467')
})

t.test('RopQueryRows fills the buffer with whole rows', async t => {
  const { driver, handle } = await withTable(1000)
  await driver.call(RopSetColumns, columnsRequest, handle)
  const full = await driver.call(RopQueryRows, { ...rowsRequest, rowCount: 1000 }, handle, { columns: COLUMNS })
  const rowBytes = 1 + 2 + ROW_BYTES
  // The payload's 32,767 bytes less RopSize, one handle, the response head and the row head.
  t.equal(full.value!.rows.length, Math.floor((32767 - 2 - 4 - 6 - 3) / rowBytes))
  requirement('MS-OXCTABL_R464', 'MS-OXCTABL_R465')
  await driver.call(RopQueryRows, rowsRequest, handle, { columns: COLUMNS, maxRopOut: 8 + 2 + 4 + 6 + 3 + 100 })
  t.same(
    driver.extra.map(result => result.name),
    ['RopBufferTooSmall'],
    'with more room a row would fit'
  )
  const huge = await withTable(1, 'contents', HUGE_BYTES)
  await huge.driver.call(RopSetColumns, columnsRequest, huge.handle)
  const never = await huge.driver.call(RopQueryRows, rowsRequest, huge.handle, { columns: COLUMNS })
  t.ok(huge.driver.errorCode === 0x47d || never.returnValue === 0x47d, 'no buffer holds this row')
  requirement('MS-OXCTABL_R466', 'MS-OXCTABL_R478')
})

t.test('sorting and restricting', async t => {
  const { driver, journal, handle } = await withTable(3)
  const sort = (sortOrders: { tag: number; order: 0 | 1 | 4 }[], categoryCount = 0, expandedCount = 0) => ({
    ...{ sortTableFlags: 0, sortOrderCount: sortOrders.length, categoryCount, expandedCount, sortOrders }
  })
  const sorted = await driver.call(RopSortTable, sort([{ tag: PidTagSubject, order: 1 }]), handle)
  t.same(sorted.value, { tableStatus: 0 })
  t.same(journal, [['sort', [{ tag: PidTagSubject, order: 1 }]]])
  requirement('MS-OXCTABL_R437', 'MS-OXCTABL_R800')
  const odd = { tag: PidTagSubject, order: 3 as 0 }
  t.equal((await driver.call(RopSortTable, sort([odd]), handle)).returnValue, 0x80070057)
  t.equal((await driver.call(RopSortTable, sort([{ tag: 0x00370000, order: 0 }]), handle)).returnValue, 0x80070057)
  const one = [{ tag: PidTagSubject, order: 0 as const }]
  t.equal((await driver.call(RopSortTable, sort(one, 2), handle)).returnValue, 0x80070057, 'more categories than keys')
  t.equal((await driver.call(RopSortTable, sort(one, 0, 2), handle)).returnValue, 0x80070057)
  t.equal((await driver.call(RopSortTable, sort(one, 1, 1), handle)).returnValue, 0)
  const many = (count: number) => Array.from({ length: count }, () => one[0])
  t.equal((await driver.call(RopSortTable, sort(many(32)), handle)).returnValue, 0)
  t.equal((await driver.call(RopSortTable, sort(many(33)), handle)).returnValue, 0x80040117, 'too complex')
  const restriction = { kind: 'exist' as const, tag: PidTagSubject }
  const restricted = await driver.call(RopRestrict, { restrictFlags: 0, restriction }, handle)
  t.same(restricted.value, { tableStatus: 0 })
  t.equal((await driver.call(RopRestrict, { restrictFlags: 0, restriction: null }, handle)).returnValue, 0)
  t.same(journal.slice(-2), [
    ['restrict', restriction],
    ['restrict', null]
  ])
  requirement('MS-OXCTABL_R451', 'MS-OXCTABL_R802')
  for (const source of ['hierarchy', 'attachments'] as const) {
    const other = await withTable(3, source)
    t.equal((await other.driver.call(RopSortTable, sort(one), other.handle)).returnValue, 0x80040102, source)
    const { returnValue } = await other.driver.call(RopRestrict, { restrictFlags: 0, restriction: null }, other.handle)
    t.equal(returnValue, source === 'hierarchy' ? 0 : 0x80040102, source)
  }
  requirement('MS-OXCTABL_R450', 'MS-OXCTABL_R461', 'MS-OXCTABL_R833')
})

t.test('moving the cursor', async t => {
  const { driver, handle } = await withTable(10)
  const seek = (origin: number, rowCount: number, wantRowMovedCount = true) => ({ origin, rowCount, wantRowMovedCount })
  t.same((await driver.call(RopSeekRow, seek(0, 4), handle)).value, { hasSoughtLess: false, rowsSought: 4 })
  t.same((await driver.call(RopSeekRow, seek(1, -6), handle)).value, { hasSoughtLess: true, rowsSought: -4 })
  requirement('MS-OXCTABL_R160', 'MS-OXCTABL_R154', 'MS-OXCTABL_R155', 'MS-OXCTABL_R159')
  t.same((await driver.call(RopSeekRow, seek(2, -3), handle)).value, { hasSoughtLess: false, rowsSought: -3 })
  t.same((await driver.call(RopQueryPosition, {}, handle)).value, { numerator: 7, denominator: 10 })
  requirement('MS-OXCTABL_R496', 'MS-OXCTABL_R136', 'MS-OXCTABL_R138')
  t.same((await driver.call(RopSeekRow, seek(1, 9, false), handle)).value, { hasSoughtLess: false, rowsSought: 0 })
  t.equal((await driver.call(RopSeekRow, seek(3, 0), handle)).returnValue, 0x80070057)
  t.equal((await driver.call(RopSeekRow, seek(0, 0), 0)).returnValue, 0x80040102)
  requirement('MS-OXCTABL_R502')
  const at = async () => (await driver.call(RopQueryPosition, {}, handle)).value!.numerator
  await driver.call(RopSeekRowFractional, { numerator: 1, denominator: 2 }, handle)
  t.equal(await at(), 5)
  await driver.call(RopSeekRowFractional, { numerator: 3, denominator: 2 }, handle)
  t.equal(await at(), 10)
  await driver.call(RopSeekRowFractional, { numerator: 0, denominator: 9 }, handle)
  t.equal(await at(), 0)
  requirement('MS-OXCTABL_R514', 'MS-OXCTABL_R515', 'MS-OXCTABL_R516')
  t.equal((await driver.call(RopSeekRowFractional, { numerator: 0, denominator: 0 }, handle)).returnValue, 0x80070057)
})

t.test('status, columns, reset', async t => {
  const { driver, table, handle } = await withTable(2)
  t.same((await driver.call(RopGetStatus, {}, handle)).value, { tableStatus: 0 })
  t.equal((await driver.call(RopAbort, {}, handle)).returnValue, 0x80040114)
  requirement('MS-OXCTABL_R485')
  t.same((await driver.call(RopQueryColumnsAll, {}, handle)).value, {
    propertyTags: [PidTagSubject, PidTagMessageSize]
  })
  requirement('MS-OXCTABL_R530')
  await driver.call(RopSetColumns, columnsRequest, handle)
  t.equal((await driver.call(RopResetTable, {}, handle)).returnValue, 0)
  t.equal(table.columns, undefined)
  t.equal((await driver.call(RopQueryRows, rowsRequest, handle)).returnValue, 0x4b9)
  requirement('MS-OXCTABL_R553', 'MS-OXCTABL_R560')
  const tree = await withTable(2, 'hierarchy')
  t.equal((await tree.driver.call(RopResetTable, {}, tree.handle)).returnValue, 0x80040102)
  requirement('MS-OXCTABL_R566')
  for (const rop of [RopGetStatus, RopQueryPosition, RopQueryColumnsAll]) {
    t.equal((await driver.call<unknown, unknown>(rop, {}, 0)).returnValue, 0x80040102, rop.name)
  }
  requirement('MS-OXCTABL_R490', 'MS-OXCTABL_R495', 'MS-OXCTABL_R533')
})
