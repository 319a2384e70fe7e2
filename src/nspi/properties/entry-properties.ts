import { type PropertyTag, tagId } from '../../oxcdata/property-tag.js'
import { attributeProperties } from './attribute-properties.js'
import type { EntryProperty } from './entry-property.js'
import { identityProperties } from './identity-properties.js'
import { linkProperties } from './link-properties.js'

/** All properties of entries, each id once, in the order in which lists of them are answered. */
export const entryProperties: readonly EntryProperty[] = [
  ...identityProperties,
  ...attributeProperties,
  ...linkProperties
]

const byId = new Map(entryProperties.map(property => [tagId(property.tag), property]))

/** The property that a tag names, whatever its type. */
export function entryProperty(tag: PropertyTag): EntryProperty | undefined {
  return byId.get(tagId(tag))
}
