/** Windows language ids ([MS-LCID] 2.2) of the locales that a mailbox can have folder names in, and of some more. */
const LOCALE_IDS: Readonly<Record<string, number>> = {
  'en-us': 0x0409,
  'en-gb': 0x0809,
  'de-de': 0x0407,
  'de-at': 0x0c07,
  'de-ch': 0x0807,
  'nl-nl': 0x0413,
  'fr-fr': 0x040c,
  'es-es': 0x0c0a,
  'it-it': 0x0410,
  'pt-br': 0x0416,
  'pt-pt': 0x0816,
  'da-dk': 0x0406,
  'sv-se': 0x041d,
  'nb-no': 0x0414,
  'fi-fi': 0x040b,
  'pl-pl': 0x0415,
  'cs-cz': 0x0405,
  'ru-ru': 0x0419,
  'ja-jp': 0x0411,
  'zh-cn': 0x0804,
  'ko-kr': 0x0412
}

export const knownLocales = Object.keys(LOCALE_IDS)

/** The language id of a locale such as `de-DE`; undefined for one that is not listed. */
export function findLocaleId(locale: string): number | undefined {
  return LOCALE_IDS[locale.toLowerCase()]
}

/** As `findLocaleId`, for a locale that was checked before. */
export function localeIdOf(locale: string): number {
  const id = findLocaleId(locale)
  if (id === undefined) throw new RangeError(`unknown locale ${locale}`)
  return id
}
