/**
 * Data types of the address book bodies ([MS-OXCMAPIHTTP] 2.2.1). They differ from those of ROP buffers: counts have 32 bits,
 * and a HasValue byte stands before every string, binary and multivalue, and before each string or binary in a multivalue.
 *
 * Values are in stored form ([MS-OXCDATA] 2.11 without counts; strings as UTF-16LE with their terminating zero). A string or
 * binary without bytes is one whose HasValue is FALSE. A property that is not there is an entry of type PtypErrorCode with
 * its code or, where a row says neither a value nor an error, of type PtypNull.
 */
import {
  type CodecContext,
  custom,
  decodeString8,
  i32,
  type Layout,
  type Reader,
  struct,
  u32,
  utf16Fill,
  type Writer
} from '../../../bufferstructs/index.js'
import type { NspiRow, NspiValue, Stat } from '../../../nspi/nspi.js'
import { cellType } from '../../../oxcdata/property-row.js'
import { type PropertyTag, withType } from '../../../oxcdata/property-tag.js'
import {
  fixedSize,
  isMultivalue,
  isValueType,
  PtypBinary,
  PtypErrorCode,
  PtypInteger32,
  PtypNull,
  PtypObject,
  PtypString,
  PtypString8,
  PtypUnspecified,
  singleType,
  storedType
} from '../../../oxcdata/property-type.js'
import { readRowValue, rowValueSize, splitElements, writeRowValue } from '../../../oxcdata/property-value.js'
import { readElementCount } from '../../../oxcdata/skip-value.js'

/** Tags, rows, names, ids and elements of one array ([MS-OXCMAPIHTTP] R25, R823, R1027; [MS-OXNSPI] 2.2.2 to 2.2.4). */
export const ARRAY_LIMIT = 100_000
/** PtypEmbeddedTable, which shares its number with PtypObject, is one 32-bit value ([MS-OXNSPI] 2.2.1.1). */
const EMBEDDED_TABLE_BYTES = 4
const TRUE = 0xff
const FALSE = 0x00
const STANDARD_ROW = 0x00
const FLAGGED_ROW = 0x01
const VALUE_PRESENT = 0x00
const VALUE_ABSENT = 0x01
const VALUE_ERROR = 0x0a
const NOTHING = new Uint8Array(0)
/** Up to here a loop over bytes is cheaper than the view object that a block copy needs. */
const LOOP_BYTES = 48

/** STAT ([MS-OXNSPI] 2.2.8), 36 bytes. */
export const stat: Layout<Stat> = struct({
  sortType: u32,
  containerId: u32,
  currentRecord: u32,
  delta: i32,
  position: u32,
  totalRecords: u32,
  codePage: u32,
  templateLocale: u32,
  sortLocale: u32
})

/** A count of elements of at least `smallest` bytes, within the limit and within what is left of the body. */
export function readLimitedCount(reader: Reader, smallest: number): number {
  const at = reader.position
  const count = readElementCount(reader, 32, smallest)
  if (count > ARRAY_LIMIT) reader.fail(`count ${count} exceeds the limit of ${ARRAY_LIMIT}`, at)
  return count
}

/** A Boolean byte and, if it is not zero, the value. */
export function present<T>(inner: Layout<T>): Layout<T | null> {
  return custom<T | null>({
    read: reader => (reader.u8() === FALSE ? null : inner.read(reader)),
    write: (writer, value) => {
      writer.u8(value === null ? FALSE : TRUE)
      if (value !== null) inner.write(writer, value)
    },
    size: (value, context) => 1 + (value === null ? 0 : inner.size(value, context)),
    minSize: 1,
    why: 'TRUE is written as 0xFF in address book bodies, where optional writes 1'
  })
}

/** A Boolean byte as a field of its own. */
export const flag: Layout<boolean> = custom<boolean>({
  read: reader => reader.u8() !== FALSE,
  write: (writer, value) => writer.u8(value ? TRUE : FALSE),
  size: () => 1,
  minSize: 1,
  generate: random => random.below(2) === 1,
  why: 'TRUE is written as 0xFF in address book bodies, where bool8 writes 1'
})

/** Elements behind a 32-bit count, of at least `smallest` bytes each. */
export function limitedArray<T>(element: Layout<T>, smallest: number): Layout<T[]> {
  return custom<T[]>({
    read: reader => {
      const list: T[] = []
      for (let left = readLimitedCount(reader, smallest); left > 0; left--) list.push(element.read(reader))
      return list
    },
    write: (writer, list) => {
      writer.u32(list.length)
      for (const one of list) element.write(writer, one)
    },
    size: (list, context) => list.reduce((sum, one) => sum + element.size(one, context), 4),
    minSize: 4,
    why: 'the documents limit the count to 100,000'
  })
}

/** Numbers of four bytes each behind a 32-bit count: LargePropertyTagArray (2.2.1.8), arrays of minimal entry ids. */
export const u32Array: Layout<number[]> = custom<number[]>({
  read: reader => {
    const count = readLimitedCount(reader, 4)
    const at = reader.take(count * 4)
    const list: number[] = []
    for (let i = 0; i < count; i++) list.push(reader.view.getUint32(at + i * 4, true))
    return list
  },
  write: writeNumbers,
  size: list => 4 + list.length * 4,
  minSize: 4,
  generate: random => Array.from({ length: random.below(4) }, () => random.u32()),
  why: 'the documents limit the count to 100,000'
})

export function writeNumbers(writer: Writer, list: readonly number[]): void {
  writer.u32(list.length)
  const at = writer.reserve(list.length * 4)
  for (let i = 0; i < list.length; i++) writer.view.setUint32(at + i * 4, list[i], true)
}

/** Types whose values a HasValue byte precedes (2.2.1.1). */
function mayLackValue(type: number): boolean {
  return type === PtypString || type === PtypString8 || type === PtypBinary || isMultivalue(type)
}

/** How many elements the multivalues of one list of values or of one restriction may have in all: what is read costs time. */
export class ElementBudget {
  private left = ARRAY_LIMIT

  take(reader: Reader, count: number, at: number): void {
    this.left -= count
    if (this.left < 0) reader.fail(`more than ${ARRAY_LIMIT} elements`, at)
  }
}

/** AddressBookPropertyValue (2.2.1.1), as a copy in stored form. 8-bit text is in the code page of the reader's context. */
export function readValue(reader: Reader, type: number, budget = new ElementBudget()): Uint8Array {
  if (type === PtypObject) return reader.copy(EMBEDDED_TABLE_BYTES)
  if (type !== PtypNull && !isValueType(type)) reader.fail(`property type 0x${type.toString(16)} does not exist`)
  if (mayLackValue(type) && reader.u8() === FALSE) return NOTHING
  return isMultivalue(type) ? readElements(reader, singleType(type), budget) : readRowValue(reader, type, 32)
}

function readElements(reader: Reader, single: number, budget: ElementBudget): Uint8Array {
  const at = reader.position
  const size = fixedSize(single)
  const count = readLimitedCount(reader, size > 0 ? size : 1)
  budget.take(reader, count, at)
  return size > 0 ? reader.copy(count * size) : joinParts(reader, single, count)
}

/**
 * The stored form of strings or binaries: where each lies is found first, then all are put into one piece of memory. A piece
 * for each would cost ten times as much. A multivalue has no gaps: an element that is not there is an empty one.
 */
function joinParts(reader: Reader, single: number, count: number): Uint8Array {
  const gap = single === PtypString ? 2 : single === PtypString8 ? 1 : 4
  const ends: number[] = []
  let size = 0
  for (let i = 0; i < count; i++) {
    if (reader.u8() === FALSE) {
      ends.push(-1, -1)
      size += gap
      continue
    }
    const start = reader.position
    if (single === PtypString) reader.position = reader.findZero16()
    else if (single === PtypString8) reader.position = reader.findZero8()
    else reader.take(reader.u32())
    ends.push(start, reader.position)
    size += reader.position - start
  }
  const joined = new Uint8Array(size)
  for (let i = 0, to = 0; i < ends.length; i += 2) {
    const [start, end] = [ends[i], ends[i + 1]]
    if (start < 0) to += gap
    else if (end - start > LOOP_BYTES) {
      joined.set(reader.bytes.subarray(start, end), to)
      to += end - start
    } else for (let from = start; from < end; from++) joined[to++] = reader.bytes[from]
  }
  return single === PtypString8 ? widened(joined, reader.context.codePage) : joined
}

/** 8-bit strings, each with its zero, as UTF-16; no code page has a zero in a longer character. */
function widened(strings: Uint8Array, codePage: number): Uint8Array {
  const text = decodeString8(strings, codePage)
  const wide = new Uint8Array(text.length * 2)
  utf16Fill(wide, 0, text)
  return wide
}

/** Writes an AddressBookPropertyValue; 8-bit text in the code page of the writer's context. */
export function writeValue(writer: Writer, type: number, stored: Uint8Array): void {
  if (type === PtypObject) {
    const at = writer.position
    writer.zeros(EMBEDDED_TABLE_BYTES)
    writer.bytes.set(stored.subarray(0, EMBEDDED_TABLE_BYTES), at)
    return
  }
  const size = fixedSize(type)
  if (!mayLackValue(type)) {
    if (size > 0 && stored.byteLength !== size) throw misfit(type, stored)
    writeRowValue(writer, type, stored, 32)
    return
  }
  if (stored.byteLength === 0) {
    writer.u8(FALSE)
    return
  }
  writer.u8(TRUE)
  if (!isMultivalue(type) || size > 0) {
    writeRowValue(writer, type, stored, 32)
    return
  }
  const single = singleType(type)
  const parts = splitElements(type, stored)
  writer.u32(parts.length)
  for (const part of parts) {
    writer.u8(TRUE)
    writeRowValue(writer, single, part, 32)
  }
}

/** Bytes that `writeValue` would take. */
export function valueSize(type: number, stored: Uint8Array, codePage: number): number {
  if (type === PtypObject) return EMBEDDED_TABLE_BYTES
  if (!mayLackValue(type)) return rowValueSize(type, stored, codePage, 32)
  if (stored.byteLength === 0) return 1
  if (!isMultivalue(type) || fixedSize(type) > 0) return 1 + rowValueSize(type, stored, codePage, 32)
  const single = singleType(type)
  return splitElements(type, stored).reduce((sum, part) => sum + 1 + rowValueSize(single, part, codePage, 32), 5)
}

function misfit(type: number, stored: Uint8Array): TypeError {
  return new TypeError(`${stored.byteLength} bytes are no value of type 0x${type.toString(16)}`)
}

/** AddressBookTaggedPropertyValue (2.2.1.2). The tag is kept as it came. */
export function readTagged(reader: Reader, budget?: ElementBudget): NspiValue {
  const tag = reader.u32()
  return { tag, bytes: readValue(reader, tag & 0xffff, budget) }
}

export function writeTagged(writer: Writer, { tag, bytes }: NspiValue): void {
  writer.u32(tag)
  writeValue(writer, tag & 0xffff, bytes)
}

export function taggedSize({ tag, bytes }: NspiValue, codePage: number): number {
  return 4 + valueSize(tag & 0xffff, bytes, codePage)
}

/** AddressBookPropertyValueList (2.2.1.3). */
export function readValueList(reader: Reader): NspiValue[] {
  const list: NspiValue[] = []
  const budget = new ElementBudget()
  for (let left = readLimitedCount(reader, 4); left > 0; left--) list.push(readTagged(reader, budget))
  return list
}

export function writeValueList(writer: Writer, list: NspiRow): void {
  writer.u32(list.length)
  for (const value of list) writeTagged(writer, value)
}

export function valueListSize(list: NspiRow, codePage: number): number {
  return list.reduce((sum, value) => sum + taggedSize(value, codePage), 4)
}

function isMissing(column: PropertyTag, value: NspiValue): boolean {
  const type = value.tag & 0xffff
  return type === PtypNull || (type === PtypErrorCode && cellType(column) !== PtypErrorCode)
}

/**
 * AddressBookPropertyRow (2.2.1.7): a standard row when every column has a value, else a flagged one (2.2.1.5). The cells of a
 * column without a type say theirs (2.2.1.4, 2.2.1.6).
 */
export function readRow(reader: Reader, columns: readonly PropertyTag[]): NspiValue[] {
  const at = reader.position
  const form = reader.u8()
  if (form > FLAGGED_ROW) reader.fail(`address book row flag ${form}`, at)
  return columns.map(column => readCell(reader, column, form === FLAGGED_ROW))
}

function readCell(reader: Reader, column: PropertyTag, flagged: boolean): NspiValue {
  const own = cellType(column)
  const type = own === PtypUnspecified ? reader.u16() : own
  if (flagged) {
    const at = reader.position
    const flag = reader.u8()
    if (flag === VALUE_ABSENT) return { tag: withType(column, PtypNull), bytes: NOTHING }
    if (flag === VALUE_ERROR)
      return { tag: withType(column, PtypErrorCode), bytes: readRowValue(reader, PtypErrorCode) }
    if (flag !== VALUE_PRESENT) reader.fail(`property value flag ${flag}`, at)
  }
  return { tag: withType(column, type), bytes: readValue(reader, type) }
}

export function writeRow(writer: Writer, columns: readonly PropertyTag[], row: NspiRow): void {
  if (row.length !== columns.length) throw new TypeError(`${row.length} values for ${columns.length} columns`)
  const flagged = row.some((value, i) => isMissing(columns[i], value))
  writer.u8(flagged ? FLAGGED_ROW : STANDARD_ROW)
  for (let i = 0; i < columns.length; i++) writeCell(writer, columns[i], row[i], flagged)
}

function writeCell(writer: Writer, column: PropertyTag, value: NspiValue, flagged: boolean): void {
  const own = cellType(column)
  const type = value.tag & 0xffff
  if (own === PtypUnspecified) writer.u16(type)
  if (isMissing(column, value)) {
    writer.u8(type === PtypNull ? VALUE_ABSENT : VALUE_ERROR)
    if (type !== PtypNull) writeRowValue(writer, PtypErrorCode, errorBytes(value))
    return
  }
  if (flagged) writer.u8(VALUE_PRESENT)
  writeValue(writer, cellValueType(own, value), value.bytes)
}

export function rowSize(columns: readonly PropertyTag[], row: NspiRow, codePage: number): number {
  const flagged = row.some((value, i) => isMissing(columns[i], value))
  let size = 1
  for (let i = 0; i < columns.length; i++) {
    const value = row[i]
    const own = cellType(columns[i])
    if (own === PtypUnspecified) size += 2
    if (flagged) size++
    if (!isMissing(columns[i], value)) size += valueSize(cellValueType(own, value), value.bytes, codePage)
    else if ((value.tag & 0xffff) !== PtypNull) size += 4
  }
  return size
}

function errorBytes({ bytes }: NspiValue): Uint8Array {
  if (bytes.byteLength !== fixedSize(PtypInteger32)) throw misfit(PtypErrorCode, bytes)
  return bytes
}

/** The type in which a value goes into a column: the column's, which may be the 8-bit form of the stored Unicode. */
function cellValueType(own: number, { tag, bytes }: NspiValue): number {
  const type = tag & 0xffff
  if (own === PtypUnspecified || own === type) return type
  if (storedType(own) !== storedType(type)) throw misfit(own, bytes)
  return own
}

/** Something with reader's or writer's context in a code page, which is set back behind it. */
export function inCodePage<T>(cursor: { context: CodecContext }, codePage: number, work: () => T): T {
  const { context } = cursor
  if (context.codePage === codePage) return work()
  cursor.context = { ...context, codePage }
  try {
    return work()
  } finally {
    cursor.context = context
  }
}
