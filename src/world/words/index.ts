import type { Language } from '../languages.js'
import { arabic } from './arabic.js'
import { chinese } from './chinese.js'
import { dutch } from './dutch.js'
import { english } from './english.js'
import { french } from './french.js'
import { german } from './german.js'
import { japanese } from './japanese.js'
import { spanish } from './spanish.js'
import type { Words } from './words.js'

export { fullName, type Name, type Words } from './words.js'

/** What generated content is made of, by language. */
export const words: Readonly<Record<Language, Words>> = {
  en: english,
  de: german,
  nl: dutch,
  fr: french,
  es: spanish,
  ja: japanese,
  ar: arabic,
  zh: chinese
}
