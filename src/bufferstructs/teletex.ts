/**
 * Code page 20261 (ITU-T T.61 with eight bits), which address book servers have to know ([MS-OXNSPI] 2.2.1.5, 3.1.4.3.2). Bytes of ASCII
 * are ASCII; an accent is a byte of its own and stands before its letter.
 */

export const TELETEX_CODE_PAGE = 20261

/** Characters of 0xA0 to 0xBF and 0xE0 to 0xFF; a space where there is none. */
const SYMBOLS = ' ¡¢£$¥#§¤  «    °±²³×µ¶·÷  »¼½¾¿'
const LETTERS = 'ΩÆÐªĦ ĲĿŁØŒºÞŦŊŉĸæđðħıĳŀłøœßþŧŋ '
const FIRST_SYMBOL = 0xa0
const FIRST_LETTER = 0xe0
const FIRST_ACCENT = 0xc0
/** Combining marks of 0xC0 to 0xCF; a space where there is none. */
const ACCENTS = ' \u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308 \u030a\u0327 \u030b\u0328\u030c'
/** Bytes that stand for nothing are kept in the private use area, as Windows does: they sort behind all letters, and come back as they were. */
const PRIVATE = 0xf700
const QUESTION_MARK = 0x3f

/** The text of the bytes from `start` to `end`. */
export function decodeTeletex(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte < FIRST_SYMBOL) {
      text += String.fromCharCode(byte)
    } else if (byte < FIRST_ACCENT || byte >= FIRST_LETTER) {
      const one = byte < FIRST_ACCENT ? SYMBOLS[byte - FIRST_SYMBOL] : LETTERS[byte - FIRST_LETTER]
      text += one === ' ' ? String.fromCharCode(PRIVATE + byte) : one
    } else {
      const mark = ACCENTS[byte - FIRST_ACCENT]
      const base = at + 1 < end ? bytes[at + 1] : 0
      if (mark === ' ' || base < 0x20 || base > 0x7e) {
        text += String.fromCharCode(PRIVATE + byte)
      } else {
        text += `${String.fromCharCode(base)}${mark}`.normalize('NFC')
        at++
      }
    }
  }
  return text
}

/** The bytes of a text, without terminator; characters that the code page lacks become question marks. */
export function encodeTeletex(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code < FIRST_SYMBOL) {
      bytes.push(code)
      continue
    }
    const symbol = SYMBOLS.indexOf(character)
    const letter = LETTERS.indexOf(character)
    if (code > PRIVATE && code <= PRIVATE + 0xff) bytes.push(code - PRIVATE)
    else if (symbol > 0) bytes.push(FIRST_SYMBOL + symbol)
    else if (letter >= 0) bytes.push(FIRST_LETTER + letter)
    else bytes.push(...accented(character))
  }
  return Uint8Array.from(bytes)
}

function accented(character: string): number[] {
  const [base, mark, ...more] = character.normalize('NFD')
  const accent = mark === undefined || more.length > 0 ? -1 : ACCENTS.indexOf(mark)
  return accent > 0 && base.charCodeAt(0) < 0x7f ? [FIRST_ACCENT + accent, base.charCodeAt(0)] : [QUESTION_MARK]
}
