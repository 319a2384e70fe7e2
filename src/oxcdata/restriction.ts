/** [MS-OXCDATA] 2.12: conditions on the properties of rows and objects, as data. restriction-evaluate.ts says what they mean. */
import { custom, type Layout, type Reader, Writer } from '../bufferstructs/index.js'
import type { PropertyEntry, PropertyTag } from './property-tag.js'
import { type CountWidth, readElementCount } from './skip-value.js'
import { readTaggedValue, writeTaggedValue } from './tagged-value.js'

/** 2.12.5. */
export const RelOp = {
  lessThan: 0x00,
  lessThanOrEqual: 0x01,
  greaterThan: 0x02,
  greaterThanOrEqual: 0x03,
  equal: 0x04,
  notEqual: 0x05,
  /** A LIKE pattern; the documents name no such operator, MAPI does (RELOP_RE). */
  like: 0x06,
  memberOfDl: 0x64
} as const

/** FuzzyLevelLow of 2.12.4: what part of the property the value has to match. */
export const FuzzyLow = { fullString: 0x0000, substring: 0x0001, prefix: 0x0002 } as const

/** FuzzyLevelHigh of 2.12.4. */
export const FuzzyHigh = { ignoreCase: 0x0001, ignoreNonSpace: 0x0002, loose: 0x0004 } as const

/** 2.12.7. */
export const BitmapRelOp = { equalsZero: 0x00, notEqualsZero: 0x01 } as const

export type Restriction =
  | { kind: 'and' | 'or'; restrictions: Restriction[] }
  | { kind: 'not'; restriction: Restriction }
  | { kind: 'content'; fuzzyLow: number; fuzzyHigh: number; tag: PropertyTag; value: PropertyEntry }
  | { kind: 'property'; relop: number; tag: PropertyTag; value: PropertyEntry }
  | { kind: 'compare'; relop: number; tag1: PropertyTag; tag2: PropertyTag }
  | { kind: 'bitmask'; relop: number; tag: PropertyTag; mask: number }
  | { kind: 'size'; relop: number; tag: PropertyTag; size: number }
  | { kind: 'exist'; tag: PropertyTag }
  | { kind: 'subObject'; subObject: PropertyTag; restriction: Restriction }
  | { kind: 'comment'; values: PropertyEntry[]; restriction: Restriction | null }
  | { kind: 'count'; count: number; restriction: Restriction }

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

/** The smallest restriction: an And of nothing. */
const SMALLEST = 3

/**
 * What differs between the places that restrictions are sent in: the counts, and the form of values. Of a value that is sought
 * (in a content or property restriction) some say first whether there is one.
 */
export interface RestrictionForm {
  /** Reads how many restrictions an And or Or has; bounded by the bytes left. */
  readCount(reader: Reader): number
  writeCount(writer: Writer, count: number): void
  readValue(reader: Reader): PropertyEntry
  writeValue(writer: Writer, value: PropertyEntry): void
  /** `tag` is that of the property which is looked at. */
  readSought(reader: Reader, tag: PropertyTag): PropertyEntry
  writeSought(writer: Writer, value: PropertyEntry): void
}

function formOf(width: CountWidth): RestrictionForm {
  const readValue = (reader: Reader): PropertyEntry => readTaggedValue(reader, width)
  const writeValue = (writer: Writer, value: PropertyEntry): void => writeTaggedValue(writer, value, width)
  return {
    // A Not of an Exist takes six bytes, an And of nothing three: no restriction is shorter than that.
    readCount: reader => readElementCount(reader, width, SMALLEST),
    writeCount: (writer, count) => (width === 16 ? writer.u16(count) : writer.u32(count)),
    ...{ readValue, writeValue, readSought: readValue, writeSought: writeValue }
  }
}

/** Counts are 16 bits in ROP buffers, 32 in extended rules. */
const FORMS: Readonly<Record<CountWidth, RestrictionForm>> = { 16: formOf(16), 32: formOf(32) }

/** Reads a restriction; nesting is limited by the reader, counts by the bytes left. */
export function readRestriction(reader: Reader, width: CountWidth = 16): Restriction {
  return readRestrictionAs(FORMS[width], reader)
}

export function writeRestriction(writer: Writer, restriction: Restriction, width: CountWidth = 16): void {
  writeRestrictionAs(FORMS[width], writer, restriction)
}

export function readRestrictionAs(form: RestrictionForm, reader: Reader): Restriction {
  reader.enter()
  const restriction = readBody(form, reader)
  reader.leave()
  return restriction
}

function readBody(form: RestrictionForm, reader: Reader): Restriction {
  const at = reader.position
  const type = reader.u8()
  switch (type) {
    case AND:
    case OR: {
      const restrictions: Restriction[] = []
      for (let left = form.readCount(reader); left > 0; left--) restrictions.push(readRestrictionAs(form, reader))
      return { kind: type === AND ? 'and' : 'or', restrictions }
    }
    case NOT:
      return { kind: 'not', restriction: readRestrictionAs(form, reader) }
    case CONTENT: {
      const [fuzzyLow, fuzzyHigh, tag] = [reader.u16(), reader.u16(), reader.u32()]
      return { kind: 'content', fuzzyLow, fuzzyHigh, tag, value: form.readSought(reader, tag) }
    }
    case PROPERTY: {
      const [relop, tag] = [reader.u8(), reader.u32()]
      return { kind: 'property', relop, tag, value: form.readSought(reader, tag) }
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
      return { kind: 'subObject', subObject: reader.u32(), restriction: readRestrictionAs(form, reader) }
    case COMMENT: {
      const values: PropertyEntry[] = []
      for (let left = reader.u8(); left > 0; left--) values.push(form.readValue(reader))
      return { kind: 'comment', values, restriction: reader.u8() === 0 ? null : readRestrictionAs(form, reader) }
    }
    case COUNT:
      return { kind: 'count', count: reader.u32(), restriction: readRestrictionAs(form, reader) }
    default:
      return reader.fail(`restriction type ${type} does not exist`, at)
  }
}

export function writeRestrictionAs(form: RestrictionForm, writer: Writer, restriction: Restriction): void {
  switch (restriction.kind) {
    case 'and':
    case 'or':
      writer.u8(restriction.kind === 'and' ? AND : OR)
      form.writeCount(writer, restriction.restrictions.length)
      for (const inner of restriction.restrictions) writeRestrictionAs(form, writer, inner)
      break
    case 'not':
      writer.u8(NOT)
      writeRestrictionAs(form, writer, restriction.restriction)
      break
    case 'content':
      writer.u8(CONTENT)
      writer.u16(restriction.fuzzyLow)
      writer.u16(restriction.fuzzyHigh)
      writer.u32(restriction.tag)
      form.writeSought(writer, restriction.value)
      break
    case 'property':
      writeFixed(writer, PROPERTY, restriction.relop, restriction.tag)
      form.writeSought(writer, restriction.value)
      break
    case 'compare':
      writeFixed(writer, COMPARE, restriction.relop, restriction.tag1)
      writer.u32(restriction.tag2)
      break
    case 'bitmask':
      writeFixed(writer, BITMASK, restriction.relop, restriction.tag)
      writer.u32(restriction.mask)
      break
    case 'size':
      writeFixed(writer, SIZE, restriction.relop, restriction.tag)
      writer.u32(restriction.size)
      break
    case 'exist':
      writer.u8(EXIST)
      writer.u32(restriction.tag)
      break
    case 'subObject':
      writer.u8(SUB_OBJECT)
      writer.u32(restriction.subObject)
      writeRestrictionAs(form, writer, restriction.restriction)
      break
    case 'comment':
      writer.u8(COMMENT)
      writer.u8(restriction.values.length)
      for (const value of restriction.values) form.writeValue(writer, value)
      writer.u8(restriction.restriction === null ? 0 : 1)
      if (restriction.restriction !== null) writeRestrictionAs(form, writer, restriction.restriction)
      break
    case 'count':
      writer.u8(COUNT)
      writer.u32(restriction.count)
      writeRestrictionAs(form, writer, restriction.restriction)
  }
}

function writeFixed(writer: Writer, type: number, relop: number, tag: PropertyTag): void {
  writer.u8(type)
  writer.u8(relop)
  writer.u32(tag)
}

function layout(width: CountWidth): Layout<Restriction> {
  return custom({
    read: reader => readRestriction(reader, width),
    write: (writer, value) => writeRestriction(writer, value, width),
    minSize: SMALLEST,
    generate: random => ({
      kind: 'not',
      restriction: { kind: 'bitmask', relop: random.below(2), tag: random.u32(), mask: random.u32() }
    }),
    why: 'a restriction contains itself, and its values follow from the types in their tags'
  })
}

export const restriction = layout(16)

/** With 32-bit counts: conditions of extended rules ([MS-OXORULE] 2.2.4.2) and of search folder definitions. */
export const restrictionWide = layout(32)

/** The bytes of a restriction, for keys of shared tables and for values of PtypRestriction. */
export function restrictionBytes(value: Restriction, width: CountWidth = 16): Uint8Array {
  const writer = new Writer(64)
  writeRestriction(writer, value, width)
  return writer.bytes.slice(0, writer.position)
}
