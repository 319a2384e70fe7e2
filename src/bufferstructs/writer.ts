import { BufferFull } from './malformed-buffer.js'
import { type CodecContext, type CodecMode, codecContext, IDLE } from './reader.js'

const TWO_32 = 0x100000000
const TWO_48 = 0x1000000000000

/**
 * A cursor that fills bytes; little-endian. The buffer grows on demand up to `limit` bytes in all; beyond it every write
 * throws BufferFull, and `position` still stands behind the last complete primitive, so that a caller can go back.
 */
export class Writer {
  bytes: Uint8Array
  view: DataView
  position = 0
  limit: number
  context: CodecContext
  /** For layouts only: see IDLE. */
  mode: CodecMode = IDLE

  constructor(capacity = 256, limit = Number.MAX_SAFE_INTEGER, context: CodecContext = codecContext()) {
    this.bytes = new Uint8Array(Math.min(capacity, limit))
    this.view = new DataView(this.bytes.buffer)
    this.limit = limit
    this.context = context
  }

  /** Makes room for `size` bytes, moves past them and returns the offset of the first. */
  reserve(size: number): number {
    const at = this.position
    const next = at + size
    if (next > this.limit) throw new BufferFull(next)
    if (next > this.bytes.byteLength) this.grow(next)
    this.position = next
    return at
  }

  /** Makes room for `size` more bytes without moving; throws BufferFull beyond the limit. */
  ensure(size: number): void {
    const next = this.position + size
    if (next > this.limit) throw new BufferFull(next)
    if (next > this.bytes.byteLength) this.grow(next)
  }

  /** Offset up to which bytes may be filled without `ensure`. */
  get capacity(): number {
    return Math.min(this.limit, this.bytes.byteLength)
  }

  private grow(needed: number): void {
    const larger = new Uint8Array(Math.min(this.limit, Math.max(needed, this.bytes.byteLength * 2)))
    larger.set(this.bytes)
    this.bytes = larger
    this.view = new DataView(larger.buffer)
  }

  get space(): number {
    return this.limit - this.position
  }

  u8(value: number): void {
    const at = this.reserve(1)
    this.bytes[at] = value
  }

  u16(value: number): void {
    const at = this.reserve(2)
    this.view.setUint16(at, value, true)
  }

  i16(value: number): void {
    const at = this.reserve(2)
    this.view.setInt16(at, value, true)
  }

  u32(value: number): void {
    const at = this.reserve(4)
    this.view.setUint32(at, value, true)
  }

  i32(value: number): void {
    const at = this.reserve(4)
    this.view.setInt32(at, value, true)
  }

  u64(value: bigint): void {
    const at = this.reserve(8)
    this.view.setBigUint64(at, value, true)
  }

  i64(value: bigint): void {
    const at = this.reserve(8)
    this.view.setBigInt64(at, value, true)
  }

  f32(value: number): void {
    const at = this.reserve(4)
    this.view.setFloat32(at, value, true)
  }

  f64(value: number): void {
    const at = this.reserve(8)
    this.view.setFloat64(at, value, true)
  }

  globcnt(value: number): void {
    const at = this.reserve(6)
    this.view.setUint16(at, Math.floor(value / TWO_32), false)
    this.view.setUint32(at + 2, value >>> 0, false)
  }

  id(value: number): void {
    const at = this.reserve(8)
    const globcnt = value % TWO_48
    this.view.setUint16(at, Math.floor(value / TWO_48), true)
    this.view.setUint16(at + 2, Math.floor(globcnt / TWO_32), false)
    this.view.setUint32(at + 4, globcnt >>> 0, false)
  }

  guid(value: string): void {
    const at = this.reserve(16)
    parseGuid(value, this.bytes, at)
  }

  copy(source: Uint8Array, start = 0, end = source.byteLength): void {
    const at = this.reserve(end - start)
    if (start === 0 && end === source.byteLength) this.bytes.set(source, at)
    else this.bytes.set(source.subarray(start, end), at)
  }

  zeros(size: number): void {
    const at = this.reserve(size)
    this.bytes.fill(0, at, at + size)
  }

  patchU8(at: number, value: number): void {
    this.bytes[at] = value
  }

  patchU16(at: number, value: number): void {
    this.view.setUint16(at, value, true)
  }

  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, true)
  }

  /** The bytes written so far: a view, not a copy. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.position)
  }
}

const GUID_ORDER = [6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34]

/** Value of each hexadecimal digit by its character code; 255 for everything else. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(digit) ? 255 : digit
})

/** Writes a hyphenated GUID as its 16 wire bytes into `into` at `at`; throws TypeError if it is not one. */
export function parseGuid(text: string, into: Uint8Array = new Uint8Array(16), at = 0): Uint8Array {
  let bad = text.length !== 36 || text[8] !== '-' || text[13] !== '-' || text[18] !== '-' || text[23] !== '-'
  for (let i = 0; i < 16 && !bad; i++) {
    const high = text.charCodeAt(GUID_ORDER[i])
    const low = text.charCodeAt(GUID_ORDER[i] + 1)
    bad = high > 127 || low > 127 || DIGITS[high] > 15 || DIGITS[low] > 15
    into[at + i] = (DIGITS[high & 127] << 4) | DIGITS[low & 127]
  }
  if (bad) throw new TypeError(`not a GUID: ${text}`)
  return into
}
