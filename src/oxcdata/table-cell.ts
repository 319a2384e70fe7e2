/**
 * How table rows shorten long values: strings to 255 characters of which the last three are "..." (seen on Exchange SE, without
 * flag or error), every other type to 510 bytes ([MS-OXCTABL] 2.2.2.5.2, R121 and R122).
 */
import type { Writer } from '../bufferstructs/index.js'
import { isMultivalue, PtypBinary, PtypObject, PtypString, PtypString8, singleType } from './property-type.js'
import { joinElements, splitElements } from './property-value.js'

export const TABLE_STRING_CHARS = 255
export const TABLE_CELL_BYTES = 510

const ELLIPSIS = '...'
const KEPT_BYTES = (TABLE_STRING_CHARS - ELLIPSIS.length) * 2

/**
 * Where the text of a stored string from `start` to `end` stops in a cell: at `end` when it is short enough, terminator included, else
 * behind the characters that stand before the "...".
 */
export function stringCellEnd(start: number, end: number): number {
  return end - start <= TABLE_STRING_CHARS * 2 + 2 ? end : start + KEPT_BYTES
}

/** Appends "..." and the terminator in the width of `type`. */
export function writeEllipsis(writer: Writer, type: number): void {
  const width = type === PtypString ? 2 : 1
  const at = writer.reserve((ELLIPSIS.length + 1) * width)
  writer.bytes.fill(0, at, writer.position)
  for (let i = 0; i < ELLIPSIS.length; i++) writer.bytes[at + i * width] = 0x2e
}

/** A stored value as a table shows it: the value itself when it is short enough, else a shorter copy. */
export function cutCell(type: number, stored: Uint8Array): Uint8Array {
  if (type === PtypString || type === PtypString8) return cutString(stored)
  if (isMultivalue(type)) return cutMultivalue(type, stored)
  const cuttable = type === PtypBinary || type === PtypObject
  return cuttable && stored.byteLength > TABLE_CELL_BYTES ? stored.subarray(0, TABLE_CELL_BYTES) : stored
}

function cutString(stored: Uint8Array): Uint8Array {
  const end = stringCellEnd(0, stored.byteLength)
  if (end === stored.byteLength) return stored
  const shorter = new Uint8Array(TABLE_STRING_CHARS * 2 + 2)
  shorter.set(stored.subarray(0, end))
  for (let i = 0; i < ELLIPSIS.length; i++) shorter[end + i * 2] = 0x2e
  return shorter
}

/** Whole elements as long as they fit, so that what is left is still a value of its type. */
function cutMultivalue(type: number, stored: Uint8Array): Uint8Array {
  if (stored.byteLength <= TABLE_CELL_BYTES) return stored
  const single = singleType(type)
  const kept: Uint8Array[] = []
  let size = 0
  for (const part of splitElements(type, stored)) {
    size += part.byteLength + (single === PtypBinary ? 4 : 0)
    if (size > TABLE_CELL_BYTES) break
    kept.push(part)
  }
  return joinElements(single, kept)
}
