import type { Mid } from '../../../oxcdata/ids.js'
import { type BuiltOrder, instanceOfKey } from '../built-order.js'
import { compareRowKeys, OrderRun, type RowKey } from '../order-run.js'
import type { RowOrder } from '../row-order.js'
import { unreadAt } from './category-key.js'
import type { CategoryState, CategoryStates } from './category-states.js'
import type { Category } from './category-tree.js'
import { beginAlike } from './run-categories.js'

/** The version of header rows, which no message has. */
export const HEADER_VERSION = -1

/** Header rows that stand together in one run. */
const HEADERS_PER_RUN = 512

/** Runs of leaf rows that are kept as they were cut. */
const MOST_CUT_RUNS = 16

/** States of categories that are not shown, or have gone, beyond four for each one that is. */
const MOST_FORGOTTEN = 10_000

/** A header row: its category, the table's state of it, and its place among the rows that are shown. */
interface Header {
  readonly category: Category
  readonly state: CategoryState
  readonly key: Uint8Array
}

/** Leaf rows of one run of the order below. */
interface Leaves {
  readonly run: number
  readonly from: number
  readonly count: number
  readonly place: LeafPlace
  /** The first of them, as it is shown. */
  readonly begin: RowKey
}

/** Where the rows of a category of the last level stand: `inserted` comes into their keys at `at`. */
interface LeafPlace {
  readonly at: number
  readonly inserted: Uint8Array
}

type Segment = { headers: Header[]; leaves?: never } | { headers?: never; leaves: Leaves }

/**
 * The rows that a table with categories shows: header rows, and the rows below those which are expanded. It is an order like any other:
 * a header row has the columns of its category as its key, so that it stands before everything that begins with them.
 */
export class CategorizedOrder implements RowOrder {
  readonly reversed = false
  total = 0
  private readonly segments: Segment[] = []
  private readonly contents = new Map<number, OrderRun>()
  private readonly headers = new Map<number, Header>()
  private readonly runStarts: number[] = []

  constructor(
    readonly base: BuiltOrder,
    private readonly tree: readonly Category[],
    private readonly states: CategoryStates,
    private readonly levels: readonly { isDescending: boolean }[],
    private readonly byMaximum: boolean
  ) {
    let start = 0
    for (let run = 0; run < base.runCount; run++) {
      this.runStarts.push(start)
      start += base.countAt(run)
    }
    this.show(tree)
    if (states.size > this.headers.size * 4 + MOST_FORGOTTEN) {
      states.keepOnly(new Set([...this.headers.values()].map(({ state }) => state)))
    }
  }

  get runCount(): number {
    return Math.max(1, this.segments.length)
  }

  countAt(run: number): number {
    const segment = this.segments[run]
    if (segment === undefined) return 0
    return segment.headers?.length ?? segment.leaves!.count
  }

  contentAt(run: number): OrderRun | undefined {
    let content = this.contents.get(run)
    if (content !== undefined) return content
    content = this.contentOf(this.segments[run])
    if (content === undefined) return undefined
    if (this.contents.size >= MOST_CUT_RUNS) this.contents.clear()
    this.contents.set(run, content)
    return content
  }

  async load(run: number): Promise<void> {
    const leaves = this.segments[run]?.leaves
    if (leaves !== undefined) await this.base.load(leaves.run)
  }

  find(key: Uint8Array, mid: Mid): number {
    const place = { key, mid }
    let low = 0
    let high = this.segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (compareRowKeys(beginOf(this.segments[middle]), place) <= 0) low = middle
      else high = middle - 1
    }
    return Math.max(0, low)
  }

  locate(mid: Mid, instance?: number): RowKey | undefined {
    const header = this.headers.get(mid)
    if (header !== undefined) return { key: header.key, mid }
    const found = this.base.locate(mid, instance)
    return found === undefined ? undefined : this.shown(found)
  }

  stemBytes({ key, mid }: RowKey): number {
    return mid < FIRST_MID ? key.byteLength : unreadAt(key)
  }

  /** The place of a row of the order below, undefined when one of its categories is collapsed. */
  shown({ key, mid }: RowKey): RowKey | undefined {
    let siblings = this.tree
    for (let level = 0; level < this.levels.length; level++) {
      const category = siblings.find(one => beginAlike(one.key, key, one.key.byteLength))
      if (category === undefined || !this.states.of(category).isExpanded) return undefined
      if (level === this.levels.length - 1) return { key: displayed(key, this.placeIn(category)), mid }
      siblings = category.children
    }
    return undefined
  }

  /** What is shown of a category, undefined when its header row is not. */
  header(id: number): Header | undefined {
    return this.headers.get(id)
  }

  /** Rows that are shown below a category, or would be if it were expanded. */
  rowsBelow({ count, children }: Category): number {
    if (children.length === 0) return count
    let rows = 0
    for (const child of children) rows += 1 + (this.states.of(child).isExpanded ? this.rowsBelow(child) : 0)
    return rows
  }

  /** The first message of a category. */
  firstRow({ firstRow: { key, mid, version } }: Category): { mid: Mid; version: number; instance: number } {
    return { mid, version, instance: instanceOfKey(key) }
  }

  private show(categories: readonly Category[]): void {
    for (const category of categories) {
      const state = this.states.of(category)
      this.showHeader({ category, state, key: displayed(category.key, this.placeIn(category)) })
      if (!state.isExpanded) continue
      if (category.children.length > 0) this.show(category.children)
      else this.showLeaves(category)
    }
  }

  private showHeader(header: Header): void {
    this.headers.set(header.state.id, header)
    this.total++
    const last = this.segments.at(-1)?.headers
    if (last !== undefined && last.length < HEADERS_PER_RUN) last.push(header)
    else this.segments.push({ headers: [header] })
  }

  private showLeaves(category: Category): void {
    const place = this.placeIn(category)
    this.total += category.count
    let left = category.count
    const firstRun = this.runOf(category.first)
    let run = firstRun
    let from = category.first - this.runStarts[run]
    for (; left > 0; run++, from = 0) {
      const count = Math.min(left, this.base.countAt(run) - from)
      const { firstKey: key, firstMid: mid } = this.base.runAt(run)
      const first = run === firstRun ? category.firstRow : { key, mid }
      const begin = { key: displayed(first.key, place), mid: first.mid }
      if (count > 0) this.segments.push({ leaves: { run, from, count, place, begin } })
      left -= count
    }
  }

  /** Categories of the last level stand by their maximum, if they are sorted by it: it comes before their own column. */
  private placeIn({ level, parentBytes, maximum }: Category): LeafPlace {
    if (!this.byMaximum || level < this.levels.length - 1) return { at: 0, inserted: NOTHING }
    const inserted = this.levels[level].isDescending ? maximum.map(byte => byte ^ 0xff) : maximum
    return { at: parentBytes, inserted }
  }

  /** The run of the order below that the row of this number is in. */
  private runOf(rank: number): number {
    let low = 0
    let high = this.runStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.runStarts[middle] <= rank) low = middle
      else high = middle - 1
    }
    return low
  }

  private contentOf(segment: Segment | undefined): OrderRun | undefined {
    if (segment === undefined) return OrderRun.empty
    if (segment.headers !== undefined) {
      return OrderRun.of(segment.headers.map(({ key, state }) => ({ key, mid: state.id, version: HEADER_VERSION })))
    }
    const { run, from, count, place } = segment.leaves
    const whole = this.base.contentAt(run)
    if (whole === undefined) return undefined
    const part = count === whole.count ? whole : whole.slice(from, from + count)
    if (place.inserted.byteLength === 0) return part
    return OrderRun.of(
      Array.from({ length: count }, (_, at) => ({
        key: displayed(part.keyAt(at), place),
        mid: part.mids[at],
        version: part.versions[at]
      }))
    )
  }
}

const NOTHING = new Uint8Array(0)

/** The first row of a segment. */
function beginOf({ headers, leaves }: Segment): RowKey {
  return headers === undefined ? leaves.begin : { key: headers[0].key, mid: headers[0].state.id }
}

/** Ids of header rows are below those of messages, which begin with a REPLID. */
const FIRST_MID = 2 ** 48

function displayed(key: Uint8Array, { at, inserted }: LeafPlace): Uint8Array {
  if (inserted.byteLength === 0) return key
  return Buffer.concat([key.subarray(0, at), inserted, key.subarray(at)])
}
