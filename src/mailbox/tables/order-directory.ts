import type { Batch, Entry } from '../../../store/index.js'
import { keys } from '../../../store/index.js'
import { f64At, putF64, putU32, u32At } from '../../bufferstructs/plain-numbers.js'
import { compareBytes } from '../../oxcdata/collation.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { OrderRun } from './order-run.js'
import type { RunIdentity } from './row-cache.js'

/** A run as its record tells: where it begins, how many rows it has, which change made it so. Immutable. */
export interface RunInfo extends RunIdentity {
  /** Lower bound of the run's rows; the first run begins before every row. */
  readonly firstKey: Uint8Array
  readonly firstMid: Mid
}

const NO_KEY = new Uint8Array(0)

/** Count u32 and last change f64. */
const RUN_VALUE_BYTES = 12
/** Version f64. */
const ENTRY_VALUE_BYTES = 8

/** The runs of one order, first to last; never empty. Immutable. */
export class OrderDirectory {
  readonly runs: readonly RunInfo[]
  readonly total: number

  constructor(runs: readonly RunInfo[], total: number) {
    this.runs = runs
    this.total = total
  }

  static fromEntries(entries: readonly Entry[]): OrderDirectory {
    const runs: RunInfo[] = []
    let total = 0
    for (const { key, value } of entries) {
      const { sortKey, mid } = keys.orderRun.parse(key)
      const run = readRun(sortKey, mid, value)
      runs.push(run)
      total += run.count
    }
    if (runs.length === 0 || runs[0].firstMid !== 0 || runs[0].firstKey.byteLength > 0) runs.unshift(emptyRun())
    return new OrderDirectory(runs, total)
  }

  /** Index of the run that (key, mid) belongs to. */
  find(key: Uint8Array, mid: Mid): number {
    return findRun(this.runs, key, mid)
  }
}

export function emptyRun(): RunInfo {
  return { firstKey: NO_KEY, firstMid: 0, count: 0, change: 0 }
}

/** Index of the last run that does not begin behind (key, mid). */
export function findRun(runs: readonly RunInfo[], key: Uint8Array, mid: Mid): number {
  let low = 0
  let high = runs.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    const { firstKey, firstMid } = runs[middle]
    if ((compareBytes(firstKey, key) || firstMid - mid) <= 0) low = middle
    else high = middle - 1
  }
  return low
}

function readRun(firstKey: Uint8Array, firstMid: Mid, value: Uint8Array): RunInfo {
  if (value.byteLength !== RUN_VALUE_BYTES) throw new RangeError('run record has another size')
  return { firstKey, firstMid, count: u32At(value, 0), change: f64At(value, 4) }
}

/** Queues the record of a run; a first run without rows has none. */
export function putRun(batch: Batch, mailbox: number, fid: Fid, order: number, run: RunInfo): void {
  const key = keys.orderRun.of(mailbox, fid, order, run.firstKey, run.firstMid)
  if (run.count === 0) {
    batch.delete(key)
    return
  }
  const value = new Uint8Array(RUN_VALUE_BYTES)
  putU32(value, 0, run.count)
  putF64(value, 4, run.change)
  batch.put(key, value)
}

export function deleteRun(batch: Batch, mailbox: number, fid: Fid, order: number, run: RunInfo): void {
  batch.delete(keys.orderRun.of(mailbox, fid, order, run.firstKey, run.firstMid))
}

export function entryValue(version: number): Uint8Array {
  const value = new Uint8Array(ENTRY_VALUE_BYTES)
  putF64(value, 0, version)
  return value
}

/** The rows of a run from its entries. */
export function runFromEntries(entries: readonly Entry[]): OrderRun {
  return OrderRun.of(
    entries.map(({ key, value }) => {
      const { sortKey, mid } = keys.order.parse(key)
      return { key: sortKey, mid, version: entryVersion(value) }
    })
  )
}

export function entryVersion(value: Uint8Array): number {
  if (value.byteLength !== ENTRY_VALUE_BYTES) throw new RangeError('order entry has another size')
  return f64At(value, 0)
}
