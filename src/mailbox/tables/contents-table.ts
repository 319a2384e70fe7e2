import type { Writer } from '../../bufferstructs/index.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { isMultivalueInstance } from '../../oxcdata/property-type.js'
import type { Restriction } from '../../oxcdata/restriction.js'
import { restrictionTags } from '../../oxcdata/restriction-evaluate.js'
import { SORT_DESCENDING, SORT_MAXIMUM_CATEGORY, type SortOrder } from '../../oxcdata/sort-order.js'
import { PidTagMessageDeliveryTime } from '../../oxprops/property-tags.generated.js'
import type {
  Actor,
  ContentsTableOptions,
  FindRowOptions,
  FoundRow,
  Grouping,
  Maybe,
  QueryRowsOptions,
  SeekOrigin,
  TableView
} from '../domain.js'
import type { StoreFolder } from '../folders/folder.js'
import { messageCount } from '../folders/folder-node.js'
import { builtOrdersOf } from '../messages/message-targets.js'
import type { ReadState } from '../public-store/read-states.js'
import { TimeSlice } from '../time-slice.js'
import { Bookmarks } from './bookmarks.js'
import { type BuiltOrder, instanceOfKey } from './built-order.js'
import { type BuiltOrders, nameOf } from './built-orders.js'
import { Categories } from './categories/categories.js'
import { CategorizedOrder } from './categories/categorized-order.js'
import { categoryName } from './categories/category-states.js'
import { orderName, readCollapseState, type SavedRow, writeCollapseState } from './categories/collapse-state.js'
import { HeaderRows } from './categories/header-rows.js'
import { contentsColumns } from './contents-columns.js'
import { RowSearch, type SearchStep } from './find-row.js'
import { keptRowOrder } from './kept-row-order.js'
import { isReadState, type RowMailbox } from './message-row-cells.js'
import { BY_DELIVERY_TIME, BY_MID, type KeptOrder, type OrderIndex } from './order-index.js'
import type { RowKey } from './order-run.js'
import { RowCells } from './row-cells.js'
import { bookmarkAt, type Cursor, cursorAt, type RowOrder, rankOf, rowIsGone } from './row-order.js'
import { RowReader, type RowsRead } from './row-reader.js'
import { RowTargets } from './row-targets.js'
import { searchBound } from './search-bound.js'
import { type RowSet, rowSet } from './summary-row.js'
import { demandColumns, demandColumnTypes } from './table-columns.js'

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
  /** How many rows the folder has; may be left out, at the price of reading more when a table is opened first. */
  readonly count?: () => number
  /** Throws when the one who has the table may no longer read what it shows. */
  readonly demandRows?: (() => void) | undefined
}

/** A contents table: normal, FAI or soft-deleted messages of a folder ([MS-OXCTABL] 3.2.5). */
export class ContentsTable implements TableView {
  readonly source = 'contents'
  columns: readonly PropertyTag[] | undefined
  private readonly origin: ContentsOrigin
  private readonly reader: RowReader
  private readonly bookmarks = new Bookmarks<Cursor>()
  private sortOrders: readonly SortOrder[] = []
  private restriction: Restriction | null = null
  private expand: PropertyTag = 0
  private categories: Categories | undefined
  private built: BuiltOrder | undefined
  private cursor: Cursor = 'beginning'

  constructor(origin: ContentsOrigin) {
    this.origin = origin
    this.reader = new RowReader(origin.index, origin.fid, new RowCells(origin.mailbox, origin.reader))
  }

  static open(folder: StoreFolder, options: ContentsTableOptions, actor: Actor): Maybe<ContentsTable> {
    const { core, fid, node } = folder
    const { associated, softDeleted } = options
    return new ContentsTable({
      index: core.orders,
      built: builtOrdersOf(core),
      mailbox: core,
      fid,
      set: rowSet(associated, softDeleted),
      localeId: core.localeId,
      reader: core.readStates?.of(actor),
      count: () => messageCount(node.counters, associated, softDeleted),
      demandRows: actor === core.owner ? undefined : () => folder.demandRows(actor)
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
    this.chooseOrder()
    this.prepareReader(columns)
  }

  private prepareReader(columns: readonly PropertyTag[]): void {
    const isPersonal = this.origin.reader !== undefined && columns.some(isReadState)
    this.reader.setColumns(columns, { isExpanded: this.expand !== 0, isPersonal })
  }

  sort(orders: readonly SortOrder[], grouping: Grouping = UNGROUPED): void {
    demandColumnTypes(orders.map(({ tag }) => tag))
    const maximum = orders.find(({ order }) => order === SORT_MAXIMUM_CATEGORY)?.tag ?? 0
    this.sortOrders = orders.filter(({ order }) => order !== SORT_MAXIMUM_CATEGORY)
    this.groupBy(grouping, maximum)
    this.cursor = 'beginning'
    this.bookmarks.clear()
    this.chooseOrder()
  }

  private groupBy({ categoryCount: count, expandedCount }: Grouping, maximum: PropertyTag): void {
    const { origin, sortOrders, reader } = this
    this.categories = count === 0 ? undefined : new Categories({ count, maximum }, sortOrders, expandedCount)
    const headers =
      this.categories && new HeaderRows(this.categories, sortOrders.slice(0, count), origin.mailbox, origin.reader)
    reader.setCategories(headers, count)
  }

  restrict(restriction: Restriction | null): void {
    this.restriction = restriction
    this.cursor = 'beginning'
    this.bookmarks.clear()
    this.chooseOrder()
  }

  queryRows(writer: Writer, options: QueryRowsOptions): Maybe<RowsRead> {
    demandColumns(this.columns)
    return this.attempt(order => {
      const { reader, cursor } = this
      const read = options.forward
        ? reader.forward(order, cursor, writer, options)
        : reader.backward(order, cursor, writer, options)
      if (!(read instanceof Promise)) this.cursor = read.cursor
      return read
    })
  }

  seek(origin: SeekOrigin, rows: number): Maybe<{ moved: number; soughtLess: boolean }> {
    return this.attempt(order => {
      const base = origin === 'beginning' ? 0 : origin === 'end' ? order.total : rankOf(order, this.cursor)
      return base instanceof Promise ? base : this.seekFrom(order, base, rows)
    })
  }

  private seekFrom(
    order: RowOrder,
    base: number,
    rows: number
  ): { moved: number; soughtLess: boolean } | Promise<void> {
    const target = Math.max(0, Math.min(order.total, base + rows))
    const cursor = cursorAt(order, target)
    if (cursor instanceof Promise) return cursor
    this.cursor = cursor
    return { moved: target - base, soughtLess: target - base !== rows }
  }

  createBookmark(): Maybe<Uint8Array> {
    return this.attempt(order => {
      const rank = rankOf(order, this.cursor)
      if (rank instanceof Promise) return rank
      const place = bookmarkAt(order, rank)
      return place instanceof Promise ? place : this.bookmarks.create(place)
    })
  }

  freeBookmark(bookmark: Uint8Array): void {
    this.bookmarks.free(bookmark)
  }

  seekBookmark(bookmark: Uint8Array, rows: number): Maybe<{ moved: number; soughtLess: boolean; rowIsGone: boolean }> {
    return this.attempt(order => {
      const at = this.find(order, bookmark)
      if (at instanceof Promise) return at
      const sought = this.seekFrom(order, at.rank, rows)
      return sought instanceof Promise ? sought : { ...sought, rowIsGone: at.isGone }
    })
  }

  /** The place that a bookmark points to; when its row has moved, there, and the next row when it has gone. */
  private find(order: RowOrder, bookmark: Uint8Array): { rank: number; isGone: boolean } | Promise<void> {
    const cursor = this.bookmarks.place(bookmark)
    const isGone = rowIsGone(order, cursor)
    if (isGone instanceof Promise) return isGone
    const moved = isGone && cursor !== 'beginning' ? this.movedTo(order, cursor.place) : undefined
    if (moved !== undefined) this.bookmarks.move(bookmark, { place: moved, behind: false })
    const rank = rankOf(order, this.bookmarks.place(bookmark))
    return rank instanceof Promise ? rank : { rank, isGone: isGone && moved === undefined }
  }

  private movedTo(order: RowOrder, { key, mid }: RowKey): RowKey | undefined {
    return order.locate(mid, this.expand === 0 ? undefined : instanceOfKey(key) + 1)
  }

  findRow(writer: Writer, options: FindRowOptions): Maybe<FoundRow> {
    demandColumns(this.columns)
    const start = this.attempt(order => this.startOf(order, options))
    if (start instanceof Promise)
      return start.then(({ cursor, isGone }) => this.search(writer, options, cursor, isGone))
    return this.search(writer, options, start.cursor, start.isGone)
  }

  private startOf(order: RowOrder, { from }: FindRowOptions): { cursor: Cursor; isGone: boolean } | Promise<void> {
    if (from === 'beginning') return { cursor: 'beginning', isGone: false }
    if (from === 'current') return { cursor: this.cursor, isGone: false }
    const at = from === 'end' ? { rank: order.total, isGone: false } : this.find(order, from)
    if (at instanceof Promise) return at
    const cursor = cursorAt(order, at.rank)
    return cursor instanceof Promise ? cursor : { cursor, isGone: at.isGone }
  }

  private search(
    writer: Writer,
    { restriction, backward }: FindRowOptions,
    from: Cursor,
    rowIsGone: boolean
  ): Maybe<FoundRow> {
    const { origin, reader, sortOrders } = this
    const { localeId, built } = origin
    const targets = new RowTargets(built.source, restriction, [], origin.reader)
    const isReversed = this.built === undefined && keptOrder(sortOrders)?.reversed === true
    // Categories that go by a greatest value do not stand in the order of their own column.
    const isSorted = (this.categories?.spec.maximum ?? 0) === 0
    const bound = backward || !isSorted ? undefined : searchBound(restriction, sortOrders, isReversed, localeId)
    const search = new RowSearch({ restriction, localeId, targets, reader, backward, from, bound })
    const slice = new TimeSlice(built.runtime)
    const step = (): Maybe<FoundRow> => {
      const outcome = this.attempt(order => search.step(order, slice))
      return outcome instanceof Promise ? outcome.then(done) : done(outcome)
    }
    const done = (outcome: SearchStep): Maybe<FoundRow> => {
      if (outcome === 'more') return slice.pause().then(step)
      if (outcome === 'none') return { isFound: false, isWritten: false, rowIsGone }
      const { found, row } = outcome
      this.cursor = { place: found.run.rowKeyAt(found.index), behind: false }
      return { isFound: true, isWritten: reader.write(writer, found, row), rowIsGone }
    }
    return step()
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
    this.groupBy(UNGROUPED, 0)
    this.restriction = null
    this.cursor = 'beginning'
    this.bookmarks.clear()
    this.chooseOrder()
  }

  release(): void {
    this.bookmarks.clear()
    if (this.built !== undefined) this.origin.built.release(this.built)
    this.built = undefined
  }

  expandRow(writer: Writer, categoryId: number, count: number): Maybe<{ expanded: number; rows: number }> {
    demandColumns(this.columns)
    const expanded = this.attempt(order => this.setExpanded(order, categoryId, true))
    const read = (rows: number) => this.attempt(order => this.readBelow(order, categoryId, writer, rows, count))
    return expanded instanceof Promise ? expanded.then(read) : read(expanded)
  }

  collapseRow(categoryId: number): Maybe<number> {
    demandColumns(this.columns)
    return this.attempt(order => this.setExpanded(order, categoryId, false))
  }

  /** Returns how many rows come or go. */
  private setExpanded(order: RowOrder, id: number, isExpanded: boolean): number {
    const header = order instanceof CategorizedOrder ? order.header(id) : undefined
    if (header === undefined) throw new MapiError(ErrorCode.ecNotFound)
    if (header.state.isExpanded === isExpanded)
      throw new MapiError(isExpanded ? ErrorCode.ecNotCollapsed : ErrorCode.ecNotExpanded)
    this.categories!.states.setExpanded(header.state, isExpanded)
    return (order as CategorizedOrder).rowsBelow(header.category)
  }

  private readBelow(
    order: RowOrder,
    id: number,
    writer: Writer,
    expanded: number,
    most: number
  ): { expanded: number; rows: number } | Promise<void> {
    const place = order.locate(id)
    const count = Math.min(most, expanded)
    if (place === undefined || count === 0) return { expanded, rows: 0 }
    const read = this.reader.forward(order, { place, behind: true }, writer, { forward: true, advance: false, count })
    return read instanceof Promise ? read : { expanded, rows: read.rows }
  }

  collapseState(rowId: number, instance: number): Maybe<Uint8Array> {
    demandColumns(this.columns)
    return this.attempt(order => {
      const category = order instanceof CategorizedOrder ? order.header(rowId)?.category : undefined
      const row: SavedRow =
        category === undefined
          ? { kind: 'message', mid: rowId, instance }
          : { kind: 'category', name: categoryName(category.key) }
      return writeCollapseState(this.orderName(), row, this.categories?.states)
    })
  }

  setCollapseState(state: Uint8Array): Maybe<Uint8Array> {
    demandColumns(this.columns)
    const { row, categories } = readCollapseState(state, this.orderName())
    this.categories?.states.restore(categories)
    return this.attempt(order => {
      const named = row.kind === 'category' ? this.categories?.states.withName(row.name) : undefined
      const place = row.kind === 'category' ? order.locate(named?.id ?? 0) : order.locate(row.mid, row.instance)
      // A row that has gone, or that is not shown: the table begins anew.
      const cursor: Cursor | Promise<void> = place === undefined ? bookmarkAt(order, 0) : { place, behind: false }
      if (cursor instanceof Promise) return cursor
      this.cursor = cursor
      return this.bookmarks.create(cursor)
    })
  }

  /** What a saved state has to be of to be taken. */
  private orderName(): Uint8Array {
    const { fid, set, localeId } = this.origin
    const { sortOrders: sort, restriction, expand } = this
    return orderName(nameOf({ fid, set, sort, restriction, expand, localeId, categories: this.categories?.spec }))
  }

  /** Takes the order that sort, restriction and columns ask for: a kept one if it will do, else one that is shared. */
  private chooseOrder(): void {
    const { fid, set, localeId, built } = this.origin
    const { sortOrders: sort, restriction } = this
    const expand =
      sort.find(({ tag }) => isMultivalueInstance(tag & 0xffff))?.tag ??
      this.columns?.find(tag => isMultivalueInstance(tag & 0xffff)) ??
      0
    if (expand !== this.expand) {
      this.cursor = 'beginning'
      this.expand = expand
      if (this.columns !== undefined) this.prepareReader(this.columns)
    }
    const before = this.built
    const categories = this.categories?.spec
    const isKept = categories === undefined && keptOrder(sort) !== undefined
    const needsOwn = restriction !== null || expand !== 0 || !isKept
    const asksReader =
      categories !== undefined ||
      sort.some(({ tag }) => isReadState(tag)) ||
      (restriction !== null && restrictionTags(restriction).some(isReadState))
    const reader = asksReader ? this.origin.reader : undefined
    const spec = { fid, set, sort, restriction, expand, localeId, reader, categories }
    this.built = needsOwn ? built.acquire(spec) : undefined
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
    this.origin.demandRows?.()
    if (this.built !== undefined) return this.built.refresh() ?? this.categories?.over(this.built) ?? this.built
    const { order, reversed } = keptOrder(this.sortOrders) ?? DEFAULT_ORDER
    return keptRowOrder(index, { fid, set, order, reversed }, this.origin.count)
  }
}

const UNGROUPED: Grouping = { categoryCount: 0, expandedCount: 0 }

const DEFAULT_ORDER: { order: KeptOrder; reversed: boolean } = { order: BY_MID, reversed: false }

/** The kept order that serves a sort, undefined when none does. */
function keptOrder(sort: readonly SortOrder[]): { order: KeptOrder; reversed: boolean } | undefined {
  if (sort.length === 0) return DEFAULT_ORDER
  if (sort.length > 1 || sort[0].tag !== PidTagMessageDeliveryTime) return undefined
  return { order: BY_DELIVERY_TIME, reversed: sort[0].order === SORT_DESCENDING }
}
