import type { DirectoryEntry } from '../../directory/index.js'
import { type PropertyTag, tagType, withType } from '../../oxcdata/property-tag.js'
import {
  isMultivalue,
  PtypErrorCode,
  PtypMultipleString,
  PtypMultipleString8,
  PtypObject,
  PtypString,
  PtypString8,
  PtypUnspecified,
  singleType,
  storedType
} from '../../oxcdata/property-type.js'
import { encodeValue, splitElements } from '../../oxcdata/property-value.js'
import { storedString } from '../../oxcdata/stored-string.js'
import type { NspiValue } from '../nspi.js'
import { CP_WINUNICODE } from '../stat.js'
import { NspiStatus } from '../status.js'
import { entryProperties, entryProperty } from './entry-properties.js'
import type { EntryProperty } from './entry-property.js'
import type { PropertyView } from './property-view.js'

/** Gives one column of a row. */
export type EntryCell = (entry: DirectoryEntry) => NspiValue

const errorBytes = (code: number): Uint8Array => encodeValue(PtypErrorCode, code)
const NOT_FOUND = errorBytes(NspiStatus.notFound)
const INVALID_CODEPAGE = errorBytes(NspiStatus.invalidCodepage)

/** A value that is not there ([MS-OXNSPI] 3.1.4.1.7, constraint 12): the property with the type of an error. */
export function missingValue(tag: PropertyTag): NspiValue {
  return { tag: withType(tag, PtypErrorCode), bytes: NOT_FOUND }
}

export function isMissing({ tag }: NspiValue): boolean {
  return tagType(tag) === PtypErrorCode
}

function isText8(type: number): boolean {
  return type === PtypString8 || type === PtypMultipleString8
}

/**
 * How a column of this tag is filled. Text is returned in the width that the tag asks for, whatever the native one is ([MS-OXNSPI]
 * 3.1.4.3.3); the transport converts it. A property of another type than asked for is not there.
 */
export function entryCell(tag: PropertyTag, view: PropertyView, codePage: number): EntryCell {
  const property = entryProperty(tag)
  const missing = missingValue(tag)
  if (property === undefined) return () => missing
  const read = reader(property, tagType(tag), view)
  if (read === undefined) return () => missing
  const type = tagType(tag) === PtypUnspecified ? unspecifiedType(property, codePage) : tagType(tag)
  const answered = withType(tag, type)
  if (isText8(type) && codePage === CP_WINUNICODE) {
    const inexpressible = { tag: withType(tag, PtypErrorCode), bytes: INVALID_CODEPAGE }
    return entry => (read(entry) === undefined ? missing : inexpressible)
  }
  return entry => {
    const bytes = read(entry)
    return bytes === undefined ? missing : { tag: answered, bytes }
  }
}

/** The type in which a value is returned to a client that takes any ([MS-OXNSPI] R37: never PtypUnspecified). */
function unspecifiedType({ tag }: EntryProperty, codePage: number): number {
  const type = tagType(tag)
  return codePage === CP_WINUNICODE ? storedType(type) : type
}

type Read = (entry: DirectoryEntry) => Uint8Array | undefined

function reader(property: EntryProperty, type: number, view: PropertyView): Read | undefined {
  const { links } = property
  const native = storedType(tagType(property.tag))
  if (type === PtypUnspecified || storedType(type) === native) return entry => property.read(entry, view)
  if (links !== undefined) return linkReader(links.bind(property), storedType(type), view)
  if (property.alsoSingle !== true || storedType(type) !== singleType(native)) return undefined
  return entry => {
    const values = property.read(entry, view)
    return values === undefined ? undefined : splitElements(native, values, 1)[0]
  }
}

/** Links as text are the DNs of the entries that they lead to ([MS-OXOABK] 2.2.5.2 and others). */
function linkReader(links: NonNullable<EntryProperty['links']>, type: number, view: PropertyView): Read | undefined {
  if (type !== PtypString && type !== PtypMultipleString) return undefined
  return entry => {
    const dns = links(entry, view).map(({ legacyDn }) => legacyDn)
    if (dns.length === 0) return undefined
    return isMultivalue(type) ? encodeValue(type, dns) : storedString(dns[0])
  }
}

/** The tag of a property with its text in the width that a client asked for. */
export function tagInWidth(tag: PropertyTag, unicode: boolean): PropertyTag {
  const type = storedType(tagType(tag))
  const isText = type === PtypString || type === PtypMultipleString
  return withType(tag, isText && !unicode ? type - 1 : type)
}

/** Tags of all properties that an entry has, text in the asked width ([MS-OXNSPI] 3.1.4.1.6). */
export function tagsOfEntry(
  entry: DirectoryEntry,
  view: PropertyView,
  options: { unicode: boolean; skipObjects: boolean }
): PropertyTag[] {
  const tags: PropertyTag[] = []
  for (const property of entryProperties) {
    if (options.skipObjects && tagType(property.tag) === PtypObject) continue
    if (property.read(entry, view) !== undefined) tags.push(tagInWidth(property.tag, options.unicode))
  }
  return tags
}

/** The stored value of a property of an entry, for conditions; tables have no value that could be compared. */
export function entryValue(entry: DirectoryEntry, tag: PropertyTag, view: PropertyView): Uint8Array | undefined {
  const property = entryProperty(tag)
  const value = property === undefined ? undefined : reader(property, tagType(tag), view)?.(entry)
  return value
}
