import type { Mid } from '../../oxcdata/ids.js'
import type { OrderRun, RowKey } from './order-run.js'

/** An order of rows as it is at one moment; taken anew for each operation on a table. */
export interface RowOrder {
  readonly total: number
  readonly runCount: number
  /** Rows of a run, without its content. */
  countAt(run: number): number
  /** The rows of a run, undefined when they have to be loaded. */
  contentAt(run: number): OrderRun | undefined
  load(run: number): Promise<void>
  /** Index of the run that a place belongs to. */
  find(key: Uint8Array, mid: Mid): number
  /** Where a message's row stands now; undefined when it has none. `instance` is that of PidTagInstanceNum where a message has several. */
  locate(mid: Mid, instance?: number): RowKey | undefined
  /**
   * Bytes of a place's key that tell where its row stands; what follows may change without the row going elsewhere. Absent where all
   * of them do.
   */
  stemBytes?(place: RowKey): number
  /** Rows are read from the last to the first. */
  readonly reversed: boolean
}

/**
 * Where a table's cursor stands: at the beginning, before a row, or just behind the row that was the last one. When the row
 * goes, the place stays: the cursor is then before the row that followed.
 */
export type Cursor = 'beginning' | { readonly place: RowKey; readonly behind: boolean }

/** The number of the row before which a cursor stands, or a promise after which to ask again. */
export function rankOf(order: RowOrder, cursor: Cursor): number | Promise<void> {
  if (cursor === 'beginning') return 0
  const found = standingOf(order, cursor.place)
  if (found instanceof Promise) return found
  const { run: at, inRun, present } = found
  let before = inRun
  for (let run = 0; run < at; run++) before += order.countAt(run)
  if (order.reversed) return present && !cursor.behind ? order.total - 1 - before : order.total - before
  return present && cursor.behind ? before + 1 : before
}

/** The cursor before the row of this number, or behind the last row. */
export function cursorAt(order: RowOrder, rank: number): Cursor | Promise<void> {
  if (rank <= 0) return 'beginning'
  const behind = rank >= order.total
  if (order.total === 0) return 'beginning'
  const walk = RowWalk.from(order, behind ? order.total - 1 : rank)
  return walk instanceof Promise ? walk : { place: walk.run.rowKeyAt(walk.index), behind }
}

/** The row of this number as a bookmark keeps it, or the place behind the last row. */
export function bookmarkAt(order: RowOrder, rank: number): Cursor | Promise<void> {
  if (rank > 0 || order.total === 0) return cursorAt(order, rank)
  const walk = RowWalk.from(order, 0)
  return walk instanceof Promise ? walk : { place: walk.run.rowKeyAt(walk.index), behind: false }
}

/** Whether the row that a cursor stands on has left the place where it was. */
export function rowIsGone(order: RowOrder, cursor: Cursor): boolean | Promise<void> {
  if (cursor === 'beginning' || cursor.behind) return false
  const found = standingOf(order, cursor.place)
  return found instanceof Promise ? found : !found.present
}

/** Where a place is among the rows: its run, how many rows of the run stand before it, and whether its row stands there. */
function standingOf(order: RowOrder, place: RowKey): { run: number; inRun: number; present: boolean } | Promise<void> {
  const stem = order.stemBytes?.(place) ?? place.key.byteLength
  const isWhole = stem === place.key.byteLength
  const mid = isWhole ? place.mid : 0
  const key = isWhole ? place.key : behindAll(place.key.subarray(0, stem))
  const run = order.find(key, mid)
  const content = order.contentAt(run)
  if (content === undefined) return order.load(run)
  const inRun = content.lowerBound(key, mid)
  if (isWhole) return { run, inRun, present: inRun < content.count && content.compareAt(inRun, key, mid) === 0 }
  const present = inRun > 0 && content.mids[inRun - 1] === place.mid && beginsWith(content.keyAt(inRun - 1), key, stem)
  return { run, inRun: present ? inRun - 1 : inRun, present }
}

/** A key behind every one that begins like this: what may change in keys begins with a byte below 0xFF. */
function behindAll(stem: Uint8Array): Uint8Array {
  const key = new Uint8Array(stem.byteLength + 1)
  key.set(stem)
  key[stem.byteLength] = 0xff
  return key
}

function beginsWith(key: Uint8Array, beginning: Uint8Array, size: number): boolean {
  for (let i = 0; i < size; i++) if (key[i] !== beginning[i]) return false
  return true
}

/** Walks rows one by one in the order's direction; `next` is false at the end. */
export class RowWalk {
  run: OrderRun
  index: number
  private at: number
  private readonly order: RowOrder
  private readonly step: number

  private constructor(order: RowOrder, at: number, run: OrderRun, index: number, backward: boolean) {
    this.order = order
    this.at = at
    this.run = run
    this.index = index
    this.step = order.reversed === backward ? 1 : -1
  }

  /** A walk that stands on the row of this number; with `backward` it goes against the order. */
  static from(order: RowOrder, rank: number, backward = false): RowWalk | Promise<void> {
    let left = order.reversed ? order.total - 1 - rank : rank
    let at = 0
    // From the nearer end: reading the newest rows of an order by time must not pass by all the others.
    if (left * 2 <= order.total) {
      while (left >= order.countAt(at)) left -= order.countAt(at++)
    } else {
      at = order.runCount - 1
      let above = order.total - order.countAt(at)
      while (above > left) above -= order.countAt(--at)
      left -= above
    }
    const content = order.contentAt(at)
    return content === undefined ? order.load(at) : new RowWalk(order, at, content, left, backward)
  }

  /** Goes to the next row; a promise when its run has to be loaded, after which to start again. */
  next(): boolean | Promise<void> {
    this.index += this.step
    while (this.index < 0 || this.index >= this.run.count) {
      this.at += this.step
      if (this.at < 0 || this.at >= this.order.runCount) return false
      if (this.order.countAt(this.at) === 0) continue
      const content = this.order.contentAt(this.at)
      if (content === undefined) return this.order.load(this.at)
      this.run = content
      this.index = this.step > 0 ? 0 : content.count - 1
    }
    return true
  }
}
