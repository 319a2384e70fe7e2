import * as zlib from 'node:zlib'

/** Above this many bytes the call into native code is cheaper than the table. */
const NATIVE_FROM_BYTES = 96

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
