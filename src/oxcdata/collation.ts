/**
 * Orders of text. Node has no sort keys, so they are made here: byte strings whose plain comparison orders texts as a reader of the language
 * expects. A key has three levels, compared one after the other: the letters without case and marks; the marks; the case
 * (small before capital). Levels are parted by the byte 1; the weights are 2 and above.
 */
import { utf16Slice } from '../bufferstructs/index.js'
import { type Alphabet, alphabetOf, EXPANSIONS, MARKS, PUNCTUATION } from './collation-tables.js'

const LEVEL_END = 0x01
const PLAIN = 0x02
const CAPITAL = 0x03
/** First level: one byte for ASCII and the letters of alphabets, else a lead byte with the code point behind it. */
const FIRST_PUNCTUATION = 0x03
const OTHER_SYMBOL = 0x32
const FIRST_DIGIT = 0x38
const FIRST_LETTER = 0x50
/** Weights from one Latin letter to the next; the gap is for the letters of national alphabets. */
const LETTER_STEP = 6
const OTHER_LETTER = 0xf0
const ASTRAL = 0xf4
/** Second level: marks of the table, then any other. */
const FIRST_MARK = 0x04
const OTHER_MARK = 0x60
const VARIANT = 0x70

/** First level weights of ASCII; 0 for what has no weight (controls). */
const ASCII_WEIGHTS = new Uint8Array(128)
for (let i = 0; i < PUNCTUATION.length; i++) ASCII_WEIGHTS[PUNCTUATION.charCodeAt(i)] = FIRST_PUNCTUATION + i
for (let i = 0; i < 10; i++) ASCII_WEIGHTS[0x30 + i] = FIRST_DIGIT + i
for (let i = 0; i < 26; i++) {
  ASCII_WEIGHTS[0x61 + i] = FIRST_LETTER + i * LETTER_STEP
  ASCII_WEIGHTS[0x41 + i] = FIRST_LETTER + i * LETTER_STEP
}

/** How a comparison or a key looks at text. */
export type CaseRule = 'case' | 'ignoreCase'

/**
 * The key of a stored string (UTF-16LE, with or without terminator) in a locale (LCID). With 'ignoreCase' the third level is
 * left out, so that texts which differ by case alone have the same key.
 */
export function sortKey(stored: Uint8Array, localeId: number, caseRule: CaseRule = 'case'): Uint8Array {
  const end = textEnd(stored)
  const alphabet = alphabetOf(localeId)
  if (alphabet === null || !alphabet.touchesAscii) {
    const key = asciiKey(stored, end, caseRule)
    if (key !== undefined) return key
  }
  return new KeyBuilder(alphabet).build(utf16Slice(stored, 0, end), caseRule)
}

function textEnd(stored: Uint8Array): number {
  const size = stored.byteLength & ~1
  return size >= 2 && stored[size - 1] === 0 && stored[size - 2] === 0 ? size - 2 : size
}

/** The key of a text of ASCII only, undefined for any other. */
function asciiKey(stored: Uint8Array, end: number, caseRule: CaseRule): Uint8Array | undefined {
  const key = new Uint8Array(end + 2)
  let size = 0
  let lastCapital = -1
  for (let at = 0; at < end; at += 2) {
    const unit = stored[at]
    if (unit > 0x7f || stored[at + 1] !== 0) return undefined
    const weight = ASCII_WEIGHTS[unit]
    if (weight === 0) continue
    key[size++] = weight
    if (unit >= 0x41 && unit <= 0x5a) lastCapital = size - 1
  }
  if (lastCapital < 0 || caseRule === 'ignoreCase') return key.subarray(0, size)
  key[size++] = LEVEL_END
  key[size++] = LEVEL_END
  for (let at = 0, place = 0; place <= lastCapital; at += 2) {
    const unit = stored[at]
    if (ASCII_WEIGHTS[unit] === 0) continue
    key[size++] = unit >= 0x41 && unit <= 0x5a ? CAPITAL : PLAIN
    place++
  }
  return key.subarray(0, size)
}

/** Collects the three levels of one text. */
class KeyBuilder {
  private readonly letters: number[] = []
  private readonly marks: number[] = []
  private readonly cases: number[] = []
  private readonly alphabet: Alphabet | null

  constructor(alphabet: Alphabet | null) {
    this.alphabet = alphabet
  }

  build(text: string, caseRule: CaseRule): Uint8Array {
    const composed = text.normalize('NFC')
    for (let at = 0; at < composed.length; ) at += this.addAt(composed, at)
    trim(this.marks)
    trim(this.cases)
    const withCase = caseRule === 'case' && this.cases.length > 0
    const parts = [...this.letters]
    if (this.marks.length > 0 || withCase) parts.push(LEVEL_END, ...this.marks)
    if (withCase) parts.push(LEVEL_END, ...this.cases)
    return Uint8Array.from(parts)
  }

  /** Adds the letter at `at` and returns how many units it takes. */
  private addAt(text: string, at: number): number {
    if (this.alphabet !== null) {
      for (let size = Math.min(this.alphabet.longest, text.length - at); size > 0; size--) {
        if (this.addNational(text.slice(at, at + size), this.alphabet)) return size
      }
    }
    const character = String.fromCodePoint(text.codePointAt(at)!)
    this.addCommon(character)
    return character.length
  }

  private addNational(candidate: string, alphabet: Alphabet): boolean {
    const small = lowerCase(candidate, alphabet.turkic)
    const letter = alphabet.letters.get(small)
    if (letter === undefined) return false
    this.letters.push(ASCII_WEIGHTS[letter.base.charCodeAt(0)] + letter.place)
    this.marks.push(PLAIN)
    if (letter.variant > 0) this.marks.push(VARIANT + letter.variant)
    this.cases.push(small === candidate ? PLAIN : CAPITAL)
    return true
  }

  private addCommon(character: string): void {
    const small = lowerCase(character, this.alphabet?.turkic === true)
    const caseWeight = small === character ? PLAIN : CAPITAL
    const expanded = EXPANSIONS.get(small) ?? small.normalize('NFKD')
    for (const part of expanded) {
      const inner = EXPANSIONS.get(part)
      if (inner === undefined) this.addPart(part, caseWeight)
      else for (const piece of inner) this.addPart(piece, caseWeight)
    }
  }

  private addPart(part: string, caseWeight: number): void {
    const code = part.codePointAt(0)!
    if (code >= 0x80 && /^\p{M}$/u.test(part)) {
      if (/^\p{Mn}$/u.test(part)) this.addMark(part, code)
      else this.addLetter(OTHER_LETTER, code, caseWeight)
    } else if (code < 0x80) {
      if (ASCII_WEIGHTS[code] !== 0) this.addWeight(ASCII_WEIGHTS[code], caseWeight)
    } else if (code >= 0x30a1 && code <= 0x30f6) {
      // Katakana sort with hiragana; which of the two a text uses is a matter of the third level.
      this.addLetter(OTHER_LETTER, code - 0x60, CAPITAL)
    } else if (!/^\p{C}$/u.test(part) || /^\p{Cs}|\p{Co}$/u.test(part)) {
      const symbol = /^[\p{P}\p{S}\p{Z}]$/u.test(part)
      this.addLetter(symbol ? OTHER_SYMBOL : OTHER_LETTER, code, caseWeight)
    }
  }

  private addMark(part: string, code: number): void {
    const place = MARKS.indexOf(part)
    if (this.marks.length === 0) this.marks.push(PLAIN)
    if (place >= 0) this.marks.push(FIRST_MARK + place)
    else this.marks.push(OTHER_MARK, ...codeBytes(code))
  }

  private addLetter(lead: number, code: number, caseWeight: number): void {
    if (code > 0xffff) this.letters.push(lead === OTHER_LETTER ? ASTRAL : OTHER_SYMBOL + 1, code >> 16)
    else this.letters.push(lead)
    this.letters.push(...codeBytes(code & 0xffff))
    this.marks.push(PLAIN)
    this.cases.push(caseWeight)
  }

  private addWeight(weight: number, caseWeight: number): void {
    this.letters.push(weight)
    this.marks.push(PLAIN)
    this.cases.push(caseWeight)
  }
}

/** Sixteen bits as three bytes of which none is a level end or zero. */
function codeBytes(code: number): [number, number, number] {
  return [0x02 + (code >> 12), 0x02 + ((code >> 6) & 0x3f), 0x02 + (code & 0x3f)]
}

function trim(level: number[]): void {
  while (level.length > 0 && level[level.length - 1] === PLAIN) level.pop()
}

function lowerCase(text: string, turkic: boolean): string {
  if (turkic) return text.replaceAll('I', 'ı').replaceAll('İ', 'i').toLowerCase()
  return text === 'İ' ? 'i' : text.toLowerCase()
}

/**
 * Compares two stored strings: below, equal to or above zero. 'ignoreCase' is how restrictions compare ([MS-OXCDATA] 2.12.5), 'case' how orders
 * break ties. Runs over the bytes as long as both texts are ASCII.
 */
export function compareText(a: Uint8Array, b: Uint8Array, localeId: number, caseRule: CaseRule = 'ignoreCase'): number {
  const alphabet = alphabetOf(localeId)
  if (alphabet === null || !alphabet.touchesAscii) {
    const result = compareAscii(a, b, caseRule)
    if (result !== undefined) return result
  }
  return compareBytes(sortKey(a, localeId, caseRule), sortKey(b, localeId, caseRule))
}

/** Comparison of two ASCII texts, undefined when one of them holds anything else (or a control, which has no weight). */
function compareAscii(a: Uint8Array, b: Uint8Array, caseRule: CaseRule): number | undefined {
  const endA = textEnd(a)
  const endB = textEnd(b)
  const end = Math.min(endA, endB)
  let result = 0
  let capital = 0
  for (let at = 0; at < end; at += 2) {
    const unitA = a[at]
    const unitB = b[at]
    if ((unitA | unitB) > 0x7f || (a[at + 1] | b[at + 1]) !== 0) return undefined
    const weightA = ASCII_WEIGHTS[unitA]
    const weightB = ASCII_WEIGHTS[unitB]
    if (weightA === 0 || weightB === 0) return undefined
    if (weightA !== weightB && result === 0) {
      result = weightA - weightB
      // The letters decide unless a mark follows, which belongs to the letter before it: look no further than that.
      if (plainAt(a, at + 2, endA) && plainAt(b, at + 2, endB)) return result
      return undefined
    }
    if (unitA !== unitB && capital === 0) capital = unitB - unitA
  }
  for (let at = end; at < endA; at += 2) if (!plainAt(a, at, endA)) return undefined
  for (let at = end; at < endB; at += 2) if (!plainAt(b, at, endB)) return undefined
  if (endA !== endB) return endA - endB
  return caseRule === 'case' ? capital : 0
}

/** Whether the unit at `at` is weighted ASCII, or the text has ended. */
function plainAt(bytes: Uint8Array, at: number, end: number): boolean {
  return at >= end || (bytes[at + 1] === 0 && bytes[at] < 0x80 && ASCII_WEIGHTS[bytes[at]] !== 0)
}

/** Lexicographic comparison of bytes. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const end = Math.min(a.byteLength, b.byteLength)
  for (let i = 0; i < end; i++) {
    const difference = a[i] - b[i]
    if (difference !== 0) return difference
  }
  return a.byteLength - b.byteLength
}

/** Text without case, without marks, or without both: what content restrictions compare ([MS-OXCDATA] 2.12.4). */
export function foldText(text: string, ignoreCase: boolean, ignoreMarks: boolean): string {
  let folded = text
  if (ignoreMarks) folded = folded.normalize('NFKD').replace(/\p{Mn}+/gu, '')
  if (ignoreCase) folded = folded.toLowerCase()
  return folded
}
