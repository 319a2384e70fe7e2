import { test } from 'tap'
import { codecContext, MalformedBuffer, Reader, Writer } from '../../../src/bufferstructs/index.js'
import { readFilter, writeFilter } from '../../../src/fronts/mapi-http/grammar/address-book-restriction.js'
import {
  ARRAY_LIMIT,
  readRow,
  readTagged,
  readValue,
  readValueList,
  rowSize,
  stat,
  u32Array,
  valueSize,
  writeRow,
  writeTagged,
  writeValue
} from '../../../src/fronts/mapi-http/grammar/address-book-values.js'
import type { NspiRow } from '../../../src/nspi/nspi.js'
import * as types from '../../../src/oxcdata/property-type.js'
import { encodeValue, type PropertyValue } from '../../../src/oxcdata/property-value.js'
import { requirement } from '../../conformance/ledger.js'
import { bytes, someStat } from './address-book-bytes.js'

const ecNotFound = 0x8004010f

function written(put: (writer: Writer) => void, codePage = 1252): string {
  const writer = new Writer(16, undefined, codecContext({ codePage }))
  put(writer)
  return Buffer.from(writer.written()).toString('hex')
}

const readerOf = (hex: string, codePage = 1252) => new Reader(bytes().hex(hex).buffer, codecContext({ codePage }))

/** Type, value and its bytes as [MS-OXCMAPIHTTP] 2.2.1.1 and [MS-OXCDATA] 2.11.1 give them, counts of 32 bits. */
const VALUES: readonly [type: number, value: PropertyValue, hex: string][] = [
  [types.PtypInteger16, -2, 'feff'],
  [types.PtypInteger32, 6, '06000000'],
  [types.PtypFloating32, 1.5, '0000c03f'],
  [types.PtypFloating64, 1.5, '000000000000f83f'],
  [types.PtypCurrency, 10000n, '1027000000000000'],
  [types.PtypFloatingTime, 2, '0000000000000040'],
  [types.PtypErrorCode, ecNotFound, '0f010480'],
  [types.PtypBoolean, true, '01'],
  [types.PtypInteger64, 1n, '0100000000000000'],
  [types.PtypTime, 1n, '0100000000000000'],
  [types.PtypGuid, '00112233-4455-6677-8899-aabbccddeeff', '33221100554477668899aabbccddeeff'],
  [types.PtypString, 'Ab', 'ff 4100 6200 0000'],
  [types.PtypString, '', 'ff 0000'],
  [types.PtypString8, 'Ab', 'ff 41 62 00'],
  [types.PtypBinary, Uint8Array.of(1, 2, 3), 'ff 03000000 010203'],
  [types.PtypMultipleInteger16, [1, 2], 'ff 02000000 0100 0200'],
  [types.PtypMultipleInteger32, [1], 'ff 01000000 01000000'],
  [types.PtypMultipleFloating32, [1.5], 'ff 01000000 0000c03f'],
  [types.PtypMultipleFloating64, [1.5], 'ff 01000000 000000000000f83f'],
  [types.PtypMultipleCurrency, [1n], 'ff 01000000 0100000000000000'],
  [types.PtypMultipleFloatingTime, [2], 'ff 01000000 0000000000000040'],
  [types.PtypMultipleInteger64, [1n], 'ff 01000000 0100000000000000'],
  [types.PtypMultipleTime, [1n], 'ff 01000000 0100000000000000'],
  [types.PtypMultipleGuid, ['00112233-4455-6677-8899-aabbccddeeff'], 'ff 01000000 33221100554477668899aabbccddeeff'],
  [types.PtypMultipleString, ['A', ''], 'ff 02000000 ff 4100 0000 ff 0000'],
  [types.PtypMultipleString8, ['A', 'bc'], 'ff 02000000 ff 41 00 ff 62 63 00'],
  [types.PtypMultipleBinary, [Uint8Array.of(9), Uint8Array.of()], 'ff 02000000 ff 01000000 09 ff 00000000']
]

test('values of every type', async t => {
  for (const [type, value, hex] of VALUES) {
    const name = `0x${type.toString(16)}`
    const stored = encodeValue(type, value)
    const expected = bytes().hex(hex).buffer
    t.equal(
      written(writer => writeValue(writer, type, stored)),
      expected.toString('hex'),
      name
    )
    t.equal(valueSize(type, stored, 1252), expected.length, `${name}: size`)
    const reader = readerOf(hex)
    t.same(readValue(reader, type), stored, `${name}: read`)
    t.equal(reader.remaining, 0)
  }
  requirement('MS-OXCMAPIHTTP_R2000', 'MS-OXCMAPIHTTP_R2001', 'MS-OXCMAPIHTTP_R2002', 'MS-OXCMAPIHTTP_R2003')
  requirement('MS-OXCMAPIHTTP_R2004', 'MS-OXCMAPIHTTP_R2257', 'MS-OXCMAPIHTTP_R2258', 'MS-OXCMAPIHTTP_R2006')
  requirement('MS-OXCMAPIHTTP_R2009', 'MS-OXCMAPIHTTP_R2010')
  for (const type of [types.PtypString, types.PtypString8, types.PtypBinary, types.PtypMultipleInteger32]) {
    t.equal(
      written(writer => writeValue(writer, type, new Uint8Array(0))),
      '00',
      'HasValue FALSE and no more'
    )
    t.equal(valueSize(type, new Uint8Array(0), 1252), 1)
    t.equal(readValue(readerOf('00'), type).length, 0)
  }
  requirement('MS-OXCMAPIHTTP_R2005')
  t.equal(
    written(writer => writeValue(writer, types.PtypObject, Uint8Array.of(7))),
    '07000000',
    'an address list'
  )
  t.equal(readValue(readerOf('07000000'), types.PtypObject).length, 4)
  t.equal(
    written(writer => writeValue(writer, types.PtypNull, new Uint8Array(0))),
    ''
  )
})

test('8-bit text is in the code page', async t => {
  const stored = encodeValue(types.PtypString8, 'Яж')
  t.equal(
    written(writer => writeValue(writer, types.PtypString8, stored), 1251),
    'ffdfe600'
  )
  t.equal(valueSize(types.PtypString8, stored, 1251), 4)
  t.same(readValue(readerOf('ff dfe600', 1251), types.PtypString8), stored)
  t.equal(
    written(writer => writeValue(writer, types.PtypString8, stored), 65001),
    'ffd0afd0b600'
  )
  t.equal(
    written(writer => writeValue(writer, types.PtypString8, stored), 1252),
    'ff3f3f00',
    'what it lacks'
  )
  t.equal(
    written(writer => writeValue(writer, types.PtypString8, stored), 1200),
    'ff3f3f00',
    'no 8-bit code page'
  )
})

test('many elements, long elements, elements in a code page', async t => {
  const long = 'x'.repeat(200)
  const wide = ['a', long, 'Я']
  t.same(
    readValue(
      new Reader(bytes().u8(0xff).u32(3).u8(0xff).text16('a').u8(0xff).text16(long).u8(0xff).text16('Я').buffer),
      types.PtypMultipleString
    ),
    encodeValue(types.PtypMultipleString, wide)
  )
  t.same(
    readValue(
      new Reader(
        bytes().u8(0xff).u32(4).u8(0xff).text8('a').u8(0).u8(0xff).text8(long).u8(0xff, 0xdf, 0).buffer,
        codecContext({ codePage: 1251 })
      ),
      types.PtypMultipleString8
    ),
    encodeValue(types.PtypMultipleString8, ['a', '', long, 'Я'])
  )
  const many = (count: number) => bytes().u32(0x3001101e).u8(0xff).u32(count).raw(Buffer.alloc(count)).buffer
  const listOf = (...counts: number[]) =>
    new Reader(Buffer.concat([bytes().u32(counts.length).buffer, ...counts.map(many)]))
  t.equal(readValueList(listOf(60_000, 40_000)).length, 2)
  t.throws(() => readValueList(listOf(60_000, 40_001)), MalformedBuffer, 'one list has at most 100,000 in all')
})

test('elements without a value, and values that do not exist', async t => {
  t.same(
    readValue(readerOf('ff 02000000 00 ff 4100 0000'), types.PtypMultipleString),
    encodeValue(types.PtypMultipleString, ['', 'A'])
  )
  t.same(
    readValue(readerOf('ff 02000000 00 ff 01000000 05'), types.PtypMultipleBinary),
    encodeValue(types.PtypMultipleBinary, [Uint8Array.of(), Uint8Array.of(5)])
  )
  const malformed = (hex: string, type: number) =>
    t.throws(() => readValue(readerOf(hex), type), MalformedBuffer, `${hex} as 0x${type.toString(16)}`)
  malformed('', types.PtypString)
  malformed('ff 4100', types.PtypString)
  malformed('ff 41', types.PtypString8)
  malformed('ff 05000000 01', types.PtypBinary)
  malformed('ff ffffffff', types.PtypMultipleInteger16)
  malformed('ff ffffffff', types.PtypMultipleString)
  malformed('ff 02000000 ff 00000000', types.PtypMultipleBinary)
  malformed('0000', types.PtypInteger32)
  for (const type of [types.PtypUnspecified, 0x0099, 0x1099, 0x301f, 0x100b]) malformed('ff 01000000 01 00000000', type)
  t.throws(() => writeValue(new Writer(), types.PtypInteger32, Uint8Array.of(1)), TypeError)
})

test('tagged values', async t => {
  const value = { tag: 0x3001001f, bytes: encodeValue(types.PtypString, 'A') }
  t.equal(
    written(writer => writeTagged(writer, value)),
    '1f000130ff41000000',
    'type, id, value'
  )
  t.same(readTagged(readerOf('1f000130 ff 4100 0000')), value)
  requirement('MS-OXCMAPIHTTP_R2011', 'MS-OXCMAPIHTTP_R2012', 'MS-OXCMAPIHTTP_R2013', 'MS-OXCMAPIHTTP_R2014')
})

test('rows', async t => {
  const columns = [0x3001001f, 0x39fe001e, 0x39000003, 0x0fff0000]
  const name = { tag: 0x3001001f, bytes: encodeValue(types.PtypString, 'A') }
  const mail = { tag: 0x39fe001e, bytes: encodeValue(types.PtypString8, 'b') }
  const type = { tag: 0x39000003, bytes: encodeValue(types.PtypInteger32, 6) }
  const id = { tag: 0x0fff0102, bytes: Uint8Array.of(7, 8) }
  const noId = { tag: 0x0fff000a, bytes: encodeValue(types.PtypErrorCode, ecNotFound) }
  const noMail = { tag: 0x39fe000a, bytes: encodeValue(types.PtypErrorCode, ecNotFound) }
  const absent = { tag: 0x3001_0001, bytes: new Uint8Array(0) }
  const cases: [what: string, row: NspiRow, hex: string][] = [
    ['standard', [name, mail, type, id], '00 ff4100 0000 ff6200 06000000 0201 ff 02000000 0708'],
    ['flagged', [name, noMail, type, id], '01 00ff4100 0000 0a 0f010480 00 06000000 0201 00 ff 02000000 0708'],
    ['flagged, without a type', [absent, mail, type, noId], '01 01 00 ff6200 00 06000000 0a00 0a 0f010480']
  ]
  for (const [what, row, hex] of cases) {
    const expected = bytes().hex(hex).buffer
    t.equal(
      written(writer => writeRow(writer, columns, row)),
      expected.toString('hex'),
      what
    )
    t.equal(rowSize(columns, row, 1252), expected.length)
    const reader = readerOf(hex)
    t.same(readRow(reader, columns), row)
    t.equal(reader.remaining, 0)
  }
  requirement('MS-OXCMAPIHTTP_R15', 'MS-OXCMAPIHTTP_R16', 'MS-OXCMAPIHTTP_R17', 'MS-OXCMAPIHTTP_R18')
  requirement('MS-OXCMAPIHTTP_R450', 'MS-OXCMAPIHTTP_R453', 'MS-OXCMAPIHTTP_R2035', 'MS-OXCMAPIHTTP_R2036')
  requirement('MS-OXCMAPIHTTP_R2018', 'MS-OXCMAPIHTTP_R2019', 'MS-OXCMAPIHTTP_R2021', 'MS-OXCMAPIHTTP_R2022')
  requirement('MS-OXCMAPIHTTP_R2024', 'MS-OXCMAPIHTTP_R2027')
  t.equal(
    written(writer => writeRow(writer, [0x39fe001e], [{ ...mail, tag: 0x39fe001f }])),
    '00ff6200',
    'stored Unicode in a column of 8-bit text'
  )
  t.throws(() => readRow(readerOf('02'), columns), MalformedBuffer)
  t.throws(() => readRow(readerOf('01 05'), columns), MalformedBuffer)
  t.throws(() => writeRow(new Writer(), columns, [name]), TypeError, 'a row of other columns')
  t.throws(() => writeRow(new Writer(), [0x39000003], [name]), TypeError, 'a value of another type')
})

test('STAT and arrays of tags', async t => {
  const hex = bytes().stat(someStat()).buffer.toString('hex')
  t.equal(hex.length / 2, 36)
  t.equal(
    written(writer => stat.write(writer, someStat())),
    hex
  )
  t.same(stat.read(readerOf(hex)), someStat())
  t.equal(
    written(writer => u32Array.write(writer, [0x3001001f, 0x0fff0102])),
    '020000001f0001300201ff0f'
  )
  t.same(u32Array.read(readerOf('02000000 1f000130 0201ff0f')), [0x3001001f, 0x0fff0102])
  requirement('MS-OXCMAPIHTTP_R23', 'MS-OXCMAPIHTTP_R24', 'MS-OXCMAPIHTTP_R26')
  const most = bytes()
    .u32(ARRAY_LIMIT)
    .raw(Buffer.alloc(ARRAY_LIMIT * 4)).buffer
  t.equal(u32Array.read(new Reader(most)).length, 100_000)
  const more = bytes()
    .u32(ARRAY_LIMIT + 1)
    .raw(Buffer.alloc(ARRAY_LIMIT * 4 + 4)).buffer
  t.throws(() => u32Array.read(new Reader(more)), MalformedBuffer)
  requirement('MS-OXCMAPIHTTP_R25')
})

test('restrictions', async t => {
  // [MS-OXCDATA] 2.12 with 32-bit counts, and the byte before a value that Outlook writes.
  const cases: [hex: string, kind: string][] = [
    ['00 02000000 08 1f000130 02 08 1e00fe39', 'and'],
    ['01 00000000', 'or'],
    ['03 0200 0100 1f000130 ff 1f000130 ff 4100 0000', 'content'],
    ['03 0200 0100 1f000130 00', 'content'],
    ['04 04 1f100f80 ff 1f000f80 ff 4100 0000', 'property'],
    ['04 04 03000039 00', 'property'],
    ['05 04 1f000130 1e00fe39', 'compare'],
    ['06 01 03000039 0f000000', 'bitmask'],
    ['07 02 1f000130 10000000', 'size'],
    ['09 0d000f36 08 1f000130', 'subObject'],
    ['0a 01 03000039 06000000 01 08 1f000130', 'comment'],
    ['0a 00 00', 'comment'],
    ['0b 05000000 08 1f000130', 'count']
  ]
  for (const [hex, kind] of cases) {
    const reader = readerOf(hex)
    const filter = readFilter(reader)
    t.equal(filter.kind, kind)
    t.equal(reader.remaining, 0)
    t.equal(
      written(writer => writeFilter(writer, filter)),
      hex.replaceAll(' ', '')
    )
  }
  const missing = readFilter(readerOf('04 04 03000039 00'))
  t.match(missing, { value: { tag: 0x39000001 } }, 'a value that is not there is PtypNull')
  t.throws(() => readFilter(readerOf('0c')), MalformedBuffer)
  t.throws(() => readFilter(readerOf('00 ffffffff')), MalformedBuffer)
  t.throws(() => readFilter(readerOf('02'.repeat(1000))), MalformedBuffer, 'nested too deep')
})
