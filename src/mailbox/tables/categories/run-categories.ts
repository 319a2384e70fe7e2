import type { OrderedRow, OrderRun } from '../order-run.js'
import { columnEnd, isUnreadKey, type KeyColumn, maximumOfKey } from './category-key.js'

/** Neighbouring rows of a run that lie in the same category of the last level. */
export interface Stretch {
  /** Columns of the sort key that the rows have in common. */
  readonly key: Uint8Array
  /** Where in `key` the column of each level ends. */
  readonly ends: readonly number[]
  /** Index of the first row in the run, and the row. */
  readonly from: number
  readonly firstRow: OrderedRow
  readonly count: number
  readonly unread: number
  /** Greatest key of the maximum column. */
  readonly maximum: Uint8Array
}

/** The stretches of a run, in order. */
export function stretchesOf(run: OrderRun, columns: readonly KeyColumn[]): Stretch[] {
  const stretches: Stretch[] = []
  for (let from = 0; from < run.count; ) {
    const first = run.keyAt(from)
    const ends = endsOf(first, columns)
    const size = ends[ends.length - 1]
    let unread = 0
    let maximum = maximumOfKey(first)
    let at = from
    for (; at < run.count; at++) {
      const key = run.keyAt(at)
      if (!beginAlike(key, first, size)) break
      if (isUnreadKey(key)) unread++
      const other = maximumOfKey(key)
      if (Buffer.compare(other, maximum) > 0) maximum = other
    }
    const firstRow = { key: first.slice(), mid: run.mids[from], version: run.versions[from] }
    const key = firstRow.key.subarray(0, size)
    stretches.push({ key, ends, from, firstRow, count: at - from, unread, maximum: maximum.slice() })
    from = at
  }
  return stretches
}

function endsOf(key: Uint8Array, columns: readonly KeyColumn[]): number[] {
  const ends: number[] = []
  let at = 0
  for (const column of columns) {
    at = columnEnd(key, at, column)
    ends.push(at)
  }
  return ends
}

/** Columns end by themselves, so that a key that begins with another one's columns has the same values in them. */
export function beginAlike(a: Uint8Array, b: Uint8Array, size: number): boolean {
  if (a.byteLength < size || b.byteLength < size) return false
  for (let i = 0; i < size; i++) if (a[i] !== b[i]) return false
  return true
}
