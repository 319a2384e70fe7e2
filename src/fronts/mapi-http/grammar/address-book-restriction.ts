/**
 * Restrictions in address book bodies ([MS-OXCMAPIHTTP] 2.2.5.5.1): those of [MS-OXCDATA] 2.12 with 32-bit counts, values in
 * the form of 2.2.1.1, and a byte before the value of a content or property restriction that says whether there is one.
 * The documents do not mention that byte; Outlook writes it. A value that is not there is an entry of type PtypNull.
 */
import type { Reader, Writer } from '../../../bufferstructs/index.js'
import type { NspiValue } from '../../../nspi/nspi.js'
import { withType } from '../../../oxcdata/property-tag.js'
import { PtypNull } from '../../../oxcdata/property-type.js'
import {
  type Restriction,
  type RestrictionForm,
  readRestrictionAs,
  writeRestrictionAs
} from '../../../oxcdata/restriction.js'
import { ElementBudget, readLimitedCount, readTagged, taggedSize, writeTagged } from './address-book-values.js'

/** The smallest restrictions: an And of nothing, an Exist. */
const SMALLEST = 5
const TRUE = 0xff
const NOTHING = new Uint8Array(0)

/** `budget` bounds the elements of all multivalues in one restriction. */
function formOf(budget: ElementBudget): RestrictionForm {
  return {
    readCount: reader => readLimitedCount(reader, SMALLEST),
    writeCount: (writer, count) => writer.u32(count),
    readValue: reader => readTagged(reader, budget),
    writeValue: writeTagged,
    readSought: (reader, tag) =>
      reader.u8() === 0 ? { tag: withType(tag, PtypNull), bytes: NOTHING } : readTagged(reader, budget),
    writeSought: (writer, value) => {
      const isThere = (value.tag & 0xffff) !== PtypNull
      writer.u8(isThere ? TRUE : 0)
      if (isThere) writeTagged(writer, value)
    }
  }
}

/** Reads a restriction; nesting is limited by the reader, counts by the bytes left. */
export function readFilter(reader: Reader): Restriction {
  return readRestrictionAs(formOf(new ElementBudget()), reader)
}

export function writeFilter(writer: Writer, filter: Restriction): void {
  writeRestrictionAs(WRITTEN, writer, filter)
}

const WRITTEN = formOf(new ElementBudget())

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
