import t from 'tap'
import { Reader, Writer } from '../../src/bufferstructs/index.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import {
  FuzzyHigh,
  FuzzyLow,
  RelOp,
  type Restriction,
  readRestriction,
  restrictionBytes,
  writeRestriction
} from '../../src/oxcdata/restriction.js'
import {
  evaluateRestriction,
  RestrictionEvaluator,
  type RestrictionTarget,
  restrictionTags
} from '../../src/oxcdata/restriction-evaluate.js'
import { bytesOf, hexOf } from './outside.js'

const SUBJECT = 0x0037001f
const SIZE = 0x0e080003
const FLAGS = 0x0e070003
const TIME = 0x0e060040
const KEY = 0x65e20102
const CATEGORIES = 0x8008101f
const RECIPIENTS = 0x0e12000d

const value = (tag: number, plain: PropertyValue) => ({ tag, bytes: encodeValue(tag & 0xffff, plain) })

function target(
  entries: readonly (readonly [number, PropertyValue])[],
  recipients: RestrictionTarget[] = []
): RestrictionTarget {
  const properties = PropertyBag.of(entries.map(([tag, plain]) => value(tag, plain)))
  return { value: tag => properties.get(tag), subObjects: kind => (kind === RECIPIENTS ? recipients : []) }
}

const message = target(
  [
    [SUBJECT, 'Weekly Résumé'],
    [SIZE, 1000],
    [FLAGS, 0x11],
    [TIME, 132000000000000000n],
    [KEY, Uint8Array.of(1, 2, 3, 4)],
    [CATEGORIES, ['Red', 'Blue']],
    [0x0c1a001f, 'weekly résumé']
  ],
  [target([[0x3001001f, 'Ann']]), target([[0x3001001f, 'Bob']])]
)

const holds = (restriction: Restriction, on = message) => evaluateRestriction(restriction, on, { localeId: 0x0409 })
const property = (relop: number, tag: number, plain: PropertyValue, valueTag = tag): Restriction => ({
  kind: 'property',
  relop,
  tag,
  value: value(valueTag, plain)
})
const content = (text: string, fuzzyLow: number, fuzzyHigh: number, tag = SUBJECT): Restriction => ({
  kind: 'content',
  fuzzyLow,
  fuzzyHigh,
  tag,
  value: value(SUBJECT, text)
})

t.test('every kind has the layout of [MS-OXCDATA] 2.12', async t => {
  // Laid out by hand from the structures of the document.
  for (const [hex, kind] of [
    ['00 0200 08 1f003700 08 0300080e', 'and'],
    ['01 0000', 'or'],
    ['02 08 1f003700', 'not'],
    ['03 0100 0100 1f003700 1f003700 41000000', 'content'],
    ['03 0200 0000 1e003700 1e003700 4100', 'content'],
    ['04 04 0300080e 0300080e e8030000', 'property'],
    ['04 64 02011d0c 02011d0c 0200 abcd', 'property'],
    ['05 05 1f003700 1f001a0c', 'compare'],
    ['06 01 0300070e 01000000', 'bitmask'],
    ['07 02 1f003700 10000000', 'size'],
    ['08 1f003700', 'exist'],
    ['09 0d00120e 08 1f000130', 'subObject'],
    ['0a 01 03000060 01000000 01 08 1f003700', 'comment'],
    ['0a 00 00', 'comment'],
    ['0b 05000000 08 1f003700', 'count']
  ] as const) {
    const bytes = bytesOf(hex)
    const reader = new Reader(bytes)
    const restriction = readRestriction(reader)
    t.equal(reader.remaining, 0, hex)
    t.equal(restriction.kind, kind)
    t.equal(hexOf(restrictionBytes(restriction)), hexOf(bytes))
  }
  const wide = bytesOf('00 01000000 04 04 0201e265 0201e265 02000000 abcd')
  const writer = new Writer()
  writeRestriction(writer, readRestriction(new Reader(wide), 32), 32)
  t.equal(hexOf(writer.written()), hexOf(wide))
})

t.test('malformed restrictions', async t => {
  for (const hex of [
    '0c',
    '00 ffff',
    '00 0200 08 1f003700',
    '04 04 0300080e',
    '03 0100 0100 1f003700 1f003700 4100',
    '0a ff',
    '02'.repeat(300),
    '09 0d00120e'
  ]) {
    t.throws(() => readRestriction(new Reader(bytesOf(hex))), { name: 'MalformedBuffer' }, hex.slice(0, 30))
  }
})

t.test('logic', async t => {
  const yes: Restriction = { kind: 'exist', tag: SUBJECT }
  const no: Restriction = { kind: 'exist', tag: 0x1000001f }
  t.ok(holds(yes))
  t.notOk(holds(no))
  t.ok(holds({ kind: 'and', restrictions: [yes, yes] }))
  t.notOk(holds({ kind: 'and', restrictions: [yes, no] }))
  t.ok(holds({ kind: 'and', restrictions: [] }))
  t.ok(holds({ kind: 'or', restrictions: [no, yes] }))
  t.notOk(holds({ kind: 'or', restrictions: [] }))
  t.ok(holds({ kind: 'not', restriction: no }))
  t.ok(holds({ kind: 'comment', values: [], restriction: null }))
  t.notOk(holds({ kind: 'comment', values: [], restriction: no }))
})

t.test('property restrictions', async t => {
  t.ok(holds(property(RelOp.equal, SIZE, 1000)))
  t.ok(holds(property(RelOp.lessThan, SIZE, 1001)))
  t.notOk(holds(property(RelOp.lessThan, SIZE, 1000)))
  t.ok(holds(property(RelOp.lessThanOrEqual, SIZE, 1000)))
  t.ok(holds(property(RelOp.greaterThan, SIZE, -1)), 'integers are signed')
  t.ok(holds(property(RelOp.greaterThanOrEqual, TIME, 132000000000000000n)))
  t.ok(holds(property(RelOp.notEqual, KEY, Uint8Array.of(1))))
  t.ok(holds(property(RelOp.equal, SUBJECT, 'weekly RÉSUMÉ')), 'text is compared without case')
  t.notOk(holds(property(RelOp.equal, SUBJECT, 'weekly resume')), 'but with marks')
  t.ok(holds(property(RelOp.greaterThan, SUBJECT, 'weekly')))
  t.ok(holds(property(RelOp.like, SUBJECT, 'w*sum?')))
  t.notOk(holds(property(RelOp.equal, SIZE, 'x', SUBJECT)), 'a value of another type')
  t.ok(holds(property(RelOp.equal, 0x0037001e, 'weekly résumé', 0x0037001e)), 'either width of string')
  t.notOk(holds(property(0x55, SIZE, 1000)), 'an operator that does not exist')
})

t.test('a property that is not there', async t => {
  for (const relop of [RelOp.equal, RelOp.lessThan, RelOp.greaterThan, RelOp.lessThanOrEqual, RelOp.like]) {
    t.notOk(holds(property(relop, 0x1000001f, 'x')), `operator ${relop}`)
  }
  t.ok(holds(property(RelOp.notEqual, 0x1000001f, 'x')))
  t.notOk(holds({ kind: 'bitmask', relop: 0, tag: 0x12340003, mask: 1 }))
  t.notOk(holds({ kind: 'size', relop: RelOp.equal, tag: 0x12340003, size: 0 }))
  t.notOk(holds(content('x', 0, 0, 0x1000001f)))
})

t.test('multivalue properties', async t => {
  t.ok(holds(property(RelOp.equal, CATEGORIES, 'blue', 0x8008001f)), 'one of the values')
  t.ok(holds(property(RelOp.equal, 0x8008301f, 'red', 0x8008001f)), 'by an instance column')
  t.notOk(holds(property(RelOp.equal, CATEGORIES, 'green', 0x8008001f)))
  t.notOk(holds(property(RelOp.notEqual, CATEGORIES, 'red', 0x8008001f)))
  t.ok(holds(property(RelOp.notEqual, CATEGORIES, 'green', 0x8008001f)))
  t.ok(holds(property(RelOp.equal, CATEGORIES, ['red', 'blue'])))
  t.notOk(holds(property(RelOp.equal, CATEGORIES, ['red'])))
  t.ok(holds(content('lu', FuzzyLow.substring, 0, CATEGORIES)))
})

t.test('content restrictions', async t => {
  t.ok(holds(content('Weekly Résumé', FuzzyLow.fullString, 0)))
  t.notOk(holds(content('weekly résumé', FuzzyLow.fullString, 0)))
  t.ok(holds(content('weekly résumé', FuzzyLow.fullString, FuzzyHigh.ignoreCase)))
  t.ok(holds(content('Weekly Resume', FuzzyLow.fullString, FuzzyHigh.ignoreNonSpace)))
  t.ok(holds(content('WEEKLY RESUME', FuzzyLow.fullString, FuzzyHigh.loose)))
  t.ok(holds(content('ly R', FuzzyLow.substring, 0)))
  t.ok(holds(content('RESU', FuzzyLow.substring, FuzzyHigh.loose)))
  t.ok(holds(content('week', FuzzyLow.prefix, FuzzyHigh.ignoreCase)))
  t.notOk(holds(content('eek', FuzzyLow.prefix, FuzzyHigh.ignoreCase)))
  t.ok(holds(content('résumé', 0x21, 1)), 'bits of full-text search (FL_PHRASE_MATCH) are no hindrance')
  const binary = (bytes: number[], fuzzyLow: number): Restriction => ({
    kind: 'content',
    fuzzyLow,
    fuzzyHigh: 0,
    tag: KEY,
    value: value(KEY, Uint8Array.from(bytes))
  })
  t.ok(holds(binary([2, 3], FuzzyLow.substring)))
  t.ok(holds(binary([1, 2], FuzzyLow.prefix)))
  t.notOk(holds(binary([2], FuzzyLow.prefix)))
  t.ok(holds(binary([1, 2, 3, 4], FuzzyLow.fullString)))
})

t.test('other conditions', async t => {
  t.ok(holds({ kind: 'bitmask', relop: 1, tag: FLAGS, mask: 0x10 }))
  t.ok(holds({ kind: 'bitmask', relop: 0, tag: FLAGS, mask: 0x02 }))
  t.notOk(holds({ kind: 'bitmask', relop: 0, tag: FLAGS, mask: 0x01 }))
  t.ok(holds({ kind: 'size', relop: RelOp.equal, tag: KEY, size: 4 }))
  t.ok(holds({ kind: 'size', relop: RelOp.greaterThan, tag: SUBJECT, size: 20 }))
  t.ok(holds({ kind: 'compare', relop: RelOp.equal, tag1: SUBJECT, tag2: 0x0c1a001f }))
  t.notOk(holds({ kind: 'compare', relop: RelOp.equal, tag1: SUBJECT, tag2: SIZE }))
  const named = (text: string): Restriction => ({
    kind: 'subObject',
    subObject: RECIPIENTS,
    restriction: { kind: 'property', relop: RelOp.equal, tag: 0x3001001f, value: value(0x3001001f, text) }
  })
  t.ok(holds(named('bob')))
  t.notOk(holds(named('Cid')))
  const member: Restriction = property(RelOp.memberOfDl, KEY, Uint8Array.of(9))
  t.notOk(holds(member))
  t.ok(
    evaluateRestriction(member, message, { localeId: 0, isMemberOfDl: (one, list) => one[0] === 1 && list[0] === 9 })
  )
})

t.test('a count restriction ends after its matches', async t => {
  const evaluator = new RestrictionEvaluator(
    { kind: 'count', count: 2, restriction: { kind: 'exist', tag: SUBJECT } },
    { localeId: 0 }
  )
  const empty = target([])
  t.same(
    [message, empty, message, message].map(one => evaluator.matches(one)),
    [true, false, true, false]
  )
})

t.test('the tags of a restriction', async t => {
  t.same(
    restrictionTags({
      kind: 'and',
      restrictions: [
        property(RelOp.equal, SIZE, 1),
        { kind: 'not', restriction: { kind: 'compare', relop: 4, tag1: SUBJECT, tag2: SIZE } },
        { kind: 'subObject', subObject: RECIPIENTS, restriction: { kind: 'exist', tag: KEY } },
        { kind: 'comment', values: [], restriction: { kind: 'exist', tag: TIME } }
      ]
    }),
    [SIZE, SUBJECT, TIME]
  )
})
