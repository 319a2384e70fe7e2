/**
 * Property values ([MS-OXCDATA] 2.11). The stored form is the value's wire bytes without their count:
 *
 * - fixed types: their bytes; a Boolean is one byte, 0 or 1;
 * - strings: UTF-16LE with the terminating zero, stored under PtypString whatever width they came in;
 * - PtypBinary, PtypServerId, PtypObject: the bytes; PtypRestriction and PtypRuleAction: the structure as in a ROP buffer;
 * - multivalues: the elements one after the other; strings each with its terminating zero, binary elements each behind
 *   a u32 length.
 */
import { formatGuid, parseGuid, type Reader, type Writer } from '../bufferstructs/index.js'
import {
  fixedSize,
  isMultivalue,
  PtypBinary,
  PtypBoolean,
  PtypCurrency,
  PtypErrorCode,
  PtypFloating32,
  PtypFloating64,
  PtypFloatingTime,
  PtypGuid,
  PtypInteger16,
  PtypInteger32,
  PtypInteger64,
  PtypNull,
  PtypObject,
  PtypRestriction,
  PtypRuleAction,
  PtypServerId,
  PtypString,
  PtypString8,
  PtypTime,
  singleType
} from './property-type.js'
import {
  type CountWidth,
  readCount,
  readElementCount,
  skipRestriction,
  skipRuleAction,
  smallestSize
} from './skip-value.js'
import { storedFromString8, storedString, string8Size, stringOf, writeString8 } from './stored-string.js'

/**
 * What a value is in JavaScript: number (signed integers, errors unsigned, floats), bigint (64-bit integers, currency scaled
 * by 10000, PtypTime in 100 ns since 1601), boolean, string (also GUIDs), bytes; arrays of them for multivalue types.
 */
export type PropertyValue = number | bigint | boolean | string | Uint8Array | PropertyValue[]

const NOTHING = new Uint8Array(0)

/** A length-prefixed type is counted by u16 in ROP buffers; a longer value cannot be said there at all. */
const LARGEST_COUNTED = 0xffff

/** Reads one value in ROP framing and returns its stored form, a copy. Strings are checked for their terminator, counts against the buffer. */
export function readRowValue(reader: Reader, type: number, width: CountWidth = 16): Uint8Array {
  if (isMultivalue(type)) return readMultivalue(reader, type, width)
  const size = fixedSize(type)
  if (size > 0) {
    const bytes = reader.copy(size)
    if (type === PtypBoolean && bytes[0] > 1) bytes[0] = 1
    return bytes
  }
  switch (type) {
    case PtypString:
      return reader.copy(reader.findZero16() - reader.position)
    case PtypString8: {
      const start = reader.position
      reader.position = reader.findZero8()
      return storedFromString8(reader.bytes, start, reader.position - 1, reader.context.codePage)
    }
    case PtypNull:
      return NOTHING
    case PtypRestriction:
    case PtypRuleAction: {
      const start = reader.position
      if (type === PtypRestriction) skipRestriction(reader, width)
      else skipRuleAction(reader, width)
      return reader.bytes.slice(start, reader.position)
    }
  }
  if (size < 0) reader.fail(`property type 0x${type.toString(16).padStart(4, '0')} does not exist`)
  return reader.copy(readCount(reader, width))
}

function readMultivalue(reader: Reader, type: number, width: CountWidth): Uint8Array {
  const single = singleType(type)
  const size = fixedSize(single)
  if (size > 0) return reader.copy(readElementCount(reader, 32, size) * size)
  const at = reader.position
  if (single !== PtypString && single !== PtypString8 && single !== PtypBinary) {
    reader.fail(`property type 0x${type.toString(16)} does not exist`)
  }
  const count = readElementCount(reader, 32, smallestSize(single, width))
  if (single === PtypString) {
    const start = reader.position
    for (let i = 0; i < count; i++) reader.position = reader.findZero16()
    return reader.bytes.slice(start, reader.position)
  }
  const parts: Uint8Array[] = []
  for (let i = 0; i < count; i++) parts.push(readRowValue(reader, single, width))
  if (parts.length !== count) reader.fail('elements are missing', at)
  return joinElements(single, parts)
}

/** The stored form of a multivalue from the stored forms of its elements; `single` is the element type. */
export function joinElements(single: number, parts: readonly Uint8Array[]): Uint8Array {
  const counted = single === PtypBinary
  let size = 0
  for (const part of parts) size += part.byteLength + (counted ? 4 : 0)
  const joined = new Uint8Array(size)
  const view = new DataView(joined.buffer)
  let at = 0
  for (const part of parts) {
    if (counted) {
      view.setUint32(at, part.byteLength, true)
      at += 4
    }
    joined.set(part, at)
    at += part.byteLength
  }
  return joined
}

/** The stored forms of the elements of a multivalue of `type`, the first `most` of them, as views. */
export function splitElements(type: number, stored: Uint8Array, most = Number.POSITIVE_INFINITY): Uint8Array[] {
  const single = singleType(type)
  const size = fixedSize(single)
  const parts: Uint8Array[] = []
  let at = 0
  if (size > 0) {
    for (; at + size <= stored.byteLength && parts.length < most; at += size) parts.push(stored.subarray(at, at + size))
  } else if (single === PtypString || single === PtypString8) {
    for (let end = endOfString(stored, 0); end > at && parts.length < most; end = endOfString(stored, at)) {
      parts.push(stored.subarray(at, end))
      at = end
    }
  } else {
    const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
    while (at + 4 <= stored.byteLength && parts.length < most) {
      const end = at + 4 + view.getUint32(at, true)
      parts.push(stored.subarray(at + 4, end))
      at = end
    }
  }
  return parts
}

/** How many elements a stored multivalue has. */
export function elementCount(type: number, stored: Uint8Array): number {
  const size = fixedSize(type)
  return size > 0 ? Math.floor(stored.byteLength / size) : splitElements(type, stored).length
}

/** Offset behind the terminator of the string at `at`; the end of the bytes where it is missing. */
function endOfString(stored: Uint8Array, at: number): number {
  const last = stored.byteLength
  for (let i = at; i + 2 <= last; i += 2) if (stored[i] === 0 && stored[i + 1] === 0) return i + 2
  return last
}

/** Writes a stored value in ROP framing; strings become 8-bit in the writer's code page when `type` is PtypString8 (one or many). */
export function writeRowValue(writer: Writer, type: number, stored: Uint8Array, width: CountWidth = 16): void {
  if (isMultivalue(type)) {
    writeMultivalue(writer, type, stored, width)
  } else if (type === PtypString8) {
    writeString8(writer, stored, 0, stored.byteLength)
  } else {
    if (isCounted(type)) writeCount(writer, stored.byteLength, width)
    writer.copy(stored)
  }
}

/** Whether a single value of the type stands behind a COUNT of its bytes. */
export function isCounted(type: number): boolean {
  return type === PtypBinary || type === PtypServerId || type === PtypObject
}

export function writeCount(writer: Writer, count: number, width: CountWidth): void {
  if (width === 32) {
    writer.u32(count)
    return
  }
  if (count > LARGEST_COUNTED) throw new RangeError(`${count} exceeds a 16-bit count`)
  writer.u16(count)
}

function writeMultivalue(writer: Writer, type: number, stored: Uint8Array, width: CountWidth): void {
  const single = singleType(type)
  const size = fixedSize(single)
  if (size > 0) {
    writer.u32(Math.floor(stored.byteLength / size))
    writer.copy(stored)
    return
  }
  const parts = splitElements(type, stored)
  writer.u32(parts.length)
  for (const part of parts) writeRowValue(writer, single, part, width)
}

/** Bytes that `writeRowValue` would take. */
export function rowValueSize(type: number, stored: Uint8Array, codePage = 1252, width: CountWidth = 16): number {
  if (!isMultivalue(type)) {
    if (type === PtypString8) return string8Size(stored, 0, stored.byteLength, codePage)
    return stored.byteLength + (isCounted(type) ? width / 8 : 0)
  }
  const single = singleType(type)
  if (fixedSize(single) > 0 || single === PtypString) return 4 + stored.byteLength
  let size = 4
  for (const part of splitElements(type, stored)) size += rowValueSize(single, part, codePage, width)
  return size
}

/** The stored form of a JavaScript value; throws TypeError when it is none of `type`. */
export function encodeValue(type: number, value: PropertyValue): Uint8Array {
  if (isMultivalue(type)) {
    if (!Array.isArray(value)) throw new TypeError('a multivalue is an array')
    const single = singleType(type)
    return joinElements(
      single,
      value.map(element => encodeValue(single, element))
    )
  }
  switch (typeof value) {
    case 'string':
      if (type === PtypGuid) return parseGuid(value)
      if (type === PtypString || type === PtypString8) return storedString(value)
      break
    case 'boolean':
      if (type === PtypBoolean) return Uint8Array.of(value ? 1 : 0)
      break
    case 'number':
    case 'bigint':
      return encodeNumber(type, value)
    default:
      if (value instanceof Uint8Array) return value
  }
  throw new TypeError(`not a value of type 0x${type.toString(16)}`)
}

function encodeNumber(type: number, value: number | bigint): Uint8Array {
  const size = fixedSize(type)
  if (size <= 0 || type === PtypGuid) throw new TypeError(`not a value of type 0x${type.toString(16)}`)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  switch (type) {
    case PtypInteger16:
      view.setInt16(0, Number(value), true)
      break
    case PtypInteger32:
    case PtypErrorCode:
      view.setInt32(0, Number(value), true)
      break
    case PtypFloating32:
      view.setFloat32(0, Number(value), true)
      break
    case PtypFloating64:
    case PtypFloatingTime:
      view.setFloat64(0, Number(value), true)
      break
    case PtypBoolean:
      bytes[0] = Number(value) === 0 ? 0 : 1
      break
    default:
      view.setBigInt64(0, BigInt.asIntN(64, BigInt(value)), true)
  }
  return bytes
}

/** The JavaScript value of a stored form. Types without one of their own (PtypRestriction, PtypObject ...) give their bytes. */
export function decodeValue(type: number, stored: Uint8Array): PropertyValue {
  if (isMultivalue(type)) {
    const single = singleType(type)
    return splitElements(type, stored).map(part => decodeValue(single, part))
  }
  if (type === PtypString || type === PtypString8) return stringOf(stored)
  const size = fixedSize(type)
  if (size <= 0) return stored
  if (stored.byteLength < size)
    throw new TypeError(`${stored.byteLength} bytes are no value of type 0x${type.toString(16)}`)
  if (type === PtypBoolean) return stored[0] !== 0
  if (type === PtypGuid) return formatGuid(stored)
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
  switch (type) {
    case PtypInteger16:
      return view.getInt16(0, true)
    case PtypInteger32:
      return view.getInt32(0, true)
    case PtypErrorCode:
      return view.getUint32(0, true)
    case PtypFloating32:
      return view.getFloat32(0, true)
    case PtypFloating64:
    case PtypFloatingTime:
      return view.getFloat64(0, true)
    case PtypTime:
      return view.getBigUint64(0, true)
    case PtypCurrency:
    case PtypInteger64:
      return view.getBigInt64(0, true)
  }
  return stored
}

/** Whether bytes can be a stored value of `type`: what a record, a world file or another front hands in is checked with this before it is kept. */
export function isStoredValue(type: number, stored: Uint8Array): boolean {
  const size = fixedSize(type)
  if (size > 0) return isMultivalue(type) ? stored.byteLength % size === 0 : stored.byteLength === size
  const single = singleType(type)
  if (single !== PtypString && single !== PtypString8) {
    if (!isMultivalue(type)) return size === 0
    return isWholeBinaryList(stored)
  }
  if (stored.byteLength % 2 !== 0) return false
  const parts = splitElements(PtypString | 0x1000, stored)
  const whole = parts.every(part => part[part.byteLength - 1] === 0 && part[part.byteLength - 2] === 0)
  return whole && (isMultivalue(type) || parts.length === 1)
}

function isWholeBinaryList(stored: Uint8Array): boolean {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
  let at = 0
  while (at + 4 <= stored.byteLength) at += 4 + view.getUint32(at, true)
  return at === stored.byteLength
}
