import type { Reader, Writer } from '../bufferstructs/index.js'
import { NumberSet } from './number-set.js'

/** Commands of a GLOBSET; 1 to 6 push as many bytes ([MS-OXCFXICS] 2.2.2.6). */
const END = 0x00
const BITMASK = 0x42
const POP = 0x50
const RANGE = 0x52

const COUNTER_BYTES = 6
/** Values behind the first one that a bitmask can name. */
const MASK_BITS = 8

/** 256^n: what the byte at distance n from the end of a counter is worth. */
const WORTH = Array.from({ length: COUNTER_BYTES + 1 }, (_, bytes) => 256 ** bytes)

/**
 * Reads a GLOBSET up to its End command ([MS-OXCFXICS] 3.1.5.4.3.2). Throws MalformedBuffer for commands that are none, a
 * stack of common bytes that is too long, too short or not empty at the end, and ranges that go backwards.
 */
export function readGlobset(reader: Reader): NumberSet {
  const ranges: (readonly [number, number])[] = []
  const pushed: number[] = []
  let depth = 0
  let high = 0
  const low = (size: number): number => {
    let value = 0
    for (let at = reader.take(size), end = at + size; at < end; at++) value = value * 256 + reader.bytes[at]
    return value
  }
  for (;;) {
    const command = reader.u8()
    if (command === END) {
      if (depth > 0) reader.fail('GLOBSET ends with common bytes on the stack', reader.position - 1)
      return NumberSet.of(ranges)
    }
    if (command === POP) {
      const size = pushed.pop() ?? reader.fail('pop of an empty stack', reader.position - 1)
      depth -= size
      high = Math.floor(high / WORTH[size])
    } else if (command >= 1 && command <= COUNTER_BYTES) {
      if (depth + command > COUNTER_BYTES) reader.fail('push beyond six bytes', reader.position - 1)
      const value = high * WORTH[command] + low(command)
      if (depth + command === COUNTER_BYTES) {
        // A sixth byte makes a counter, and leaves the stack by itself.
        ranges.push([value, value])
      } else {
        pushed.push(command)
        depth += command
        high = value
      }
    } else if (command === RANGE) {
      const size = COUNTER_BYTES - depth
      const first = high * WORTH[size] + low(size)
      const last = high * WORTH[size] + low(size)
      if (first > last) reader.fail('range that goes backwards', reader.position - 2 * size)
      ranges.push([first, last])
    } else if (command === BITMASK) {
      if (depth !== COUNTER_BYTES - 1) reader.fail('bitmask without five common bytes', reader.position - 1)
      readBitmask(reader, high * 256, ranges)
    } else {
      reader.fail(`command ${command} of a GLOBSET`, reader.position - 1)
    }
  }
}

function readBitmask(reader: Reader, high: number, ranges: (readonly [number, number])[]): void {
  const start = reader.u8()
  const mask = reader.u8()
  ranges.push([high + start, high + start])
  for (let bit = 0; bit < MASK_BITS; bit++) {
    if ((mask & (1 << bit)) === 0) continue
    const value = start + 1 + bit
    if (value > 0xff) reader.fail('bitmask beyond the last byte', reader.position - 1)
    ranges.push([high + value, high + value])
  }
}

/** Writes a GLOBSET with its End command ([MS-OXCFXICS] 3.1.5.4.3.1): each byte that neighbours share stands in it once. */
export function writeGlobset(writer: Writer, set: NumberSet): void {
  writeRanges(writer, set, 0, set.rangeCount, 0)
  writer.u8(END)
}

/** Writes the ranges from `from` to `to`, all of which begin with the `depth` bytes that are on the stack. */
function writeRanges(writer: Writer, set: NumberSet, from: number, to: number, depth: number): void {
  for (let at = from; at < to; ) {
    if (depth === COUNTER_BYTES - 1) {
      at = writeLowBytes(writer, set, at, to)
      continue
    }
    const first = set.firstOf(at)
    if (sharedBytes(first, set.lastOf(at)) <= depth) {
      // The range reaches over the next byte: nothing more of it is common.
      writeRange(writer, set, at++, COUNTER_BYTES - depth)
      continue
    }
    // All ranges that lie within the same value of the next byte form a group.
    const end = endOfGroup(set, at, to, depth)
    const common = sharedBytes(first, set.lastOf(end - 1))
    push(writer, first, depth, common)
    if (common < COUNTER_BYTES) {
      writeRanges(writer, set, at, end, common)
      writer.u8(POP)
    }
    at = end
  }
}

/** At five common bytes: a bitmask where several ranges lie close together, else a single value or a range. */
function writeLowBytes(writer: Writer, set: NumberSet, at: number, to: number): number {
  const start = set.firstOf(at)
  let end = at
  let mask = 0
  while (end < to && set.lastOf(end) - start <= MASK_BITS) {
    for (let value = set.firstOf(end); value <= set.lastOf(end); value++) {
      if (value > start) mask |= 1 << (value - start - 1)
    }
    end++
  }
  if (end - at < 2) {
    if (start === set.lastOf(at)) push(writer, start, COUNTER_BYTES - 1, COUNTER_BYTES)
    else writeRange(writer, set, at, 1)
    return at + 1
  }
  writer.u8(BITMASK)
  writer.u8(start % 256)
  writer.u8(mask)
  return end
}

function writeRange(writer: Writer, set: NumberSet, at: number, size: number): void {
  writer.u8(RANGE)
  writeLow(writer, set.firstOf(at), size)
  writeLow(writer, set.lastOf(at), size)
}

function endOfGroup(set: NumberSet, at: number, to: number, depth: number): number {
  const first = set.firstOf(at)
  let end = at + 1
  while (end < to && sharedBytes(first, set.lastOf(end)) > depth) end++
  return end
}

/** How many leading bytes two counters have in common. */
function sharedBytes(a: number, b: number): number {
  for (let bytes = COUNTER_BYTES; bytes > 0; bytes--) {
    const worth = WORTH[COUNTER_BYTES - bytes]
    if (Math.floor(a / worth) === Math.floor(b / worth)) return bytes
  }
  return 0
}

/** Pushes the bytes of a counter from `from` up to `to`. */
function push(writer: Writer, counter: number, from: number, to: number): void {
  writer.u8(to - from)
  writeLow(writer, Math.floor(counter / WORTH[COUNTER_BYTES - to]), to - from)
}

/** The lowest `size` bytes of a number, the highest of them first. */
function writeLow(writer: Writer, value: number, size: number): void {
  for (let left = size - 1; left >= 0; left--) writer.u8(Math.floor(value / WORTH[left]) % 256)
}
