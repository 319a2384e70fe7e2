import { readFileSync } from 'node:fs'
import t from 'tap'
import { BufferFull, codecContext, Random, Reader, Writer } from '../../src/bufferstructs/index.js'
import { ErrorCode, errorName } from '../../src/oxcdata/error-code.js'
import { errorNames } from '../../src/oxcdata/generate-error-codes.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { PackedProperties, packProperties } from '../../src/oxcdata/packed-properties.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import {
  cellType,
  type RowCell,
  readPropertyRow,
  writePropertyRow,
  writeRowFromPacked
} from '../../src/oxcdata/property-row.js'
import * as types from '../../src/oxcdata/property-type.js'
import { decodeValue, encodeValue } from '../../src/oxcdata/property-value.js'
import { cutCell } from '../../src/oxcdata/table-cell.js'
import { requirement } from '../conformance/ledger.js'
import { bytesOf, hexOf, outsideMissing } from './outside.js'

const SUBJECT = 0x0037001f
const SUBJECT8 = 0x0037001e
const SIZE = 0x0e080003
const KEY = 0x65e20102
const TIME = 0x0e060040
const CATEGORIES = 0x8008101f

function bag(...entries: readonly (readonly [number, Parameters<typeof encodeValue>[1]])[]): PropertyBag {
  return PropertyBag.of(entries.map(([tag, value]) => ({ tag, bytes: encodeValue(tag & 0xffff, value) })))
}

t.test('the row of the published RopQueryRows answer of a rules table', async t => {
  // [MS-OXORULE] 4.2.2: PidTagRuleId, PidTagRuleProviderData, PidTagRuleName.
  const columns = [0x66740014, 0x66840102, 0x6682001f]
  const row = bytesOf(
    '00 01000000013ff856 1000 01000000 01000000 55555555 d144e340 500072006f006a0065006300740020005800 0000'
  )
  const reader = new Reader(row)
  const cells = readPropertyRow(reader, columns)
  t.equal(reader.remaining, 0)
  t.equal(decodeValue(types.PtypString, cells[2] as Uint8Array), 'Project X')
  const writer = new Writer()
  writePropertyRow(writer, columns, cells)
  t.equal(hexOf(writer.written()), hexOf(row))
  const properties = PropertyBag.of(columns.map((tag, i) => ({ tag, bytes: cells[i] as Uint8Array })))
  const packed = new Writer()
  writeRowFromPacked(packed, columns, new PackedProperties(packProperties(properties)), true)
  t.equal(hexOf(packed.written()), hexOf(row), 'the same bytes from a packed record')
})

t.test('flagged rows and untyped columns', async t => {
  // [MS-OXCDATA] 2.8.1.2, 2.11.5, 2.11.6: value, error, absent; PtypUnspecified says its type.
  const columns = [SIZE, SUBJECT, KEY, 0x00370000]
  const row = bytesOf('01 00 05000000 0a 0f010480 01 1f00 00 41000000')
  const cells = readPropertyRow(new Reader(row), columns)
  t.same(cells, [
    bytesOf('05000000'),
    ErrorCode.ecNotFound,
    null,
    { type: types.PtypString, bytes: bytesOf('41000000') }
  ])
  const writer = new Writer()
  writePropertyRow(writer, columns, cells)
  t.equal(hexOf(writer.written()), hexOf(row))
  t.throws(() => readPropertyRow(new Reader(bytesOf('02')), []), { name: 'MalformedBuffer' })
  t.throws(() => readPropertyRow(new Reader(bytesOf('01 02')), [SIZE]), { name: 'MalformedBuffer' })
})

t.test('rows from packed records', async t => {
  const properties = bag([SUBJECT, 'Grüße'], [SIZE, 7], [CATEGORIES, ['red', 'blue']])
  const packed = new PackedProperties(packProperties(properties))
  const writer = new Writer(16, undefined, codecContext({ codePage: 1252 }))
  writeRowFromPacked(writer, [SUBJECT8, SIZE, TIME, 0x0e080000, CATEGORIES], packed, true)
  t.equal(
    hexOf(writer.written()),
    hexOf(
      bytesOf(
        '01 00 4772fcdf6500 00 07000000 0a 0f010480 0300 00 07000000 00 02000000 720065006400 0000 62006c0075006500 0000'
      )
    )
  )
  const computed = {
    cell: (column: number): RowCell | undefined => (column === TIME ? bytesOf('0100000000000000') : undefined)
  }
  writer.position = 0
  writeRowFromPacked(writer, [SIZE, TIME], packed, true, computed)
  t.equal(hexOf(writer.written()), '00070000000100000000000000')
})

t.test('a row that does not fit is refused', async t => {
  const packed = new PackedProperties(packProperties(bag([SUBJECT, 'a longer subject'])))
  const writer = new Writer(16, 20)
  t.throws(() => writeRowFromPacked(writer, [SUBJECT], packed, false), BufferFull)
})

t.test('tables cut long cells', async t => {
  const packed = new PackedProperties(
    packProperties(bag([SUBJECT, 'x'.repeat(300)], [KEY, new Uint8Array(600).fill(7)], [0x1000001f, 'y'.repeat(255)]))
  )
  const writer = new Writer()
  writeRowFromPacked(writer, [SUBJECT, SUBJECT8, KEY, 0x1000001f], packed, true)
  const cells = readPropertyRow(new Reader(writer.written()), [SUBJECT, SUBJECT8, KEY, 0x1000001f])
  t.equal(decodeValue(types.PtypString, cells[0] as Uint8Array), `${'x'.repeat(252)}...`)
  t.equal(decodeValue(types.PtypString, cells[1] as Uint8Array), `${'x'.repeat(252)}...`)
  t.equal((cells[2] as Uint8Array).byteLength, 510)
  t.equal(decodeValue(types.PtypString, cells[3] as Uint8Array), 'y'.repeat(255), '255 characters stay whole')
  requirement('MS-OXCTABL_R121')
  writer.position = 0
  writeRowFromPacked(writer, [SUBJECT, KEY], packed, false)
  t.equal(writer.position, 1 + 602 + 602, 'whole where no table asks')

  t.equal(cutCell(types.PtypBinary, new Uint8Array(510)).byteLength, 510)
  const many = encodeValue(types.PtypMultipleString, ['a'.repeat(200), 'b'.repeat(200)])
  t.same(decodeValue(types.PtypMultipleString, cutCell(types.PtypMultipleString, many)), ['a'.repeat(200)])
  const one = encodeValue(types.PtypMultipleString, ['a'.repeat(400)])
  t.equal(cutCell(types.PtypMultipleString, one).byteLength, 510)
  const binary = encodeValue(types.PtypMultipleBinary, [new Uint8Array(700)])
  t.equal(cutCell(types.PtypMultipleBinary, binary).byteLength, 510)
})

t.test('packed records agree with bags', async t => {
  const random = new Random(7)
  const reader = new PackedProperties()
  for (let round = 0; round < 200; round++) {
    const properties = new PropertyBag()
    for (let i = random.below(30); i > 0; i--) {
      properties.put(random.below(0x10000), types.PtypBinary, new Uint8Array(random.below(90)).fill(i))
    }
    const packed = packProperties(properties)
    const shifted = new Uint8Array(packed.byteLength + 3)
    shifted.set(packed, 3)
    reader.reset(shifted, 3)
    t.equal(reader.count, properties.size)
    t.equal(reader.end, shifted.byteLength)
    for (const [id, entry] of properties.entries()) {
      const index = reader.find(id)
      if (index < 0 || Buffer.compare(reader.valueAt(index), entry.bytes) !== 0) t.fail(`property ${id}`)
    }
    t.equal(reader.find(0x10001), -1)
    t.same([...reader.toBag().entries()].sort(), [...properties.entries()].sort())
  }
  t.throws(() => new PackedProperties(bytesOf('0100 0100 0200 ffff0000')), RangeError)
  const some = packProperties(bag([SUBJECT, 'a'], [SIZE, 1]), id => id === 0x0037)
  t.equal(new PackedProperties(some).count, 1)
})

t.test('bags name a property once', async t => {
  const properties = bag([SUBJECT, 'a'])
  properties.set(SUBJECT8, encodeValue(types.PtypString, 'b'))
  t.same(properties.tags(), [SUBJECT])
  t.equal(decodeValue(types.PtypString, properties.get(SUBJECT8)!), 'b')
  t.ok(properties.has(0x00370000))
  t.notOk(properties.has(0x00370003))
  const copy = properties.clone()
  properties.delete(SUBJECT)
  t.equal(copy.size, 1)
  t.equal(properties.size, 0)
  t.equal(cellType(0x8008301f), types.PtypString)
})

t.test('fifty rows of ten columns take microseconds', async t => {
  const tags = Array.from({ length: 30 }, (_, i) => (0x0e000003 + i * 0x10000) >>> 0)
  const properties = new PropertyBag()
  for (const tag of tags) properties.set(tag, encodeValue(types.PtypInteger32, tag & 0xff))
  properties.set(SUBJECT, encodeValue(types.PtypString, 'Subject of an ordinary length'))
  properties.set(KEY, new Uint8Array(22))
  const rows = Array.from({ length: 50 }, () => packProperties(properties))
  const columns = [...tags.slice(0, 7), SUBJECT, KEY, tags[20]]
  const packed = new PackedProperties()
  const writer = new Writer(32768)
  const page = () => {
    writer.position = 0
    for (const row of rows) writeRowFromPacked(writer, columns, packed.reset(row), true)
  }
  for (let i = 0; i < 2000; i++) page()
  const started = process.hrtime.bigint()
  const rounds = 2000
  for (let i = 0; i < rounds; i++) page()
  const perPage = Number(process.hrtime.bigint() - started) / rounds / 1000
  t.comment(`${perPage.toFixed(1)} us for a page of 50 rows x 10 columns`)
  t.ok(perPage < 1000)
})

t.test('errors', async t => {
  const error = new MapiError(ErrorCode.ecNotFound)
  t.ok(error instanceof MapiError)
  t.ok(error instanceof Error)
  t.equal(error.code, 0x8004010f)
  t.equal(error.message, 'ecNotFound')
  t.equal(`${new MapiError(ErrorCode.ecAccessDenied, 'folder')}`, 'MapiError: ecAccessDenied: folder')
  t.equal(error.stack, undefined)
  t.equal(errorName(0), 'ecNone')
  t.equal(errorName(0x4b9), 'ecNullObject')
  t.equal(errorName(0x12345678), '0x12345678')
  t.match(ErrorCode, {
    ecServerBusy: 0x480,
    ecDuplicateName: 0x80040604,
    MAPI_E_NOT_FOUND: 0x8004010f,
    ecWarnWithErrors: 0x40380
  })
})

t.test('the generated table is that of the specification data', { skip: outsideMissing }, async t => {
  const names = errorNames(readFileSync('../shared/spec/errors.tsv', 'utf8'))
  t.same(new Map(Object.entries(ErrorCode).sort()), new Map([...names].sort()))
})
