import type { Writer } from '../../../bufferstructs/index.js'
import type { Mid } from '../../../oxcdata/ids.js'
import type { PropertyTag } from '../../../oxcdata/property-tag.js'
import {
  fixedSize,
  isMultivalue,
  isMultivalueInstance,
  singleType,
  storedType
} from '../../../oxcdata/property-type.js'
import { SORT_DESCENDING, type SortOrder } from '../../../oxcdata/sort-order.js'

/** By which columns an order is divided into categories ([MS-OXCTABL] 2.2.2.3.1). */
export interface CategorySpec {
  /** The first columns of the sort, one for each level. */
  readonly count: number
  /** Column by whose greatest value in each category those of the last level are sorted; 0: by their own values. */
  readonly maximum: PropertyTag
}

/**
 * The sort key of a row in an order with categories: its columns, then a tail that a row of other orders does not have:
 *
 *     mid (8 bytes)  instance (u16)  unread (1)  key of the maximum column  its length (u16)  instance (u16)
 *
 * Mid and instance stand before what may change without the row being sorted elsewhere; the instance ends a key as in any other
 * order whose rows are repeated.
 */
const IDENTITY_BYTES = 8 + 2
const FIXED_TAIL_BYTES = IDENTITY_BYTES + 1 + 2 + 2

/** Appends the tail to the columns of a key. */
export function writeTail(writer: Writer, mid: Mid, isUnread: boolean, maximum: Uint8Array, instance: number): void {
  writeMid(writer, mid)
  writeNumber(writer, instance)
  writer.u8(isUnread ? 1 : 0)
  writer.copy(maximum)
  writeNumber(writer, maximum.byteLength)
  writeNumber(writer, instance)
}

function writeNumber(writer: Writer, number: number): void {
  writer.u8(number >>> 8)
  writer.u8(number & 0xff)
}

/** A mid so that its bytes compare as the numbers do. */
export function writeMid(writer: Writer, mid: Mid): void {
  writer.f64(mid)
  writer.bytes.subarray(writer.position - 8, writer.position).reverse()
}

export function isUnreadKey(key: Uint8Array): boolean {
  return key[unreadAt(key)] === 1
}

export function maximumOfKey(key: Uint8Array): Uint8Array {
  return key.subarray(unreadAt(key) + 1, key.byteLength - 4)
}

/** Index behind the columns, the mid and the instance of a key: there stands whether the message is unread. */
export function unreadAt(key: Uint8Array): number {
  const size = key.byteLength
  return size - FIXED_TAIL_BYTES - (key[size - 4] * 0x100 + key[size - 3]) + IDENTITY_BYTES
}

/** How the columns of a category's level stand in a key. */
export interface KeyColumn {
  /** Bytes of the value, 0 when it is escaped and ends with two zeros. */
  readonly sizeBytes: number
  readonly isDescending: boolean
}

export function keyColumn({ tag, order }: SortOrder): KeyColumn {
  const type = storedType(tag & 0xffff)
  const own = isMultivalueInstance(type) ? storedType(singleType(type)) : type
  return { sizeBytes: isMultivalue(own) ? 0 : Math.max(0, fixedSize(own)), isDescending: order === SORT_DESCENDING }
}

/** Index behind a column that begins at `start`. */
export function columnEnd(key: Uint8Array, start: number, { sizeBytes, isDescending }: KeyColumn): number {
  const turned = isDescending ? 0xff : 0
  if ((key[start] ^ turned) === 0) return start + 1
  if (sizeBytes > 0) return start + 1 + sizeBytes
  let at = start + 1
  while (key[at] !== turned || key[at + 1] !== turned) at += key[at] === turned ? 2 : 1
  return at + 2
}
