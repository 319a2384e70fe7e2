import { createHash } from 'node:crypto'
import { ErrorCode } from '../../../oxcdata/error-code.js'
import type { Mid } from '../../../oxcdata/ids.js'
import { MapiError } from '../../../oxcdata/map-error.js'
import type { CategoryStates } from './category-states.js'

/**
 * What RopGetCollapseState hands out ([MS-OXCTABL] 3.2.5.19), little-endian:
 *
 *     "RWC1"  name of the order (8 bytes)  row: kind (1) value (8) instance (u32)  categories: name (8) expanded (1) ...
 *
 * A category is named if it is not as it begins; the row is a message or a category.
 */
const MAGIC = 'RWC1'
const NAME_BYTES = 8
const HEAD_BYTES = 4 + NAME_BYTES + 1 + 8 + 4
const ENTRY_BYTES = NAME_BYTES + 1
/** CollapseStateSize has 16 bits. What does not fit is as it begins when the state is set again. */
const MOST_BYTES = 0x7000

/** `instance` is PidTagInstanceNum of the row. */
export type SavedRow = { kind: 'message'; mid: Mid; instance: number } | { kind: 'category'; name: Uint8Array }

/** A name for what an order is: that of another sort or restriction is another one. */
export function orderName(description: string): Uint8Array {
  return createHash('sha256').update(description).digest().subarray(0, NAME_BYTES)
}

export function writeCollapseState(order: Uint8Array, row: SavedRow, states: CategoryStates | undefined): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(MAGIC, 'latin1')
  head.set(order, 4)
  head[12] = row.kind === 'message' ? 0 : 1
  if (row.kind === 'category') head.set(row.name, 13)
  else {
    head.writeDoubleLE(row.mid, 13)
    head.writeUInt32LE(row.instance, 21)
  }
  const parts: Uint8Array[] = [head]
  let size = head.byteLength
  for (const { name, isExpanded } of states?.changed() ?? []) {
    if (size + ENTRY_BYTES > MOST_BYTES) break
    parts.push(name, Uint8Array.of(isExpanded ? 1 : 0))
    size += ENTRY_BYTES
  }
  return Buffer.concat(parts)
}

/** Takes a state back, for the same order; ecInvalidCollapseState for one of another order or what is none ([MS-OXCDATA] 2.4.1). */
export function readCollapseState(
  bytes: Uint8Array,
  order: Uint8Array
): { row: SavedRow; categories: { name: Uint8Array; isExpanded: boolean }[] } {
  const view = Buffer.from(bytes)
  const isOne =
    view.length >= HEAD_BYTES &&
    (view.length - HEAD_BYTES) % ENTRY_BYTES === 0 &&
    view.toString('latin1', 0, 4) === MAGIC &&
    view.subarray(4, 12).equals(order)
  if (!isOne) throw new MapiError(ErrorCode.ecInvalidCollapseState, 'of another order')
  const row: SavedRow =
    view[12] === 0
      ? { kind: 'message', mid: view.readDoubleLE(13), instance: view.readUInt32LE(21) }
      : { kind: 'category', name: view.subarray(13, 21) }
  const categories: { name: Uint8Array; isExpanded: boolean }[] = []
  for (let at = HEAD_BYTES; at < view.length; at += ENTRY_BYTES) {
    categories.push({ name: view.subarray(at, at + NAME_BYTES), isExpanded: view[at + NAME_BYTES] !== 0 })
  }
  return { row, categories }
}
