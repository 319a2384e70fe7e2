/**
 * The seal of a record: a version byte and a CRC-32 (IEEE 802.3, as in zlib) over key and payload, before the payload.
 * The key is part of it, so that a value found under another key than it was written for is a failed check too.
 */

import { crc32 } from '../src/bufferstructs/crc32.js'
import { printableKey } from './key-range.js'
import { StoreError } from './store-error.js'

/** Version of the seal, not of what is sealed. */
const SEAL_VERSION = 1

/** Bytes that the seal adds in front of the payload. */
export const SEAL_BYTES = 5

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
