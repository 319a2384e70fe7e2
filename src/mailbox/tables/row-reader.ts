import { BufferFull, type Writer } from '../../bufferstructs/index.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { writePropertyRow, writeRowFromPacked } from '../../oxcdata/property-row.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import type { QueryRowsOptions, SeekOrigin } from '../domain.js'
import { HEADER_VERSION } from './categories/categorized-order.js'
import type { HeaderRows } from './categories/header-rows.js'
import type { OrderIndex } from './order-index.js'
import type { RowCells } from './row-cells.js'
import { type RowForm, rowForm } from './row-form.js'
import { type Cursor, type RowOrder, RowWalk, rankOf } from './row-order.js'
import type { SummaryRow } from './summary-row.js'

/** Rows fetched at a time when they are not in memory. */
const FETCH_ROWS = 128

/** What was read, where the cursor then stands, and `full` when there was no room for all. */
export interface RowsRead {
  rows: number
  position: SeekOrigin
  full: boolean
  cursor: Cursor
}

/** Writes rows of a contents table, in whatever order they are. */
export class RowReader {
  private columns: readonly PropertyTag[] = []
  private isExpanded = false
  /** A column shows what only this reader sees: what is written for him serves nobody else. */
  private isPersonal = false
  private form: RowForm | undefined
  private formCodePage = 0
  /** Of a table with categories. */
  private headers: HeaderRows | undefined

  constructor(
    private readonly index: OrderIndex,
    private readonly fid: Fid,
    private readonly cells: RowCells
  ) {}

  setColumns(columns: readonly PropertyTag[], options: { isExpanded: boolean; isPersonal: boolean }): void {
    this.columns = columns
    this.isExpanded = options.isExpanded
    this.isPersonal = options.isPersonal
    this.form = undefined
    this.cells.setColumns(columns)
  }

  /** Leaf rows lie in so many categories, whose header rows these are. */
  setCategories(headers: HeaderRows | undefined, depth: number): void {
    this.headers = headers
    this.cells.depth = depth
  }

  /** The rows from the cursor on; a promise when something has to be loaded, after which to read again. */
  forward(
    order: RowOrder,
    cursor: Cursor,
    writer: Writer,
    { count, advance }: QueryRowsOptions
  ): RowsRead | Promise<void> {
    const rank = rankOf(order, cursor)
    if (rank instanceof Promise) return rank
    const wanted = Math.min(count, order.total - rank)
    if (wanted <= 0) return { rows: 0, position: rank >= order.total ? 'end' : 'current', full: false, cursor }
    const walk = RowWalk.from(order, rank)
    if (walk instanceof Promise) return walk
    const start = writer.position
    let rows = 0
    let lastRun = walk.run
    let last = 0
    while (rows < wanted) {
      const row = this.row(walk)
      if (row === undefined) {
        writer.position = start
        return this.fetch(walk, wanted - rows)
      }
      if (!this.write(writer, walk, row)) break
      rows++
      last = walk.index
      lastRun = walk.run
      if (rows === wanted) break
      const next = walk.next()
      if (next instanceof Promise) {
        writer.position = start
        return next
      }
    }
    const full = rows < wanted
    if (!advance || rows === 0) return { rows, position: 'current', full, cursor }
    const position = rank + rows >= order.total ? 'end' : 'current'
    return { rows, position, full, cursor: { place: lastRun.rowKeyAt(last), behind: true } }
  }

  /** The rows before the cursor, in the order of the table; as many of those next to it as fit. */
  backward(
    order: RowOrder,
    cursor: Cursor,
    writer: Writer,
    { count, advance }: QueryRowsOptions
  ): RowsRead | Promise<void> {
    const rank = rankOf(order, cursor)
    if (rank instanceof Promise) return rank
    const wanted = Math.min(count, rank)
    if (wanted <= 0) return { rows: 0, position: rank === 0 ? 'beginning' : 'current', full: false, cursor }
    const walk = RowWalk.from(order, rank - 1, true)
    if (walk instanceof Promise) return walk
    const start = writer.position
    const starts: number[] = []
    let firstRun = walk.run
    let first = 0
    while (starts.length < wanted) {
      const row = this.row(walk)
      if (row === undefined) {
        writer.position = start
        return this.fetch(walk, wanted - starts.length)
      }
      const at = writer.position
      if (!this.write(writer, walk, row)) break
      starts.push(at)
      first = walk.index
      firstRun = walk.run
      if (starts.length === wanted) break
      const next = walk.next()
      if (next instanceof Promise) {
        writer.position = start
        return next
      }
    }
    turnRound(writer, starts)
    const rows = starts.length
    const left = advance ? rank - rows : rank
    const position = left === 0 ? 'beginning' : 'current'
    if (!advance || rows === 0) return { rows, position, full: rows < wanted, cursor }
    const stands: Cursor = rows === rank ? 'beginning' : { place: firstRun.rowKeyAt(first), behind: false }
    return { rows, position, full: rows < wanted, cursor: stands }
  }

  /** The summary row that a walk stands on, undefined when it has to be fetched. */
  row(walk: RowWalk): SummaryRow | undefined {
    return this.rowOf(walk.run.mids[walk.index], walk.run.versions[walk.index])
  }

  /** For a header row that of its first message. */
  rowOf(mid: Mid, version: number): SummaryRow | undefined {
    if (version !== HEADER_VERSION) return this.index.row(mid, version)
    const first = this.headers!.firstRow(mid)
    return this.index.row(first.mid, first.version)
  }

  /** Writes the row that the walk stands on; false when it does not fit. */
  write(writer: Writer, walk: RowWalk, row: SummaryRow): boolean {
    const { run, index } = walk
    if (run.versions[index] === HEADER_VERSION) return this.writeHeader(writer, run.mids[index], row)
    // A row with a value of its own for each instance is another one in each place.
    const isShared = !this.isExpanded && !this.isPersonal && this.headers === undefined
    const form = isShared ? this.formFor(writer) : undefined
    if (form !== undefined && row.form === form && row.written !== undefined) return copyWhole(writer, row.written)
    const at = writer.position
    const computed = this.cells.on(walk, row, this.isExpanded)
    try {
      writeRowFromPacked(writer, this.columns, row.packed, true, computed)
    } catch (error) {
      if (!(error instanceof BufferFull)) throw error
      writer.position = at
      return false
    }
    if (form !== undefined) remember(row, form, writer, at)
    return true
  }

  private writeHeader(writer: Writer, id: number, first: SummaryRow): boolean {
    const at = writer.position
    try {
      writePropertyRow(writer, this.columns, this.headers!.cells(id, this.columns, first))
    } catch (error) {
      if (!(error instanceof BufferFull)) throw error
      writer.position = at
      return false
    }
    return true
  }

  /** Fetches those of the next rows that are not in memory. */
  fetch(walk: RowWalk, count = FETCH_ROWS): Promise<void> {
    const mids: Mid[] = []
    for (let left = Math.min(count, FETCH_ROWS); left > 0; left--) {
      const { run, index } = walk
      const mid = run.mids[index]
      const isHeader = run.versions[index] === HEADER_VERSION
      if (this.row(walk) === undefined) mids.push(isHeader ? this.headers!.firstRow(mid).mid : mid)
      if (walk.next() !== true) break
    }
    return this.index.loadRows(this.fid, mids)
  }

  private formFor(writer: Writer): RowForm {
    const { codePage } = writer.context
    if (this.form === undefined || this.formCodePage !== codePage) {
      this.form = rowForm(this.columns, codePage)
      this.formCodePage = codePage
    }
    return this.form
  }
}

/** Puts rows that were written last to first into their order. */
function turnRound(writer: Writer, starts: readonly number[]): void {
  if (starts.length < 2) return
  const written = writer.bytes.slice(starts[0], writer.position)
  let end = written.byteLength
  let to = starts[0]
  for (let i = starts.length - 1; i >= 0; i--) {
    const from = starts[i] - starts[0]
    writer.bytes.set(written.subarray(from, end), to)
    to += end - from
    end = from
  }
}

/** Appends a row that was written before; false when it does not fit. */
function copyWhole(writer: Writer, row: Uint8Array): boolean {
  if (writer.space < row.byteLength) return false
  writer.copy(row)
  return true
}

/** Keeps the bytes of a row that is asked for in the same form a second time: a scan that passes once costs nothing. */
function remember(row: SummaryRow, form: RowForm, writer: Writer, at: number): void {
  if (row.form === form) row.written = writer.bytes.slice(at, writer.position)
  else {
    row.form = form
    row.written = undefined
  }
}
