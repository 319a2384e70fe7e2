import { BufferFull, type Writer } from '../../bufferstructs/index.js'
import { compareBytes } from '../../oxcdata/collation.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import { cellType, type RowCell, writePropertyRow } from '../../oxcdata/property-row.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { isMultivalueInstance, storedType } from '../../oxcdata/property-type.js'
import { splitElements } from '../../oxcdata/property-value.js'
import type { Restriction } from '../../oxcdata/restriction.js'
import { RestrictionEvaluator } from '../../oxcdata/restriction-evaluate.js'
import { SORT_DESCENDING, type SortOrder } from '../../oxcdata/sort-order.js'
import { cutCell } from '../../oxcdata/table-cell.js'
import { compareValues } from '../../oxcdata/value-order.js'
import type { FindRowOptions, FoundRow, QueryRowsOptions, SeekOrigin, TableView } from '../domain.js'
import { Bookmarks } from './bookmarks.js'
import { demandColumns, demandColumnTypes } from './table-columns.js'

/** A row of a short table: what tells it from others, and its values. */
export interface ListRow {
  /** Stays the same as long as the row is in the table. */
  readonly key: number
  value(tag: PropertyTag): Uint8Array | undefined
}

/** A row that is marked, where it stands, and whether it has gone, so that the one that followed stands there. */
interface Bookmark {
  /** None behind the last row. */
  readonly key: number | undefined
  at: number
  isGone: boolean
}

/**
 * A table over a list that is in memory as a whole: folders, attachments, permissions. The list is taken anew for each operation; the
 * cursor stands on a row, and on the one that followed it when that has gone.
 */
export abstract class ListTable implements TableView {
  abstract readonly source: 'hierarchy' | 'attachments' | 'permissions' | 'rules'
  columns: readonly PropertyTag[] | undefined
  private readonly localeId: number
  private sortOrders: readonly SortOrder[] = []
  private restriction: Restriction | null = null
  /** Keys of the rows that the cursor's number refers to. */
  private known: number[] = []
  private cursor = 0
  private readonly bookmarks = new Bookmarks<Bookmark>()

  constructor(localeId: number) {
    this.localeId = localeId
  }

  /** The rows in the order of the table without a sort. */
  protected abstract listRows(): ListRow[]
  abstract allColumns(): PropertyTag[]

  rowCount(): number {
    return this.rows().length
  }

  setColumns(columns: readonly PropertyTag[]): void {
    this.columns = undefined
    if (columns.length === 0) return
    demandColumnTypes(columns)
    this.columns = columns
  }

  sort(orders: readonly SortOrder[]): void {
    demandColumnTypes(orders.map(({ tag }) => tag))
    this.sortOrders = orders
    this.cursor = 0
    this.bookmarks.clear()
  }

  restrict(restriction: Restriction | null): void {
    this.restriction = restriction
    this.cursor = 0
    this.bookmarks.clear()
  }

  queryRows(writer: Writer, { forward, advance, count }: QueryRowsOptions) {
    const columns = demandColumns(this.columns)
    const rows = this.rows()
    const at = this.cursor
    const wanted = forward ? Math.min(count, rows.length - at) : Math.min(count, at)
    const start = writer.position
    let from = forward ? at : at - wanted
    let written = this.write(writer, columns, rows, from, from + wanted)
    // Backward, the rows next to the cursor are the ones to keep when not all of them fit.
    while (!forward && from + written < at) {
      writer.position = start
      from++
      written = this.write(writer, columns, rows, from, at)
    }
    const stands = advance ? (forward ? at + written : at - written) : at
    this.cursor = stands
    const position: SeekOrigin = forward
      ? stands >= rows.length
        ? 'end'
        : 'current'
      : stands === 0
        ? 'beginning'
        : 'current'
    return { rows: written, position, full: written < wanted }
  }

  seek(origin: SeekOrigin, rows: number): { moved: number; soughtLess: boolean } {
    const { length } = this.rows()
    const base = origin === 'beginning' ? 0 : origin === 'end' ? length : this.cursor
    this.cursor = Math.max(0, Math.min(length, base + rows))
    const moved = this.cursor - base
    return { moved, soughtLess: moved !== rows }
  }

  position(): { numerator: number; denominator: number } {
    const { length } = this.rows()
    return { numerator: this.cursor, denominator: length }
  }

  reset(): void {
    this.columns = undefined
    this.sortOrders = []
    this.restriction = null
    this.cursor = 0
    this.bookmarks.clear()
  }

  release(): void {
    this.bookmarks.clear()
  }

  createBookmark(): Uint8Array {
    const key = this.rows()[this.cursor]?.key
    return this.bookmarks.create({ key, at: this.cursor, isGone: false })
  }

  freeBookmark(bookmark: Uint8Array): void {
    this.bookmarks.free(bookmark)
  }

  seekBookmark(bookmark: Uint8Array, count: number) {
    const rows = this.rows()
    const { at, isGone } = this.bookmarks.place(bookmark)
    this.cursor = Math.max(0, Math.min(rows.length, at + count))
    const moved = this.cursor - at
    return { moved, soughtLess: moved !== count, rowIsGone: isGone }
  }

  findRow(writer: Writer, { restriction, from, backward }: FindRowOptions): FoundRow {
    const columns = demandColumns(this.columns)
    const rows = this.rows()
    const begin = this.startOf(rows, from)
    const evaluator =
      restriction === null ? undefined : new RestrictionEvaluator(restriction, { localeId: this.localeId })
    const step = backward ? -1 : 1
    for (let i = backward ? begin.at - 1 : begin.at; i >= 0 && i < rows.length; i += step) {
      if (evaluator?.matches(rows[i]) === false) continue
      this.cursor = i
      const isWritten = this.write(writer, columns, rows, i, i + 1) === 1
      return { isFound: true, isWritten, rowIsGone: begin.isGone }
    }
    return { isFound: false, isWritten: false, rowIsGone: begin.isGone }
  }

  private startOf(rows: readonly ListRow[], from: FindRowOptions['from']): { at: number; isGone: boolean } {
    if (typeof from !== 'string') return this.bookmarks.place(from)
    return { at: from === 'beginning' ? 0 : from === 'end' ? rows.length : this.cursor, isGone: false }
  }

  /** The rows as they are now; moves the cursor to where its row has gone. */
  private rows(): ListRow[] {
    let rows = this.listRows()
    if (this.restriction !== null) {
      const evaluator = new RestrictionEvaluator(this.restriction, { localeId: this.localeId })
      rows = rows.filter(row => evaluator.matches(row))
    }
    if (this.sortOrders.length > 0) rows.sort((a, b) => this.compare(a, b))
    this.follow(rows)
    return rows
  }

  private follow(rows: readonly ListRow[]): void {
    const { known } = this
    this.known = rows.map(({ key }) => key)
    if (isSame(known, this.known)) return
    const numbers = new Map(this.known.map((key, number) => [key, number]))
    for (const bookmark of this.bookmarks.all()) {
      const own = bookmark.key === undefined ? rows.length : numbers.get(bookmark.key)
      bookmark.isGone = own === undefined
      bookmark.at = own ?? nextOf(known, bookmark.at, numbers) ?? rows.length
    }
    if (this.cursor > 0) this.cursor = nextOf(known, this.cursor, numbers) ?? behindLastOf(known, this.cursor, numbers)
  }

  private compare(a: ListRow, b: ListRow): number {
    for (const { tag, order } of this.sortOrders) {
      const first = a.value(tag)
      const second = b.value(tag)
      let result: number
      if (first === undefined || second === undefined)
        result = Number(first !== undefined) - Number(second !== undefined)
      else result = compareValues(storedType(tag & 0xffff), first, second, this.localeId) || compareBytes(first, second)
      if (result !== 0) return order === SORT_DESCENDING ? -result : result
    }
    return a.key - b.key
  }

  /** Writes whole rows as long as they fit; returns how many. */
  private write(
    writer: Writer,
    columns: readonly PropertyTag[],
    rows: readonly ListRow[],
    from: number,
    to: number
  ): number {
    for (let at = from; at < to; at++) {
      const before = writer.position
      try {
        writePropertyRow(
          writer,
          columns,
          columns.map(column => cell(rows[at], column))
        )
      } catch (error) {
        if (!(error instanceof BufferFull)) throw error
        writer.position = before
        return at - from
      }
    }
    return to - from
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((key, at) => key === b[at])
}

/** Where the row stands now that stood at `from`, or else the first behind it that is still there. */
function nextOf(known: readonly number[], from: number, numbers: ReadonlyMap<number, number>): number | undefined {
  for (let i = from; i < known.length; i++) {
    const number = numbers.get(known[i])
    if (number !== undefined) return number
  }
  return undefined
}

/** A cursor that stood behind the last row stays behind the last one that is still there. */
function behindLastOf(known: readonly number[], from: number, numbers: ReadonlyMap<number, number>): number {
  for (let i = Math.min(from, known.length) - 1; i >= 0; i--) {
    const number = numbers.get(known[i])
    if (number !== undefined) return number + 1
  }
  return 0
}

function cell(row: ListRow, column: PropertyTag): RowCell {
  const isInstance = isMultivalueInstance(column & 0xffff)
  let value = row.value(isInstance ? (column & ~0x2000) >>> 0 : column)
  if (value !== undefined && isInstance) value = splitElements(storedType(column & 0xdfff), value)[0]
  return value === undefined ? ErrorCode.ecNotFound : cutCell(cellType(column), value)
}
