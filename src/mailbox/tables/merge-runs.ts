import type { TimeSlice } from '../time-slice.js'
import { type BuiltRun, spilledRun } from './built-runs.js'
import { OrderRun } from './order-run.js'
import type { TemporaryOrder } from './temporary-order.js'

/** Where the merge stands in one of the parts. */
interface Head {
  readonly part: readonly BuiltRun[]
  at: number
  run: OrderRun
  index: number
}

/**
 * Merges sorted parts of a temporary space into one sequence of runs, in time slices, with one run of each part in memory. What has
 * been taken is deleted on the way.
 */
export async function mergeRuns(
  temporary: TemporaryOrder,
  parts: readonly (readonly BuiltRun[])[],
  runRows: number,
  slice: TimeSlice
): Promise<BuiltRun[]> {
  const heads = await Promise.all(
    parts.map(async part => ({ part, at: 0, run: await readRun(temporary, part[0]), index: 0 }))
  )
  const heap = new Heap(heads)
  const merged: BuiltRun[] = []
  let rows: { run: OrderRun; index: number }[] = []
  const write = (): Promise<void> | undefined => {
    const run = OrderRun.gather(rows)
    rows = []
    const number = temporary.newNumber()
    temporary.putRun(number, run)
    merged.push(spilledRun(run, number))
    return temporary.writeMuch()
  }
  for (let first = heap.first; first !== undefined; first = heap.first) {
    rows.push({ run: first.run, index: first.index++ })
    if (first.index < first.run.count) heap.sink()
    else await nextRun(temporary, heap, first)
    if (rows.length < runRows) continue
    await write()
    if (slice.isDue) await slice.pause()
  }
  if (rows.length > 0) await write()
  temporary.commit()
  return merged
}

/** Goes on to the next run of the part that is at the top; takes the part away when it was the last one. */
async function nextRun(temporary: TemporaryOrder, heap: Heap, head: Head): Promise<void> {
  temporary.dropRun(head.part[head.at].number)
  head.at++
  if (head.at === head.part.length) {
    heap.takeFirst()
    return
  }
  head.run = await readRun(temporary, head.part[head.at])
  head.index = 0
  heap.sink()
}

async function readRun(temporary: TemporaryOrder, { number }: BuiltRun): Promise<OrderRun> {
  const run = await temporary.readRun(number)
  if (run === undefined) throw new RangeError(`run ${number} of an order that is being built is not there`)
  return run
}

/** A binary heap of heads, the one with the least row first. */
class Heap {
  private readonly heads: Head[]

  constructor(heads: Head[]) {
    this.heads = heads
    for (let at = (heads.length >> 1) - 1; at >= 0; at--) this.sink(at)
  }

  get first(): Head | undefined {
    return this.heads[0]
  }

  takeFirst(): void {
    const last = this.heads.pop()!
    if (this.heads.length === 0) return
    this.heads[0] = last
    this.sink()
  }

  /** Puts a head whose row has become greater in its place. */
  sink(from = 0): void {
    const { heads } = this
    let at = from
    for (;;) {
      let least = 2 * at + 1
      if (least >= heads.length) return
      if (least + 1 < heads.length && isBefore(heads[least + 1], heads[least])) least++
      if (!isBefore(heads[least], heads[at])) return
      const head = heads[at]
      heads[at] = heads[least]
      heads[least] = head
      at = least
    }
  }
}

function isBefore(a: Head, b: Head): boolean {
  return a.run.compareWith(a.index, b.run, b.index) < 0
}
