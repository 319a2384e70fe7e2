import type { Mid } from '../oxcdata/ids.js'
import { compareRowKeys } from './order-run.js'
import type { TimeSlice } from './time-slice.js'

export interface SortableRow {
  key: Uint8Array
  mid: Mid
  version: number
}

/** Rows sorted in one go; above it a merge sort takes over. */
const CHUNK_ROWS = 1024

/** Sorts by key and MID: chunks by themselves, then merges of two, with a pause whenever a slice is used up. */
export async function sortInSlices(rows: SortableRow[], slice: TimeSlice): Promise<SortableRow[]> {
  if (rows.length <= CHUNK_ROWS) return rows.sort(compareRowKeys)
  let from = rows
  for (let at = 0; at < from.length; at += CHUNK_ROWS) {
    const chunk = from.slice(at, at + CHUNK_ROWS).sort(compareRowKeys)
    for (let i = 0; i < chunk.length; i++) from[at + i] = chunk[i]
    if (slice.isDue) await slice.pause()
  }
  let into = new Array<SortableRow>(rows.length)
  for (let width = CHUNK_ROWS; width < rows.length; width *= 2) {
    await mergePass(from, into, width, slice)
    const merged = into
    into = from
    from = merged
  }
  return from
}

async function mergePass(from: SortableRow[], into: SortableRow[], width: number, slice: TimeSlice): Promise<void> {
  for (let start = 0; start < from.length; start += width * 2) {
    const middle = Math.min(start + width, from.length)
    const end = Math.min(start + width * 2, from.length)
    let left = start
    let right = middle
    for (let to = start; to < end; to++) {
      const takeLeft = right >= end || (left < middle && compareRowKeys(from[left], from[right]) <= 0)
      into[to] = takeLeft ? from[left++] : from[right++]
      if ((to & 0x3ff) === 0 && slice.isDue) await slice.pause()
    }
  }
}
