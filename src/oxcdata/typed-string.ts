import { custom, decodeString8, type Layout, latin1Slice, utf16Fill, utf16Slice } from '../bufferstructs/index.js'

const NONE = 0x00
const EMPTY = 0x01
const STRING8 = 0x02
const REDUCED_UNICODE = 0x03
const UNICODE = 0x04

function isReduced(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false
  return true
}

/**
 * [MS-OXCDATA] 2.11.7: a string with its form before it; null when there is none. Written as Exchange does: reduced Unicode
 * (one byte a character) where every character fits into one, else Unicode.
 */
export const typedString: Layout<string | null> = custom({
  read: reader => {
    const at = reader.position
    const form = reader.u8()
    const start = reader.position
    switch (form) {
      case NONE:
        return null
      case EMPTY:
        return ''
      case STRING8:
        reader.position = reader.findZero8()
        return decodeString8(reader.bytes, reader.context.codePage, start, reader.position - 1)
      case REDUCED_UNICODE:
        reader.position = reader.findZero8()
        return latin1Slice(reader.bytes, start, reader.position - 1)
      case UNICODE:
        reader.position = reader.findZero16()
        return utf16Slice(reader.bytes, start, reader.position - 2)
      default:
        return reader.fail(`typed string of form ${form}`, at)
    }
  },
  write: (writer, text) => {
    if (text === null || text === '') {
      writer.u8(text === null ? NONE : EMPTY)
    } else if (isReduced(text)) {
      const at = writer.reserve(text.length + 2)
      writer.bytes[at] = REDUCED_UNICODE
      for (let i = 0; i < text.length; i++) writer.bytes[at + 1 + i] = text.charCodeAt(i)
      writer.bytes[at + 1 + text.length] = 0
    } else {
      const at = writer.reserve(text.length * 2 + 3)
      writer.bytes[at] = UNICODE
      utf16Fill(writer.bytes, at + 1, text)
      writer.bytes.fill(0, at + 1 + text.length * 2, at + 3 + text.length * 2)
    }
  },
  size: text => {
    if (text === null || text === '') return 1
    return isReduced(text) ? text.length + 2 : text.length * 2 + 3
  },
  minSize: 1,
  generate: random => ['', null, 'plain', 'Grüße', 'Łódź'][random.below(5)] as string | null,
  why: 'the form of the text is chosen from the text'
})
