import { compareBytes } from '../../oxcdata/collation.js'
import type { Mid } from '../../oxcdata/ids.js'

/** The place of a row in an order: its sort key, rows with equal keys by MID. */
export interface RowKey {
  readonly key: Uint8Array
  readonly mid: Mid
}

/** A row with its place and its version. */
export interface OrderedRow extends RowKey {
  readonly version: number
}

const NO_BYTES = new Uint8Array(0)

/** Bytes of the objects around the arrays of a run, for the cache's account. */
const OVERHEAD_BYTES = 320

/**
 * A stretch of an order: sort keys, MIDs and versions of some hundred neighbouring rows. Immutable: a change makes a
 * new run, so that a cached one needs no invalidation.
 */
export class OrderRun {
  static readonly empty = new OrderRun(new Float64Array(0), new Float64Array(0), NO_BYTES, new Uint32Array(0))

  /** Row by row: message, its version, end of its key in `keys`. */
  readonly mids: Float64Array
  readonly versions: Float64Array
  readonly keys: Uint8Array
  readonly ends: Uint32Array

  /** The arrays that this run's are the beginnings of, when rows may be put behind it without copying them. */
  private readonly room: AppendRoom | undefined

  /** From arrays that are in order already; `ends` are the ends of the keys in `keys`. */
  constructor(mids: Float64Array, versions: Float64Array, keys: Uint8Array, ends: Uint32Array, room?: AppendRoom) {
    this.mids = mids
    this.versions = versions
    this.keys = keys
    this.ends = ends
    this.room = room
  }

  /** From rows that are in order already. */
  static of(rows: readonly OrderedRow[]): OrderRun {
    const count = rows.length
    let size = 0
    for (const row of rows) size += row.key.byteLength
    const keys = new Uint8Array(size)
    const run = new OrderRun(new Float64Array(count), new Float64Array(count), keys, new Uint32Array(count))
    let end = 0
    for (let i = 0; i < count; i++) {
      keys.set(rows[i].key, end)
      end += rows[i].key.byteLength
      run.ends[i] = end
      run.mids[i] = rows[i].mid
      run.versions[i] = rows[i].version
    }
    return run
  }

  /** From rows of other runs, which are in order together. */
  static gather(rows: readonly { readonly run: OrderRun; readonly index: number }[]): OrderRun {
    const count = rows.length
    let size = 0
    for (const { run, index } of rows) size += run.ends[index] - run.startAt(index)
    const keys = new Uint8Array(size)
    const gathered = new OrderRun(new Float64Array(count), new Float64Array(count), keys, new Uint32Array(count))
    let end = 0
    for (let i = 0; i < count; i++) {
      const { run, index } = rows[i]
      for (let at = run.startAt(index); at < run.ends[index]; at++) keys[end++] = run.keys[at]
      gathered.ends[i] = end
      gathered.mids[i] = run.mids[index]
      gathered.versions[i] = run.versions[index]
    }
    return gathered
  }

  get count(): number {
    return this.mids.length
  }

  get sizeBytes(): number {
    return OVERHEAD_BYTES + this.mids.length * 20 + this.keys.byteLength
  }

  /** A view of the sort key of a row. */
  keyAt(index: number): Uint8Array {
    return this.keys.subarray(this.startAt(index), this.ends[index])
  }

  /** The place of a row, as a copy that outlives the run. */
  rowKeyAt(index: number): RowKey {
    return { key: this.keys.slice(this.startAt(index), this.ends[index]), mid: this.mids[index] }
  }

  /** How many rows stand before (key, mid). */
  lowerBound(key: Uint8Array, mid: Mid): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.compareAt(middle, key, mid) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** As `compareAt` with a row of another run. */
  compareWith(index: number, other: OrderRun, at: number): number {
    const start = this.startAt(index)
    const size = this.ends[index] - start
    const otherStart = other.startAt(at)
    const otherSize = other.ends[at] - otherStart
    const shorter = Math.min(size, otherSize)
    const { keys } = this
    for (let i = 0; i < shorter; i++) {
      if (keys[start + i] !== other.keys[otherStart + i]) return keys[start + i] - other.keys[otherStart + i]
    }
    return size - otherSize || this.mids[index] - other.mids[at]
  }

  /** Below zero, zero or above as the row at `index` stands before, at or behind (key, mid). */
  compareAt(index: number, key: Uint8Array, mid: Mid): number {
    const start = this.startAt(index)
    const size = this.ends[index] - start
    const shorter = Math.min(size, key.byteLength)
    const { keys } = this
    for (let i = 0; i < shorter; i++) if (keys[start + i] !== key[i]) return keys[start + i] - key[i]
    return size - key.byteLength || this.mids[index] - mid
  }

  /** A run with one row more. */
  insert(index: number, key: Uint8Array, mid: Mid, version: number): OrderRun {
    if (index === this.count) return this.append(key, mid, version)
    const at = this.startAt(index)
    const keys = new Uint8Array(this.keys.byteLength + key.byteLength)
    keys.set(at === this.keys.byteLength ? this.keys : this.keys.subarray(0, at))
    keys.set(key, at)
    if (at < this.keys.byteLength) keys.set(this.keys.subarray(at), at + key.byteLength)
    const ends = new Uint32Array(this.count + 1)
    for (let i = 0; i < index; i++) ends[i] = this.ends[i]
    ends[index] = at + key.byteLength
    for (let i = index; i < this.count; i++) ends[i + 1] = this.ends[i] + key.byteLength
    return new OrderRun(withValue(this.mids, index, mid), withValue(this.versions, index, version), keys, ends)
  }

  /** New mail comes at the end of its orders: the longest run over an array goes on in the room behind it. */
  private append(key: Uint8Array, mid: Mid, version: number): OrderRun {
    const { count } = this
    const end = this.keys.byteLength + key.byteLength
    let { room } = this
    if (room === undefined || room.rows !== count || count === room.mids.length || end > room.keys.byteLength) {
      room = new AppendRoom(this, key.byteLength)
    }
    room.mids[count] = mid
    room.versions[count] = version
    room.keys.set(key, this.keys.byteLength)
    room.ends[count] = end
    room.rows = count + 1
    return new OrderRun(
      room.mids.subarray(0, count + 1),
      room.versions.subarray(0, count + 1),
      room.keys.subarray(0, end),
      room.ends.subarray(0, count + 1),
      room
    )
  }

  /** A run without the row at `index`. */
  remove(index: number): OrderRun {
    const start = this.startAt(index)
    const end = this.ends[index]
    const keys = new Uint8Array(this.keys.byteLength - (end - start))
    keys.set(this.keys.subarray(0, start))
    keys.set(this.keys.subarray(end), start)
    const ends = new Uint32Array(this.count - 1)
    for (let i = 0; i < index; i++) ends[i] = this.ends[i]
    for (let i = index + 1; i < this.count; i++) ends[i - 1] = this.ends[i] - (end - start)
    return new OrderRun(without(this.mids, index), without(this.versions, index), keys, ends)
  }

  /** The same rows, one of them in another version. */
  withVersion(index: number, version: number): OrderRun {
    const versions = this.versions.slice()
    versions[index] = version
    return new OrderRun(this.mids, versions, this.keys, this.ends)
  }

  /** The rows from `from` up to, not including, `to`. */
  slice(from: number, to: number): OrderRun {
    const start = this.startAt(from)
    const ends = this.ends.slice(from, to)
    for (let i = 0; i < ends.length; i++) ends[i] -= start
    return new OrderRun(
      this.mids.slice(from, to),
      this.versions.slice(from, to),
      this.keys.slice(start, this.startAt(to)),
      ends
    )
  }

  /** This run with the rows of the one that follows. */
  concat(next: OrderRun): OrderRun {
    const ends = new Uint32Array(this.count + next.count)
    ends.set(this.ends)
    for (let i = 0; i < next.count; i++) ends[this.count + i] = this.keys.byteLength + next.ends[i]
    const keys = new Uint8Array(this.keys.byteLength + next.keys.byteLength)
    keys.set(this.keys)
    keys.set(next.keys, this.keys.byteLength)
    const mids = new Float64Array(ends.length)
    mids.set(this.mids)
    mids.set(next.mids, this.count)
    const versions = new Float64Array(ends.length)
    versions.set(this.versions)
    versions.set(next.versions, this.count)
    return new OrderRun(mids, versions, keys, ends)
  }

  /** This run with more rows, which are in order among themselves. */
  merge(rows: readonly OrderedRow[]): OrderRun {
    const added = OrderRun.of(rows)
    const { count } = this
    if (rows.length === 0 || count === 0) return rows.length === 0 ? this : added
    // New mail comes at the end of its orders.
    if (this.compareAt(count - 1, rows[0].key, rows[0].mid) < 0) return this.concat(added)
    const merged: OrderedRow[] = []
    let next = 0
    for (let i = 0; i < count; i++) {
      while (next < rows.length && this.compareAt(i, rows[next].key, rows[next].mid) > 0) merged.push(rows[next++])
      merged.push({ key: this.keyAt(i), mid: this.mids[i], version: this.versions[i] })
    }
    while (next < rows.length) merged.push(rows[next++])
    return OrderRun.of(merged)
  }

  startAt(index: number): number {
    return index === 0 ? 0 : this.ends[index - 1]
  }
}

/** Arrays with room behind the rows of a run. Whoever appends first gets it; a run that others have grown past copies. */
class AppendRoom {
  readonly mids: Float64Array
  readonly versions: Float64Array
  readonly keys: Uint8Array
  readonly ends: Uint32Array
  /** Rows in use by the longest run. */
  rows: number

  constructor(run: OrderRun, keyBytes: number) {
    const more = Math.max(16, run.count >>> 2)
    this.rows = run.count
    this.mids = new Float64Array(run.count + more)
    this.versions = new Float64Array(run.count + more)
    this.ends = new Uint32Array(run.count + more)
    this.keys = new Uint8Array(run.keys.byteLength + keyBytes * more)
    this.mids.set(run.mids)
    this.versions.set(run.versions)
    this.ends.set(run.ends)
    this.keys.set(run.keys)
  }
}

/** The order of two places. */
export function compareRowKeys(a: RowKey, b: RowKey): number {
  return compareBytes(a.key, b.key) || a.mid - b.mid
}

function withValue(array: Float64Array, index: number, value: number): Float64Array {
  const longer = new Float64Array(array.length + 1)
  longer.set(index === array.length ? array : array.subarray(0, index))
  longer[index] = value
  if (index < array.length) longer.set(array.subarray(index), index + 1)
  return longer
}

function without(array: Float64Array, index: number): Float64Array {
  const shorter = new Float64Array(array.length - 1)
  shorter.set(array.subarray(0, index))
  shorter.set(array.subarray(index + 1), index)
  return shorter
}
