/** [MS-OXCDATA] 2.8.1: the cells of a row, in the order of the columns; the columns stand elsewhere. */
import { custom, type Layout, type Reader, type Writer } from '../bufferstructs/index.js'
import { ErrorCode } from './error-code.js'
import { type PackedProperties, typeServes } from './packed-properties.js'
import type { PropertyTag } from './property-tag.js'
import {
  fixedSize,
  isMultivalueInstance,
  PtypErrorCode,
  PtypString,
  PtypUnspecified,
  singleType
} from './property-type.js'
import { isCounted, readRowValue, splitElements, writeRowValue } from './property-value.js'
import { CUT_BYTES, cutCell, stringCellEnd, TABLE_CELL_BYTES } from './table-cell.js'

/** A cell of a PtypUnspecified column says its type. */
export interface TypedCell {
  type: number
  bytes: Uint8Array
}

/** Stored bytes, an error code in place of the value, or null: not there and no error either (flag 0x01). */
export type RowCell = Uint8Array | TypedCell | number | null

const STANDARD_ROW = 0x00
const FLAGGED_ROW = 0x01
const CELL_PRESENT = 0x00
const CELL_ABSENT = 0x01
const CELL_ERROR = 0x0a

/** The type of the cells of a column: a multivalue instance column shows single values. */
export function cellType(column: PropertyTag): number {
  const type = column & 0xffff
  return (type & 0x2000) === 0 ? type : singleType(type)
}

/** Writes a standard row when every cell has a value, else a flagged one. */
export function writePropertyRow(writer: Writer, columns: readonly PropertyTag[], cells: readonly RowCell[]): void {
  let flagged = false
  for (let i = 0; i < columns.length && !flagged; i++) flagged = isMissing(cells[i])
  writer.u8(flagged ? FLAGGED_ROW : STANDARD_ROW)
  for (let i = 0; i < columns.length; i++) writeCell(writer, columns[i], cells[i], flagged)
}

function isMissing(cell: RowCell | undefined): boolean {
  return typeof cell === 'number' || cell === null || cell === undefined
}

function writeCell(writer: Writer, column: PropertyTag, cell: RowCell | undefined, flagged: boolean): void {
  let type = cellType(column)
  if (cell === null || cell === undefined || typeof cell === 'number') {
    if (type === PtypUnspecified) writer.u16(PtypErrorCode)
    if (typeof cell === 'number') {
      writer.u8(CELL_ERROR)
      writer.u32(cell)
    } else {
      writer.u8(CELL_ABSENT)
    }
    return
  }
  const bytes = cell instanceof Uint8Array ? cell : cell.bytes
  if (type === PtypUnspecified) {
    if (cell instanceof Uint8Array) throw new TypeError('a cell of a PtypUnspecified column says its type')
    type = cell.type
    writer.u16(type)
  }
  if (flagged) writer.u8(CELL_PRESENT)
  writeRowValue(writer, type, bytes)
}

/** Reads a row with these columns. */
export function readPropertyRow(reader: Reader, columns: readonly PropertyTag[]): RowCell[] {
  const at = reader.position
  const flag = reader.u8()
  if (flag > FLAGGED_ROW) reader.fail(`property row flag ${flag}`, at)
  const cells: RowCell[] = []
  for (const column of columns) cells.push(readCell(reader, column, flag === FLAGGED_ROW))
  return cells
}

function readCell(reader: Reader, column: PropertyTag, flagged: boolean): RowCell {
  const own = cellType(column)
  const type = own === PtypUnspecified ? reader.u16() : own
  if (flagged) {
    const at = reader.position
    const flag = reader.u8()
    if (flag === CELL_ERROR) return reader.u32()
    if (flag === CELL_ABSENT) return null
    if (flag !== CELL_PRESENT) reader.fail(`property value flag ${flag}`, at)
  }
  const bytes = readRowValue(reader, type)
  return own === PtypUnspecified ? { type, bytes } : bytes
}

/** A row with the columns of the context. */
export const propertyRow: Layout<RowCell[]> = custom<RowCell[]>({
  read: reader => readPropertyRow(reader, reader.context.columns),
  write: (writer, cells) => writePropertyRow(writer, writer.context.columns, cells),
  minSize: 1,
  why: 'the cells follow from the columns, which stand elsewhere'
})

/** What a table knows of a column that is not in the record: a computed value, or undefined for "look into the record". */
export interface ComputedCells {
  cell(column: PropertyTag, index: number): RowCell | undefined
}

/** What a column costs nothing to know beforehand: how its cells are framed. */
const FIXED = 0
const STRING = 1
const COUNTED = 2
/** Anything that is not a plain copy of stored bytes. */
const OTHER = 3

function framingOf(column: PropertyTag): number {
  const type = column & 0xffff
  if (type === PtypString) return STRING
  if (isCounted(type)) return COUNTED
  return type < 0x1000 && fixedSize(type) > 0 ? FIXED : OTHER
}

/**
 * Facts of the columns of the last row, and where its cells stood; one scratch, because a row is written without a pause. The next row mostly has
 * the same columns and its properties at the same places, so what stands here is also the first guess for it.
 */
let tags = new Uint32Array(64)
let framings = new Uint8Array(64)
let positions = new Int32Array(64)
let starts = new Uint32Array(64)
let ends = new Uint32Array(64)
const COMPUTED = -2
/** Up to here a loop over bytes is cheaper than the view object that a block copy needs. */
const LOOP_BYTES = 48
const ELLIPSIS_BYTES = 8

function makeRoom(count: number): void {
  tags = new Uint32Array(count)
  framings = new Uint8Array(count)
  positions = new Int32Array(count)
  starts = new Uint32Array(count)
  ends = new Uint32Array(count)
}

/**
 * Writes one row of a table straight from a packed record: a standard row when every column has a value, else a flagged
 * row with ecNotFound in the gaps. `cut` shortens long cells as tables do (see table-cell.ts). PtypString8 columns are converted with
 * the writer's code page; a multivalue instance column shows the first value unless `computed` knows better. Throws
 * BufferFull when the row does not fit; the caller goes back to where it stood.
 */
export function writeRowFromPacked(
  writer: Writer,
  columns: readonly PropertyTag[],
  packed: PackedProperties,
  cut: boolean,
  computed?: ComputedCells
): void {
  const count = columns.length
  if (count > tags.length) makeRoom(count * 2)
  let cells: (RowCell | undefined)[] | undefined
  let flagged = false
  let plain = true
  let size = 1
  for (let i = 0; i < count; i++) {
    const column = columns[i]
    if (tags[i] !== column || framings[i] === OTHER) {
      tags[i] = column
      framings[i] = framingOf(column)
    }
    const cell = computed?.cell(column, i)
    if (cell !== undefined) {
      cells ??= []
      cells[i] = cell
      positions[i] = COMPUTED
      plain = false
      if (isMissing(cell)) flagged = true
      continue
    }
    const index = packed.findNear(column >>> 16, positions[i])
    if (index < 0 || !typeServes(column & 0xffff, packed.typeAt(index))) {
      positions[i] = -1
      flagged = true
      size += ERROR_BYTES
      continue
    }
    positions[i] = index
    const framing = framings[i]
    if (framing === OTHER) {
      plain = false
      continue
    }
    const start = packed.startAt(index)
    let end = packed.endAt(index)
    if (framing === COUNTED) {
      if (cut && end - start > TABLE_CELL_BYTES) end = start + TABLE_CELL_BYTES
      size += 2
    } else if (framing === STRING && cut) {
      const last = stringCellEnd(start, end)
      if (last !== end) size += ELLIPSIS_BYTES
      end = last
    }
    starts[i] = start
    ends[i] = end
    size += end - start
  }
  if (plain) copyRow(writer, packed, count, flagged ? size + count : size, flagged)
  else writeMixedRow(writer, columns, packed, cells, flagged, cut)
}

/** Error code of a cell without a value; its flag is counted with those of the other cells. */
const ERROR_BYTES = 4

/** A row whose cells are stored bytes as they are: room for the whole of it is made once. */
function copyRow(writer: Writer, packed: PackedProperties, count: number, size: number, flagged: boolean): void {
  let to = writer.reserve(size)
  const into = writer.bytes
  const from = packed.bytes
  into[to++] = flagged ? FLAGGED_ROW : STANDARD_ROW
  for (let i = 0; i < count; i++) {
    if (positions[i] < 0) {
      into[to] = CELL_ERROR
      writer.patchU32(to + 1, ErrorCode.ecNotFound)
      to += 1 + ERROR_BYTES
      continue
    }
    if (flagged) into[to++] = CELL_PRESENT
    const start = starts[i]
    const end = ends[i]
    const length = end - start
    const framing = framings[i]
    if (framing === COUNTED) {
      into[to++] = length
      into[to++] = length >> 8
    }
    if (length > LOOP_BYTES) {
      into.set(from.subarray(start, end), to)
      to += length
    } else {
      for (let at = start; at < end; at++) into[to++] = from[at]
    }
    if (framing === STRING && length === CUT_BYTES && end !== packed.endAt(positions[i])) to = putEllipsis(into, to)
  }
}

/** Appends "..." and the terminator. */
function putEllipsis(into: Uint8Array, at: number): number {
  for (let i = 0; i < ELLIPSIS_BYTES; i++) into[at + i] = i < ELLIPSIS_BYTES - 2 && (i & 1) === 0 ? 0x2e : 0
  return at + ELLIPSIS_BYTES
}

function writeMixedRow(
  writer: Writer,
  columns: readonly PropertyTag[],
  packed: PackedProperties,
  cells: readonly (RowCell | undefined)[] | undefined,
  flagged: boolean,
  cut: boolean
): void {
  writer.u8(flagged ? FLAGGED_ROW : STANDARD_ROW)
  for (let i = 0; i < columns.length; i++) {
    const index = positions[i]
    if (index >= 0) writePackedCell(writer, columns[i], packed, index, flagged, cut)
    else if (index === COMPUTED) writeComputed(writer, columns[i], cells![i]!, flagged, cut)
    else writeCell(writer, columns[i], ErrorCode.ecNotFound, true)
  }
}

function writeComputed(writer: Writer, column: PropertyTag, cell: RowCell, flagged: boolean, cut: boolean): void {
  if (cut && cell instanceof Uint8Array) writeCell(writer, column, cutCell(cellType(column), cell), flagged)
  else writeCell(writer, column, cell, flagged)
}

function writePackedCell(
  writer: Writer,
  column: PropertyTag,
  packed: PackedProperties,
  index: number,
  flagged: boolean,
  cut: boolean
): void {
  let type = cellType(column)
  if (type === PtypUnspecified) {
    type = packed.typeAt(index)
    writer.u16(type)
  }
  if (flagged) writer.u8(CELL_PRESENT)
  let value = packed.valueAt(index)
  if (isMultivalueInstance(column & 0xffff)) value = splitElements(packed.typeAt(index), value)[0] ?? NOTHING
  writeRowValue(writer, type, cut ? cutCell(type, value) : value)
}

const NOTHING = new Uint8Array(0)
