/**
 * The only door to clock, random numbers and timers. Everything that could differ between two runs goes through a
 * `Runtime`, so that tests, replays and worlds are reproducible and several servers can live in one process.
 */

import { randomFillSync } from 'node:crypto'
import { formatGuid } from './bufferstructs/reader.js'

export interface Runtime {
  /** Wall clock in milliseconds since 1970, as `Date.now()`. */
  now(): number
  /** Monotonic milliseconds, for durations. */
  monotonic(): number
  /** Fills `bytes` with random bytes and returns it. */
  random(bytes: Uint8Array): Uint8Array
  /** Runs `callback` once after `delayMs`; the returned function cancels it. Timers never keep the process alive. */
  timer(delayMs: number, callback: () => void): () => void
}

/** Random bytes drawn ahead: asking the operating system for 16 bytes costs as much as asking for 4096. */
const POOL_BYTES = 4096
const pool = new Uint8Array(POOL_BYTES)
let drawn = POOL_BYTES

/** Gives each byte of the pool once and wipes it, so that memory never shows a secret that was handed out. */
function fillFromPool(bytes: Uint8Array): Uint8Array {
  const size = bytes.byteLength
  if (size > POOL_BYTES >> 4) return randomFillSync(bytes)
  if (drawn + size > POOL_BYTES) {
    randomFillSync(pool)
    drawn = 0
  }
  for (let i = 0; i < size; i++) {
    bytes[i] = pool[drawn]
    pool[drawn++] = 0
  }
  return bytes
}

/** What a real server uses. */
export const systemRuntime: Runtime = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: fillFromPool,
  timer(delayMs, callback) {
    const handle = setTimeout(callback, delayMs)
    handle.unref()
    return () => clearTimeout(handle)
  }
}

/** Overrides of a runtime for tests: any of clock and random may be replaced. */
export function customRuntime(overrides: Partial<Runtime>): Runtime {
  return { ...systemRuntime, ...overrides }
}

/** A random (version 4) GUID as a lower-case hyphenated string. */
export function newGuid(runtime: Runtime): string {
  const b = runtime.random(new Uint8Array(16))
  // The third group is little-endian in bytes: its first digit, the version, stands in the second of them.
  b[7] = (b[7] & 0x0f) | 0x40
  b[8] = (b[8] & 0x3f) | 0x80
  return formatGuid(b)
}

/** 100-nanosecond intervals between 1601 and 1970, the origin of FILETIME. */
const FILETIME_EPOCH = 116444736000000000n

/** Milliseconds since 1970 to FILETIME ([MS-DTYP] 2.3.3). */
export function toFiletime(ms: number): bigint {
  return BigInt(Math.floor(ms)) * 10000n + FILETIME_EPOCH
}

/** FILETIME to milliseconds since 1970, truncated. */
export function fromFiletime(filetime: bigint): number {
  return Number((filetime - FILETIME_EPOCH) / 10000n)
}
