import type { Mid } from '../../oxcdata/ids.js'
import type { OrderRun } from './order-run.js'
import type { SummaryRow } from './summary-row.js'

/** Bytes of a map entry and of the objects behind it, for the account. */
const ENTRY_BYTES = 200

/** Room for what one operation on a table needs at a time: below it the operation would never get all of it together. */
const LEAST_BYTES = 4 << 20

/** Memory that the caches of all open mailboxes share, in equal parts. */
export class CacheBudget {
  private members = 0

  constructor(private readonly limitBytes: number) {}

  join(): void {
    this.members++
  }

  /** What one cache may hold at the moment. */
  get shareBytes(): number {
    return Math.max(this.limitBytes / Math.max(1, this.members), LEAST_BYTES)
  }
}

/**
 * A cache bounded by bytes, in two generations: what is not asked for while half of the budget is filled anew goes, all
 * at once and without a loop over what stays.
 */
class Generations<K, V> {
  private young = new Map<K, V>()
  private old = new Map<K, V>()
  private youngBytes = 0
  private oldBytes = 0
  private readonly sizeOf: (value: V) => number
  private readonly budget: CacheBudget
  private readonly part: number

  /** `part` of the budget's share is this cache's. */
  constructor(budget: CacheBudget, part: number, sizeOf: (value: V) => number) {
    this.budget = budget
    this.part = part
    this.sizeOf = sizeOf
  }

  get sizeBytes(): number {
    return this.youngBytes + this.oldBytes
  }

  get(key: K): V | undefined {
    const value = this.young.get(key)
    if (value !== undefined) return value
    const found = this.old.get(key)
    if (found !== undefined) {
      this.old.delete(key)
      this.oldBytes -= this.sizeOf(found) + ENTRY_BYTES
      this.set(key, found)
    }
    return found
  }

  set(key: K, value: V): void {
    const present = this.young.get(key)
    if (present !== undefined) this.youngBytes -= this.sizeOf(present) + ENTRY_BYTES
    this.young.set(key, value)
    this.youngBytes += this.sizeOf(value) + ENTRY_BYTES
    if (this.youngBytes * 2 <= this.budget.shareBytes * this.part) return
    this.old = this.young
    this.oldBytes = this.youngBytes
    this.young = new Map()
    this.youngBytes = 0
  }

  delete(key: K): void {
    for (const map of [this.young, this.old]) {
      const value = map.get(key)
      if (value === undefined || !map.delete(key)) continue
      if (map === this.young) this.youngBytes -= this.sizeOf(value) + ENTRY_BYTES
      else this.oldBytes -= this.sizeOf(value) + ENTRY_BYTES
    }
  }
}

/** What identifies the content of a run: one object for each (run, last change). */
export interface RunIdentity {
  readonly count: number
  readonly change: number
}

/**
 * Runs and summary rows in memory, within `cacheMiB` for both together. Runs are found by their identity, rows by message
 * and version, so nothing is ever invalidated: a changed row is another row.
 */
export class RowCache {
  private readonly runs: Generations<RunIdentity, OrderRun>
  private readonly rows: Generations<Mid, SummaryRow>

  constructor(budget: CacheBudget) {
    budget.join()
    // A row that is read again and again remembers its written form too, which is about as large as itself.
    this.runs = new Generations<RunIdentity, OrderRun>(budget, 1 / 4, run => run.sizeBytes)
    this.rows = new Generations<Mid, SummaryRow>(budget, 3 / 4, row => row.bytes.byteLength * 2)
  }

  /** Bytes held, by estimate. */
  get sizeBytes(): number {
    return this.runs.sizeBytes + this.rows.sizeBytes
  }

  run(identity: RunIdentity): OrderRun | undefined {
    return this.runs.get(identity)
  }

  keepRun(identity: RunIdentity, run: OrderRun): void {
    this.runs.set(identity, run)
  }

  dropRun(identity: RunIdentity): void {
    this.runs.delete(identity)
  }

  row(mid: Mid, version: number): SummaryRow | undefined {
    const row = this.rows.get(mid)
    return row !== undefined && row.version === version ? row : undefined
  }

  keepRow(mid: Mid, row: SummaryRow): void {
    this.rows.set(mid, row)
  }

  dropRow(mid: Mid): void {
    this.rows.delete(mid)
  }
}
