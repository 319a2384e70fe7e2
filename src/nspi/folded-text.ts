import { foldText } from '../oxcdata/collation.js'

const ASCII = /^[ -~]*$/
/** Letters that no decomposition leads to the ones that people type for them. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i'
}
const LETTER = /[ßæœøłđðþı]/g
const SEPARATORS = /[\s,;()"<>[\]]+/

/** Text as names are looked up: without case and marks, spaces made one. */
export function folded(text: string): string {
  const plain = ASCII.test(text)
    ? text.toLowerCase()
    : foldText(text, true, true).replace(LETTER, letter => LETTERS[letter])
  return plain.trim().replace(/\s+/g, ' ')
}

/** The words of folded text. */
export function wordsOf(text: string): string[] {
  return text.split(SEPARATORS).filter(word => word !== '')
}
