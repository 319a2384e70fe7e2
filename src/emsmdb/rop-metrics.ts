import type { RopTable } from './rop-list.js'

/** Buckets of the latency histogram: bucket n counts runs under 2^n microseconds, the last one all longer ones. */
const BUCKETS = 24

/** What was counted of one ROP. */
export interface RopFigures {
  readonly name: string
  readonly calls: number
  /** Calls with a ReturnValue other than 0, by ReturnValue. */
  readonly failures: Readonly<Record<number, number>>
  /** Calls answered by RopBufferTooSmall. */
  readonly tooSmall: number
  readonly totalMs: number
  readonly longestMs: number
  /** Calls that took less than 2^n microseconds and at least 2^(n-1), by n. */
  readonly histogram: readonly number[]
}

/** Counters and latency per row of the ROP table, in flat arrays: counting a ROP costs a few additions. */
export class RopMetrics {
  readonly #table: RopTable
  readonly #calls = new Float64Array(256)
  readonly #tooSmall = new Float64Array(256)
  readonly #totalMs = new Float64Array(256)
  readonly #longestMs = new Float64Array(256)
  readonly #histogram = new Float64Array(256 * BUCKETS)
  readonly #failures: (Map<number, number> | undefined)[] = []

  constructor(table: RopTable) {
    this.#table = table
  }

  count(id: number, returnValue: number, elapsedMs: number): void {
    this.#calls[id]++
    this.#totalMs[id] += elapsedMs
    if (elapsedMs > this.#longestMs[id]) this.#longestMs[id] = elapsedMs
    const bucket = Math.min(BUCKETS - 1, 32 - Math.clz32(elapsedMs * 1000))
    this.#histogram[id * BUCKETS + bucket]++
    if (returnValue === 0) return
    this.#failures[id] ??= new Map()
    const failures = this.#failures[id]
    failures.set(returnValue, (failures.get(returnValue) ?? 0) + 1)
  }

  countTooSmall(id: number): void {
    this.#tooSmall[id]++
  }

  /** The figures of every ROP that was called, in order of RopId. */
  snapshot(): RopFigures[] {
    const figures: RopFigures[] = []
    for (const row of this.#table) {
      if (row === undefined || (this.#calls[row.id] === 0 && this.#tooSmall[row.id] === 0)) continue
      figures.push({
        name: row.name,
        calls: this.#calls[row.id],
        failures: Object.fromEntries(this.#failures[row.id] ?? []),
        tooSmall: this.#tooSmall[row.id],
        totalMs: this.#totalMs[row.id],
        longestMs: this.#longestMs[row.id],
        histogram: Array.from(this.#histogram.subarray(row.id * BUCKETS, (row.id + 1) * BUCKETS))
      })
    }
    return figures
  }
}
