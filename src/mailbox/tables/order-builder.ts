import type { TimeSlice } from '../time-slice.js'
import { type BuiltRun, BuiltRuns, residentRun, spilledRun } from './built-runs.js'
import { mergeRuns } from './merge-runs.js'
import type { OrderIndex } from './order-index.js'
import type { OrderRun } from './order-run.js'
import { type SortableRow, SortableRows } from './sortable-rows.js'
import { TemporaryOrder } from './temporary-order.js'

/** Rows of a page of places. */
const PAGE_ROWS = 256

/** Keys may be long: so many bytes for each of the rows that are sorted in memory, on average. */
const KEY_BYTES = 256

/**
 * Builds an order from the rows of one message after the other, with memory for so many rows and no more: what goes beyond it is
 * sorted part by part into a temporary space, and the parts are merged there.
 */
export class OrderBuilder {
  private rows = new SortableRows()
  private temporary: TemporaryOrder | undefined
  private readonly parts: BuiltRun[][] = []

  constructor(
    private readonly index: OrderIndex,
    private readonly slice: TimeSlice
  ) {}

  /** Adds the rows of a message, which come in the order of their MIDs; a promise to wait for before the next. */
  add(rows: readonly SortableRow[]): Promise<void> | undefined {
    for (const row of rows) this.rows.push(row)
    const { sortedRows } = this.index
    const isFull = this.rows.count >= sortedRows || this.rows.keyBytes >= sortedRows * KEY_BYTES
    return isFull ? this.spill() : undefined
  }

  async finish(): Promise<BuiltRuns> {
    const { index, slice, rows } = this
    if (this.temporary === undefined && rows.count <= index.residentRows) {
      const runs: BuiltRun[] = []
      await rows.sorted(index.runRows, slice, run => void runs.push(residentRun(run)))
      return new BuiltRuns(index, runs, undefined)
    }
    await this.spill()
    const temporary = this.temporary!
    const runs = this.parts.length === 1 ? this.parts[0] : await mergeRuns(temporary, this.parts, index.runRows, slice)
    return new BuiltRuns(index, runs, temporary)
  }

  /** Gives up what has been written. */
  async abandon(): Promise<void> {
    await this.temporary?.remove()
  }

  private async spill(): Promise<void> {
    const { rows, index } = this
    this.temporary ??= new TemporaryOrder(index.store)
    const { temporary } = this
    this.rows = new SortableRows()
    const part: BuiltRun[] = []
    await rows.sorted(index.runRows, this.slice, run => {
      const number = temporary.newNumber()
      temporary.putRun(number, run)
      part.push(spilledRun(run, number))
      return temporary.writeMuch()
    })
    if (part.length > 0) this.parts.push(part)
    await this.writePlaces(temporary, rows)
    await index.store.whenDurable(temporary.commit())
  }

  private async writePlaces(temporary: TemporaryOrder, rows: SortableRows): Promise<void> {
    for (let from = 0; from < rows.count; ) {
      const page = wholeMessages(rows.asPushed(from, Math.min(rows.count, from + PAGE_ROWS)), rows, from)
      temporary.putPlaces(page)
      from += page.count
      await temporary.writeMuch()
      if (this.slice.isDue) await this.slice.pause()
    }
  }
}

/** The page, and what follows of its last message. */
function wholeMessages(page: OrderRun, rows: SortableRows, from: number): OrderRun {
  let to = from + page.count
  const last = page.mids[page.count - 1]
  while (to < rows.count && rows.midAt(to) === last) to++
  return to === from + page.count ? page : rows.asPushed(from, to)
}
