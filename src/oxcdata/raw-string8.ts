import { decodeString8 } from '../bufferstructs/index.js'
import { cellType, type RowCell } from './property-row.js'
import { type PropertyEntry, type PropertyTag, storedTag } from './property-tag.js'
import { PtypMultipleString8, PtypString8 } from './property-type.js'
import type { RecipientRow } from './recipient-row.js'

/**
 * 8-bit text whose code page is not known yet, because it is that of an object which only the handler of a ROP sees: it is
 * read as Latin-1, one character for each byte, and given its meaning here.
 */
export const RAW_CODE_PAGE = 28591

/** The entry as an object keeps it, its 8-bit text taken to be in `codePage`. */
export function storedFromRaw(entry: PropertyEntry, codePage: number): PropertyEntry {
  const tag = storedTag(entry.tag)
  return tag === entry.tag ? entry : { tag, bytes: decoded(entry.bytes, codePage) }
}

/** A recipient row with its 8-bit text taken to be in `codePage`. */
export function recipientFromRaw(row: RecipientRow, columns: readonly PropertyTag[], codePage: number): RecipientRow {
  const cells = row.cells.map((cell, at) => decodedCell(columns[at], cell, codePage))
  if (row.unicode) return { ...row, cells }
  const next: RecipientRow = { ...row, cells }
  for (const field of ['email', 'displayName', 'simpleDisplayName', 'transmittableDisplayName'] as const) {
    const raw = row[field]
    if (raw !== undefined) next[field] = text(raw, codePage)
  }
  return next
}

function decodedCell(column: PropertyTag, cell: RowCell, codePage: number): RowCell {
  if (cell === null || typeof cell === 'number') return cell
  if (cell instanceof Uint8Array) return isString8(cellType(column)) ? decoded(cell, codePage) : cell
  return isString8(cell.type) ? { type: cell.type, bytes: decoded(cell.bytes, codePage) } : cell
}

function isString8(type: number): boolean {
  return type === PtypString8 || type === PtypMultipleString8
}

/** Stored strings, each behind the other with its terminator, from their raw form. */
function decoded(stored: Uint8Array, codePage: number): Uint8Array {
  if (isAscii(stored)) return stored
  const strings = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString('utf16le').split('\0')
  return Buffer.from(strings.map(raw => text(raw, codePage)).join('\0'), 'utf16le')
}

function isAscii(stored: Uint8Array): boolean {
  for (let at = 0; at < stored.byteLength; at += 2) if (stored[at] > 0x7f) return false
  return true
}

function text(raw: string, codePage: number): string {
  return decodeString8(Buffer.from(raw, 'latin1'), codePage)
}
