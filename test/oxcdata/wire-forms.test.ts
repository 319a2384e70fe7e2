import t from 'tap'
import { codecContext, Reader, Writer } from '../../src/bufferstructs/index.js'
import { longTermId, makeId } from '../../src/oxcdata/ids.js'
import { propertyNameOrNone } from '../../src/oxcdata/property-name.js'
import { makeTag, propertyTag, storedTag, tagId, tagType } from '../../src/oxcdata/property-tag.js'
import * as types from '../../src/oxcdata/property-type.js'
import {
  decodeValue,
  encodeValue,
  isStoredValue,
  type PropertyValue,
  readRowValue,
  rowValueSize,
  writeRowValue
} from '../../src/oxcdata/property-value.js'
import { parseServerId, serverIdBytes } from '../../src/oxcdata/server-id.js'
import { sortOrderSet } from '../../src/oxcdata/sort-order.js'
import { stringOf } from '../../src/oxcdata/stored-string.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { typedString } from '../../src/oxcdata/typed-string.js'
import { bytesOf, exchangeResponse, hexOf, outsideMissing, vectorBytes } from './outside.js'

t.test('tagged values of a published RopSetProperties request', { skip: outsideMissing }, async t => {
  const bytes = vectorBytes('MS-OXCPRPT', 'oxcprpt-4.2.1-setproperties-req')
  const reader = new Reader(bytes)
  reader.position = 7
  const prefix = taggedPropertyValue.read(reader)
  const subject = taggedPropertyValue.read(reader)
  t.equal(prefix.tag, 0x003d001f)
  t.equal(stringOf(prefix.bytes), '')
  t.equal(subject.tag, 0x0e1d001f)
  t.equal(decodeValue(types.PtypString, subject.bytes), 'Hello World')
  t.equal(reader.remaining, 0)
  const writer = new Writer()
  taggedPropertyValue.write(writer, prefix)
  taggedPropertyValue.write(writer, subject)
  t.equal(hexOf(writer.written()), hexOf(bytes.subarray(7)))
  t.equal(taggedPropertyValue.size(prefix) + taggedPropertyValue.size(subject), bytes.byteLength - 7)
})

t.test('property tags and sort orders of published table requests', { skip: outsideMissing }, async t => {
  const columns = new Reader(vectorBytes('MS-OXCTABL', 'oxctabl-4.2.1-setcolumns-req'))
  columns.position = 6
  const tags = Array.from({ length: 6 }, () => propertyTag.read(columns))
  t.same(tags, [0x67480014, 0x674a0014, 0x674d0014, 0x674e0003, 0x0037001f, 0x0e060040])
  t.equal(columns.remaining, 0)

  const bytes = vectorBytes('MS-OXCTABL', 'oxctabl-4.3.1-sorttable-req')
  const sort = new Reader(bytes)
  sort.position = 4
  const set = sortOrderSet.read(sort)
  t.same(set, {
    categorizedCount: 1,
    expandedCount: 1,
    orders: [
      { tag: 0x8008301f, order: 0 },
      { tag: 0x0e060040, order: 1 }
    ]
  })
  const writer = new Writer()
  sortOrderSet.write(writer, set)
  t.equal(hexOf(writer.written()), hexOf(bytes.subarray(4)))
})

t.test('typed strings of recorded RopOpenMessage answers', { skip: outsideMissing }, async t => {
  for (const [name, prefix, subject] of [
    ['items-en-us/15-execute-open-message', '', 'Seeded message with a large body and two attachments'],
    ['acts-en-us/12-execute-submit-refused', null, 'mapi-client-rs acts scenario']
  ] as const) {
    const bytes = exchangeResponse(name)
    const reader = new Reader(bytes)
    // RopId, handle index, ReturnValue, HasNamedProperties.
    reader.position = 7
    t.equal(typedString.read(reader), prefix)
    t.equal(typedString.read(reader), subject)
    const writer = new Writer()
    typedString.write(writer, prefix)
    typedString.write(writer, subject)
    t.equal(hexOf(writer.written()), hexOf(bytes.subarray(7, reader.position)))
  }
})

t.test('property names of a recorded answer', { skip: outsideMissing }, async t => {
  const bytes = exchangeResponse('session-en-us/08-execute-named-properties-inverse')
  const reader = new Reader(bytes)
  reader.position = 6
  const count = reader.u16()
  const start = reader.position
  const names = Array.from({ length: count }, () => propertyNameOrNone.read(reader))
  t.same(names[0], { guid: '00062002-0000-0000-c000-000000000046', lid: 0x820d })
  t.same(names[names.length - 2], { guid: '00020328-0000-0000-c000-000000000046', lid: 0x37 }, 'ids below 0x8000')
  t.equal(names[names.length - 1], undefined, 'a property without a name is the single byte FF')
  const writer = new Writer()
  for (const name of names) propertyNameOrNone.write(writer, name)
  t.equal(hexOf(writer.written()), hexOf(bytes.subarray(start, reader.position)))
})

t.test('property names by string', async t => {
  const bytes = bytesOf('01 2903020000000000c000000000000046 12 4b006500790077006f00720064007300 0000')
  const reader = new Reader(bytes)
  const name = propertyNameOrNone.read(reader)
  t.same(name, { guid: '00020329-0000-0000-c000-000000000046', name: 'Keywords' })
  const writer = new Writer()
  propertyNameOrNone.write(writer, name)
  t.equal(hexOf(writer.written()), hexOf(bytes))
})

/** Wire bytes as [MS-OXCDATA] 2.11.1 lays them out, written by hand, with the value they mean. */
const VALUES: readonly (readonly [number, string, PropertyValue])[] = [
  [types.PtypInteger16, 'feff', -2],
  [types.PtypInteger32, '78563412', 0x12345678],
  [types.PtypFloating32, '0000803f', 1],
  [types.PtypFloating64, '000000000000f0bf', -1],
  [types.PtypCurrency, '10270000 00000000', 10000n],
  [types.PtypFloatingTime, '0000000000000040', 2],
  [types.PtypErrorCode, '0f010480', 0x8004010f],
  [types.PtypBoolean, '01', true],
  [types.PtypInteger64, 'ffffffffffffffff', -1n],
  [types.PtypString, '41006200 0000', 'Ab'],
  [types.PtypString8, '4162 00', 'Ab'],
  [types.PtypTime, '00803ed5deb19d01', 0x019db1ded53e8000n],
  [types.PtypGuid, '33221100554477668899aabbccddeeff', '00112233-4455-6677-8899-aabbccddeeff'],
  [types.PtypServerId, '0300 010203', Uint8Array.of(1, 2, 3)],
  [types.PtypBinary, '0200 abcd', Uint8Array.of(0xab, 0xcd)],
  [types.PtypRestriction, '08 1f003700', bytesOf('081f003700')],
  [types.PtypRuleAction, '0100 0900 0a 00000000 00000000', bytesOf('010009000a0000000000000000')],
  [types.PtypMultipleInteger16, '02000000 0100 ffff', [1, -1]],
  [types.PtypMultipleInteger32, '01000000 05000000', [5]],
  [types.PtypMultipleFloating32, '01000000 0000803f', [1]],
  [types.PtypMultipleFloating64, '01000000 000000000000f03f', [1]],
  [types.PtypMultipleCurrency, '01000000 0100000000000000', [1n]],
  [types.PtypMultipleFloatingTime, '01000000 000000000000f03f', [1]],
  [types.PtypMultipleInteger64, '01000000 0200000000000000', [2n]],
  [types.PtypMultipleString, '02000000 41000000 0000', ['A', '']],
  [types.PtypMultipleString8, '02000000 4100 00', ['A', '']],
  [types.PtypMultipleTime, '01000000 0100000000000000', [1n]],
  [types.PtypMultipleGuid, '01000000 33221100554477668899aabbccddeeff', ['00112233-4455-6677-8899-aabbccddeeff']],
  [types.PtypMultipleBinary, '02000000 0100 aa 0000', [Uint8Array.of(0xaa), new Uint8Array(0)]]
]

t.test('values of every type', async t => {
  for (const [type, hex, value] of VALUES) {
    const bytes = bytesOf(hex)
    const name = `type 0x${type.toString(16)}`
    const reader = new Reader(bytes)
    const stored = readRowValue(reader, type)
    t.equal(reader.remaining, 0, `${name}: read to the end`)
    t.same(decodeValue(types.storedType(type), stored), value, `${name}: decoded`)
    t.equal(hexOf(encodeValue(type, value)), hexOf(stored), `${name}: encoded`)
    t.ok(isStoredValue(types.storedType(type), stored), `${name}: a stored value`)
    const writer = new Writer()
    writeRowValue(writer, type, stored)
    t.equal(hexOf(writer.written()), hexOf(bytes), `${name}: written`)
    t.equal(rowValueSize(type, stored), bytes.byteLength, `${name}: size`)
  }
})

t.test('counts of 32 bits', async t => {
  for (const [type, hex] of [
    [types.PtypBinary, '02000000 abcd'],
    [types.PtypMultipleBinary, '02000000 01000000 aa 00000000']
  ] as const) {
    const stored = readRowValue(new Reader(bytesOf(hex)), type, 32)
    const writer = new Writer()
    writeRowValue(writer, type, stored, 32)
    t.equal(hexOf(writer.written()), hexOf(bytesOf(hex)))
    t.equal(rowValueSize(type, stored, 1252, 32), bytesOf(hex).byteLength)
  }
})

t.test('8-bit strings are converted at the wire', async t => {
  for (const [codePage, hex, text] of [
    [1252, '8c636f6c6520fc2000', 'Œcole ü '],
    [1251, 'cff0e8e2e5f200', 'Привет'],
    [932, '93fa967b00', '日本'],
    [65001, 'e697a5c3bc00', '日ü'],
    [28605, 'a400', '€'],
    [20127, '61626300', 'abc']
  ] as const) {
    const context = codecContext({ codePage })
    const stored = readRowValue(new Reader(bytesOf(hex), context), types.PtypString8)
    t.equal(stringOf(stored), text, `code page ${codePage}`)
    const writer = new Writer(16, undefined, context)
    writeRowValue(writer, types.PtypString8, stored)
    t.equal(hexOf(writer.written()), hex)
    t.equal(rowValueSize(types.PtypString8, stored, codePage), hex.length / 2)
  }
  const writer = new Writer(16, undefined, codecContext({ codePage: 1252 }))
  writeRowValue(writer, types.PtypString8, encodeValue(types.PtypString, '日'))
  t.equal(hexOf(writer.written()), '3f00', 'a character that the code page lacks')
})

t.test('malformed values are refused', async t => {
  for (const [type, hex] of [
    [types.PtypString, '4100'],
    [types.PtypString, '41'],
    [types.PtypString8, '41'],
    [types.PtypBinary, '0500 0102'],
    [types.PtypMultipleInteger32, 'ffffff7f 01000000'],
    [types.PtypMultipleString, 'ffffffff 0000'],
    [types.PtypMultipleBinary, '03000000 0000 0000'],
    [types.PtypRestriction, '0c'],
    [types.PtypGuid, '00'],
    [0x0123, '00'],
    [0x100d, '00000000'],
    [types.PtypUnspecified, '00']
  ] as const) {
    t.throws(() => readRowValue(new Reader(bytesOf(hex)), type), { name: 'MalformedBuffer' }, `${type} ${hex}`)
  }
  t.notOk(isStoredValue(types.PtypString, bytesOf('4100')))
  t.notOk(isStoredValue(types.PtypString, bytesOf('410000004200 0000')), 'text behind the terminator')
  t.notOk(isStoredValue(types.PtypInteger32, bytesOf('4100')))
  t.notOk(isStoredValue(types.PtypMultipleBinary, bytesOf('05000000 00')))
})

t.test('tags', async t => {
  t.equal(makeTag(0x8008, types.PtypString), 0x8008001f)
  t.equal(tagId(0x8008001f), 0x8008)
  t.equal(tagType(0x8008001f), types.PtypString)
  t.equal(storedTag(0x0037001e), 0x0037001f)
  t.equal(storedTag(0x8008301e), 0x8008101f)
})

t.test('long term ids', async t => {
  const bytes = bytesOf('33221100554477668899aabbccddeeff 000000000005 0000')
  const value = longTermId.read(new Reader(bytes))
  t.same(value, { databaseGuid: '00112233-4455-6677-8899-aabbccddeeff', globcnt: 5 })
  const writer = new Writer()
  longTermId.write(writer, value)
  t.equal(hexOf(writer.written()), hexOf(bytes))
})

t.test('server ids', async t => {
  const bytes = bytesOf('01 010000000000010c 0100000000000005 00000000')
  const id = parseServerId(bytes)
  t.same(id, { folderId: makeId(1, 0x10c), messageId: makeId(1, 5), instance: 0 })
  t.equal(hexOf(serverIdBytes(id!)), hexOf(bytes))
  t.equal(parseServerId(bytesOf('00 0102')), undefined, 'bytes of the client')
})
