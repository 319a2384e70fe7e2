import type { Batch } from '../../../store/index.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { deleteRun, findRun, OrderDirectory, putRun, type RunInfo } from './order-directory.js'
import type { OrderIndex } from './order-index.js'
import { compareRowKeys, type OrderedRow, OrderRun, type RowKey } from './order-run.js'

/**
 * One order as a batch leaves it: a private copy of the directory, run contents derived from cached ones. Nothing of it is
 * seen by anybody before the batch is committed.
 */
export class OrderWork {
  private readonly batch: Batch
  private readonly index: OrderIndex
  private readonly fid: Fid
  private readonly order: number
  private readonly runs: RunInfo[]
  private total: number
  /** Contents of runs that this batch made, where they are known. */
  private readonly contents = new Map<RunInfo, OrderRun>()
  /** Runs that this batch made: what the store shows of them is not what they are. */
  private readonly made = new Set<RunInfo>()
  /** Index of the run that the last change touched. */
  private touched = 0

  constructor(batch: Batch, index: OrderIndex, fid: Fid, order: number, directory: OrderDirectory) {
    this.batch = batch
    this.index = index
    this.fid = fid
    this.order = order
    this.runs = directory.runs.slice()
    this.total = directory.total
  }

  insert(key: Uint8Array, mid: Mid, version: number): void {
    this.total++
    this.change(key, mid, version, 1, run => run.insert(run.lowerBound(key, mid), key, mid, version))
  }

  /** The run that has to be in memory before `insertMany` can put a row into it. */
  wantedForInsert({ key, mid }: RowKey): RunInfo | undefined {
    const run = this.runs[findRun(this.runs, key, mid)]
    return this.content(run) !== undefined || this.made.has(run) ? undefined : run
  }

  /**
   * Adds those of many new rows, which are in order, from `from` on that belong into the same run: it is made anew once, or
   * as several when it would be long. Returns the index behind the last one.
   */
  insertMany(rows: readonly OrderedRow[], from: number): number {
    const at = findRun(this.runs, rows[from].key, rows[from].mid)
    const end = this.endInRun(at, rows, from)
    this.total += end - from
    this.insertInto(at, rows.slice(from, end))
    return end
  }

  /** Index of the first row from `from` on that belongs behind the run at `at`. */
  private endInRun(at: number, rows: readonly OrderedRow[], from: number): number {
    const next = this.runs[at + 1]
    if (next === undefined) return rows.length
    const bound = { key: next.firstKey, mid: next.firstMid }
    let end = from + 1
    while (end < rows.length && compareRowKeys(rows[end], bound) < 0) end++
    return end
  }

  private insertInto(at: number, rows: readonly OrderedRow[]): void {
    const { runRows } = this.index
    const old = this.runs[at]
    const content = this.content(old)?.merge(rows)
    const change = rows.reduce((last, { version }) => Math.max(last, version), old.change)
    const count = old.count + rows.length
    const first = { firstKey: old.firstKey, firstMid: old.firstMid }
    if (content === undefined || count <= runRows * 2) {
      this.replace(at, old, { ...first, count, change }, content)
      return
    }
    const parts = Math.floor(count / runRows)
    this.replace(at, old, { ...first, count: runRows, change }, content.slice(0, runRows))
    for (let part = 1; part < parts; part++) {
      const start = part * runRows
      // The last one takes what is left over.
      const end = part + 1 === parts ? count : start + runRows
      const { key, mid } = content.rowKeyAt(start)
      const run: RunInfo = { firstKey: key, firstMid: mid, count: end - start, change }
      this.runs.splice(at + part, 0, run)
      this.keep(run, content.slice(start, end))
    }
  }

  remove(key: Uint8Array, mid: Mid, version: number): void {
    this.total--
    this.change(key, mid, version, -1, run => run.remove(run.lowerBound(key, mid)))
  }

  update(key: Uint8Array, mid: Mid, version: number): void {
    this.change(key, mid, version, 0, run => run.withVersion(run.lowerBound(key, mid), version))
  }

  /** A run that has to be in memory before `balance` can split it. */
  wantedForSplit(): RunInfo | undefined {
    const run = this.runs[this.touched]
    if (run.count <= this.index.runRows * 2 || this.content(run) !== undefined || this.made.has(run)) return undefined
    return run
  }

  /** Splits the run that was changed last when it has grown too long, joins it with a neighbour when both are short. */
  balance(): void {
    const { runRows } = this.index
    const at = this.touched
    const run = this.runs[at]
    if (run.count > runRows * 2) this.split(at)
    else if (run.count < runRows / 4 && this.runs.length > 1) {
      const left = at > 0 ? at - 1 : 0
      if (this.runs[left].count + this.runs[left + 1].count <= runRows) this.join(left)
    }
  }

  /** What the directory is when the batch has been committed. */
  commit(): OrderDirectory {
    for (const [info, content] of this.contents) this.index.cache.keepRun(info, content)
    return new OrderDirectory(this.runs, this.total)
  }

  private change(
    key: Uint8Array,
    mid: Mid,
    version: number,
    difference: number,
    derive: (run: OrderRun) => OrderRun
  ): void {
    const at = findRun(this.runs, key, mid)
    const old = this.runs[at]
    const content = this.content(old)
    const count = old.count + difference
    if (count < 0) throw new RangeError(`run of order ${this.order} of folder ${this.fid} would have ${count} rows`)
    const next: RunInfo = { firstKey: old.firstKey, firstMid: old.firstMid, count, change: version }
    this.touched = at
    this.replace(at, old, next, content === undefined ? undefined : derive(content))
    if (count === 0 && at > 0) this.dropEmpty(at)
  }

  private dropEmpty(at: number): void {
    deleteRun(this.batch, this.index.mailbox, this.fid, this.order, this.runs[at])
    this.contents.delete(this.runs[at])
    this.runs.splice(at, 1)
    this.touched = at - 1
  }

  private split(at: number): void {
    const run = this.runs[at]
    const content = this.content(run)
    // Not known only in a batch that fills a run from nothing it has read: a later batch splits it.
    if (content === undefined) return
    const half = content.count >>> 1
    const { key, mid } = content.rowKeyAt(half)
    const left: RunInfo = { firstKey: run.firstKey, firstMid: run.firstMid, count: half, change: run.change }
    const right: RunInfo = { firstKey: key, firstMid: mid, count: content.count - half, change: run.change }
    this.replace(at, run, left, content.slice(0, half))
    this.runs.splice(at + 1, 0, right)
    this.keep(right, content.slice(half, content.count))
  }

  private join(left: number): void {
    const first = this.runs[left]
    const second = this.runs[left + 1]
    const before = this.content(first)
    const behind = this.content(second)
    const joined: RunInfo = {
      firstKey: first.firstKey,
      firstMid: first.firstMid,
      count: first.count + second.count,
      change: Math.max(first.change, second.change)
    }
    deleteRun(this.batch, this.index.mailbox, this.fid, this.order, second)
    this.contents.delete(second)
    this.runs.splice(left + 1, 1)
    const content = before !== undefined && behind !== undefined ? before.concat(behind) : undefined
    this.replace(left, first, joined, content)
    this.touched = left
  }

  private replace(at: number, old: RunInfo, next: RunInfo, content: OrderRun | undefined): void {
    this.contents.delete(old)
    this.made.delete(old)
    this.runs[at] = next
    this.keep(next, content)
  }

  private keep(info: RunInfo, content: OrderRun | undefined): void {
    this.made.add(info)
    if (content !== undefined) this.contents.set(info, content)
    putRun(this.batch, this.index.mailbox, this.fid, this.order, info)
  }

  private content(info: RunInfo): OrderRun | undefined {
    if (info.count === 0) return OrderRun.empty
    return this.contents.get(info) ?? (this.made.has(info) ? undefined : this.index.run(info))
  }
}
