import type { Writer } from '../../bufferstructs/index.js'
import { f64At, putF64, putGlobcnt } from '../../bufferstructs/plain-numbers.js'
import { limits } from '../../limits.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { type PackedCell, PackedProperties, packMerged } from '../../oxcdata/packed-properties.js'
import type { PropertyEntry } from '../../oxcdata/property-tag.js'
import {
  isMultivalue,
  PtypBinary,
  PtypInteger64,
  PtypObject,
  PtypString,
  storedType
} from '../../oxcdata/property-type.js'
import { cutCell, TABLE_CELL_BYTES } from '../../oxcdata/table-cell.js'
import { PidTagFolderId, PidTagMid } from '../../oxprops/property-tags.generated.js'
import type { RowForm } from './row-form.js'

/** The rows of a folder that one contents table can show. */
export type RowSet = 0 | 1 | 2 | 3

/** Bits of a RowSet. */
export const ASSOCIATED_ROWS = 1
export const SOFT_DELETED_ROWS = 2

export function rowSet(associated: boolean, softDeleted: boolean): RowSet {
  return ((associated ? ASSOCIATED_ROWS : 0) | (softDeleted ? SOFT_DELETED_ROWS : 0)) as RowSet
}

/** What the summary row of a message is made from. */
export interface SummaryInput {
  /**
   * Number of the change that made the message as it is now. It is another one whenever anything that a row can show has
   * changed (a read state too), and never comes back.
   */
  readonly version: number
  /** Change number of the content; a read state has its own. */
  readonly cn?: number
  /** The properties of the message as stored. */
  readonly properties: PackedProperties
  /**
   * Cells that are not among the stored properties, or win over them: computed ones (message flags, size, display names
   * ...) and the first bytes of values that are too large to be kept in the record.
   */
  readonly extras?: readonly PropertyEntry[]
}

/** Row set u8, version f64, change number f64, then the packed properties. */
const HEADER_BYTES = 17

/** A row of a contents table in stored form: small values, long ones cut as table cells are. Immutable. */
export class SummaryRow {
  readonly bytes: Uint8Array
  readonly set: RowSet
  readonly version: number
  readonly cn: number
  readonly packed: PackedProperties
  /** The form in which the row was last written, and its bytes once it was asked for in that form again. */
  form: RowForm | undefined = undefined
  written: Uint8Array | undefined = undefined

  /** Throws RangeError for bytes that are no summary row. */
  constructor(bytes: Uint8Array) {
    if (bytes.byteLength < HEADER_BYTES) throw new RangeError('summary row is cut short')
    this.bytes = bytes
    this.set = (bytes[0] & 3) as RowSet
    this.version = f64At(bytes, ROW_VERSION_AT)
    this.cn = f64At(bytes, ROW_CN_AT)
    this.packed = new PackedProperties(bytes, HEADER_BYTES)
  }

  /** PidTagFolderId: the folder that holds the message, which in a search folder is not the table's. */
  get fid(): Fid {
    return idCell(this.packed, PidTagFolderId) ?? 0
  }
}

/** Bytes of a summary row before its packed properties. */
export const ROW_HEAD_BYTES = HEADER_BYTES

/** Offsets in a summary row of its version and its change number, both f64, little-endian. */
export const ROW_VERSION_AT = 1
export const ROW_CN_AT = 9

/** The beginning of a summary row whose version and change number are filled in later. */
export function putRowHead(writer: Writer, set: RowSet): void {
  writer.u8(set)
  writer.zeros(HEADER_BYTES - 1)
}

/** Builds the summary row of a message. */
export function buildSummaryRow(set: RowSet, fid: Fid, mid: Mid, input: SummaryInput): SummaryRow {
  const bytes = packMerged(input.properties, ownCells(fid, mid, input), HEADER_BYTES)
  bytes[0] = set
  putF64(bytes, ROW_VERSION_AT, input.version)
  putF64(bytes, ROW_CN_AT, input.cn ?? input.version)
  return new SummaryRow(bytes)
}

/** The cells of a row that are not the stored values as they stand, ascending by id: cut ones, extras, the ids. */
function ownCells(fid: Fid, mid: Mid, { properties, extras }: SummaryInput): PackedCell[] {
  const cells: PackedCell[] = [
    { id: PidTagMid >>> 16, type: PtypInteger64, bytes: idBytes(mid) },
    { id: PidTagFolderId >>> 16, type: PtypInteger64, bytes: idBytes(fid) }
  ]
  const add = (id: number, type: number, bytes: Uint8Array): void => {
    if (!cells.some(cell => cell.id === id)) cells.push({ id, type, bytes })
  }
  if (extras !== undefined) {
    for (let i = extras.length - 1; i >= 0; i--) {
      const { tag, bytes } = extras[i]
      add(tag >>> 16, storedType(tag & 0xffff), cutCell(tag & 0xffff, bytes))
    }
  }
  for (let i = 0; i < properties.count; i++) {
    if (properties.sizeAt(i) <= TABLE_CELL_BYTES) continue
    const type = properties.typeAt(i)
    add(properties.idAt(i), type, cutCell(type, properties.valueAt(i)))
  }
  return cells.sort((a, b) => a.id - b.id)
}

const SUMMARY_STRING_BYTES = limits.tableStringChars * 2 + 2

/** Whether the value at `index` of a row may be shorter than the message's own: who compares it has to read the message. */
export function mayBeCut(packed: PackedProperties, index: number): boolean {
  const type = packed.typeAt(index)
  const size = packed.sizeAt(index)
  if (type === PtypString) return size === SUMMARY_STRING_BYTES
  if (type === PtypBinary || type === PtypObject) return size >= TABLE_CELL_BYTES
  // Whole elements are left out, so that a cut multivalue can be much shorter than the limit.
  return isMultivalue(type) && size * 2 > TABLE_CELL_BYTES
}

const TWO_32 = 0x100000000
const TWO_48 = 0x1000000000000

/** An id as the eight bytes of a FID or MID ([MS-OXCDATA] 2.2.1.1): REPLID little-endian, GLOBCNT big-endian. */
export function idBytes(id: number): Uint8Array {
  const bytes = new Uint8Array(8)
  putIdBytes(bytes, 0, id)
  return bytes
}

/** As `idBytes`, into bytes that are there already. */
export function putIdBytes(bytes: Uint8Array, at: number, id: number): void {
  const replid = Math.floor(id / TWO_48)
  bytes[at] = replid
  bytes[at + 1] = replid >>> 8
  putGlobcnt(bytes, at + 2, id - replid * TWO_48)
}

function idCell(packed: PackedProperties, tag: number): number | undefined {
  const index = packed.findTag(tag)
  if (index < 0) return undefined
  const bytes = packed.bytes
  const at = packed.startAt(index)
  const high = bytes[at + 2] * 0x100 + bytes[at + 3]
  const low = ((bytes[at + 4] << 24) | (bytes[at + 5] << 16) | (bytes[at + 6] << 8) | bytes[at + 7]) >>> 0
  return (bytes[at] + bytes[at + 1] * 0x100) * TWO_48 + high * TWO_32 + low
}
