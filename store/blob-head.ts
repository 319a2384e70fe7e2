/**
 * The record of a large value: its size, how often it is referred to, and for each piece the blob that the piece's
 * bytes lie under. A run of pieces of blob 0 reads as zeros and is stored nowhere.
 */

import { StoreError } from './store-error.js'

export interface Run {
  /** Number of pieces. */
  count: number
  /** Blob id that the pieces are stored under, with the same piece number; 0 for zeros. */
  source: number
}

export interface BlobHead {
  sizeBytes: number
  pieceBytes: number
  /** Records that refer to the blob, and blobs that use pieces of it. */
  references: number
  runs: readonly Run[]
}

const FIXED_BYTES = 20
const RUN_BYTES = 12

export function writeBlobHead(head: BlobHead): Uint8Array {
  const bytes = new Uint8Array(FIXED_BYTES + head.runs.length * RUN_BYTES)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(head.sizeBytes))
  view.setUint32(8, head.pieceBytes)
  view.setUint32(12, head.references)
  view.setUint32(16, head.runs.length)
  head.runs.forEach(({ count, source }, i) => {
    view.setUint32(FIXED_BYTES + i * RUN_BYTES, count)
    view.setBigUint64(FIXED_BYTES + i * RUN_BYTES + 4, BigInt(source))
  })
  return bytes
}

export function readBlobHead(bytes: Uint8Array): BlobHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < FIXED_BYTES) throw new StoreError('corrupt', 'the record of a large value is too short')
  const count = view.getUint32(16)
  if (bytes.length !== FIXED_BYTES + count * RUN_BYTES) {
    throw new StoreError('corrupt', `the record of a large value has ${bytes.length} bytes and ${count} runs`)
  }
  const runs: Run[] = []
  for (let at = FIXED_BYTES; at < bytes.length; at += RUN_BYTES) {
    runs.push({ count: view.getUint32(at), source: Number(view.getBigUint64(at + 4)) })
  }
  return {
    sizeBytes: Number(view.getBigUint64(0)),
    pieceBytes: view.getUint32(8),
    references: view.getUint32(12),
    runs
  }
}

/** The blob that each piece is stored under. */
export function expandRuns(runs: readonly Run[]): number[] {
  const sources: number[] = []
  for (const { count, source } of runs) for (let i = 0; i < count; i++) sources.push(source)
  return sources
}

export function collapseRuns(sources: readonly number[]): Run[] {
  const runs: Run[] = []
  for (const source of sources) {
    const last = runs[runs.length - 1]
    if (last !== undefined && last.source === source) last.count++
    else runs.push({ count: 1, source })
  }
  return runs
}

/** The other blobs that a blob's pieces lie under, each once. */
export function foreignSources(head: BlobHead, id: number): number[] {
  const sources = new Set(head.runs.map(run => run.source))
  sources.delete(0)
  sources.delete(id)
  return [...sources]
}
