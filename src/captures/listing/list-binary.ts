/** What well-known binary values hold: entry ids, source keys, change keys, server ids ([MS-OXCDATA] 2.2, [MS-OXCFXICS] 2.2.2). */
import { globcnt48, guid, u16 } from '../../bufferstructs/index.js'
import {
  muidContactAddressBook,
  muidEmsab,
  muidOneOff,
  muidPublicFolders,
  muidStorePublic,
  muidStoreWrap,
  muidWrapped
} from '../../oxcdata/entry-id.js'
import { type PropertyTag, tagType } from '../../oxcdata/property-tag.js'
import { PtypServerId } from '../../oxcdata/property-type.js'
import { propertyName } from '../../oxprops/property-name.js'
import { PREDECESSOR_CHANGE_LIST, XID_PROPERTIES } from './property-meanings.js'
import {
  sayBytes,
  sayCounter,
  sayDn,
  sayEnumeration,
  sayFlags,
  sayGuid,
  sayId,
  sayNumber,
  sayOwnGuid,
  sayText
} from './value-text.js'
import type { Said, Walk } from './walk.js'

const HEADER_BYTES = 20
const FOLDER_BYTES = 46
const MESSAGE_BYTES = 70
/** Replica GUID and counter. */
const GID_BYTES = 22
/** A GUID and one to eight bytes ([MS-OXCFXICS] 2.2.2.2). */
const SHORTEST_XID = 17
const LONGEST_XID = 24
const SERVER_ID_BYTES = 21
const SERVER_ID_OURS = 1
const EPHEMERAL = 0x87
const EPHEMERAL_BYTES = 32
const EMSMDB_DLL_BYTES = 14
const ONE_OFF_UNICODE = 0x8000

/** Providers whose entry ids have a form of their own; others are those of a store. */
const PROVIDERS = new Set([
  muidContactAddressBook,
  muidEmsab,
  muidOneOff,
  muidPublicFolders,
  muidStoreWrap,
  muidWrapped
])

/** Lists the parts of a binary value of `size` bytes from the reader's position on; leaves the position where it knows none. */
export function listBinary(walk: Walk, tag: PropertyTag, size: number): void {
  const { reader } = walk
  const xid = XID_PROPERTIES.get(tag >>> 16)
  if (tagType(tag) === PtypServerId) listServerId(walk, size)
  else if (xid !== undefined && size >= SHORTEST_XID && size <= LONGEST_XID) listXid(walk, xid === 'change', size)
  else if (tag >>> 16 === PREDECESSOR_CHANGE_LIST) listPredecessors(walk)
  else if (isEntryId(walk, tag, size)) listEntryId(walk, size)
  else reader.position = reader.end
}

/** A property whose name says so, or bytes with a provider that is known. */
function isEntryId(walk: Walk, tag: PropertyTag, size: number): boolean {
  if (size < HEADER_BYTES) return false
  const { reader } = walk
  const start = reader.position
  if (reader.bytes[start] === EPHEMERAL && size === EPHEMERAL_BYTES) return true
  reader.position = start + 4
  const provider = reader.guid()
  reader.position = start
  return (
    PROVIDERS.has(provider) ||
    (/EntryIds?\b/.test(propertyName(tag)) && (size === FOLDER_BYTES || size === MESSAGE_BYTES))
  )
}

function listServerId(walk: Walk, size: number): void {
  const { reader } = walk
  const ours = walk.leaf('ours', () => reader.u8(), sayNumber)
  if (ours !== SERVER_ID_OURS || size !== SERVER_ID_BYTES) {
    walk.leaf('data', () => reader.subarray(reader.remaining), sayBytes)
    return
  }
  for (const name of ['folderId', 'messageId'])
    walk.leaf(
      name,
      () => reader.id(),
      value => sayId(value, walk)
    )
  walk.leaf('instance', () => reader.u32(), sayNumber)
}

function listXid(walk: Walk, isChange: boolean, size: number): void {
  const { reader } = walk
  walk.leaf('replGuid', () => reader.guid(), sayOwnGuid)
  const counter = size - 16
  if (counter !== 6) walk.leaf('localId', () => reader.subarray(counter), sayBytes)
  else
    walk.leaf(
      'globcnt',
      () => reader.globcnt(),
      value => ({ text: `0x${value.toString(16)}`, kind: isChange ? 'change' : 'counter' })
    )
}

function listPredecessors(walk: Walk): void {
  const { reader } = walk
  for (let at = 0; reader.remaining > 0; at++) {
    walk.group(`[${at}]`, () => {
      const size = walk.quietly(() => walk.leaf('size', () => reader.u8(), sayNumber))
      if (size < SHORTEST_XID || size > reader.remaining) reader.fail(`change key of ${size} bytes`)
      listXid(walk, true, size)
    })
  }
}

/** [MS-OXCDATA] 2.2.4 and 2.2.5, [MS-OXNSPI] 2.2.9. */
export function listEntryId(walk: Walk, size: number): void {
  const { reader } = walk
  if (reader.bytes[reader.position] === EPHEMERAL && size === EPHEMERAL_BYTES) {
    listEphemeral(walk)
    return
  }
  walk.leaf(
    'flags',
    () => reader.u32(),
    value => sayFlags(value, {})
  )
  const at = reader.position
  const provider = reader.guid()
  reader.position = at
  walk.leaf('provider', () => reader.guid(), PROVIDERS.has(provider) ? sayGuid : sayOwnGuid)
  switch (provider) {
    case muidEmsab:
      walk.leaf('version', () => reader.u32(), sayNumber)
      walk.leaf('type', () => reader.u32(), sayNumber)
      listAscii(walk, 'dn', sayDn)
      break
    case muidOneOff:
      listOneOff(walk)
      break
    case muidStoreWrap:
      listStore(walk)
      break
    case muidContactAddressBook:
      listContact(walk)
      break
    case muidWrapped:
      walk.leaf('type', () => reader.u8(), sayNumber)
      walk.group('entryId', () => listEntryId(walk, reader.remaining))
      break
    default:
      listStoreObject(walk, size)
  }
  if (reader.remaining > 0) walk.leaf('rest', () => reader.subarray(reader.remaining), sayBytes)
}

/** [MS-OXNSPI] 2.2.9.2: an entry id that is valid as long as the session. */
function listEphemeral(walk: Walk): void {
  const { reader } = walk
  walk.leaf('idType', () => reader.u32(), sayNumber)
  walk.leaf('serverGuid', () => reader.guid(), sayOwnGuid)
  walk.leaf('version', () => reader.u32(), sayNumber)
  walk.leaf('displayType', () => reader.u32(), sayNumber)
  walk.leaf(
    'minimalId',
    () => reader.u32(),
    value => ({ text: sayNumber(value).text, kind: 'minimalId' })
  )
}

function listAscii(walk: Walk, name: string, say: (text: string) => Said = sayText): void {
  const { reader } = walk
  walk.leaf(
    name,
    () => {
      const start = reader.position
      reader.position = reader.findZero8()
      return Buffer.from(reader.bytes.subarray(start, reader.position - 1)).toString('latin1')
    },
    say
  )
}

function listUtf16(walk: Walk, name: string): void {
  const { reader } = walk
  walk.leaf(
    name,
    () => {
      const start = reader.position
      reader.position = reader.findZero16()
      return Buffer.from(reader.bytes.subarray(start, reader.position - 2)).toString('utf16le')
    },
    sayText
  )
}

function listOneOff(walk: Walk): void {
  const { reader } = walk
  walk.leaf('version', () => reader.u16(), sayNumber)
  const flags = walk.leaf(
    'oneOffFlags',
    () => reader.u16(),
    value => sayFlags(value, { noRichText: 0x1, unicode: ONE_OFF_UNICODE })
  )
  const list = (flags & ONE_OFF_UNICODE) !== 0 ? listUtf16 : listAscii
  for (const name of ['displayName', 'addressType', 'address']) list(walk, name)
}

function listStore(walk: Walk): void {
  const { reader } = walk
  walk.leaf('version', () => reader.u8(), sayNumber)
  walk.leaf('flag', () => reader.u8(), sayNumber)
  walk.leaf(
    'dllFileName',
    () => Buffer.from(reader.subarray(EMSMDB_DLL_BYTES)).toString('latin1').replace(/\0.*$/s, ''),
    sayText
  )
  walk.leaf('wrappedFlags', () => reader.u32(), sayNumber)
  const wrapped = walk.leaf('wrappedProvider', () => reader.guid(), sayGuid)
  walk.leaf('wrappedType', () => reader.u32(), sayNumber)
  listAscii(walk, 'serverShortname')
  if (wrapped !== muidStorePublic && reader.remaining > 0) listAscii(walk, 'mailboxDn', sayDn)
}

function listContact(walk: Walk): void {
  const { reader } = walk
  walk.leaf('version', () => reader.u32(), sayNumber)
  const type = walk.leaf(
    'type',
    () => reader.u32(),
    value => sayEnumeration(value, { container: 3, contact: 4, list: 5 })
  )
  if (type === 3) walk.leaf('containerGuid', () => reader.guid(), sayOwnGuid)
  else {
    walk.leaf('index', () => reader.u32(), sayNumber)
    walk.leaf('entryIdSize', () => reader.u32(), sayNumber)
  }
  if (reader.remaining >= HEADER_BYTES) walk.group('entryId', () => listEntryId(walk, reader.remaining))
}

const objectTypes = {
  ...{ privateFolder: 1, publicFolder: 3, mappedPublicFolder: 5, privateMessage: 7, publicMessage: 9 },
  ...{ mappedPublicMessage: 0xb, publicNewsgroupFolder: 0xc }
}

/** A folder (46 bytes) or a message (70 bytes) of a store. */
function listStoreObject(walk: Walk, size: number): void {
  const { reader } = walk
  if (size !== FOLDER_BYTES && size !== MESSAGE_BYTES) return
  walk.leaf(
    'objectType',
    () => reader.u16(),
    value => sayEnumeration(value, objectTypes)
  )
  listLongId(walk, size === FOLDER_BYTES ? '' : 'folder')
  if (size === MESSAGE_BYTES) listLongId(walk, 'message')
}

function listLongId(walk: Walk, of: string): void {
  const { reader } = walk
  const name = (text: string): string => (of === '' ? text : `${of}${text[0].toUpperCase()}${text.slice(1)}`)
  walk.leaf(name('databaseGuid'), () => guid.read(reader), sayOwnGuid)
  walk.leaf(name('globcnt'), () => globcnt48.read(reader), sayCounter)
  walk.quietly(() => walk.leaf(name('padding'), () => u16.read(reader), sayNumber))
}

/** Where a field holds a long form of an id without a tag. */
export function listGid(walk: Walk): void {
  if (walk.reader.remaining === GID_BYTES) listXid(walk, false, GID_BYTES)
  else walk.reader.position = walk.reader.end
}
