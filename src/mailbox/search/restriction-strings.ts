import type { PropertyEntry, PropertyTag } from '../../oxcdata/property-tag.js'
import { PtypMultipleString, PtypMultipleString8, PtypString, PtypString8 } from '../../oxcdata/property-type.js'
import type { Restriction } from '../../oxcdata/restriction.js'

/** A restriction all of whose strings are wide, as it is kept, or 8-bit, as a client may ask for it ([MS-OXCFOLD] 2.2.1.5.1). */
export function withStrings(restriction: Restriction, isUnicode: boolean): Restriction {
  const tagOf = (tag: PropertyTag): PropertyTag => withType(tag, (isUnicode ? WIDE : NARROW).get(tag & 0xffff))
  // Stored strings have one form whatever their tag says: the tag decides how they are written.
  const entry = ({ tag, bytes }: PropertyEntry): PropertyEntry => ({ tag: tagOf(tag), bytes })
  const of = (inner: Restriction): Restriction => {
    switch (inner.kind) {
      case 'and':
      case 'or':
        return { kind: inner.kind, restrictions: inner.restrictions.map(of) }
      case 'not':
        return { kind: 'not', restriction: of(inner.restriction) }
      case 'count':
        return { ...inner, restriction: of(inner.restriction) }
      case 'comment':
        return {
          kind: 'comment',
          values: inner.values.map(entry),
          restriction: inner.restriction === null ? null : of(inner.restriction)
        }
      case 'subObject':
        return { ...inner, restriction: of(inner.restriction) }
      case 'content':
      case 'property':
        return { ...inner, tag: tagOf(inner.tag), value: entry(inner.value) }
      case 'compare':
        return { ...inner, tag1: tagOf(inner.tag1), tag2: tagOf(inner.tag2) }
      default:
        return { ...inner, tag: tagOf(inner.tag) }
    }
  }
  return of(restriction)
}

const NARROW = new Map<number, number>([
  [PtypString, PtypString8],
  [PtypMultipleString, PtypMultipleString8]
])
const WIDE = new Map([...NARROW].map(([wide, narrow]) => [narrow, wide]))

function withType(tag: PropertyTag, type: number | undefined): PropertyTag {
  return type === undefined ? tag : ((tag & 0xffff0000) | type) >>> 0
}
