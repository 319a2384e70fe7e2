/** Orders of property values of every type: comparisons for restrictions, byte-comparable keys for sorted tables. */
import type { Writer } from '../bufferstructs/index.js'
import { type CaseRule, compareBytes, compareText, sortKey } from './collation.js'
import {
  fixedSize,
  isMultivalue,
  isString,
  PtypBoolean,
  PtypErrorCode,
  PtypFloating32,
  PtypFloating64,
  PtypFloatingTime,
  PtypGuid,
  PtypInteger16,
  PtypTime,
  singleType
} from './property-type.js'
import { splitElements } from './property-value.js'

const left = new DataView(new ArrayBuffer(8))
const right = new DataView(new ArrayBuffer(8))
const leftBytes = new Uint8Array(left.buffer)
const rightBytes = new Uint8Array(right.buffer)

/**
 * Compares two stored values of one type: below, equal to or above zero. Strings by collation without case, binary values and GUIDs by
 * bytes, multivalues element by element.
 */
export function compareValues(type: number, a: Uint8Array, b: Uint8Array, localeId: number): number {
  if (isMultivalue(type)) return compareElements(type, a, b, localeId)
  if (isString(type)) return compareText(a, b, localeId)
  const size = fixedSize(type)
  if (size <= 0 || type === PtypGuid || type === PtypBoolean) return compareBytes(a, b)
  if (a.byteLength < size || b.byteLength < size) return a.byteLength - b.byteLength
  for (let i = 0; i < size; i++) {
    leftBytes[i] = a[i]
    rightBytes[i] = b[i]
  }
  switch (type) {
    case PtypInteger16:
      return left.getInt16(0, true) - right.getInt16(0, true)
    case PtypErrorCode:
      return left.getUint32(0, true) - right.getUint32(0, true)
    case PtypFloating32:
      return left.getFloat32(0, true) - right.getFloat32(0, true)
    case PtypFloating64:
    case PtypFloatingTime:
      return left.getFloat64(0, true) - right.getFloat64(0, true)
  }
  if (size === 4) return left.getInt32(0, true) - right.getInt32(0, true)
  const high =
    type === PtypTime
      ? left.getUint32(4, true) - right.getUint32(4, true)
      : left.getInt32(4, true) - right.getInt32(4, true)
  return high !== 0 ? high : left.getUint32(0, true) - right.getUint32(0, true)
}

function compareElements(type: number, a: Uint8Array, b: Uint8Array, localeId: number): number {
  const single = singleType(type)
  const partsA = splitElements(type, a)
  const partsB = splitElements(type, b)
  const end = Math.min(partsA.length, partsB.length)
  for (let i = 0; i < end; i++) {
    const result = compareValues(single, partsA[i], partsB[i], localeId)
    if (result !== 0) return result
  }
  return partsA.length - partsB.length
}

/** A key whose bytes compare as the values do; for fixed types of fixed length. Strings with case as the last tie unless it is ignored. */
export function valueKey(type: number, stored: Uint8Array, localeId: number, caseRule: CaseRule = 'case'): Uint8Array {
  if (isString(type)) return sortKey(stored, localeId, caseRule)
  if (isMultivalue(type)) {
    const parts = splitElements(type, stored)
    return parts.length === 0 ? new Uint8Array(0) : valueKey(singleType(type), parts[0], localeId, caseRule)
  }
  const size = fixedSize(type)
  if (size <= 1 || type === PtypGuid) return stored
  const key = new Uint8Array(size)
  for (let i = 0; i < size; i++) key[i] = stored[size - 1 - i]
  if (type === PtypTime || type === PtypErrorCode) return key
  const real = type === PtypFloating32 || type === PtypFloating64 || type === PtypFloatingTime
  // Negative IEEE numbers compare backwards, so all their bits are turned; of the others only the sign is.
  if (real && key[0] >= 0x80) for (let i = 0; i < size; i++) key[i] ^= 0xff
  else key[0] ^= 0x80
  return key
}

const ABSENT = 0x00
const PRESENT = 0x01

/**
 * Appends one column of a sort to an order key, so that keys of several columns compare bytewise, column by column. A missing value sorts before
 * every other in ascending order. The bytes of a descending column are turned over.
 */
export function writeOrderKey(
  writer: Writer,
  type: number,
  stored: Uint8Array | undefined,
  descending: boolean,
  localeId: number,
  caseRule: CaseRule = 'case'
): void {
  const start = writer.position
  if (stored === undefined) {
    writer.u8(ABSENT)
  } else {
    writer.u8(PRESENT)
    const key = valueKey(type, stored, localeId, caseRule)
    if (fixedSize(type) > 0 && !isMultivalue(type)) writer.copy(key)
    else writeEscaped(writer, key)
  }
  if (!descending) return
  for (let at = start; at < writer.position; at++) writer.bytes[at] ^= 0xff
}

/** Bytes of any length so that a shorter key still compares below a longer one that it begins: 00 becomes 00 FF, the end is 00 00. */
function writeEscaped(writer: Writer, key: Uint8Array): void {
  for (let i = 0; i < key.byteLength; i++) {
    writer.u8(key[i])
    if (key[i] === 0) writer.u8(0xff)
  }
  writer.u16(0)
}
