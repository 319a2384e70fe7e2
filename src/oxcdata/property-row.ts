/** [MS-OXCDATA] 2.8.1: the cells of a row, in the order of the columns; the columns stand elsewhere. */
import type { Reader, Writer } from '../bufferstructs/index.js'
import { ErrorCode } from './error-code.js'
import { copyBytes, type PackedProperties, typeServes } from './packed-properties.js'
import type { PropertyTag } from './property-tag.js'
import {
  fixedSize,
  isMultivalue,
  PtypErrorCode,
  PtypString,
  PtypString8,
  PtypUnspecified,
  singleType
} from './property-type.js'
import { isCounted, readRowValue, writeRowValue } from './property-value.js'
import { writeString8 } from './stored-string.js'
import { cutCell, stringCellEnd, TABLE_CELL_BYTES, writeEllipsis } from './table-cell.js'

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

/** What a table knows of a column that is not in the record: a computed value, or undefined for "look into the record". */
export interface ComputedCells {
  cell(column: PropertyTag, index: number): RowCell | undefined
}

/** Positions of the columns of the row in hand; one scratch, because a row is written without a pause. */
let positions = new Int32Array(64)
const COMPUTED = -2

/**
 * Writes one row of a table straight from a packed record: a standard row when every column has a value, else a flagged
 * row with ecNotFound in the gaps. `cut` shortens long cells as tables do (see table-cell.ts). PtypString8 columns are converted with
 * the writer's code page. Throws BufferFull when the row does not fit; the caller goes back to where it stood.
 */
export function writeRowFromPacked(
  writer: Writer,
  columns: readonly PropertyTag[],
  packed: PackedProperties,
  cut: boolean,
  computed?: ComputedCells
): void {
  const count = columns.length
  if (count > positions.length) positions = new Int32Array(count * 2)
  let cells: (RowCell | undefined)[] | undefined
  let flagged = false
  for (let i = 0; i < count; i++) {
    const column = columns[i]
    const cell = computed?.cell(column, i)
    if (cell !== undefined) {
      cells ??= []
      cells[i] = cell
      positions[i] = COMPUTED
      if (isMissing(cell)) flagged = true
      continue
    }
    const index = packed.find(column >>> 16)
    const found = index >= 0 && typeServes(column & 0xffff, packed.typeAt(index))
    positions[i] = found ? index : -1
    if (!found) flagged = true
  }
  writer.u8(flagged ? FLAGGED_ROW : STANDARD_ROW)
  for (let i = 0; i < count; i++) {
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
  const start = packed.startAt(index)
  const end = packed.endAt(index)
  if (fixedSize(type) > 0 && type < 0x1000) {
    copyBytes(writer, packed.bytes, start, end)
  } else if (type === PtypString || type === PtypString8) {
    writeStringCell(writer, type, packed.bytes, start, end, cut)
  } else if (isMultivalue(type)) {
    const value = packed.valueAt(index)
    writeRowValue(writer, type, cut ? cutCell(type, value) : value)
  } else {
    const last = cut && isCounted(type) ? Math.min(end, start + TABLE_CELL_BYTES) : end
    if (isCounted(type)) writer.u16(last - start)
    copyBytes(writer, packed.bytes, start, last)
  }
}

function writeStringCell(
  writer: Writer,
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  cut: boolean
): void {
  const last = cut ? stringCellEnd(start, end) : end
  if (last === end) {
    if (type === PtypString) copyBytes(writer, bytes, start, end)
    else writeString8(writer, bytes, start, end)
    return
  }
  if (type === PtypString) writer.copy(bytes, start, last)
  else {
    writeString8(writer, bytes, start, last)
    writer.position -= 1
  }
  writeEllipsis(writer, type)
}
