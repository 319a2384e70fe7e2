/** Requests of a recorded session as the live server has to get them: with its ids, handles, GUIDs and names. */
import { isDeepStrictEqual } from 'node:util'
import { type Layout, MalformedBuffer, parseGuid, Reader, Writer } from '../../bufferstructs/index.js'
import { addressBookBodies } from '../../fronts/mapi-http/grammar/address-book-bodies.js'
import { connectRequest } from '../../fronts/mapi-http/grammar/bodies.js'
import { isString, PtypInteger64 } from '../../oxcdata/property-type.js'
import { storedString, stringOf } from '../../oxcdata/stored-string.js'
import { type Fields, formatExecuteRequest, parseExecuteRequest } from '../execute-request.js'
import { ID_PROPERTIES } from '../listing/property-meanings.js'
import { NO_HANDLE } from '../listing/rop-batch-memory.js'
import type { Correspondence } from './correspondence.js'

/** Ids are numbers from here on (REPLID 1 and more); no other field of a request is a number as large as that. */
const FIRST_ID = 2 ** 48
const GUID_BYTES = 16
const COUNTER_BYTES = 6

const TAG_FIELDS = new Set([
  ...['propertyTag', 'tag', 'tag1', 'tag2', 'subObject', 'stateProperty', 'propertyTags', 'excludedTags'],
  ...['recipientColumns', 'columns', 'propertyTagsToRemove']
])
const MINIMAL_ID_FIELDS = new Set([
  ...['containerId', 'currentRecord', 'minimalId', 'minimalId1', 'minimalId2', 'minimalIds', 'explicitTable']
])

/**
 * The body to send for a recorded one. What nobody has to translate is sent as it was recorded, byte for byte, and so is what is
 * malformed. `isPublic` tells the kind of the recorded logons.
 */
export function translateRequest(
  type: string,
  body: Buffer,
  pairs: Correspondence,
  isPublic: (logonId: number) => boolean
): Buffer {
  try {
    if (type === 'Execute') return translateExecute(body, pairs, isPublic)
    if (type === 'Connect') return translateBody(body, connectRequest as Layout<unknown>, pairs, false)
    const book = (addressBookBodies as Record<string, { request: unknown }>)[type]
    return book === undefined ? body : translateBody(body, book.request as Layout<unknown>, pairs, true)
  } catch (error) {
    if (error instanceof MalformedBuffer) return body
    throw error
  }
}

function translateBody(body: Buffer, layout: Layout<unknown>, pairs: Correspondence, isBook: boolean): Buffer {
  const reader = new Reader(body)
  const value = layout.read(reader)
  if (reader.remaining > 0) return body
  const translated = translateValue(value, '', pairs, isBook)
  if (isDeepStrictEqual(value, translated)) return body
  const writer = new Writer(layout.size(translated))
  layout.write(writer, translated)
  return Buffer.from(writer.written())
}

function translateExecute(body: Buffer, pairs: Correspondence, isPublic: (logonId: number) => boolean): Buffer {
  const request = parseExecuteRequest(body, isPublic)
  const payloads = request.payloads.map(({ headerFlags, rops, handles }) => ({
    headerFlags,
    rops: rops.map(one => ({ ...one, fields: translateValue(one.fields, '', pairs, false) as Fields })),
    handles: handles.map(handle => (handle === NO_HANDLE ? handle : pairs.handle(handle)))
  }))
  return isDeepStrictEqual(request.payloads, payloads) ? body : formatExecuteRequest({ ...request, payloads })
}

/** A decoded value with everything replaced that stands for something of the recorded server; `name` is that of its field. */
export function translateValue(value: unknown, name: string, pairs: Correspondence, isBook: boolean): unknown {
  if (typeof value === 'number') return translateNumber(value, name, pairs, isBook)
  if (typeof value === 'string') return /guid$/i.test(name) ? pairs.guid(value) : pairs.text(value)
  if (value instanceof Uint8Array) return translateBytes(value, pairs)
  if (Array.isArray(value)) return value.map(one => translateValue(one, name, pairs, isBook))
  if (value === null || typeof value !== 'object') return value
  const { tag, bytes } = value as { tag?: unknown; bytes?: unknown }
  if (typeof tag === 'number' && bytes instanceof Uint8Array)
    return { ...value, tag: isBook ? tag : pairs.tag(tag), bytes: translateStored(tag, bytes, pairs) }
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [field, translateValue(inner, field, pairs, isBook)])
  )
}

function translateNumber(value: number, name: string, pairs: Correspondence, isBook: boolean): number {
  if (name === 'globcnt') return pairs.counter(value)
  if (value >= FIRST_ID) return pairs.id(value)
  if (isBook) return MINIMAL_ID_FIELDS.has(name) ? pairs.minimalId(value) : value
  if (TAG_FIELDS.has(name)) return pairs.tag(value)
  return name === 'propertyIds' ? pairs.propertyId(value) : value
}

/** A property value in stored form. */
function translateStored(tag: number, bytes: Uint8Array, pairs: Correspondence): Uint8Array {
  const type = tag & 0xffff
  if (isString(type)) {
    const text = stringOf(bytes)
    const translated = pairs.text(text)
    return translated === text ? bytes : storedString(translated)
  }
  if (type === PtypInteger64 && ID_PROPERTIES.has(tag >>> 16)) return idBytes(pairs.id(new Reader(bytes).id()))
  return translateBytes(bytes, pairs)
}

function idBytes(id: number): Uint8Array {
  const writer = new Writer(8)
  writer.id(id)
  return writer.written()
}

/**
 * Bytes with the GUIDs in them that are known, and with the counters behind these: entry ids, source keys and the like, whatever
 * they are wrapped in; and with the names of the user, as the entry ids of an address book have them.
 */
export function translateBytes(bytes: Uint8Array, pairs: Correspondence): Uint8Array {
  const translated: Buffer = Buffer.from(bytes)
  let changed = false
  for (const [recorded, live] of pairs.guids) {
    const wire = Buffer.from(parseGuid(recorded))
    for (let at = translated.indexOf(wire); at >= 0; at = translated.indexOf(wire, at + GUID_BYTES)) {
      changed = true
      translated.set(parseGuid(live), at)
      translateCounter(translated, at + GUID_BYTES, pairs)
    }
  }
  const text = translated.toString('latin1')
  const named = pairs.namesIn(text)
  if (named !== text) return Buffer.from(named, 'latin1')
  return changed ? translated : bytes
}

function translateCounter(bytes: Buffer, at: number, pairs: Correspondence): void {
  if (at + COUNTER_BYTES > bytes.length) return
  bytes.writeUIntBE(pairs.counter(bytes.readUIntBE(at, COUNTER_BYTES)), at, COUNTER_BYTES)
}
