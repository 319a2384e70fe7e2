import { Reader, UNKNOWN_ID } from '../../bufferstructs/index.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import {
  PtypBoolean,
  PtypCurrency,
  PtypErrorCode,
  PtypGuid,
  PtypInteger16,
  PtypInteger32,
  PtypInteger64,
  PtypNull,
  PtypString,
  PtypString8,
  PtypTime
} from '../../oxcdata/property-type.js'
import { decodeValue } from '../../oxcdata/property-value.js'
import { CHANGE_NUMBER_PROPERTIES, ID_PROPERTIES, MINIMAL_ID_PROPERTIES, propertyMeaning } from './property-meanings.js'
import { sayBoolean, sayBytes, sayDn, sayError, sayGuid, sayId, sayNumber, sayText, sayTime } from './value-text.js'
import type { Said, Walk } from './walk.js'

/** A legacy DN, or that of an address list ([MS-OXNSPI] 2.2.1.1), begins like this, in either case. */
const DN = /^\/(o|guid)=/i
const CURRENCY_SCALE = 10_000

/** A single value in stored form for people, as far as its property and type tell. */
export function sayStored(tag: PropertyTag, type: number, stored: Uint8Array, walk: Walk): Said {
  if (stored.byteLength === 0)
    return type === PtypNull || isVarying(type) ? { text: 'none', value: stored } : sayBytes(stored)
  if (type === PtypInteger64) {
    if (ID_PROPERTIES.has(tag >>> 16)) return sayIdOf(stored, walk)
    if (CHANGE_NUMBER_PROPERTIES.has(tag >>> 16)) return { ...sayIdOf(stored, walk), kind: 'change' }
  }
  const value = decodeValue(type, stored)
  if (type === PtypInteger32 && MINIMAL_ID_PROPERTIES.has(tag >>> 16))
    return { text: sayNumber(value as number).text, kind: 'minimalId', value: (value as number) >>> 0 }
  return { ...sayValue(tag, type, value), value }
}

function isVarying(type: number): boolean {
  return type === PtypString || type === PtypString8
}

/** An id in eight bytes; one with a REPLID that no mailbox maps is no number, but has its digits all the same. */
function sayIdOf(stored: Uint8Array, walk: Walk): Said {
  const id = idOfStored(stored)
  if (id !== UNKNOWN_ID) return { ...sayId(id, walk), value: id }
  const [low, high, ...counter] = stored
  const digits = Buffer.from(counter)
    .toString('hex')
    .replace(/^0+(?=.)/, '')
  return { text: `${((high << 8) | low).toString(16)}-${digits}`, kind: 'bytes', value: stored }
}

export function idOfStored(stored: Uint8Array): number {
  return new Reader(stored).id()
}

function sayValue(tag: PropertyTag, type: number, value: unknown): Said {
  switch (type) {
    case PtypString:
    case PtypString8:
      return DN.test(value as string) ? sayDn(value as string) : sayText(value as string)
    case PtypTime:
      return sayTime(value as bigint)
    case PtypGuid:
      return sayGuid(value as string)
    case PtypBoolean:
      return sayBoolean(value as boolean)
    case PtypErrorCode:
      return sayError(value as number)
    case PtypCurrency:
      return { text: String(Number(value) / CURRENCY_SCALE), kind: 'number' }
    case PtypInteger32:
      return propertyMeaning(tag >>> 16)?.(value as number) ?? sayNumber(value as number)
    case PtypInteger16:
    case PtypInteger64:
      return sayNumber(value as number | bigint)
    default:
      return value instanceof Uint8Array ? sayBytes(value) : { text: String(value), kind: 'number' }
  }
}
