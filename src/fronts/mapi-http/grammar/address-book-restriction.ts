/**
 * Restrictions in address book bodies ([MS-OXCMAPIHTTP] 2.2.5.5.1): those of [MS-OXCDATA] 2.12 with 32-bit counts, values in
 * the form of 2.2.1.1, and a byte before the value of a content or property restriction that says whether there is one.
 * The documents do not mention that byte; Outlook writes it. A value that is not there is an entry of type PtypNull.
 */
import type { Reader, Writer } from '../../../bufferstructs/index.js'
import type { NspiValue } from '../../../nspi/nspi.js'
import { type PropertyTag, withType } from '../../../oxcdata/property-tag.js'
import { PtypNull } from '../../../oxcdata/property-type.js'
import type { Restriction } from '../../../oxcdata/restriction.js'
import { ElementBudget, readLimitedCount, readTagged, taggedSize, writeTagged } from './address-book-values.js'

const AND = 0x00
const OR = 0x01
const NOT = 0x02
const CONTENT = 0x03
const PROPERTY = 0x04
const COMPARE = 0x05
const BITMASK = 0x06
const SIZE = 0x07
const EXIST = 0x08
const SUB_OBJECT = 0x09
const COMMENT = 0x0a
const COUNT = 0x0b

/** The smallest restrictions: an And of nothing, an Exist. */
const SMALLEST = 5
const TRUE = 0xff
const NOTHING = new Uint8Array(0)

/** Reads a restriction; nesting is limited by the reader, counts by the bytes left. */
export function readFilter(reader: Reader, budget = new ElementBudget()): Restriction {
  reader.enter()
  const restriction = readBody(reader, budget)
  reader.leave()
  return restriction
}

function readBody(reader: Reader, budget: ElementBudget): Restriction {
  const at = reader.position
  const type = reader.u8()
  switch (type) {
    case AND:
    case OR: {
      const restrictions: Restriction[] = []
      for (let left = readLimitedCount(reader, SMALLEST); left > 0; left--)
        restrictions.push(readFilter(reader, budget))
      return { kind: type === AND ? 'and' : 'or', restrictions }
    }
    case NOT:
      return { kind: 'not', restriction: readFilter(reader, budget) }
    case CONTENT: {
      const [fuzzyLow, fuzzyHigh, tag] = [reader.u16(), reader.u16(), reader.u32()]
      return { kind: 'content', fuzzyLow, fuzzyHigh, tag, value: readSoughtValue(reader, tag, budget) }
    }
    case PROPERTY: {
      const [relop, tag] = [reader.u8(), reader.u32()]
      return { kind: 'property', relop, tag, value: readSoughtValue(reader, tag, budget) }
    }
    case COMPARE:
      return { kind: 'compare', relop: reader.u8(), tag1: reader.u32(), tag2: reader.u32() }
    case BITMASK:
      return { kind: 'bitmask', relop: reader.u8(), tag: reader.u32(), mask: reader.u32() }
    case SIZE:
      return { kind: 'size', relop: reader.u8(), tag: reader.u32(), size: reader.u32() }
    case EXIST:
      return { kind: 'exist', tag: reader.u32() }
    case SUB_OBJECT:
      return { kind: 'subObject', subObject: reader.u32(), restriction: readFilter(reader, budget) }
    case COMMENT: {
      const values: NspiValue[] = []
      for (let left = reader.u8(); left > 0; left--) values.push(readTagged(reader, budget))
      return { kind: 'comment', values, restriction: reader.u8() === 0 ? null : readFilter(reader, budget) }
    }
    case COUNT:
      return { kind: 'count', count: reader.u32(), restriction: readFilter(reader, budget) }
    default:
      return reader.fail(`restriction type ${type} does not exist`, at)
  }
}

function readSoughtValue(reader: Reader, tag: PropertyTag, budget: ElementBudget): NspiValue {
  return reader.u8() === 0 ? { tag: withType(tag, PtypNull), bytes: NOTHING } : readTagged(reader, budget)
}

export function writeFilter(writer: Writer, filter: Restriction): void {
  switch (filter.kind) {
    case 'and':
    case 'or':
      writer.u8(filter.kind === 'and' ? AND : OR)
      writer.u32(filter.restrictions.length)
      for (const inner of filter.restrictions) writeFilter(writer, inner)
      break
    case 'not':
      writer.u8(NOT)
      writeFilter(writer, filter.restriction)
      break
    case 'content':
      writer.u8(CONTENT)
      writer.u16(filter.fuzzyLow)
      writer.u16(filter.fuzzyHigh)
      writer.u32(filter.tag)
      writeSoughtValue(writer, filter.value)
      break
    case 'property':
      writeOperation(writer, PROPERTY, filter.relop, filter.tag)
      writeSoughtValue(writer, filter.value)
      break
    case 'compare':
      writeOperation(writer, COMPARE, filter.relop, filter.tag1)
      writer.u32(filter.tag2)
      break
    case 'bitmask':
      writeOperation(writer, BITMASK, filter.relop, filter.tag)
      writer.u32(filter.mask)
      break
    case 'size':
      writeOperation(writer, SIZE, filter.relop, filter.tag)
      writer.u32(filter.size)
      break
    case 'exist':
      writer.u8(EXIST)
      writer.u32(filter.tag)
      break
    case 'subObject':
      writer.u8(SUB_OBJECT)
      writer.u32(filter.subObject)
      writeFilter(writer, filter.restriction)
      break
    case 'comment':
      writer.u8(COMMENT)
      writer.u8(filter.values.length)
      for (const value of filter.values) writeTagged(writer, value)
      writer.u8(filter.restriction === null ? 0 : 1)
      if (filter.restriction !== null) writeFilter(writer, filter.restriction)
      break
    case 'count':
      writer.u8(COUNT)
      writer.u32(filter.count)
      writeFilter(writer, filter.restriction)
  }
}

function writeOperation(writer: Writer, type: number, relop: number, tag: PropertyTag): void {
  writer.u8(type)
  writer.u8(relop)
  writer.u32(tag)
}

function writeSoughtValue(writer: Writer, value: NspiValue): void {
  const isThere = (value.tag & 0xffff) !== PtypNull
  writer.u8(isThere ? TRUE : 0)
  if (isThere) writeTagged(writer, value)
}

/** Bytes that `writeFilter` would take. */
export function filterSize(filter: Restriction, codePage: number): number {
  const sizeOf = (value: NspiValue) => 1 + ((value.tag & 0xffff) === PtypNull ? 0 : taggedSize(value, codePage))
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.restrictions.reduce((sum, inner) => sum + filterSize(inner, codePage), 5)
    case 'not':
      return 1 + filterSize(filter.restriction, codePage)
    case 'content':
      return 9 + sizeOf(filter.value)
    case 'property':
      return 6 + sizeOf(filter.value)
    case 'compare':
    case 'bitmask':
    case 'size':
      return 10
    case 'exist':
      return 5
    case 'subObject':
    case 'count':
      return 5 + filterSize(filter.restriction, codePage)
    case 'comment': {
      const values = filter.values.reduce((sum, value) => sum + taggedSize(value, codePage), 3)
      return values + (filter.restriction === null ? 0 : filterSize(filter.restriction, codePage))
    }
  }
}
