import { MalformedBuffer } from './malformed-buffer.js'

const TWO_16 = 0x10000
const SMALL_COPY_BYTES = 48
const TWO_32 = 0x100000000
const TWO_48 = 0x1000000000000
/** Character codes of the two hexadecimal digits of each byte. */
const HIGH = Uint8Array.from({ length: 256 }, (_, byte) => (byte >> 4).toString(16).charCodeAt(0))
const LOW = Uint8Array.from({ length: 256 }, (_, byte) => (byte & 15).toString(16).charCodeAt(0))

/** A REPLID above this names a replica that no mailbox can know; such ids read as UNKNOWN_ID. */
export const MAX_REPLID = 31

/** The one id that exists nowhere: what `id` reads for a REPLID above MAX_REPLID. Every look-up of it answers ecNotFound. */
export const UNKNOWN_ID = MAX_REPLID * TWO_48 + (TWO_48 - 1)

/** What a layout may need to know about its surroundings while it is read or written: set by the caller, never by the bytes. */
export interface CodecContext {
  /** Code page of 8-bit strings (PtypString8) on this wire; 1252 unless said. */
  codePage: number
  /** True when the logon that a ROP speaks to is a public folder logon. */
  publicLogon: boolean
  /** Columns of the table or of the request, for PropertyRow fields that carry none of their own. */
  columns: readonly number[]
}

export function codecContext(overrides: Partial<CodecContext> = {}): CodecContext {
  return { codePage: 1252, publicLogon: false, columns: [], ...overrides }
}

/** Levels of nesting that a value from outside may have before it is refused; far below what the stack holds. */
export const MAX_NESTING = 256

/** How the layout that is being read was entered: not at all, through compiled code, or through the interpreter. */
export const IDLE = 0
export const COMPILED = 1
export const INTERPRETED = 2
export type CodecMode = typeof IDLE | typeof COMPILED | typeof INTERPRETED

/** Follows an interpreted read leaf by leaf (dumps). */
export type ReadObserver = (path: readonly string[], node: unknown, start: number, end: number, value: unknown) => void

/** A cursor over bytes; little-endian. One object serves a whole request: `reset` moves it to other bytes. Overrun throws MalformedBuffer. */
export class Reader {
  bytes: Uint8Array
  view: DataView
  position: number
  end: number
  context: CodecContext
  /** For layouts only: see IDLE. */
  mode: CodecMode = IDLE
  /** Levels of nesting entered and not left. */
  depth = 0
  /** Names of the fields that an interpreted read is inside of. */
  readonly path: string[] = []
  observer: ReadObserver | null = null

  constructor(bytes: Uint8Array, context: CodecContext = codecContext()) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.position = 0
    this.end = bytes.byteLength
    this.context = context
  }

  reset(bytes: Uint8Array, position = 0, end = bytes.byteLength): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.position = position
    this.end = end
  }

  get remaining(): number {
    return this.end - this.position
  }

  /** Checks that `size` more bytes are there, moves past them and returns the offset of the first. */
  take(size: number): number {
    const at = this.position
    if (size > this.end - at) throw new MalformedBuffer(`${size} bytes wanted, ${this.end - at} left`, at)
    this.position = at + size
    return at
  }

  /** Enters one level of nesting; codecs that call themselves do so, and `leave` behind it. Too deep is bad input. */
  enter(): void {
    if (this.depth >= MAX_NESTING) this.fail(`nested deeper than ${MAX_NESTING} levels`)
    this.depth++
  }

  leave(): void {
    this.depth--
  }

  fail(reason: string, at = this.position): never {
    throw new MalformedBuffer(reason, at)
  }

  u8(): number {
    return this.bytes[this.take(1)]
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true)
  }

  i16(): number {
    return this.view.getInt16(this.take(2), true)
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true)
  }

  i32(): number {
    return this.view.getInt32(this.take(4), true)
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8), true)
  }

  i64(): bigint {
    return this.view.getBigInt64(this.take(8), true)
  }

  f32(): number {
    return this.view.getFloat32(this.take(4), true)
  }

  f64(): number {
    return this.view.getFloat64(this.take(8), true)
  }

  /** GLOBCNT: six bytes, big-endian ([MS-OXCDATA] 2.2.1.1), as a number below 2^48. */
  globcnt(): number {
    const at = this.take(6)
    return this.view.getUint16(at, false) * TWO_32 + this.view.getUint32(at + 2, false)
  }

  /** Folder or message id as REPLID * 2^48 + GLOBCNT; a REPLID above MAX_REPLID reads as UNKNOWN_ID. */
  id(): number {
    const at = this.take(8)
    const replid = this.view.getUint16(at, true)
    if (replid > MAX_REPLID) return UNKNOWN_ID
    return replid * TWO_48 + this.view.getUint16(at + 2, false) * TWO_32 + this.view.getUint32(at + 4, false)
  }

  /** GUID as a lower-case hyphenated string; the first three groups are little-endian on the wire. */
  guid(): string {
    const at = this.take(16)
    return formatGuid(this.bytes, at)
  }

  /** A view of the next `size` bytes: no copy, valid as long as the underlying buffer is. */
  subarray(size: number): Uint8Array {
    const at = this.take(size)
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + at, size)
  }

  /** A copy of the next `size` bytes. */
  copy(size: number): Uint8Array {
    const at = this.take(size)
    const { bytes } = this
    const copied = new Uint8Array(size)
    // Up to here a loop is cheaper than the view that a block copy needs.
    if (size > SMALL_COPY_BYTES) copied.set(bytes.subarray(at, at + size))
    else for (let i = 0; i < size; i++) copied[i] = bytes[at + i]
    return copied
  }

  /** Offset just behind the NUL that ends an 8-bit string starting at the cursor; fails if there is none. */
  findZero8(): number {
    const found = this.bytes.indexOf(0, this.position)
    if (found < 0 || found >= this.end) this.fail('string without its terminating zero')
    return found + 1
  }

  /** Offset just behind the two-byte zero that ends a UTF-16LE string starting at the cursor; fails if there is none. */
  findZero16(): number {
    const { view, end } = this
    let at = this.position
    // Two characters a step.
    for (; at + 4 <= end; at += 4) {
      const pair = view.getInt32(at, true)
      if ((pair & 0xffff) === 0) return at + 2
      if (pair >>> 16 === 0) return at + 4
    }
    if (at + 2 <= end && view.getUint16(at, true) === 0) return at + 2
    return this.fail('string without its terminating zero')
  }
}

/**
 * The GUID at `at` in `bytes`, as a lower-case hyphenated string. Made from character codes at once: a string put together
 * from twenty pieces costs three times as much and again when it is used as a key.
 */
export function formatGuid(b: Uint8Array, at = 0): string {
  return String.fromCharCode(
    HIGH[b[at + 3]],
    LOW[b[at + 3]],
    HIGH[b[at + 2]],
    LOW[b[at + 2]],
    HIGH[b[at + 1]],
    LOW[b[at + 1]],
    HIGH[b[at + 0]],
    LOW[b[at + 0]],
    45,
    HIGH[b[at + 5]],
    LOW[b[at + 5]],
    HIGH[b[at + 4]],
    LOW[b[at + 4]],
    45,
    HIGH[b[at + 7]],
    LOW[b[at + 7]],
    HIGH[b[at + 6]],
    LOW[b[at + 6]],
    45,
    HIGH[b[at + 8]],
    LOW[b[at + 8]],
    HIGH[b[at + 9]],
    LOW[b[at + 9]],
    45,
    HIGH[b[at + 10]],
    LOW[b[at + 10]],
    HIGH[b[at + 11]],
    LOW[b[at + 11]],
    HIGH[b[at + 12]],
    LOW[b[at + 12]],
    HIGH[b[at + 13]],
    LOW[b[at + 13]],
    HIGH[b[at + 14]],
    LOW[b[at + 14]],
    HIGH[b[at + 15]],
    LOW[b[at + 15]]
  )
}

/** Splits an id into its two parts. */
export function replidOf(id: number): number {
  return Math.floor(id / TWO_48)
}

export function globcntOf(id: number): number {
  return id % TWO_48
}

export function makeId(replid: number, globcnt: number): number {
  return replid * TWO_48 + globcnt
}

export { TWO_16, TWO_32, TWO_48 }
