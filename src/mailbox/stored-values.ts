/** Small values to and from stored bytes, without the detour over generic values. */

import { putI64, putU32 } from '../bufferstructs/plain-numbers.js'

export const TRUE = Uint8Array.of(1)
export const FALSE = Uint8Array.of(0)

export function bool(value: boolean): Uint8Array {
  return value ? TRUE : FALSE
}

export function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  putU32(bytes, 0, value)
  return bytes
}

export function readInt32(stored: Uint8Array | undefined): number | undefined {
  if (stored === undefined || stored.byteLength < 4) return undefined
  return stored[0] | (stored[1] << 8) | (stored[2] << 16) | (stored[3] << 24)
}

export function readBool(stored: Uint8Array | undefined): boolean | undefined {
  return stored === undefined || stored.byteLength === 0 ? undefined : stored[0] !== 0
}

export function int64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  putI64(bytes, 0, value)
  return bytes
}

/** PidTagMessageSize and its kind are 32 bits wide: a larger size is shown as the largest number. */
export function size32(sizeBytes: number): Uint8Array {
  return int32(Math.min(sizeBytes, 0x7fffffff))
}
