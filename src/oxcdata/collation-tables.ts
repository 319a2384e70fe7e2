/**
 * The letters of collation.ts: which marks, special letters and national alphabets it knows. Orders follow the Unicode collation data for the
 * languages named here.
 */

/** ASCII that is neither letter nor digit, in the order in which it sorts before them. */
export const PUNCTUATION = '\t\n\v\f\r _-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$'

/** Combining marks in the order of their second level weights; any other mark comes behind them. */
export const MARKS =
  '\u0301\u0300\u0306\u0302\u030c\u030a\u0308\u030b\u0303\u0307\u0338\u0335\u0327\u0328\u0304\u0309\u031b\u0323\u0326\u0324\u0325\u0331'

/** Stands for "another form of the letter" at the second level, for ligatures and stroked letters that have no decomposition. */
export const STROKE = '\u0338'

/** Letters that Unicode does not decompose, as the letters that they sort with (lower case only). */
export const EXPANSIONS: ReadonlyMap<string, string> = new Map([
  ['ß', `s${STROKE}s`],
  ['æ', `a${STROKE}e`],
  ['œ', `o${STROKE}e`],
  ['ø', `o${STROKE}`],
  ['ł', `l${STROKE}`],
  ['đ', `d${STROKE}`],
  ['ð', `d${STROKE}\u0335`],
  ['ħ', `h${STROKE}`],
  ['ŧ', `t${STROKE}`],
  ['ı', `i${STROKE}`],
  ['ĸ', `q${STROKE}`],
  ['ŋ', `n${STROKE}`],
  ['þ', `t${STROKE}h`],
  ['ſ', 's'],
  // A letter of its own in every Cyrillic alphabet, although Unicode decomposes it.
  ['й', 'й']
])

/**
 * National alphabets by primary language (LCID & 0x3FF): groups "base: letters", the letters sorting behind the base as
 * letters of their own; a letter in brackets sorts with the one before it.
 */
const ALPHABETS: Readonly<Record<number, string>> = {
  // Czech.
  5: 'c: č; h: ch; r: ř; s: š; z: ž',
  // Danish, Norwegian.
  6: 'z: æ (ä) ø (ö) å (aa)',
  20: 'z: æ (ä) ø (ö) å (aa)',
  // Spanish.
  10: 'n: ñ',
  // Finnish, Swedish.
  11: 'z: å ä (æ) ö (ø)',
  29: 'z: å ä (æ) ö (ø)',
  // Hungarian.
  14: 'c: cs; d: dz dzs; g: gy; l: ly; n: ny; o: ö (ő); s: sz; t: ty; u: ü (ű); z: zs',
  // Icelandic.
  15: 'a: á; d: ð; e: é; i: í; o: ó; u: ú; y: ý; z: þ æ ö (ø) å',
  // Polish.
  21: 'a: ą; c: ć; e: ę; l: ł; n: ń; o: ó; s: ś; z: ź ż',
  // Romanian.
  24: 'a: ă â; i: î; s: ș (ş); t: ț (ţ)',
  // Croatian, Serbian and Bosnian in Latin letters.
  26: 'c: č ć; d: dž đ; l: lj; n: nj; s: š; z: ž',
  // Slovak.
  27: 'a: ä; c: č; h: ch; o: ô; s: š; z: ž',
  // Turkish, Azerbaijani.
  31: 'c: ç; g: ğ; h: ı; o: ö; s: ş; u: ü',
  44: 'c: ç; e: ə; g: ğ; h: x ı; k: q; o: ö; s: ş; u: ü',
  // Slovenian.
  36: 'c: č ć; d: đ; s: š; z: ž',
  // Estonian.
  37: 's: š z ž; w: õ ä ö ü',
  // Latvian.
  38: 'c: č; g: ģ; i: y; k: ķ; l: ļ; n: ņ; r: ŗ; s: š; z: ž',
  // Lithuanian.
  39: 'c: č; i: y; s: š; z: ž'
}

/** Spanish in traditional order, the one LCID whose sort is not that of its language. */
const SPANISH_TRADITIONAL = 0x040a
const TRADITIONAL_SPANISH = 'c: ch; l: ll; n: ñ'

export interface Alphabet {
  /** NFC lower-case letters (one to three characters) to their base letter and place behind it. */
  readonly letters: ReadonlyMap<string, { base: string; place: number; variant: number }>
  /** The longest entry, in characters. */
  readonly longest: number
  /** Whether ASCII alone can form a letter of the alphabet (ch, aa, ...), so that no short cut for ASCII holds. */
  readonly touchesAscii: boolean
  /** The dotless i is the lower case of I. */
  readonly turkic: boolean
}

function parseAlphabet(text: string, turkic: boolean): Alphabet {
  const letters = new Map<string, { base: string; place: number; variant: number }>()
  for (const group of text.split('; ')) {
    const [base, list] = group.split(': ')
    let place = 0
    let variant = 0
    for (const item of list.split(' ')) {
      const joined = item.startsWith('(')
      if (!joined) place++
      variant = joined ? variant + 1 : 0
      letters.set(joined ? item.slice(1, -1) : item, { base, place, variant })
    }
  }
  const keys = [...letters.keys()]
  return {
    letters,
    longest: Math.max(...keys.map(key => key.length)),
    touchesAscii: turkic || keys.some(key => /^[a-z]+$/.test(key)),
    turkic
  }
}

const parsed = new Map<number, Alphabet | null>()

/** The alphabet of a locale (LCID), null where letters sort by the common order. */
export function alphabetOf(localeId: number): Alphabet | null {
  const language = localeId === SPANISH_TRADITIONAL ? SPANISH_TRADITIONAL : localeId & 0x3ff
  let alphabet = parsed.get(language)
  if (alphabet === undefined) {
    const text = language === SPANISH_TRADITIONAL ? TRADITIONAL_SPANISH : ALPHABETS[language]
    alphabet = text === undefined ? null : parseAlphabet(text, language === 31 || language === 44)
    parsed.set(language, alphabet)
  }
  return alphabet
}
