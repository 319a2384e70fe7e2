import type { Mid } from '../../oxcdata/ids.js'
import type { TimeSlice } from '../time-slice.js'
import { OrderRun } from './order-run.js'

/** A row on its way into an order. */
export interface SortableRow {
  key: Uint8Array
  mid: Mid
  version: number
}

/** Rows sorted in one go; above it a merge sort takes over. */
const CHUNK_ROWS = 512
const FIRST_ROWS = 1024
const FIRST_KEY_BYTES = 1 << 15

/**
 * Rows to be sorted, in a few large arrays instead of an object each: a million objects that live as long as the sort
 * would keep the garbage collector busy for longer than the sort takes.
 */
export class SortableRows {
  count = 0
  /** Bytes of the keys so far. */
  get keyBytes(): number {
    return this.count === 0 ? 0 : this.ends[this.count - 1]
  }

  private mids = new Float64Array(FIRST_ROWS)
  private versions = new Float64Array(FIRST_ROWS)
  private ends = new Uint32Array(FIRST_ROWS)
  private keys = new Uint8Array(FIRST_KEY_BYTES)
  private readonly compare = (a: number, b: number): number => this.compareRows(a, b)

  push({ key, mid, version }: SortableRow): void {
    const { count } = this
    if (count === this.mids.length) {
      this.mids = grown(this.mids, new Float64Array(count * 2))
      this.versions = grown(this.versions, new Float64Array(count * 2))
      this.ends = grown(this.ends, new Uint32Array(count * 2))
    }
    const start = count === 0 ? 0 : this.ends[count - 1]
    const end = start + key.byteLength
    if (end > this.keys.byteLength)
      this.keys = grown(this.keys, new Uint8Array(Math.max(end, this.keys.byteLength * 2)))
    this.keys.set(key, start)
    this.ends[count] = end
    this.mids[count] = mid
    this.versions[count] = version
    this.count++
  }

  /** Hands out the rows sorted by key and MID, in runs of so many: chunks by themselves, then merges, in time slices. */
  async sorted(runRows: number, slice: TimeSlice, take: (run: OrderRun) => Promise<void> | undefined): Promise<void> {
    let from = new Uint32Array(this.count)
    for (let i = 0; i < from.length; i++) from[i] = i
    for (let at = 0; at < from.length; at += CHUNK_ROWS) {
      from.subarray(at, at + CHUNK_ROWS).sort(this.compare)
      if (slice.isDue) await slice.pause()
    }
    let into = new Uint32Array(from.length)
    for (let width = CHUNK_ROWS; width < from.length; width *= 2) {
      await this.mergePass(from, into, width, slice)
      const merged = into
      into = from
      from = merged
    }
    for (let at = 0; at < from.length; at += runRows) {
      await take(this.runOf(from.subarray(at, at + runRows)))
      if (slice.isDue) await slice.pause()
    }
  }

  /** The message of the row that was pushed as this number. */
  midAt(row: number): Mid {
    return this.mids[row]
  }

  /** Rows as they were pushed, from one number up to, not including, another; their keys are a view. */
  asPushed(from: number, to: number): OrderRun {
    const start = from === 0 ? 0 : this.ends[from - 1]
    const ends = this.ends.slice(from, to)
    for (let i = 0; i < ends.length; i++) ends[i] -= start
    const keys = this.keys.subarray(start, to === 0 ? 0 : this.ends[to - 1])
    return new OrderRun(this.mids.subarray(from, to), this.versions.subarray(from, to), keys, ends)
  }

  private async mergePass(from: Uint32Array, into: Uint32Array, width: number, slice: TimeSlice): Promise<void> {
    for (let start = 0; start < from.length; start += width * 2) {
      const middle = Math.min(start + width, from.length)
      const end = Math.min(start + width * 2, from.length)
      let left = start
      let right = middle
      for (let to = start; to < end; to++) {
        const takeLeft = right >= end || (left < middle && this.compareRows(from[left], from[right]) <= 0)
        into[to] = takeLeft ? from[left++] : from[right++]
        if ((to & 0x3ff) === 0 && slice.isDue) await slice.pause()
      }
    }
  }

  private compareRows(a: number, b: number): number {
    const { keys, ends } = this
    const startA = a === 0 ? 0 : ends[a - 1]
    const startB = b === 0 ? 0 : ends[b - 1]
    const sizeA = ends[a] - startA
    const sizeB = ends[b] - startB
    const shorter = Math.min(sizeA, sizeB)
    for (let i = 0; i < shorter; i++) {
      if (keys[startA + i] !== keys[startB + i]) return keys[startA + i] - keys[startB + i]
    }
    return sizeA - sizeB || this.mids[a] - this.mids[b]
  }

  private runOf(rows: Uint32Array): OrderRun {
    const mids = new Float64Array(rows.length)
    const versions = new Float64Array(rows.length)
    const ends = new Uint32Array(rows.length)
    let size = 0
    for (const row of rows) size += this.ends[row] - (row === 0 ? 0 : this.ends[row - 1])
    const keys = new Uint8Array(size)
    let to = 0
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]
      for (let at = row === 0 ? 0 : this.ends[row - 1]; at < this.ends[row]; at++) keys[to++] = this.keys[at]
      ends[i] = to
      mids[i] = this.mids[row]
      versions[i] = this.versions[row]
    }
    return new OrderRun(mids, versions, keys, ends)
  }
}

function grown<A extends Float64Array | Uint32Array | Uint8Array>(from: A, into: A): A {
  into.set(from)
  return into
}
