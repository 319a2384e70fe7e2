/** [MS-OXCDATA] 2.8.3: the byte form of a recipient, and the rows of ROP buffers that carry one ([MS-OXCROPS] 2.2.6). */
import {
  type CodecContext,
  custom,
  decodeString8,
  encodeString8,
  type Fields,
  type Layout,
  latin1Slice,
  type Reader,
  utf16Fill,
  utf16Slice,
  type Writer
} from '../bufferstructs/index.js'
import { type RowCell, readPropertyRow, writePropertyRow } from './property-row.js'
import type { PropertyTag } from './property-tag.js'

/** The Type bits of RecipientFlags. */
export const RecipientAddressType = {
  noType: 0x0,
  x500Dn: 0x1,
  msMail: 0x2,
  smtp: 0x3,
  fax: 0x4,
  professionalOfficeSystem: 0x5,
  personalDistributionList1: 0x6,
  personalDistributionList2: 0x7
} as const

/** The other bits of RecipientFlags (2.8.3.1). */
const TYPE_MASK = 0x0007
const EMAIL = 0x0008
const DISPLAY_NAME = 0x0010
const TRANSMITTABLE = 0x0020
const SAME_NAME = 0x0040
const RESPONSIBLE = 0x0080
const NO_RICH_TEXT = 0x0100
const UNICODE = 0x0200
const SIMPLE_NAME = 0x0400
const OTHER_TYPE = 0x8000
/** Reserved bits, which are kept as they came. */
const RESERVED_MASK = 0x7800

export interface RecipientRow {
  /** One of RecipientAddressType. */
  addressKind: number
  /** Bit R: another transport delivers to this recipient. */
  responsible: boolean
  /** Bit N: the recipient cannot take rich text. */
  noRichText: boolean
  /** Bit U: the strings of the row are UTF-16. */
  unicode: boolean
  /** Bit S: the transmittable name is the display name. */
  sameName: boolean
  reservedFlags: number
  /** x500Dn only: how many characters of the connection's DN prefix stand before `x500Dn`. */
  prefixUsed?: number
  /** x500Dn only: PidTagDisplayType as one byte. */
  displayType?: number
  x500Dn?: string
  /** Personal distribution lists only. */
  entryId?: Uint8Array
  searchKey?: Uint8Array
  /** noType only: the name of an address type that has no number (bit O). */
  addressType?: string
  email?: string
  displayName?: string
  simpleDisplayName?: string
  transmittableDisplayName?: string
  /** Values of the first cells.length columns. */
  cells: RowCell[]
}

/** An empty row of an address kind, for callers that fill it. */
export function newRecipientRow(addressKind: number, unicode: boolean): RecipientRow {
  return {
    addressKind,
    responsible: false,
    noRichText: false,
    unicode,
    sameName: false,
    reservedFlags: 0,
    cells: []
  }
}

function readText(reader: Reader, unicode: boolean): string {
  const start = reader.position
  if (unicode) {
    reader.position = reader.findZero16()
    return utf16Slice(reader.bytes, start, reader.position - 2)
  }
  reader.position = reader.findZero8()
  return decodeString8(reader.bytes, reader.context.codePage, start, reader.position - 1)
}

function readAscii(reader: Reader): string {
  const start = reader.position
  reader.position = reader.findZero8()
  return latin1Slice(reader.bytes, start, reader.position - 1)
}

function writeText(writer: Writer, text: string, unicode: boolean): void {
  const zero = text.indexOf('\0')
  const clean = zero < 0 ? text : text.slice(0, zero)
  if (unicode) {
    const at = writer.reserve(clean.length * 2 + 2)
    utf16Fill(writer.bytes, at, clean)
    writer.bytes.fill(0, writer.position - 2, writer.position)
  } else {
    writer.copy(encodeString8(clean, writer.context.codePage))
    writer.u8(0)
  }
}

function writeAscii(writer: Writer, text: string): void {
  const at = writer.reserve(text.length + 1)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    writer.bytes[at + i] = unit > 0xff ? 0x3f : unit
  }
  writer.bytes[at + text.length] = 0
}

/** Reads a RecipientRow whose cells belong to the first RecipientColumnCount of `columns`. */
export function readRecipientRow(reader: Reader, columns: readonly PropertyTag[]): RecipientRow {
  const flags = reader.u16()
  const row = newRecipientRow(flags & TYPE_MASK, (flags & UNICODE) !== 0)
  row.responsible = (flags & RESPONSIBLE) !== 0
  row.noRichText = (flags & NO_RICH_TEXT) !== 0
  row.sameName = (flags & SAME_NAME) !== 0
  row.reservedFlags = flags & RESERVED_MASK
  readAddress(reader, row, flags)
  if ((flags & EMAIL) !== 0) row.email = readText(reader, row.unicode)
  if ((flags & DISPLAY_NAME) !== 0) row.displayName = readText(reader, row.unicode)
  if ((flags & SIMPLE_NAME) !== 0) row.simpleDisplayName = readText(reader, row.unicode)
  if ((flags & TRANSMITTABLE) !== 0) row.transmittableDisplayName = readText(reader, row.unicode)
  const at = reader.position
  const count = reader.u16()
  if (count > columns.length) reader.fail(`${count} recipient cells for ${columns.length} columns`, at)
  row.cells = readPropertyRow(reader, count === columns.length ? columns : columns.slice(0, count))
  return row
}

function readAddress(reader: Reader, row: RecipientRow, flags: number): void {
  if (row.addressKind === RecipientAddressType.x500Dn) {
    row.prefixUsed = reader.u8()
    row.displayType = reader.u8()
    row.x500Dn = readAscii(reader)
  } else if (row.addressKind >= RecipientAddressType.personalDistributionList1) {
    row.entryId = reader.copy(reader.u16())
    row.searchKey = reader.copy(reader.u16())
  } else if (row.addressKind === RecipientAddressType.noType && (flags & OTHER_TYPE) !== 0) {
    row.addressType = readAscii(reader)
  }
}

function flagsOf(row: RecipientRow): number {
  return (
    row.addressKind |
    (row.email === undefined ? 0 : EMAIL) |
    (row.displayName === undefined ? 0 : DISPLAY_NAME) |
    (row.transmittableDisplayName === undefined ? 0 : TRANSMITTABLE) |
    (row.sameName ? SAME_NAME : 0) |
    (row.responsible ? RESPONSIBLE : 0) |
    (row.noRichText ? NO_RICH_TEXT : 0) |
    (row.unicode ? UNICODE : 0) |
    (row.simpleDisplayName === undefined ? 0 : SIMPLE_NAME) |
    (row.addressType === undefined ? 0 : OTHER_TYPE) |
    row.reservedFlags
  )
}

export function writeRecipientRow(writer: Writer, row: RecipientRow, columns: readonly PropertyTag[]): void {
  writer.u16(flagsOf(row))
  if (row.addressKind === RecipientAddressType.x500Dn) {
    writer.u8(row.prefixUsed ?? 0)
    writer.u8(row.displayType ?? 0)
    writeAscii(writer, row.x500Dn ?? '')
  } else if (row.addressKind >= RecipientAddressType.personalDistributionList1) {
    for (const id of [row.entryId, row.searchKey]) {
      writer.u16(id?.byteLength ?? 0)
      if (id !== undefined) writer.copy(id)
    }
  } else if (row.addressType !== undefined) {
    writeAscii(writer, row.addressType)
  }
  const texts = [row.email, row.displayName, row.simpleDisplayName, row.transmittableDisplayName]
  for (const text of texts) if (text !== undefined) writeText(writer, text, row.unicode)
  writer.u16(row.cells.length)
  writePropertyRow(writer, columns.slice(0, row.cells.length), row.cells)
}

/** Columns of the enclosing structure (RopOpenMessage, RopModifyRecipients ...) where it has them, else those of the context. */
function columnsOf(fields: Fields, context: CodecContext): readonly PropertyTag[] {
  return fields?.recipientColumns ?? context.columns
}

/** Reads the row behind a RecipientRowSize, in a code page; bytes behind it inside the size are passed over. */
function readSizedRow(reader: Reader, size: number, codePage: number, columns: readonly PropertyTag[]): RecipientRow {
  const start = reader.take(size)
  const { end, context } = reader
  reader.position = start
  reader.end = start + size
  reader.context = codePage === context.codePage ? context : { ...context, codePage }
  try {
    return readRecipientRow(reader, columns)
  } finally {
    reader.position = start + size
    reader.end = end
    reader.context = context
  }
}

function writeSizedRow(writer: Writer, row: RecipientRow, codePage: number, columns: readonly PropertyTag[]): void {
  const sizeAt = writer.reserve(2)
  const { context } = writer
  writer.context = codePage === context.codePage ? context : { ...context, codePage }
  try {
    writeRecipientRow(writer, row, columns)
  } finally {
    writer.context = context
  }
  const size = writer.position - sizeAt - 2
  if (size > 0xffff) throw new RangeError(`recipient row of ${size} bytes`)
  writer.patchU16(sizeAt, size)
}

/** [MS-OXCROPS] 2.2.6.1.2.1: how RopOpenMessage answers with a recipient. 8-bit strings are in `codePageId`. */
export interface OpenRecipientRow {
  recipientType: number
  codePageId: number
  row: RecipientRow
}

/** [MS-OXCROPS] 2.2.6.6.2.1. */
export interface ReadRecipientRow extends OpenRecipientRow {
  rowId: number
}

/** [MS-OXCROPS] 2.2.6.5.1.1; a row of size 0 deletes the recipient. 8-bit strings are in the code page of the logon. */
export interface ModifyRecipientRow {
  rowId: number
  recipientType: number
  row: RecipientRow | null
}

const WHY = 'the cells follow from the columns, which stand elsewhere, and 8-bit strings from a code page in the row'

function readOpen(reader: Reader, fields: Fields): OpenRecipientRow {
  const recipientType = reader.u8()
  const codePageId = reader.u16()
  reader.take(2)
  const size = reader.u16()
  return { recipientType, codePageId, row: readSizedRow(reader, size, codePageId, columnsOf(fields, reader.context)) }
}

function writeOpen(writer: Writer, value: OpenRecipientRow, fields: Fields): void {
  writer.u8(value.recipientType)
  writer.u16(value.codePageId)
  writer.u16(0)
  writeSizedRow(writer, value.row, value.codePageId, columnsOf(fields, writer.context))
}

export const openRecipientRow: Layout<OpenRecipientRow> = custom({
  read: readOpen,
  write: writeOpen,
  minSize: 7,
  why: WHY
})

export const readRecipientRowLayout: Layout<ReadRecipientRow> = custom({
  read: (reader, fields) => ({ rowId: reader.u32(), ...readOpen(reader, fields) }),
  write: (writer, value, fields) => {
    writer.u32(value.rowId)
    writeOpen(writer, value, fields)
  },
  minSize: 11,
  why: WHY
})

export const modifyRecipientRow: Layout<ModifyRecipientRow> = custom({
  read: (reader, fields) => {
    const rowId = reader.u32()
    const recipientType = reader.u8()
    const size = reader.u16()
    const columns = columnsOf(fields, reader.context)
    return {
      rowId,
      recipientType,
      row: size === 0 ? null : readSizedRow(reader, size, reader.context.codePage, columns)
    }
  },
  write: (writer, value, fields) => {
    writer.u32(value.rowId)
    writer.u8(value.recipientType)
    if (value.row === null) writer.u16(0)
    else writeSizedRow(writer, value.row, writer.context.codePage, columnsOf(fields, writer.context))
  },
  minSize: 7,
  generate: random => ({ rowId: random.u32(), recipientType: 1 + random.below(3), row: null }),
  why: WHY
})

/** A RecipientRow by itself, with the columns of the context. */
export const recipientRow: Layout<RecipientRow> = custom({
  read: (reader, fields) => readRecipientRow(reader, columnsOf(fields, reader.context)),
  write: (writer, row, fields) => writeRecipientRow(writer, row, columnsOf(fields, writer.context)),
  minSize: 5,
  why: WHY
})
