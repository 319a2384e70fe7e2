/**
 * Moving past values without building them: how the end of a PtypRestriction or PtypRuleAction value is found. Counts
 * are 16 bits wide in ROP buffers and 32 in extended rules ([MS-OXCDATA] 2.11.1.1, [MS-OXORULE] 2.2.4).
 */
import type { Reader } from '../bufferstructs/index.js'
import {
  fixedSize,
  isMultivalue,
  PtypNull,
  PtypRestriction,
  PtypRuleAction,
  PtypString,
  PtypString8,
  singleType
} from './property-type.js'

/** Width in bits of the COUNT fields: 16 in ROP buffers, 32 in extended rules and address book bodies. */
export type CountWidth = 16 | 32

export function readCount(reader: Reader, width: CountWidth): number {
  return width === 16 ? reader.u16() : reader.u32()
}

/** Reads a count of elements and refuses one that the remaining bytes cannot hold. */
export function readElementCount(reader: Reader, width: CountWidth, smallest: number): number {
  const at = reader.position
  const count = readCount(reader, width)
  if (count * smallest > reader.remaining) reader.fail(`count ${count} exceeds the buffer`, at)
  return count
}

/** Moves past one value of `type`. */
export function skipRowValue(reader: Reader, type: number, width: CountWidth = 16): void {
  if (isMultivalue(type)) {
    skipMultivalue(reader, type, width)
    return
  }
  const size = fixedSize(type)
  if (size > 0) {
    reader.take(size)
    return
  }
  if (type === PtypString) reader.position = reader.findZero16()
  else if (type === PtypString8) reader.position = reader.findZero8()
  else if (type === PtypRestriction) skipRestriction(reader, width)
  else if (type === PtypRuleAction) skipRuleAction(reader, width)
  else if (size === 0) reader.take(readCount(reader, width))
  else if (type !== PtypNull) reader.fail(`property type 0x${type.toString(16).padStart(4, '0')} does not exist`)
}

function skipMultivalue(reader: Reader, type: number, width: CountWidth): void {
  const single = singleType(type)
  const size = fixedSize(single)
  if (size > 0) {
    reader.take(readElementCount(reader, 32, size) * size)
    return
  }
  if (size < 0) reader.fail(`property type 0x${type.toString(16)} does not exist`)
  const count = readElementCount(reader, 32, smallestSize(single, width))
  for (let i = 0; i < count; i++) skipRowValue(reader, single, width)
}

/** The fewest bytes that a value of a varying type takes. */
export function smallestSize(type: number, width: CountWidth): number {
  if (type === PtypString8) return 1
  return type === PtypString ? 2 : width / 8
}

/** Moves past a restriction of [MS-OXCDATA] 2.12. */
export function skipRestriction(reader: Reader, width: CountWidth = 16): void {
  reader.enter()
  const at = reader.position
  const kind = reader.u8()
  switch (kind) {
    case 0x00:
    case 0x01:
      for (let left = readElementCount(reader, width, 2); left > 0; left--) skipRestriction(reader, width)
      break
    case 0x02:
      skipRestriction(reader, width)
      break
    case 0x03:
      reader.take(8)
      skipTaggedValue(reader, width)
      break
    case 0x04:
      reader.take(5)
      skipTaggedValue(reader, width)
      break
    case 0x05:
    case 0x06:
    case 0x07:
      reader.take(9)
      break
    case 0x08:
      reader.take(4)
      break
    case 0x09:
    case 0x0b:
      reader.take(4)
      skipRestriction(reader, width)
      break
    case 0x0a:
      for (let left = reader.u8(); left > 0; left--) skipTaggedValue(reader, width)
      if (reader.u8() !== 0) skipRestriction(reader, width)
      break
    default:
      reader.fail(`restriction type ${kind} does not exist`, at)
  }
  reader.leave()
}

export function skipTaggedValue(reader: Reader, width: CountWidth = 16): void {
  skipRowValue(reader, reader.u32() & 0xffff, width)
}

/** Moves past a RuleAction structure of [MS-OXORULE] 2.2.5: its blocks carry their own lengths. */
export function skipRuleAction(reader: Reader, width: CountWidth = 16): void {
  const blocks = readElementCount(reader, width, width / 8 + 9)
  for (let i = 0; i < blocks; i++) reader.take(readCount(reader, width))
}
