/**
 * Numbers in and out of byte arrays without a view. V8 keeps an array of up to 64 bytes inside its heap until somebody asks
 * for the buffer, as a DataView does: moving it out costs more than all else that is done with such a value.
 */

const TWO_32 = 0x100000000
const scratch = new DataView(new ArrayBuffer(8))
const scratchBytes = new Uint8Array(scratch.buffer)

/** Writes a 64-bit floating point number, little-endian. */
export function putF64(bytes: Uint8Array, at: number, value: number): void {
  scratch.setFloat64(0, value, true)
  for (let i = 0; i < 8; i++) bytes[at + i] = scratchBytes[i]
}

/** Reads a 64-bit floating point number, little-endian. */
export function f64At(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) scratchBytes[i] = bytes[at + i]
  return scratch.getFloat64(0, true)
}

/** Writes a 64-bit integer, little-endian. */
export function putI64(bytes: Uint8Array, at: number, value: bigint): void {
  scratch.setBigInt64(0, value, true)
  for (let i = 0; i < 8; i++) bytes[at + i] = scratchBytes[i]
}

/** Writes a 32-bit integer, little-endian. */
export function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
  bytes[at + 2] = value >>> 16
  bytes[at + 3] = value >>> 24
}

/** Reads an unsigned 32-bit integer, little-endian. */
export function u32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0
}

/** Writes a GLOBCNT: six bytes, big-endian. */
export function putGlobcnt(bytes: Uint8Array, at: number, globcnt: number): void {
  const high = Math.floor(globcnt / TWO_32)
  bytes[at] = high >>> 8
  bytes[at + 1] = high
  bytes[at + 2] = globcnt >>> 24
  bytes[at + 3] = globcnt >>> 16
  bytes[at + 4] = globcnt >>> 8
  bytes[at + 5] = globcnt
}
