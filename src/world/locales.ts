/**
 * Windows language ids ([MS-LCID] 2.2) of the locales that a mailbox can have; Exchange knows about these. A mailbox has folder
 * names in English where nothing is known of the language.
 */
const TABLE = [
  'af-ZA 0436, am-ET 045e, ar-AE 3801, ar-BH 3c01, ar-DZ 1401, ar-EG 0c01, ar-IQ 0801, ar-JO 2c01',
  'ar-KW 3401, ar-LB 3001, ar-LY 1001, ar-MA 1801, ar-OM 2001, ar-QA 4001, ar-SA 0401, ar-SY 2801',
  'ar-TN 1c01, ar-YE 2401, be-BY 0423, bg-BG 0402, bn-IN 0445, ca-ES 0403, cs-CZ 0405, cy-GB 0452',
  'da-DK 0406, de-AT 0c07, de-CH 0807, de-DE 0407, de-LI 1407, de-LU 1007, el-GR 0408, en-AU 0c09',
  'en-CA 1009, en-GB 0809, en-IE 1809, en-IN 4009, en-NZ 1409, en-PH 3409, en-SG 4809, en-US 0409',
  'en-ZA 1c09, es-AR 2c0a, es-CL 340a, es-CO 240a, es-ES 0c0a, es-MX 080a, es-PE 280a, es-US 540a',
  'es-VE 200a, et-EE 0425, eu-ES 042d, fa-IR 0429, fi-FI 040b, fil-PH 0464, fr-BE 080c, fr-CA 0c0c',
  'fr-CH 100c, fr-FR 040c, fr-LU 140c, ga-IE 083c, gl-ES 0456, gu-IN 0447, he-IL 040d, hi-IN 0439',
  'hr-HR 041a, hu-HU 040e, hy-AM 042b, id-ID 0421, is-IS 040f, it-CH 0810, it-IT 0410, ja-JP 0411',
  'ka-GE 0437, kk-KZ 043f, kn-IN 044b, ko-KR 0412, lt-LT 0427, lv-LV 0426, mk-MK 042f, ml-IN 044c',
  'mr-IN 044e, ms-MY 043e, mt-MT 043a, nb-NO 0414, nl-BE 0813, nl-NL 0413, nn-NO 0814, or-IN 0448',
  'pa-IN 0446, pl-PL 0415, pt-BR 0416, pt-PT 0816, ro-RO 0418, ru-RU 0419, sk-SK 041b, sl-SI 0424',
  'sq-AL 041c, sr-Cyrl-RS 281a, sr-Latn-RS 241a, sv-FI 081d, sv-SE 041d, sw-KE 0441, ta-IN 0449',
  'te-IN 044a, th-TH 041e, tr-TR 041f, uk-UA 0422, ur-PK 0420, vi-VN 042a, zh-CN 0804, zh-HK 0c04',
  'zh-MO 1404, zh-SG 1004, zh-TW 0404'
]

const rows = TABLE.flatMap(line => line.split(', ')).map(row => row.split(' '))
const LOCALE_IDS = new Map(rows.map(([name, id]) => [name.toLowerCase(), Number.parseInt(id, 16)]))

export const knownLocales: readonly string[] = rows.map(([name]) => name)

/** The language id of a locale such as `de-DE`; undefined for one that is not listed. */
export function findLocaleId(locale: string): number | undefined {
  return LOCALE_IDS.get(locale.toLowerCase())
}

/** As `findLocaleId`, for a locale that was checked before. */
export function localeIdOf(locale: string): number {
  const id = findLocaleId(locale)
  if (id === undefined) throw new RangeError(`unknown locale ${locale}`)
  return id
}
