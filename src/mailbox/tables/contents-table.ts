import type { Writer } from '../../bufferstructs/index.js'
import { BufferFull } from '../../bufferstructs/index.js'
import type { Mid } from '../../oxcdata/ids.js'
import { type ComputedCells, type RowCell, writeRowFromPacked } from '../../oxcdata/property-row.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { isMultivalueInstance } from '../../oxcdata/property-type.js'
import type { Restriction } from '../../oxcdata/restriction.js'
import { restrictionTags } from '../../oxcdata/restriction-evaluate.js'
import { SORT_DESCENDING, type SortOrder } from '../../oxcdata/sort-order.js'
import { PidTagMessageDeliveryTime } from '../../oxprops/property-tags.generated.js'
import type { Actor, ContentsTableOptions, Maybe, QueryRowsOptions, SeekOrigin, TableView } from '../domain.js'
import type { StoreFolder } from '../folders/folder.js'
import { builtOrdersOf } from '../messages/message-targets.js'
import type { ReadState } from '../public-store/read-states.js'
import { type BuiltOrder, instanceOfKey } from './built-order.js'
import type { BuiltOrders } from './built-orders.js'
import { contentsColumns } from './contents-columns.js'
import { computedCell, isReadState, type MessageRow, type RowMailbox } from './message-row-cells.js'
import { BY_DELIVERY_TIME, BY_MID, type KeptOrder, type OrderIndex } from './order-index.js'
import { type RowForm, rowForm } from './row-form.js'
import { type Cursor, cursorAt, KeptRowOrder, type RowOrder, RowWalk, rankOf } from './row-order.js'
import { type RowSet, rowSet, type SummaryRow } from './summary-row.js'
import { demandColumns, demandColumnTypes } from './table-columns.js'

/** Rows fetched at a time when they are not in memory. */
const FETCH_ROWS = 128

/** Fetches of one operation before the table gives up: orders and summary rows then name rows that are not there. */
const MOST_FETCHES = 5000

/** Rows that are asked which columns they have. */
const SAMPLE_ROWS = 64

/** What a contents table reads from. */
export interface ContentsOrigin {
  readonly index: OrderIndex
  readonly built: BuiltOrders
  readonly mailbox: RowMailbox
  readonly fid: number
  readonly set: RowSet
  readonly localeId: number
  /** Whose read states the rows show, in a public store. */
  readonly reader?: ReadState | undefined
}

type Outcome = Awaited<ReturnType<TableView['queryRows']>>

/** A contents table: normal, FAI or soft-deleted messages of a folder ([MS-OXCTABL] 3.2.5). */
export class ContentsTable implements TableView {
  readonly source = 'contents'
  columns: readonly PropertyTag[] | undefined
  private readonly origin: ContentsOrigin
  private readonly cells: RowCells
  private sortOrders: readonly SortOrder[] = []
  private restriction: Restriction | null = null
  private expand: PropertyTag = 0
  private built: BuiltOrder | undefined
  private cursor: Cursor = 'beginning'
  private form: RowForm | undefined
  private formCodePage = 0
  /** A column shows what only this reader sees: what is written for him serves nobody else. */
  private isPersonal = false

  constructor(origin: ContentsOrigin) {
    this.origin = origin
    this.cells = new RowCells(origin.mailbox, origin.reader)
  }

  static open(folder: StoreFolder, options: ContentsTableOptions, actor: Actor): Maybe<ContentsTable> {
    const { core, fid } = folder
    return new ContentsTable({
      index: core.orders,
      built: builtOrdersOf(core),
      mailbox: core,
      fid,
      set: rowSet(options.associated, options.softDeleted),
      localeId: core.localeId,
      reader: core.readStates?.of(actor)
    })
  }

  rowCount(): Maybe<number> {
    return this.attempt(order => order.total)
  }

  setColumns(columns: readonly PropertyTag[]): void {
    this.columns = undefined
    if (columns.length === 0) return
    demandColumnTypes(columns)
    this.columns = columns
    this.form = undefined
    this.isPersonal = this.origin.reader !== undefined && columns.some(isReadState)
    this.cells.setColumns(columns)
    this.chooseOrder()
  }

  sort(orders: readonly SortOrder[]): void {
    demandColumnTypes(orders.map(({ tag }) => tag))
    this.sortOrders = orders
    this.cursor = 'beginning'
    this.chooseOrder()
  }

  restrict(restriction: Restriction | null): void {
    this.restriction = restriction
    this.cursor = 'beginning'
    this.chooseOrder()
  }

  queryRows(writer: Writer, options: QueryRowsOptions): Maybe<Outcome> {
    const columns = demandColumns(this.columns)
    return this.attempt(order =>
      options.forward ? this.readOn(order, columns, writer, options) : this.readBack(order, columns, writer, options)
    )
  }

  seek(origin: SeekOrigin, rows: number): Maybe<{ moved: number; soughtLess: boolean }> {
    return this.attempt(order => {
      const base = origin === 'beginning' ? 0 : origin === 'end' ? order.total : rankOf(order, this.cursor)
      if (base instanceof Promise) return base
      const target = Math.max(0, Math.min(order.total, base + rows))
      const cursor = cursorAt(order, target)
      if (cursor instanceof Promise) return cursor
      this.cursor = cursor
      return { moved: target - base, soughtLess: target - base !== rows }
    })
  }

  position(): Maybe<{ numerator: number; denominator: number }> {
    return this.attempt(order => {
      const rank = rankOf(order, this.cursor)
      return rank instanceof Promise ? rank : { numerator: rank, denominator: order.total }
    })
  }

  /** The columns that every message can have, and those of the rows at hand: which others there are only the rows know. */
  allColumns(): PropertyTag[] {
    const all = new Set(contentsColumns)
    const { index, fid, set } = this.origin
    const directory = index.directory(fid, set, BY_MID)
    // Whoever reads rows waits for it, and is told when it cannot be read.
    if (directory instanceof Promise) directory.catch(() => {})
    const run = directory instanceof Promise ? undefined : index.run(directory.runs[0])
    for (let i = 0; run !== undefined && i < Math.min(run.count, SAMPLE_ROWS); i++) {
      const packed = index.row(run.mids[i], run.versions[i])?.packed
      for (let at = 0; packed !== undefined && at < packed.count; at++) all.add(packed.tagAt(at))
    }
    return [...all]
  }

  reset(): void {
    this.columns = undefined
    this.sortOrders = []
    this.restriction = null
    this.cursor = 'beginning'
    this.cells.setColumns([])
    this.chooseOrder()
  }

  release(): void {
    if (this.built !== undefined) this.origin.built.release(this.built)
    this.built = undefined
  }

  /** Takes the order that sort, restriction and columns ask for: a kept one if it will do, else one that is shared. */
  private chooseOrder(): void {
    const { fid, set, localeId, built } = this.origin
    const { sortOrders: sort, restriction } = this
    const expand =
      sort.find(({ tag }) => isMultivalueInstance(tag & 0xffff))?.tag ??
      this.columns?.find(tag => isMultivalueInstance(tag & 0xffff)) ??
      0
    if (expand !== this.expand) this.cursor = 'beginning'
    this.expand = expand
    const before = this.built
    const needsOwn = restriction !== null || expand !== 0 || keptOrder(sort) === undefined
    const asksReader =
      sort.some(({ tag }) => isReadState(tag)) ||
      (restriction !== null && restrictionTags(restriction).some(isReadState))
    const reader = asksReader ? this.origin.reader : undefined
    this.built = needsOwn ? built.acquire({ fid, set, sort, restriction, expand, localeId, reader }) : undefined
    if (before !== undefined) built.release(before)
  }

  /** Does `work` on the present order, again after each promise that it gives to wait for. */
  private attempt<T>(work: (order: RowOrder) => T | Promise<void>, fetches = 0): Maybe<T> {
    const order = this.order()
    if (order instanceof Promise) return order.then(() => this.attempt(work, fetches))
    const result = work(order)
    if (!(result instanceof Promise)) return result
    if (fetches > MOST_FETCHES) throw new RangeError(`orders of folder ${this.origin.fid} name rows that are not there`)
    return result.then(() => this.attempt(work, fetches + 1))
  }

  private order(): RowOrder | Promise<unknown> {
    const { index, fid, set } = this.origin
    if (this.built !== undefined) return this.built.refresh() ?? this.built
    const { order, reversed } = keptOrder(this.sortOrders) ?? DEFAULT_ORDER
    const directory = index.directory(fid, set, order)
    return directory instanceof Promise ? directory : new KeptRowOrder(index, directory, fid, set, order, reversed)
  }

  private readOn(
    order: RowOrder,
    columns: readonly PropertyTag[],
    writer: Writer,
    { count, advance }: QueryRowsOptions
  ): Outcome | Promise<void> {
    const rank = rankOf(order, this.cursor)
    if (rank instanceof Promise) return rank
    const wanted = Math.min(count, order.total - rank)
    if (wanted <= 0) return { rows: 0, position: rank >= order.total ? 'end' : 'current', full: false }
    const walk = RowWalk.from(order, rank)
    if (walk instanceof Promise) return walk
    const start = writer.position
    let rows = 0
    let lastRun = walk.run
    let last = 0
    while (rows < wanted) {
      const row = this.origin.index.row(walk.run.mids[walk.index], walk.run.versions[walk.index])
      if (row === undefined) {
        writer.position = start
        return this.fetch(walk, wanted - rows)
      }
      if (!this.writeRow(writer, columns, walk, row)) break
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
    if (!advance || rows === 0) return { rows, position: 'current', full }
    this.cursor = { place: lastRun.rowKeyAt(last), behind: true }
    return { rows, position: rank + rows >= order.total ? 'end' : 'current', full }
  }

  /** The rows before the cursor, in the order of the table; as many of those next to it as fit. */
  private readBack(
    order: RowOrder,
    columns: readonly PropertyTag[],
    writer: Writer,
    { count, advance }: QueryRowsOptions
  ): Outcome | Promise<void> {
    const rank = rankOf(order, this.cursor)
    if (rank instanceof Promise) return rank
    const wanted = Math.min(count, rank)
    if (wanted <= 0) return { rows: 0, position: rank === 0 ? 'beginning' : 'current', full: false }
    const walk = RowWalk.from(order, rank - 1, true)
    if (walk instanceof Promise) return walk
    const start = writer.position
    const starts: number[] = []
    let firstRun = walk.run
    let first = 0
    while (starts.length < wanted) {
      const row = this.origin.index.row(walk.run.mids[walk.index], walk.run.versions[walk.index])
      if (row === undefined) {
        writer.position = start
        return this.fetch(walk, wanted - starts.length)
      }
      const at = writer.position
      if (!this.writeRow(writer, columns, walk, row)) break
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
    if (advance && rows > 0)
      this.cursor = rows === rank ? 'beginning' : { place: firstRun.rowKeyAt(first), behind: false }
    const left = advance ? rank - rows : rank
    return { rows, position: left === 0 ? 'beginning' : 'current', full: rows < wanted }
  }

  /** Writes the row that the walk stands on; false when it does not fit. */
  private writeRow(writer: Writer, columns: readonly PropertyTag[], walk: RowWalk, row: SummaryRow): boolean {
    // A row with a value of its own for each instance is another one in each place.
    const form = this.expand === 0 && !this.isPersonal ? this.formFor(writer, columns) : undefined
    if (form !== undefined && row.form === form && row.written !== undefined) return copyWhole(writer, row.written)
    const at = writer.position
    const computed = this.cells.on(walk, row, this.expand !== 0)
    try {
      writeRowFromPacked(writer, columns, row.packed, true, computed)
    } catch (error) {
      if (!(error instanceof BufferFull)) throw error
      writer.position = at
      return false
    }
    if (form !== undefined) remember(row, form, writer, at)
    return true
  }

  private formFor(writer: Writer, columns: readonly PropertyTag[]): RowForm {
    const { codePage } = writer.context
    if (this.form === undefined || this.formCodePage !== codePage) {
      this.form = rowForm(columns, codePage)
      this.formCodePage = codePage
    }
    return this.form
  }

  /** Fetches those of the next rows that are not in memory. */
  private fetch(walk: RowWalk, count: number): Promise<void> {
    const { index, fid } = this.origin
    const mids: Mid[] = []
    for (let left = Math.min(count, FETCH_ROWS); left > 0; left--) {
      const mid = walk.run.mids[walk.index]
      if (index.row(mid, walk.run.versions[walk.index]) === undefined) mids.push(mid)
      if (walk.next() !== true) break
    }
    return index.loadRows(fid, mids)
  }
}

const DEFAULT_ORDER: { order: KeptOrder; reversed: boolean } = { order: BY_MID, reversed: false }

/** The kept order that serves a sort, undefined when none does. */
function keptOrder(sort: readonly SortOrder[]): { order: KeptOrder; reversed: boolean } | undefined {
  if (sort.length === 0) return DEFAULT_ORDER
  if (sort.length > 1 || sort[0].tag !== PidTagMessageDeliveryTime) return undefined
  return { order: BY_DELIVERY_TIME, reversed: sort[0].order === SORT_DESCENDING }
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

/** The computed cells of a table's columns, moved from row to row. */
class RowCells implements ComputedCells, MessageRow {
  readonly mailbox: RowMailbox
  mid: Mid = 0
  row!: SummaryRow
  instance = -1
  private plan: (((row: MessageRow) => RowCell) | undefined)[] = []
  private isNeeded = false

  constructor(
    mailbox: RowMailbox,
    private readonly reader: ReadState | undefined
  ) {
    this.mailbox = mailbox
  }

  setColumns(columns: readonly PropertyTag[]): void {
    this.plan = columns.map(column => computedCell(column, this.reader))
    this.isNeeded = this.plan.some(cell => cell !== undefined)
  }

  /** Moves to the row that a walk stands on; undefined when no column is computed. */
  on(walk: RowWalk, row: SummaryRow, isExpanded: boolean): this | undefined {
    if (!this.isNeeded) return undefined
    this.mid = walk.run.mids[walk.index]
    this.row = row
    this.instance = isExpanded ? instanceOfKey(walk.run.keyAt(walk.index)) : -1
    return this
  }

  cell(_column: PropertyTag, index: number): RowCell | undefined {
    return this.plan[index]?.(this)
  }
}
