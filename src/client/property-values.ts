import { type PropertyEntry, type PropertyTag, tagType } from '../oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../oxcdata/property-value.js'

/** A property in stored form from its tag and a JavaScript value, for requests. */
export function property(tag: PropertyTag, value: PropertyValue): PropertyEntry {
  return { tag, bytes: encodeValue(tagType(tag), value) }
}
