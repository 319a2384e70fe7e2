import type { PropertyTag } from '../../oxcdata/property-tag.js'
import type { Book, BookTable } from '../book.js'
import type { NspiCaller, NspiRow, Stat } from '../nspi.js'
import { absolutePlace, movedPlace, statAt } from '../position.js'
import { defaultColumns, RowMaker } from '../rows.js'
import { demandStat } from '../stat.js'

export interface RowsAnswer {
  stat: Stat
  columns: readonly PropertyTag[] | null
  rows: readonly NspiRow[]
}

/** [MS-OXNSPI] 3.1.4.1.8: rows of a table from the client's place on, or of a list of ids. */
export function queryRows(
  book: Book,
  caller: NspiCaller,
  request: {
    flags: number
    stat: Stat | null
    mids: readonly number[]
    rowCount: number
    columns: readonly PropertyTag[] | null
  }
): RowsAnswer {
  const stat = demandStat(request.stat)
  const columns = request.columns ?? defaultColumns
  const maker = new RowMaker(book, caller, { columns, flags: request.flags, codePage: stat.codePage })
  if (request.mids.length > 0) {
    const rows = maker.some(request.mids.slice(0, request.rowCount), mid => maker.ofMid(mid))
    return { stat: { ...stat, delta: 0 }, columns, rows }
  }
  const table = book.table(stat)
  const first = movedPlace(table, absolutePlace(table, stat.currentRecord), stat.delta)
  const rows = rowsFrom(table, first, request.rowCount, maker)
  return { stat: statAt(table, first + rows.length, stat), columns, rows }
}

/** Rows of a table from a place on. */
export function rowsFrom(table: BookTable, first: number, count: number, maker: RowMaker): NspiRow[] {
  const end = Math.min(table.size, first + count)
  return maker.some(table.rows.entries(first, end), entry => maker.ofEntry(entry))
}
