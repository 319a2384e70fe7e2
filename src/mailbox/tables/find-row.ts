import type { Mid } from '../../oxcdata/ids.js'
import type { Restriction } from '../../oxcdata/restriction.js'
import { RestrictionEvaluator, type RestrictionTarget } from '../../oxcdata/restriction-evaluate.js'
import type { TimeSlice } from '../time-slice.js'
import { HEADER_VERSION } from './categories/categorized-order.js'
import type { OrderRun } from './order-run.js'
import { type Cursor, type RowOrder, RowWalk, rankOf } from './row-order.js'
import type { RowReader } from './row-reader.js'
import type { RowTargets } from './row-targets.js'
import type { SearchBound } from './search-bound.js'
import type { SummaryRow } from './summary-row.js'

/** What became of a stretch of a search: the walk stands on the row that was found, there is none, or there are rows left. */
export type SearchStep = { found: RowWalk; row: SummaryRow } | 'none' | 'more'

export interface SearchOptions {
  readonly restriction: Restriction | null
  readonly localeId: number
  readonly targets: RowTargets
  readonly reader: RowReader
  readonly backward: boolean
  readonly from: Cursor
  /** What the order tells; for a forward search. */
  readonly bound: SearchBound | undefined
}

/**
 * A search for the next row that meets a restriction ([MS-OXCTABL] 3.2.5.14), in steps: between two of them others have their turn,
 * rows may come and go, and the search goes on from the place that it had come to.
 */
export class RowSearch {
  private readonly evaluator: RestrictionEvaluator | undefined
  /** The next row to look at: forward the one behind the cursor, backward the one before it. */
  private cursor: Cursor
  /** Of a message that had to be read, so that the next step knows it. */
  private known: { mid: Mid; version: number; holds: boolean } | undefined

  constructor(private readonly options: SearchOptions) {
    const { restriction, localeId, from } = options
    this.evaluator = restriction === null ? undefined : new RestrictionEvaluator(restriction, { localeId })
    this.cursor = from
  }

  /** Looks at rows until one is found or the slice is used up; a promise when something has to be loaded first. */
  step(order: RowOrder, slice: TimeSlice): SearchStep | Promise<void> {
    if (slice.isDue) return 'more'
    const { backward, reader } = this.options
    const rank = this.rank(order)
    if (rank instanceof Promise) return rank
    if (backward ? rank === 0 : rank >= order.total) return 'none'
    const walk = RowWalk.from(order, backward ? rank - 1 : rank, backward)
    if (walk instanceof Promise) return walk
    for (;;) {
      const { run, index } = walk
      if (this.isPast(run, index)) return 'none'
      const holds = this.holds(run, index)
      if (holds === true) return { found: walk, row: reader.row(walk)! }
      if (holds !== false) {
        this.cursor = { place: run.rowKeyAt(index), behind: backward }
        return holds ?? reader.fetch(walk)
      }
      const next = slice.isDue ? 'more' : walk.next()
      if (next === true) continue
      this.cursor = { place: run.rowKeyAt(index), behind: !backward }
      return next === false ? 'none' : next
    }
  }

  /** Rows before the one to begin with; those that the order rules out are passed over. */
  private rank(order: RowOrder): number | Promise<void> {
    const rank = rankOf(order, this.cursor)
    const { bound } = this.options
    if (rank instanceof Promise || bound === undefined) return rank
    const mid = order.reversed ? Number.MAX_SAFE_INTEGER : 0
    const first = rankOf(order, { place: { key: bound.key, mid }, behind: false })
    return first instanceof Promise ? first : Math.max(rank, first)
  }

  /** Neither this row nor any one behind it can be the one. */
  private isPast(run: OrderRun, index: number): boolean {
    const { bound } = this.options
    if (bound?.isExact !== true || run.versions[index] === HEADER_VERSION) return false
    return !beginsWith(run.keyAt(index), bound.key)
  }

  /** Whether a row is the one; undefined when its summary row, and a promise when its message has to be read. */
  private holds(run: OrderRun, index: number): boolean | undefined | Promise<void> {
    const [mid, version] = [run.mids[index], run.versions[index]]
    // Header rows are no messages: nothing that is sought for is in them.
    if (version === HEADER_VERSION) return false
    const row = this.options.reader.rowOf(mid, version)
    if (row === undefined) return undefined
    if (this.known?.mid === mid && this.known.version === version) return this.known.holds
    const target = this.options.targets.of(mid, row)
    if (!(target instanceof Promise)) return this.matches(target)
    return target.then(found => {
      this.known = { mid, version, holds: this.matches(found) }
    })
  }

  private matches(target: RestrictionTarget | undefined): boolean {
    return target !== undefined && (this.evaluator?.matches(target) ?? true)
  }
}

function beginsWith(key: Uint8Array, beginning: Uint8Array): boolean {
  if (key.byteLength < beginning.byteLength) return false
  for (let i = 0; i < beginning.byteLength; i++) if (key[i] !== beginning[i]) return false
  return true
}
