import { BufferFull } from '../../src/bufferstructs/index.js'
import type { PropertyObject } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import type { RowCell } from '../../src/oxcdata/property-row.js'
import { makeTag, type PropertyEntry, tagType } from '../../src/oxcdata/property-tag.js'
import {
  PtypErrorCode,
  PtypInteger32,
  PtypMultipleString,
  PtypMultipleString8,
  PtypObject,
  PtypString,
  PtypString8,
  PtypUnspecified
} from '../../src/oxcdata/property-type.js'
import { encodeValue, rowValueSize } from '../../src/oxcdata/property-value.js'

/** What a response may hold. `limit` is PropertySizeLimit, 0 for none. */
export interface Bounds {
  space: number
  limit: number
  codePage: number
}

const ERROR_CELL_BYTES = 5

/** String types as the client wants them where it does not say so itself. */
function wireType(type: number, unicode: boolean): number {
  if (unicode) return type
  if (type === PtypString) return PtypString8
  return type === PtypMultipleString ? PtypMultipleString8 : type
}

/** The values of an object behind tags, in their order ([MS-OXCPRPT] 3.2.5.1); error codes in place of absent ones. */
export function cellsOf(object: PropertyObject, tags: readonly number[], unicode: boolean): RowCell[] {
  return tags.map(tag => {
    const value = object.value(tag)
    if (typeof value === 'number') return value
    if (tagType(tag) === PtypObject) return ErrorCode.ecNotEnoughMemory
    if (tagType(tag) !== PtypUnspecified) return value
    const type = object.typeOf(tag >>> 16)
    if (type === undefined) return ErrorCode.ecNotFound
    return type === PtypObject ? ErrorCode.ecNotEnoughMemory : { type: wireType(type, unicode), bytes: value }
  })
}

function cellSize(cell: RowCell, tag: number, codePage: number): number {
  const unspecified = tagType(tag) === PtypUnspecified ? 2 : 0
  if (cell === null) return 1 + unspecified
  if (typeof cell === 'number') return ERROR_CELL_BYTES + unspecified
  if (cell instanceof Uint8Array) return 1 + rowValueSize(tagType(tag), cell, codePage)
  return 1 + unspecified + rowValueSize(cell.type, cell.bytes, codePage)
}

/** Sizes over the limit, and then the largest until the others fit: what has to go. */
function tooLarge(sizes: readonly number[], { space, limit }: Bounds, fixed: number, errorBytes: number): number[] {
  const dropped: number[] = []
  let total = fixed
  const order = sizes.map((_, index) => index)
  for (const index of order) {
    if (limit > 0 && sizes[index] > limit) dropped.push(index)
    total += limit > 0 && sizes[index] > limit ? errorBytes : sizes[index]
  }
  if (total <= space) return dropped
  order.sort((a, b) => sizes[b] - sizes[a])
  for (const index of order) {
    if (total <= space || sizes[index] <= errorBytes) break
    if (dropped.includes(index)) continue
    dropped.push(index)
    total -= sizes[index] - errorBytes
  }
  if (total > space) throw new BufferFull(total)
  return dropped
}

/**
 * Puts ecNotEnoughMemory in place of values that do not fit, the largest first ([MS-OXCPRPT] 2.2.2.1): the client reads them
 * as streams. Throws BufferFull when not even the errors fit.
 */
export function fitCells(cells: RowCell[], tags: readonly number[], bounds: Bounds): void {
  const sizes = cells.map((cell, index) => cellSize(cell, tags[index], bounds.codePage))
  for (const index of tooLarge(sizes, bounds, 1, ERROR_CELL_BYTES + 2)) cells[index] = ErrorCode.ecNotEnoughMemory
}

const ERROR_ENTRY_BYTES = 8

/** Every property of an object ([MS-OXCPRPT] 3.2.5.2); one that does not fit has PtypErrorCode and ecNotEnoughMemory. */
export function allValues(object: PropertyObject, unicode: boolean, bounds: Bounds): PropertyEntry[] {
  const entries = object.tags().map(tag => {
    const value = object.value(tag)
    if (typeof value === 'number' || tagType(tag) === PtypObject) return errorEntry(tag)
    return { tag: makeTag(tag >>> 16, wireType(tagType(tag), unicode)), bytes: value }
  })
  const sizes = entries.map(entry => 4 + rowValueSize(tagType(entry.tag), entry.bytes, bounds.codePage))
  for (const index of tooLarge(sizes, bounds, 2, ERROR_ENTRY_BYTES)) entries[index] = errorEntry(entries[index].tag)
  return entries
}

function errorEntry(tag: number): PropertyEntry {
  return { tag: makeTag(tag >>> 16, PtypErrorCode), bytes: encodeValue(PtypInteger32, ErrorCode.ecNotEnoughMemory | 0) }
}
