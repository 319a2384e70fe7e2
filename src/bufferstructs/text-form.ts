import { decodeString8, encodeString8, latin1Fill, latin1Slice, utf16Fill, utf16Slice } from './code-page.js'
import type { TextForm } from './layout.js'
import type { CodecContext, Reader } from './reader.js'
import type { Writer } from './writer.js'

/** How each form of text is read: the cursor ends behind its terminator, which is not part of the text. */
export const textReaders: Readonly<Record<TextForm, (r: Reader) => string>> = {
  ascii0(r) {
    const start = r.position
    r.position = r.findZero8()
    return latin1Slice(r.bytes, start, r.position - 1)
  },
  string8z(r) {
    const start = r.position
    r.position = r.findZero8()
    return decodeString8(r.bytes, r.context.codePage, start, r.position - 1)
  },
  utf16z(r) {
    const start = r.position
    r.position = r.findZero16()
    return utf16Slice(r.bytes, start, r.position - 2)
  },
  ascii16(r) {
    const size = r.u16()
    const at = r.take(size)
    const text = latin1Slice(r.bytes, at, at + size)
    return text.slice(0, textLength(text))
  }
}

/** How each form of text is moved past without making a string of it. */
export const textSkippers: Readonly<Record<TextForm, (r: Reader) => void>> = {
  ascii0(r) {
    r.position = r.findZero8()
  },
  string8z(r) {
    r.position = r.findZero8()
  },
  utf16z(r) {
    r.position = r.findZero16()
  },
  ascii16(r) {
    r.take(r.u16())
  }
}

/** Characters in front of the first NUL: what stands behind it cannot be said in a NUL-ended string. */
export function textLength(text: string): number {
  const zero = text.indexOf('\0')
  return zero < 0 ? text.length : zero
}

export function writeText(form: TextForm, w: Writer, text: string): void {
  const length = textLength(text)
  switch (form) {
    case 'ascii0': {
      const at = w.reserve(length + 1)
      latin1Fill(w.bytes, at, text, length)
      w.bytes[at + length] = 0
      break
    }
    case 'string8z':
      w.copy(encodeString8(text.slice(0, length), w.context.codePage))
      w.u8(0)
      break
    case 'utf16z': {
      const at = w.reserve(length * 2 + 2)
      utf16Fill(w.bytes, at, text, length)
      w.view.setUint16(at + length * 2, 0, true)
      break
    }
    case 'ascii16': {
      const size = length === 0 ? 0 : length + 1
      demandFit(2, size)
      w.u16(size)
      if (size > 0) writeText('ascii0', w, text)
    }
  }
}

export function textSize(form: TextForm, text: string, context: CodecContext): number {
  const length = textLength(text)
  switch (form) {
    case 'ascii0':
      return length + 1
    case 'string8z':
      return encodeString8(text.slice(0, length), context.codePage).byteLength + 1
    case 'utf16z':
      return length * 2 + 2
    case 'ascii16':
      return length === 0 ? 2 : length + 3
  }
}

/** A count that its prefix cannot hold is the caller's mistake: written, it would tear the stream. */
export function demandFit(prefixBytes: number, count: number): void {
  if (count >= 2 ** (prefixBytes * 8))
    throw new RangeError(`${count} does not fit into a count of ${prefixBytes} bytes`)
}
