/**
 * LZ77 with the DIRECT2 encoding ([MS-OXCRPC] 3.1.4.1.1.2), which is the plain LZ77 of [MS-XCA] 2.3 and 2.4: literals as
 * they are, matches of three bytes and more from the last 8 KiB, and a word of 32 flags that tells them apart in front of
 * each 32 of them. Longer matches add a nibble (two matches share one byte), then a byte, then a u16, then a u32.
 */

import { MalformedBuffer } from '../bufferstructs/malformed-buffer.js'

const WINDOW = 8192
const WINDOW_MASK = WINDOW - 1
const MIN_MATCH = 3
const HASH_BITS = 13
/** Candidates looked at per position: more gains little on ROP payloads, whose repeats lie close together. */
const CHAIN_LIMIT = 8
/** A match this long is taken without looking for a longer one at the same place ... */
const GOOD_MATCH = 64
/** ... and one this long without looking whether the next place has a longer one. */
const LAZY_BELOW = 8
/** After this many places in a row without a match every other one is passed over, after twice as many two of three. */
const MISSES = 64

/**
 * Scratch of the compressor, kept between calls. Positions are stored plus `base`, which moves on by the input's length
 * with every call, so that entries of earlier calls read as too old and nothing has to be cleared.
 */
const heads = new Int32Array(1 << HASH_BITS)
const chains = new Int32Array(WINDOW)
let base = WINDOW + 1
let scratch = new Uint8Array(0)

const BASE_LIMIT = 0x40000000

/** The most bytes that a payload of `size` bytes can take compressed. */
function worstCase(size: number): number {
  return size + 4 * (Math.floor(size / 32) + 1)
}

function hashAt(bytes: Uint8Array, at: number): number {
  return Math.imul(bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16), 0x9e3779b1) >>> (32 - HASH_BITS)
}

/** Enters the position into its chain. */
function remember(bytes: Uint8Array, at: number): void {
  const hash = hashAt(bytes, at)
  chains[at & WINDOW_MASK] = heads[hash]
  heads[hash] = at + base
}

let matchOffset = 0

/** Length of the longest match for `at` that is longer than `atLeast`, else 0; its distance is left in matchOffset. */
function findMatch(bytes: Uint8Array, at: number, atLeast: number): number {
  const end = bytes.byteLength
  const oldest = Math.max(base, at + base - WINDOW)
  let candidate = heads[hashAt(bytes, at)]
  let best = atLeast
  let found = 0
  if (at + best >= end) return 0
  for (let tries = CHAIN_LIMIT; tries > 0 && candidate >= oldest; tries--) {
    const from = candidate - base
    if (bytes[from + best] === bytes[at + best] && bytes[from] === bytes[at] && bytes[from + 1] === bytes[at + 1]) {
      let length = 2
      while (at + length < end && bytes[from + length] === bytes[at + length]) length++
      if (length > best && length >= MIN_MATCH) {
        best = length
        found = length
        matchOffset = at - from
        if (length >= GOOD_MATCH || at + length >= end) break
      }
    }
    const older = chains[from & WINDOW_MASK]
    if (older >= candidate) break
    candidate = older
  }
  return found
}

/**
 * The payload compressed. The result may be longer than the payload (by four bytes in 32): the caller then sends it plain.
 */
export function compressLz77(bytes: Uint8Array): Uint8Array {
  const end = bytes.byteLength
  if (base + end > BASE_LIMIT) {
    heads.fill(0)
    base = WINDOW + 1
  }
  const room = worstCase(end)
  if (scratch.byteLength < room) scratch = new Uint8Array(Math.max(room, 1 << 16))
  const size = encode(bytes, scratch)
  base += end + WINDOW
  const result = scratch.slice(0, size)
  if (scratch.byteLength > 1 << 20) scratch = new Uint8Array(0)
  return result
}

function encode(bytes: Uint8Array, out: Uint8Array): number {
  const end = bytes.byteLength
  const lastStart = end - MIN_MATCH
  let to = 4
  let flagsAt = 0
  let flags = 0
  let flagCount = 0
  nibbleAt = -1
  let at = 0
  let length = 0
  let offset = 0
  let looked = false
  let misses = 0
  while (at < end) {
    if (!looked) {
      const passedOver = misses >= MISSES && at % (1 + Math.floor(misses / MISSES)) !== 0
      length = at <= lastStart && !passedOver ? findMatch(bytes, at, MIN_MATCH - 1) : 0
      offset = matchOffset
      misses = length === 0 ? misses + 1 : 0
      if (at <= lastStart) remember(bytes, at)
    }
    looked = false
    let literal = length === 0
    // A longer match one byte on is worth a literal now.
    if (!literal && length < LAZY_BELOW && at + 1 <= lastStart) {
      const next = findMatch(bytes, at + 1, length)
      remember(bytes, at + 1)
      if (next > 0) {
        literal = true
        looked = true
        length = next
        offset = matchOffset
      }
    }
    flags = (flags << 1) | (literal ? 0 : 1)
    if (literal) out[to++] = bytes[at++]
    else {
      to = writeMatch(out, to, offset, length - MIN_MATCH)
      const behind = at + length
      for (at += length < LAZY_BELOW && at + 1 <= lastStart ? 2 : 1; at < behind; at++) {
        if (at <= lastStart) remember(bytes, at)
      }
    }
    if (++flagCount === 32) {
      writeWord(out, flagsAt, flags)
      flagsAt = to
      to += 4
      flagCount = 0
    }
  }
  // Unused flags are ones: a match that is not there is how the decoder knows the end.
  writeWord(out, flagsAt, flagCount === 0 ? -1 : (flags << (32 - flagCount)) | (2 ** (32 - flagCount) - 1))
  return to
}

/** Where the last length nibble stands whose byte has room for another, -1 if there is none. */
let nibbleAt = -1

/** A match as its u16 and what its length needs more; `rest` is the match length less three. */
function writeMatch(out: Uint8Array, to: number, offset: number, rest: number): number {
  const head = ((offset - 1) << 3) | Math.min(rest, 7)
  out[to] = head
  out[to + 1] = head >> 8
  to += 2
  if (rest < 7) return to
  const nibble = Math.min(rest - 7, 15)
  if (nibbleAt < 0) {
    nibbleAt = to
    out[to++] = nibble
  } else {
    out[nibbleAt] |= nibble << 4
    nibbleAt = -1
  }
  return nibble === 15 ? writeLongLength(out, to, rest) : to
}

/** What follows a nibble of 15; `rest` is the match length less three. */
function writeLongLength(out: Uint8Array, to: number, rest: number): number {
  if (rest - 22 < 255) {
    out[to] = rest - 22
    return to + 1
  }
  out[to] = 255
  if (rest < 0x10000) {
    out[to + 1] = rest
    out[to + 2] = rest >> 8
    return to + 3
  }
  out[to + 1] = 0
  out[to + 2] = 0
  writeWord(out, to + 3, rest)
  return to + 7
}

function writeWord(out: Uint8Array, at: number, word: number): void {
  out[at] = word
  out[at + 1] = word >> 8
  out[at + 2] = word >> 16
  out[at + 3] = word >> 24
}

/**
 * The payload behind `bytes`, which must expand to exactly `size` bytes; what stands behind the last of them is ignored.
 * Nothing is read outside `bytes` or written outside the result. Anything else throws MalformedBuffer with the offset
 * in `bytes`. The caller bounds `size` (32 KiB for ROP payloads): it is allocated at once.
 */
export function decompressLz77(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size)
  const end = bytes.byteLength
  let at = 0
  let to = 0
  let flags = 0
  let flagCount = 0
  let nibbleAt = -1
  while (to < size) {
    if (flagCount === 0) {
      if (end - at < 4) throw new MalformedBuffer('compressed data end within the flags', at)
      flags = wordAt(bytes, at)
      at += 4
      flagCount = 32
    }
    const isMatch = flags < 0
    flags <<= 1
    flagCount--
    if (!isMatch) {
      if (at >= end) throw new MalformedBuffer('compressed data end before a literal', at)
      out[to++] = bytes[at++]
      continue
    }
    if (end - at < 2) throw new MalformedBuffer('compressed data end before a match', at)
    const head = bytes[at] | (bytes[at + 1] << 8)
    const matchAt = at
    at += 2
    let rest = head & 7
    if (rest === 7) {
      let nibble: number
      if (nibbleAt < 0) {
        if (at >= end) throw new MalformedBuffer('compressed data end within a match length', at)
        nibbleAt = at
        nibble = bytes[at++] & 15
      } else {
        nibble = bytes[nibbleAt] >> 4
        nibbleAt = -1
      }
      rest += nibble
      if (nibble === 15) {
        const extra = at < end ? longLengthBytes(bytes, at) : 1
        if (end - at < extra) throw new MalformedBuffer('compressed data end within a match length', at)
        rest = longLength(bytes, at, extra)
        at += extra
      }
    }
    const from = to - ((head >> 3) + 1)
    const length = rest + MIN_MATCH
    if (from < 0) throw new MalformedBuffer('match reaches in front of the data', matchAt)
    if (length > size - to) throw new MalformedBuffer('compressed data expand to more than their size', matchAt)
    copyMatch(out, from, to, length)
    to += length
  }
  return out
}

/** Bytes that the length takes behind a nibble of 15. */
function longLengthBytes(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 255) return 1
  return bytes[at + 1] === 0 && bytes[at + 2] === 0 ? 7 : 3
}

/** The match length less three that stands behind a nibble of 15. */
function longLength(bytes: Uint8Array, at: number, extra: number): number {
  if (extra === 1) return bytes[at] + 22
  const rest = extra === 3 ? bytes[at + 1] | (bytes[at + 2] << 8) : wordAt(bytes, at + 3) >>> 0
  if (rest < 22) throw new MalformedBuffer('match length too small for its form', at)
  return rest
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
}

/** Copies within the output. A match may overlap itself: then its bytes repeat, which copyWithin would not do. */
function copyMatch(out: Uint8Array, from: number, to: number, length: number): void {
  if (length > 32 && to - from >= length) out.copyWithin(to, from, from + length)
  else if (length > 32 && to - from === 1) out.fill(out[from], to, to + length)
  else for (let i = 0; i < length; i++) out[to + i] = out[from + i]
}
