import type { Layout } from '../bufferstructs/index.js'
import { custom } from '../bufferstructs/index.js'
import { MULTIVALUE_INSTANCE, storedType } from './property-type.js'

/** [MS-OXCDATA] 2.9: id << 16 | type, as an unsigned number; on the wire one little-endian u32. */
export type PropertyTag = number

/** A property with its value in stored form (see property-value.ts). */
export interface PropertyEntry {
  tag: PropertyTag
  bytes: Uint8Array
}

export function tagId(tag: PropertyTag): number {
  return tag >>> 16
}

export function tagType(tag: PropertyTag): number {
  return tag & 0xffff
}

export function makeTag(id: number, type: number): PropertyTag {
  return ((id << 16) | type) >>> 0
}

/** The same property with another type. */
export function withType(tag: PropertyTag, type: number): PropertyTag {
  return ((tag & 0xffff0000) | type) >>> 0
}

/** The tag under which a value of this tag is stored: PtypString instead of PtypString8, no multivalue instance bit. */
export function storedTag(tag: PropertyTag): PropertyTag {
  return withType(tag, storedType(tag & 0xffff & ~MULTIVALUE_INSTANCE))
}

/** Ids from here on belong to named properties ([MS-OXCPRPT] 1.3.3). */
export const FIRST_NAMED_ID = 0x8000

export function isNamed(tag: PropertyTag): boolean {
  return tag >>> 16 >= FIRST_NAMED_ID
}

/** `0x0037001f`: how logs and dumps show a tag. */
export function formatTag(tag: PropertyTag): string {
  return `0x${tag.toString(16).padStart(8, '0')}`
}

export const propertyTag: Layout<PropertyTag> = custom({
  read: reader => reader.u32(),
  write: (writer, tag) => writer.u32(tag),
  size: () => 4,
  minSize: 4,
  generate: random => random.u32(),
  why: 'a PropertyTag is two u16 fields that read as one number'
})
