import t from 'tap'
import { Random, Writer } from '../../src/bufferstructs/index.js'
import { compareBytes, compareText, foldText, sortKey } from '../../src/oxcdata/collation.js'
import * as types from '../../src/oxcdata/property-type.js'
import { encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import { compareValues, valueKey, writeOrderKey } from '../../src/oxcdata/value-order.js'

const ENGLISH = 0x0409

const byKey = (localeId: number) => (a: string, b: string) =>
  compareBytes(sortKey(storedString(a), localeId), sortKey(storedString(b), localeId))

/** Words of several languages; the collator of the runtime is the oracle for each of them. */
const WORDS =
  'abc ABC Abc äbc Äbc aebc æbc zebra Zebra zürich Zurich ZÜRICH resume résumé Resume RÉSUMÉ coté côte cote côté straße strasse STRASSE file FILE file1 file10 file2 ' +
  'Łódź lodz Lodz œuvre oeuvre øre ore ångström angstrom naïve naive über uber señor senor façade facade 1st 2nd 10th a-b a_b a.b'

t.test('Latin text sorts as the collator of the runtime sorts it', async t => {
  const collator = new Intl.Collator('en', { caseFirst: 'lower' })
  const words = WORDS.split(' ')
  t.same([...words].sort(byKey(ENGLISH)), [...words].sort(collator.compare))
})

t.test('ASCII sorts as the collator of the runtime sorts it', async t => {
  const collator = new Intl.Collator('en')
  const random = new Random(11)
  const alphabet = 'aAbBzZ019 _-,;:!?."()[]{}@*/&#%+<=>|~$'
  const word = () => Array.from({ length: 1 + random.below(6) }, () => alphabet[random.below(alphabet.length)]).join('')
  for (let i = 0; i < 3000; i++) {
    const [a, b] = [word(), word()]
    const expected = Math.sign(collator.compare(a, b))
    const actual = Math.sign(byKey(ENGLISH)(a, b))
    if (expected !== actual) t.fail(`${JSON.stringify(a)} and ${JSON.stringify(b)}: ${actual}, expected ${expected}`)
  }
  t.pass('3000 pairs')
})

t.test('national alphabets', async t => {
  for (const [localeId, locale, text] of [
    [0x041d, 'sv', 'a z å ä ö Å Ä Ö zebra åka ära öl ask'],
    [0x0406, 'da', 'a z æ ø å zebra æble øl år'],
    [0x0414, 'nb', 'a z æ ø å zebra ære øl år'],
    [0x0405, 'cs', 'a c č d h ch i cena čas hora chata iris řeka reka šum sum žena zena'],
    [0x041b, 'sk', 'a ä b c č h ch i o ô p'],
    [0x0c0a, 'es', 'n ñ o nube ñandú oso nada'],
    [0x0415, 'pl', 'a ą b c ć l ł m s ś z ź ż łza las'],
    [0x040e, 'hu', 'o ö p u ü v cukor csiga dal sok szó'],
    [0x0425, 'et', 's š z ž t u v w õ ä ö ü x y'],
    [0x0418, 'ro', 'a ă â b i î j s ș t ț u'],
    [0x0427, 'lt', 'c č d i y j s š z ž']
  ] as const) {
    const words = text.split(' ')
    const collator = new Intl.Collator(locale)
    t.same([...words].sort(byKey(localeId)), [...words].sort(collator.compare), locale)
  }
  t.equal(Math.sign(byKey(0x041f)('ışık', 'iş')), -1, 'Turkish: dotless before dotted')
  t.equal(
    compareText(storedString('TITLE'), storedString('tıtle'), 0x041f),
    0,
    'Turkish: I is the capital of the dotless letter'
  )
})

t.test('other scripts', async t => {
  const words = 'омега альфа Ёлка елка ель йод икра'.split(' ')
  t.same([...words].sort(byKey(0x0419)), [...words].sort(new Intl.Collator('ru').compare))
  const greek = 'ωμέγα άλφα αλφα βήτα Βήτα'.split(' ')
  t.same([...greek].sort(byKey(0x0408)), [...greek].sort(new Intl.Collator('el').compare))
  t.equal(compareText(storedString('カナ'), storedString('かな'), 0x0411), 0, 'kana of either kind')
  t.ok(byKey(0x0411)('日', '日本') < 0)
  t.ok(byKey(0x0409)('zz', '日') < 0, 'Latin before Han')
  t.not(byKey(0x0409)('😀', '😁'), 0)
  t.equal(byKey(0x0409)('\ud800', '\ud800'), 0, 'a lone surrogate')
})

t.test('case and marks', async t => {
  t.equal(compareText(storedString('Résumé'), storedString('rÉSUMÉ'), ENGLISH), 0)
  t.not(compareText(storedString('Résumé'), storedString('resume'), ENGLISH), 0)
  t.not(compareText(storedString('a'), storedString('A'), ENGLISH, 'case'), 0)
  t.equal(compareText(storedString('e\u0301'), storedString('é'), ENGLISH, 'case'), 0, 'composed or not')
  t.equal(foldText('Éa', true, true), 'ea')
  t.equal(foldText('Éa', true, false), 'éa')
  t.equal(foldText('Éa', false, true), 'Ea')
})

t.test('comparison and keys agree', async t => {
  const random = new Random(5)
  const alphabet = 'aAbB zé É\u0301ß1-\u0007日'
  const word = () =>
    storedString(Array.from({ length: random.below(5) }, () => alphabet[random.below(alphabet.length)]).join(''))
  for (let i = 0; i < 5000; i++) {
    const [a, b] = [word(), word()]
    for (const rule of ['case', 'ignoreCase'] as const) {
      const keys = Math.sign(compareBytes(sortKey(a, ENGLISH, rule), sortKey(b, ENGLISH, rule)))
      if (Math.sign(compareText(a, b, ENGLISH, rule)) !== keys) t.fail(`${Buffer.from(a).toString('utf16le')} ${rule}`)
    }
  }
  t.pass('5000 pairs')
})

t.test('keys of values compare as the values do', async t => {
  const samples: readonly (readonly [number, PropertyValue[]])[] = [
    [types.PtypInteger16, [-32768, -1, 0, 1, 32767]],
    [types.PtypInteger32, [-2147483648, -5, 0, 3, 2147483647]],
    [types.PtypInteger64, [-(2n ** 63n), -1n, 0n, 1n, 2n ** 40n, 2n ** 63n - 1n]],
    [types.PtypCurrency, [-10n, 0n, 5n]],
    [types.PtypTime, [0n, 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n]],
    [types.PtypErrorCode, [0, 0x8004010f]],
    [types.PtypFloating32, [-1.5, -0.5, 0, 0.25, 3e30]],
    [types.PtypFloating64, [-1e300, -1, 0, 1e-300, 1e300]],
    [types.PtypFloatingTime, [-1, 0, 40000.5]],
    [types.PtypBoolean, [false, true]],
    [types.PtypBinary, [Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(0, 1), Uint8Array.of(1)]],
    [types.PtypString, ['', 'a', 'A', 'b', 'ba']],
    [types.PtypGuid, ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001']]
  ]
  for (const [type, values] of samples) {
    const stored = values.map(value => encodeValue(type, value))
    for (let i = 0; i + 1 < stored.length; i++) {
      const [a, b] = [stored[i], stored[i + 1]]
      const name = `type 0x${type.toString(16)}: ${values[i]} < ${values[i + 1]}`
      t.ok(compareBytes(valueKey(type, a, ENGLISH), valueKey(type, b, ENGLISH)) < 0, name)
      if (type !== types.PtypString) t.ok(compareValues(type, a, b, ENGLISH) < 0, name)
      t.ok(compareBytes(orderKey(type, a, false), orderKey(type, b, false)) < 0, `${name}, ascending`)
      t.ok(compareBytes(orderKey(type, a, true), orderKey(type, b, true)) > 0, `${name}, descending`)
      t.ok(compareBytes(orderKey(type, undefined, false), orderKey(type, a, false)) < 0, 'what is missing comes first')
    }
  }
  const many = (values: PropertyValue[]) => encodeValue(types.PtypMultipleInteger32, values)
  t.ok(compareValues(types.PtypMultipleInteger32, many([1, 2]), many([1, 3]), ENGLISH) < 0)
  t.ok(compareValues(types.PtypMultipleInteger32, many([1]), many([1, 3]), ENGLISH) < 0)
})

/** One column and a trailer, as a key with a message id behind it has. */
function orderKey(type: number, stored: Uint8Array | undefined, descending: boolean): Uint8Array {
  const writer = new Writer(32)
  writeOrderKey(writer, type, stored, descending, ENGLISH)
  writer.u32(0x01020304)
  return writer.written()
}
