import type { TimeSlice } from '../../time-slice.js'
import type { BuiltOrder } from '../built-order.js'
import type { BuiltRun } from '../built-runs.js'
import type { OrderedRow } from '../order-run.js'
import type { KeyColumn } from './category-key.js'
import { beginAlike, type Stretch, stretchesOf } from './run-categories.js'

/** A category of an order: rows with the same values in the columns of its level and of those above. */
export interface Category {
  readonly level: number
  /** Those columns of the sort key. */
  readonly key: Uint8Array
  /** Bytes of `key` that the category of the level above has, too. */
  readonly parentBytes: number
  /** Number of its first row in the order, and the row. */
  readonly first: number
  readonly firstRow: OrderedRow
  /** Rows, and how many of them are unread. */
  count: number
  unread: number
  /** Greatest key of the maximum column among its rows. */
  maximum: Uint8Array
  /** Categories of the next level; none at the last one. */
  readonly children: Category[]
}

/** Finds the categories of an order. What is known of a run that has not changed is not looked for again. */
export class CategoryFinder {
  private readonly known = new WeakMap<BuiltRun, Stretch[]>()

  /** `byMaximum`: those of the last level go by the greatest value of another column, downwards when their own order is descending. */
  constructor(
    private readonly columns: readonly KeyColumn[],
    private readonly byMaximum: boolean
  ) {}

  /** The categories of the first level; a promise for runs to be read or for others to have their turn, after which to ask again. */
  find(order: BuiltOrder, slice: TimeSlice): Category[] | Promise<void> {
    for (let at = 0; at < order.runCount; at++) {
      if (!this.look(order, at) || slice.isDue) return this.lookAtAll(order, at, slice)
    }
    const top: Category[] = []
    let first = 0
    for (let at = 0; at < order.runCount; at++) {
      for (const stretch of this.known.get(order.runAt(at))!) add(top, stretch, first + stretch.from)
      first += order.countAt(at)
    }
    if (this.byMaximum) this.sortLast(top, 0)
    return top
  }

  /** False when the rows of a run have to be loaded first. */
  private look(order: BuiltOrder, at: number): boolean {
    const run = order.runAt(at)
    if (this.known.has(run)) return true
    const content = order.contentAt(at)
    if (content === undefined) return false
    this.known.set(run, stretchesOf(content, this.columns))
    return true
  }

  private async lookAtAll(order: BuiltOrder, from: number, slice: TimeSlice): Promise<void> {
    for (let at = from; at < order.runCount; ) {
      if (this.look(order, at)) at++
      else await order.load(at)
      if (slice.isDue) await slice.pause()
    }
  }

  private sortLast(categories: Category[], level: number): void {
    if (level < this.columns.length - 1) {
      for (const { children } of categories) this.sortLast(children, level + 1)
      return
    }
    const sign = this.columns[level].isDescending ? -1 : 1
    categories.sort((a, b) => sign * Buffer.compare(a.maximum, b.maximum) || a.first - b.first)
  }
}

/** Adds a stretch to the last category of each level, or begins one there. */
function add(top: Category[], { key, ends, firstRow, count, unread, maximum }: Stretch, first: number): void {
  let siblings = top
  for (let level = 0; level < ends.length; level++) {
    let category = siblings.at(-1)
    if (category === undefined || !beginAlike(category.key, key, ends[level])) {
      const parentBytes = level === 0 ? 0 : ends[level - 1]
      const own = { level, key: key.subarray(0, ends[level]), parentBytes, first, firstRow }
      category = { ...own, count: 0, unread: 0, maximum, children: [] }
      siblings.push(category)
    }
    category.count += count
    category.unread += unread
    if (Buffer.compare(maximum, category.maximum) > 0) category.maximum = maximum
    siblings = category.children
  }
}
