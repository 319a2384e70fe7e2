/**
 * The seal of a record: a version byte and a CRC-32 (IEEE 802.3, as in zlib) over key and payload, before the payload.
 * The key is part of it, so that a value found under another key than it was written for is a failed check too.
 */

import * as zlib from 'node:zlib'
import { printableKey } from './key-range.js'
import { StoreError } from './store-error.js'

/** Version of the seal, not of what is sealed. */
const SEAL_VERSION = 1

/** Bytes that the seal adds in front of the payload. */
export const SEAL_BYTES = 5

/** Above this many bytes the call into native code is cheaper than the table. */
const NATIVE_FROM_BYTES = 96

/** Typed arrays up to this size lie in V8's heap. */
const SMALL_BYTES = 64

/** Seals a payload; the result is a copy. */
export function seal(key: Uint8Array, payload: Uint8Array): Uint8Array {
  const size = SEAL_BYTES + payload.length
  // V8 would keep so small an array in its heap, and move it out when native code asks for its bytes.
  const sealed = size <= SMALL_BYTES ? Buffer.allocUnsafe(size) : new Uint8Array(size)
  fill(sealed, key, payload)
  return sealed
}

/** As `seal`, into the bytes of `arena` from `at` on, of which the result is a view. */
export function sealInto(arena: Uint8Array, at: number, key: Uint8Array, payload: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(arena.buffer, arena.byteOffset + at, SEAL_BYTES + payload.length)
  fill(sealed, key, payload)
  return sealed
}

function fill(sealed: Uint8Array, key: Uint8Array, payload: Uint8Array): void {
  const sum = crc32(payload, crc32(key, 0))
  sealed[0] = SEAL_VERSION
  sealed[1] = sum >>> 24
  sealed[2] = sum >>> 16
  sealed[3] = sum >>> 8
  sealed[4] = sum
  sealed.set(payload, SEAL_BYTES)
}

/** The payload of a sealed value, as a view; a StoreError of kind `corrupt` when the seal is broken. */
export function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < SEAL_BYTES || sealed[0] !== SEAL_VERSION) throw broken(key, 'has no seal')
  const payload = payloadOf(sealed)
  const sum = ((sealed[1] << 24) | (sealed[2] << 16) | (sealed[3] << 8) | sealed[4]) >>> 0
  if (crc32(payload, crc32(key, 0)) !== sum) throw broken(key, 'fails its checksum')
  return payload
}

/** The payload of a sealed value that this process wrote itself and has kept in memory. */
export function payloadOf(sealed: Uint8Array): Uint8Array {
  // Never a Buffer, whatever the engine hands out: its `slice` would be a view where a Uint8Array's is a copy.
  return new Uint8Array(sealed.buffer, sealed.byteOffset + SEAL_BYTES, sealed.length - SEAL_BYTES)
}

function broken(key: Uint8Array, how: string): StoreError {
  return new StoreError('corrupt', `record ${printableKey(key)} ${how}`)
}

const TABLES = buildTables()
const [T0, T1, T2, T3] = TABLES

function buildTables(): Uint32Array[] {
  const tables = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)]
  for (let byte = 0; byte < 256; byte++) {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    tables[0][byte] = value >>> 0
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let k = 1; k < 4; k++) {
      const before = tables[k - 1][byte]
      tables[k][byte] = ((before >>> 8) ^ tables[0][before & 0xff]) >>> 0
    }
  }
  return tables
}

/** CRC-32 by tables, four bytes a step. `from` is the sum of what stands before. */
export function crc32ByTable(bytes: Uint8Array, from = 0): number {
  let sum = ~from
  const { length } = bytes
  let i = 0
  for (const end = length - 3; i < end; i += 4) {
    sum ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24)
    sum = T3[sum & 0xff] ^ T2[(sum >>> 8) & 0xff] ^ T1[(sum >>> 16) & 0xff] ^ T0[sum >>> 24]
  }
  for (; i < length; i++) sum = T0[(sum ^ bytes[i]) & 0xff] ^ (sum >>> 8)
  return ~sum >>> 0
}

// Absent before Node 20.15.
const native: ((bytes: Uint8Array, from: number) => number) | undefined = (zlib as Partial<typeof zlib>).crc32

/** CRC-32 by whatever is faster for the length. */
export function crc32(bytes: Uint8Array, from = 0): number {
  return native !== undefined && bytes.length >= NATIVE_FROM_BYTES ? native(bytes, from) : crc32ByTable(bytes, from)
}
