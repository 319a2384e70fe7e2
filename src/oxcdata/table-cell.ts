/**
 * How table rows shorten long values: strings to 255 characters of which the last three are "..." (seen on Exchange SE, without
 * flag or error), every other type to 510 bytes ([MS-OXCTABL] 2.2.2.5.2, R121 and R122).
 */
import { limits } from '../limits.js'
import { isMultivalue, PtypBinary, PtypObject, PtypString, PtypString8, singleType } from './property-type.js'
import { joinElements, splitElements } from './property-value.js'

const TABLE_STRING_CHARS = limits.tableStringChars
export const TABLE_CELL_BYTES = limits.tableCellBytes

const ELLIPSIS = '...'
/** A u32 length stands before each element of a stored binary multivalue. */
const BINARY_PREFIX = 4
/** An element of a multivalue has to leave room for its terminator in the bytes of the cell. */
const MULTIVALUE_CHARS = TABLE_CELL_BYTES / 2 - 1
/** Bytes of a cut string before its dots. */
export const CUT_BYTES = (TABLE_STRING_CHARS - ELLIPSIS.length) * 2

/**
 * Where the text of a stored string from `start` to `end` stops in a cell: at `end` when it is short enough, terminator included, else
 * behind the characters that stand before the "...".
 */
export function stringCellEnd(start: number, end: number): number {
  return end - start <= TABLE_STRING_CHARS * 2 + 2 ? end : start + CUT_BYTES
}

/** A stored value as a table shows it: the value itself when it is short enough, else a shorter copy. */
export function cutCell(type: number, stored: Uint8Array): Uint8Array {
  if (type === PtypString || type === PtypString8) return cutString(stored, TABLE_STRING_CHARS)
  if (isMultivalue(type)) return cutMultivalue(type, stored)
  const cuttable = type === PtypBinary || type === PtypObject
  return cuttable && stored.byteLength > TABLE_CELL_BYTES ? stored.subarray(0, TABLE_CELL_BYTES) : stored
}

function cutString(stored: Uint8Array, chars: number): Uint8Array {
  if (stored.byteLength <= chars * 2 + 2) return stored
  const shorter = new Uint8Array(chars * 2 + 2)
  const end = (chars - ELLIPSIS.length) * 2
  shorter.set(stored.subarray(0, end))
  for (let i = 0; i < ELLIPSIS.length; i++) shorter[end + i * 2] = 0x2e
  return shorter
}

/** Whole elements as long as they fit, so that what is left is still a value of its type; the first is cut by itself when it alone is too long. */
function cutMultivalue(type: number, stored: Uint8Array): Uint8Array {
  if (stored.byteLength <= TABLE_CELL_BYTES) return stored
  const single = singleType(type)
  const prefix = single === PtypBinary ? BINARY_PREFIX : 0
  const kept: Uint8Array[] = []
  let size = 0
  // An element has at least two bytes: no more of them than this can fit.
  for (const part of splitElements(type, stored, TABLE_CELL_BYTES / 2 + 1)) {
    const element =
      single === PtypBinary ? part.subarray(0, TABLE_CELL_BYTES - prefix) : cutString(part, MULTIVALUE_CHARS)
    size += element.byteLength + prefix
    if (size > TABLE_CELL_BYTES) break
    kept.push(element)
  }
  return joinElements(single, kept)
}
