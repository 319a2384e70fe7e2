/**
 * Text in stored form: UTF-16LE with its terminating two-byte zero. Conversions from and to the 8-bit form of the wire
 * work on the bytes alone as long as the text is ASCII, which nearly all of it is.
 */
import { decodeString8, encodeString8, utf16Fill, utf16Slice, type Writer } from '../bufferstructs/index.js'

/** The stored form of a text; it ends at its first NUL, because nothing on the wire can carry one. */
export function storedString(text: string): Uint8Array {
  const zero = text.indexOf('\0')
  const length = zero < 0 ? text.length : zero
  const bytes = new Uint8Array(length * 2 + 2)
  utf16Fill(bytes, 0, text, length)
  return bytes
}

/** The text of a stored string between `start` and `end`, which may or may not include the terminator. */
export function stringOf(stored: Uint8Array, start = 0, end = stored.byteLength): string {
  const size = (end - start) & ~1
  const last = start + size
  const terminated = size >= 2 && stored[last - 1] === 0 && stored[last - 2] === 0
  return utf16Slice(stored, start, terminated ? last - 2 : last)
}

/** The stored form of an 8-bit string without terminator at `start` to `end` of `bytes`. */
export function storedFromString8(bytes: Uint8Array, start: number, end: number, codePage: number): Uint8Array {
  const stored = new Uint8Array((end - start) * 2 + 2)
  for (let from = start, to = 0; from < end; from++, to += 2) {
    const byte = bytes[from]
    if (byte > 0x7f) return storedString(decodeString8(bytes, codePage, start, end))
    stored[to] = byte
  }
  return stored
}

/** Bytes of the 8-bit form of the stored string at `start` to `end`, terminator included. */
export function string8Size(stored: Uint8Array, start: number, end: number, codePage: number): number {
  const last = textEnd(stored, start, end)
  if (isAscii16(stored, start, last)) return (last - start) / 2 + 1
  return encodeString8(utf16Slice(stored, start, last), codePage).byteLength + 1
}

/** Writes the stored string at `start` to `end` as an 8-bit string with its terminator. */
export function writeString8(writer: Writer, stored: Uint8Array, start: number, end: number): void {
  const last = textEnd(stored, start, end)
  const before = writer.position
  let to = writer.reserve((last - start) / 2 + 1)
  const bytes = writer.bytes
  let from = start
  for (; from < last; from += 2) {
    const unit = stored[from]
    if (unit > 0x7f || stored[from + 1] !== 0) break
    bytes[to++] = unit
  }
  if (from === last) {
    bytes[to] = 0
    return
  }
  writer.position = before
  const encoded = encodeString8(utf16Slice(stored, start, last), writer.context.codePage)
  const at = writer.reserve(encoded.byteLength + 1)
  writer.bytes.set(encoded, at)
  writer.bytes[at + encoded.byteLength] = 0
}

function isAscii16(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 2) if (bytes[at] > 0x7f || bytes[at + 1] !== 0) return false
  return true
}

/** Offset of the terminator, or `end` rounded to whole units where it is missing. */
function textEnd(stored: Uint8Array, start: number, end: number): number {
  const last = start + ((end - start) & ~1)
  return last - start >= 2 && stored[last - 1] === 0 && stored[last - 2] === 0 ? last - 2 : last
}
