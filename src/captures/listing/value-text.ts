/** Single values for people: what they are, and how they are written. */
import { errorName } from '../../oxcdata/error-code.js'
import { formatTag } from '../../oxcdata/property-tag.js'
import { propertyName } from '../../oxprops/property-name.js'
import { propertySetNames } from '../../oxprops/property-sets.js'
import { fromFiletime } from '../../runtime.js'
import { formatId } from './format-id.js'
import { knownGuids } from './known-guids.js'
import type { Said, Walk } from './walk.js'

/** Bytes of a binary value that are shown; the rest is counted. */
const BYTES_SHOWN = 32
/** Characters of a text that are shown. */
const CHARS_SHOWN = 500
/** Decimal numbers from here on are shown in hexadecimal, too. */
const HEX_FROM = 0x10000
const FIRST_NAMED = 0x8000
const HUNDRED_NS_PER_SECOND = 10_000_000n
/** FILETIME of the year 10000, the first that has no ISO form. */
const LAST_TIME = 2_650_467_744_000_000_000n

export function sayNumber(value: number | bigint): Said {
  const hex = value >= HEX_FROM || value <= -HEX_FROM
  const unsigned = typeof value === 'number' ? value >>> 0 : BigInt.asUintN(64, value)
  const fits = typeof value === 'bigint' || (Number.isInteger(value) && Math.abs(value) < 2 ** 32)
  return { text: hex && fits ? `${value} (0x${unsigned.toString(16)})` : String(value), kind: 'number' }
}

export function sayBoolean(value: boolean): Said {
  return { text: String(value), kind: 'boolean' }
}

export function sayText(value: string): Said {
  return { text: quoted(value), kind: 'text' }
}

export function quoted(text: string): string {
  if (text.length <= CHARS_SHOWN) return JSON.stringify(text)
  return `${JSON.stringify(text.slice(0, CHARS_SHOWN))}... (${text.length} characters)`
}

export function sayBytes(value: Uint8Array): Said {
  return { text: bytesText(value), kind: 'bytes' }
}

/** `5 bytes 0102030405`, the hexadecimal digits cut where they would fill the screen. */
export function bytesText(value: Uint8Array): string {
  const size = `${value.byteLength} ${value.byteLength === 1 ? 'byte' : 'bytes'}`
  if (value.byteLength === 0) return size
  const shown = Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, BYTES_SHOWN)).toString('hex')
  return `${size} ${shown}${value.byteLength > BYTES_SHOWN ? '...' : ''}`
}

/** ecNone and other success codes are numbers like any, with a name. */
export function sayError(code: number): Said {
  const name = errorName(code)
  const hex = `0x${code.toString(16).padStart(8, '0')}`
  if (code === 0) return { text: '0 ecNone', kind: 'error' }
  return { text: name === hex ? hex : `${name} (${hex})`, kind: 'error' }
}

/** FILETIME as ISO 8601, with as many digits of a second as it has. */
export function sayTime(filetime: bigint): Said {
  return { text: timeText(filetime), kind: 'time' }
}

export function timeText(filetime: bigint): string {
  if (filetime <= 0n || filetime >= LAST_TIME) return `${filetime} (no date)`
  const seconds = new Date(fromFiletime(filetime)).toISOString().replace(/\.\d+Z$/, '')
  const rest = filetime % HUNDRED_NS_PER_SECOND
  if (rest === 0n) return `${seconds}Z`
  const digits = rest.toString().padStart(7, '0')
  return `${seconds}.${digits.endsWith('0000') ? digits.slice(0, 3) : digits}Z`
}

export function sayGuid(guid: string): Said {
  const name = propertySetNames.get(guid) ?? knownGuids[guid]
  return { text: name === undefined ? guid : `${guid} ${name}`, kind: 'guid' }
}

/** A GUID that the server made. */
export function sayOwnGuid(guid: string): Said {
  return { text: guid, kind: 'ownGuid' }
}

export function sayId(id: number, walk: Walk): Said {
  const name = walk.around.memory.folderName(id)
  return { text: name === undefined ? formatId(id) : `${formatId(id)} ${name}`, kind: 'id' }
}

export function sayCounter(globcnt: number): Said {
  return { text: `0x${globcnt.toString(16)}`, kind: 'counter' }
}

export function sayHandle(handle: number): Said {
  return { text: `0x${handle.toString(16).padStart(8, '0')}`, kind: 'handle' }
}

export function sayDn(dn: string): Said {
  return { text: quoted(dn), kind: 'dn' }
}

/** The name of a property: of a named one as the session taught it. */
export function nameOfTag(tag: number, walk: Walk): string {
  const id = tag >>> 16
  if (id < FIRST_NAMED || walk.around.addressBook) return propertyName(tag)
  return walk.around.memory.propertyName(id) ?? formatTag(tag)
}

export function sayTag(tag: number, walk: Walk): Said {
  const name = nameOfTag(tag, walk)
  const hex = formatTag(tag)
  return { text: name === hex ? hex : `${name} (${hex})`, kind: 'tag' }
}

/** The id of a property without a type. */
export function sayPropertyId(id: number, walk: Walk): Said {
  const hex = `0x${id.toString(16).padStart(4, '0')}`
  const name = walk.around.memory.propertyName(id)
  return { text: name === undefined ? hex : `${hex} ${name}`, kind: 'propertyId' }
}

/** The names of the flags that are set, and the bits that have none. */
export function sayFlags(value: number, names: Readonly<Record<string, number>>): Said {
  let left = value >>> 0
  const set: string[] = []
  for (const [name, mask] of Object.entries(names)) {
    if (mask === 0 || (value & mask) >>> 0 !== mask >>> 0) continue
    set.push(name)
    left = (left & ~mask) >>> 0
  }
  if (left !== 0 && set.length > 0) set.push(`0x${left.toString(16)}`)
  const hex = `0x${(value >>> 0).toString(16)}`
  return { text: set.length === 0 ? hex : `${hex} ${set.join(' | ')}`, kind: 'flags' }
}

export function sayEnumeration(value: number, names: Readonly<Record<string, number>>): Said {
  const name = Object.entries(names).find(([, named]) => named === value)?.[0]
  return { text: name === undefined ? sayNumber(value).text : `${value} ${name}`, kind: 'enumeration' }
}
