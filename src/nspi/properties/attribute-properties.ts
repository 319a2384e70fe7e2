import {
  type AttributeName,
  type AttributeType,
  type AttributeValue,
  attributeNames,
  attributeSpecs
} from '../../directory/index.js'
import {
  PtypBoolean,
  PtypInteger32,
  PtypMultipleBinary,
  PtypMultipleString,
  PtypString,
  PtypTime
} from '../../oxcdata/property-type.js'
import { encodeValue, type PropertyValue } from '../../oxcdata/property-value.js'
import { toFiletime } from '../../runtime.js'
import type { EntryProperty } from './entry-property.js'

/** Attributes whose properties have a value also where the attribute has none. */
const TOLD_ELSEWHERE: ReadonlySet<AttributeName> = new Set<AttributeName>(['printableName', 'richText'])
/** Lists whose first value is a property of its own ([MS-OXOABK] 2.2.4.22, 2.2.4.24). */
const ALSO_SINGLE: ReadonlySet<AttributeName> = new Set<AttributeName>(['businessPhones', 'homePhones'])

function stored(type: AttributeType, value: AttributeValue): Uint8Array {
  switch (type) {
    case 'text':
      return encodeValue(PtypString, value as string)
    case 'texts':
      return encodeValue(PtypMultipleString, [...(value as string[])])
    case 'number':
      return encodeValue(PtypInteger32, value as number)
    case 'boolean':
      return encodeValue(PtypBoolean, value as boolean)
    case 'time':
      return encodeValue(PtypTime, toFiletime(Date.parse(value as string)))
    case 'bytes':
      return value as Uint8Array
    case 'bytesList':
      return encodeValue(PtypMultipleBinary, [...(value as Uint8Array[])] as PropertyValue[])
  }
}

function attributeProperty(name: AttributeName): EntryProperty {
  const { tag, type } = attributeSpecs[name]
  return {
    tag: tag >>> 0,
    alsoSingle: ALSO_SINGLE.has(name),
    read: ({ attributes }) => {
      const value = attributes[name]
      return value === undefined ? undefined : stored(type, value)
    }
  }
}

/** What the directory keeps about entries, each under the property that clients know ([MS-OXOABK] 2.2). */
export const attributeProperties: readonly EntryProperty[] = attributeNames
  .filter(name => !TOLD_ELSEWHERE.has(name))
  .map(attributeProperty)
