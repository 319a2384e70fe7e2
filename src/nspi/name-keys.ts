import { latin1Slice } from '../bufferstructs/index.js'
import type { DirectoryEntry } from '../directory/index.js'
import { sortKey } from '../oxcdata/collation.js'
import { alphabetOf } from '../oxcdata/collation-tables.js'
import { storedString } from '../oxcdata/stored-string.js'
import { NSPI_DEFAULT_LOCALE, SortType } from './stat.js'
import { fail } from './status.js'

/** What tables are sorted by: which of its names, and the locale in which names compare. */
export interface NameOrder {
  readonly name: 'display' | 'phonetic'
  /** LCID of a locale that the server supports. */
  readonly localeId: number
}

/** Parts the key by which names compare from the one that orders names which compare as equal; below every weight. */
const TIE = '\0'
const LEVEL_END = '\x01'
const SYMBOLS = /[\p{P}\p{S}\p{Z}]+/gu

/** The order that a STAT asks for; GeneralFailure for a sort type that does not exist. */
export function nameOrder({ sortType, sortLocale }: { sortType: number; sortLocale: number }): NameOrder {
  return { name: nameOf(sortType), localeId: supportedLocale(sortLocale) }
}

function nameOf(sortType: number): NameOrder['name'] {
  switch (sortType) {
    case SortType.displayName:
    case SortType.displayNameReadOnly:
    case SortType.displayNameWritable:
      return 'display'
    case SortType.phoneticDisplayName:
      return 'phonetic'
  }
  return fail('generalFailure', `sort type ${sortType}`)
}

/**
 * The supported locale that is closest to a client's ([MS-OXNSPI] 3.1.4.3.5.1): the languages whose alphabets have an order
 * of their own; all others compare as the default does.
 */
function supportedLocale(localeId: number): number {
  if (alphabetOf(localeId) === null) return NSPI_DEFAULT_LOCALE
  return alphabetOf(localeId & 0x3ff) === alphabetOf(localeId) ? localeId & 0x3ff : localeId
}

/**
 * The key under which an entry stands in a table. Names compare without case, marks, width and kind of kana, and in other
 * locales than the default without symbols ([MS-OXNSPI] 2.2.1.6, 3.1.4.3.5.1); what is equal then is put in order by the rest.
 */
export function entryKey(entry: DirectoryEntry, order: NameOrder): string {
  return textKey(nameIn(entry, order), order)
}

/** What the first row that a search for `text` finds must not be below. */
export function soughtKey(text: string, order: NameOrder): string {
  return comparedPart(textKey(text, order))
}

/** The part of a key by which names are equal. */
export function comparedPart(key: string): string {
  return key.split(TIE, 1)[0].split(LEVEL_END, 1)[0]
}

/** An entry without a phonetic name sorts by its display name, as the latter is all that a reader can pronounce it by. */
function nameIn({ displayName, attributes }: DirectoryEntry, { name }: NameOrder): string {
  return name === 'phonetic' ? (attributes.phoneticDisplayName ?? displayName) : displayName
}

function textKey(text: string, { localeId }: NameOrder): string {
  const whole = keyOf(text, localeId)
  return localeId === NSPI_DEFAULT_LOCALE ? whole : `${keyOf(text.replace(SYMBOLS, ''), localeId)}${TIE}${whole}`
}

function keyOf(text: string, localeId: number): string {
  const key = sortKey(storedString(text), localeId)
  return latin1Slice(key, 0, key.byteLength)
}
