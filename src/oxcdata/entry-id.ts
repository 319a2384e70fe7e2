/**
 * [MS-OXCDATA] 2.2.4 and 2.2.5: entry ids, the names that objects have outside of a session. All begin with four flag bytes, zero for
 * an id that stays valid, and a provider GUID; what follows depends on the provider.
 */
import {
  decodeString8,
  latin1Slice,
  MalformedBuffer,
  Reader,
  utf16Fill,
  utf16Slice,
  Writer
} from '../bufferstructs/index.js'

/** Provider of the address book ([MS-OXCDATA] 2.2.5.2). */
export const muidEmsab = 'c840a7dc-42c0-1a10-b4b9-08002b2fe182'
/** Provider of one-off entry ids (2.2.5.1). */
export const muidOneOff = 'a41f2b81-a3be-1910-9d6e-00dd010f5402'
/** Provider of store entry ids (2.2.4.3). */
export const muidStoreWrap = '10bba138-e505-1a10-a1bb-08002b2a56c2'
/** Wrapped provider of a private mailbox and of the public folders. */
export const muidStorePrivate = '20fa551b-66aa-cd11-9bc8-00aa002fc45a'
export const muidStorePublic = '1002831c-66aa-cd11-9bc8-00aa002fc45a'
/** Provider of folder and message entry ids of public folders; those of a mailbox carry the mailbox's GUID. */
export const muidPublicFolders = '9073441a-66aa-cd11-9bc8-00aa002fc45a'
/** Provider of contact address book entry ids (2.2.5.3, 2.2.5.4). */
export const muidContactAddressBook = '0aaa42fe-c718-101a-e885-0b651c240000'
/** Provider of entry ids that members of personal distribution lists are wrapped in ([MS-OXOCNTC] 2.2.2.4.4). */
export const muidWrapped = 'd3ad91c0-9d51-11cf-a4a9-00aa0047faa4'

/** The first field behind the provider of folder and message entry ids (2.2.4.1, 2.2.4.2). */
export const StoreObjectType = {
  privateFolder: 0x0001,
  publicFolder: 0x0003,
  mappedPublicFolder: 0x0005,
  privateMessage: 0x0007,
  publicMessage: 0x0009,
  mappedPublicMessage: 0x000b,
  publicNewsgroupFolder: 0x000c
} as const

export interface FolderEntryId {
  provider: string
  objectType: number
  databaseGuid: string
  globcnt: number
}

export interface MessageEntryId {
  provider: string
  objectType: number
  folderDatabaseGuid: string
  folderGlobcnt: number
  messageDatabaseGuid: string
  messageGlobcnt: number
}

export interface StoreEntryId {
  wrappedFlags: number
  /** muidStorePrivate or muidStorePublic. */
  wrappedProvider: string
  /** 0x0000000c for a private mailbox, 0x00000006 for public folders. */
  wrappedType: number
  serverShortname: string
  /** Empty for public folders. */
  mailboxDn: string
  /** What newer clients put behind the DN (versions 2 and 3 of the structure), as bytes. */
  extension: Uint8Array
}

export interface AddressBookEntryId {
  /** AddressbookEntryIDtype: 0 mail user, 1 distribution list, 0x100 container ... */
  type: number
  dn: string
}

export interface OneOffEntryId {
  displayName: string
  addressType: string
  address: string
  /** The recipient takes rich text: flag M is then clear. */
  richText: boolean
  /** Flag U; written set unless said. */
  unicode?: boolean
  /** Flag bits beyond U and M, kept as they came. */
  otherFlags?: number
}

export interface ContactEntryId {
  /** 3 the container, 4 a contact, 5 a personal distribution list. */
  type: number
  /** Which of the contact's addresses: 0 to 2 e-mail, 3 to 5 fax. Only for types 4 and 5. */
  index: number
  /** Entry id of the contact's message (of its folder for type 3). */
  entryId: Uint8Array
  /** GUID at the place of index and size in type 3. */
  containerGuid?: string
}

export interface WrappedEntryId {
  type: number
  entryId: Uint8Array
}

export type EntryId =
  | ({ kind: 'folder' } & FolderEntryId)
  | ({ kind: 'message' } & MessageEntryId)
  | ({ kind: 'store' } & StoreEntryId)
  | ({ kind: 'addressBook' } & AddressBookEntryId)
  | ({ kind: 'oneOff' } & OneOffEntryId)
  | ({ kind: 'contact' } & ContactEntryId)
  | ({ kind: 'wrapped' } & WrappedEntryId)
  | { kind: 'other'; provider: string; flags: number; body: Uint8Array }

const HEADER_SIZE = 20
const FOLDER_SIZE = 46
const MESSAGE_SIZE = 70
const EMS_VERSION = 1
const CONTACT_VERSION = 3
const CONTACT_CONTAINER = 3

const FLAG_NO_RICH_TEXT = 0x0001
const FLAG_UNICODE = 0x8000

/**
 * What an entry id says; `other` for a provider that is not known or a body of another form. 8-bit strings of one-off entry ids are
 * read in `codePage`. Returns undefined for bytes that are too short to be an entry id.
 */
export function parseEntryId(bytes: Uint8Array, codePage = 1252): EntryId | undefined {
  if (bytes.byteLength < HEADER_SIZE) return undefined
  const reader = new Reader(bytes)
  const flags = reader.u32()
  const provider = reader.guid()
  const other = (): EntryId => ({ kind: 'other', provider, flags, body: bytes.subarray(HEADER_SIZE) })
  try {
    return parseBody(reader, provider, codePage) ?? other()
  } catch (error) {
    if (error instanceof MalformedBuffer) return other()
    throw error
  }
}

function parseBody(reader: Reader, provider: string, codePage: number): EntryId | undefined {
  switch (provider) {
    case muidEmsab:
      if (reader.u32() !== EMS_VERSION) return undefined
      return { kind: 'addressBook', type: reader.u32(), dn: ascii(reader) }
    case muidOneOff:
      return parseOneOff(reader, codePage)
    case muidStoreWrap:
      return parseStore(reader)
    case muidContactAddressBook:
      return parseContact(reader)
    case muidWrapped:
      return { kind: 'wrapped', type: reader.u8(), entryId: reader.copy(reader.remaining) }
  }
  return parseStoreObject(reader, provider)
}

function ascii(reader: Reader): string {
  const start = reader.position
  reader.position = reader.findZero8()
  return latin1Slice(reader.bytes, start, reader.position - 1)
}

function parseOneOff(reader: Reader, codePage: number): EntryId | undefined {
  if (reader.u16() !== 0) return undefined
  const flags = reader.u16()
  const unicode = (flags & FLAG_UNICODE) !== 0
  const text = () => {
    const start = reader.position
    if (unicode) {
      reader.position = reader.findZero16()
      return utf16Slice(reader.bytes, start, reader.position - 2)
    }
    reader.position = reader.findZero8()
    return decodeString8(reader.bytes, codePage, start, reader.position - 1)
  }
  return {
    kind: 'oneOff',
    richText: (flags & FLAG_NO_RICH_TEXT) === 0,
    unicode,
    otherFlags: flags & ~(FLAG_UNICODE | FLAG_NO_RICH_TEXT),
    displayName: text(),
    addressType: text(),
    address: text()
  }
}

/** "emsmdb.dll" in a field of 14 bytes; clients write it in either case. */
const STORE_DLL = 'emsmdb.dll'
const DLL_SIZE = 14

function parseStore(reader: Reader): EntryId | undefined {
  reader.take(2)
  const dll = reader.take(DLL_SIZE)
  if (latin1Slice(reader.bytes, dll, dll + STORE_DLL.length).toLowerCase() !== STORE_DLL) return undefined
  const wrappedFlags = reader.u32()
  const wrappedProvider = reader.guid()
  const wrappedType = reader.u32()
  const serverShortname = ascii(reader)
  const mailboxDn = reader.remaining > 0 && wrappedProvider !== muidStorePublic ? ascii(reader) : ''
  return {
    kind: 'store',
    wrappedFlags,
    wrappedProvider,
    wrappedType,
    serverShortname,
    mailboxDn,
    extension: reader.copy(reader.remaining)
  }
}

function parseContact(reader: Reader): EntryId | undefined {
  if (reader.u32() !== CONTACT_VERSION) return undefined
  const type = reader.u32()
  if (type === CONTACT_CONTAINER) {
    return { kind: 'contact', type, index: 0, containerGuid: reader.guid(), entryId: reader.copy(reader.remaining) }
  }
  const index = reader.u32()
  return { kind: 'contact', type, index, entryId: reader.copy(reader.u32()) }
}

function parseStoreObject(reader: Reader, provider: string): EntryId | undefined {
  const objectType = reader.u16()
  if (reader.end === FOLDER_SIZE) {
    return { kind: 'folder', provider, objectType, databaseGuid: reader.guid(), globcnt: reader.globcnt() }
  }
  if (reader.end !== MESSAGE_SIZE) return undefined
  const folderDatabaseGuid = reader.guid()
  const folderGlobcnt = reader.globcnt()
  reader.take(2)
  return {
    kind: 'message',
    provider,
    objectType,
    folderDatabaseGuid,
    folderGlobcnt,
    messageDatabaseGuid: reader.guid(),
    messageGlobcnt: reader.globcnt()
  }
}

function begin(provider: string): Writer {
  const writer = new Writer(FOLDER_SIZE + 32)
  writer.u32(0)
  writer.guid(provider)
  return writer
}

function done(writer: Writer): Uint8Array {
  return writer.bytes.slice(0, writer.position)
}

function writeAscii(writer: Writer, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    writer.u8(unit > 0xff ? 0x3f : unit)
  }
  writer.u8(0)
}

/** [MS-OXCDATA] 2.2.4.1: 46 bytes. */
export function folderEntryId(id: FolderEntryId): Uint8Array {
  const writer = begin(id.provider)
  writer.u16(id.objectType)
  writer.guid(id.databaseGuid)
  writer.globcnt(id.globcnt)
  writer.u16(0)
  return done(writer)
}

/** [MS-OXCDATA] 2.2.4.2: 70 bytes. */
export function messageEntryId(id: MessageEntryId): Uint8Array {
  const writer = begin(id.provider)
  writer.u16(id.objectType)
  writer.guid(id.folderDatabaseGuid)
  writer.globcnt(id.folderGlobcnt)
  writer.u16(0)
  writer.guid(id.messageDatabaseGuid)
  writer.globcnt(id.messageGlobcnt)
  writer.u16(0)
  return done(writer)
}

/** [MS-OXCDATA] 2.2.4.3. */
export function storeEntryId(id: Omit<StoreEntryId, 'wrappedFlags' | 'extension'> & Partial<StoreEntryId>): Uint8Array {
  const writer = begin(muidStoreWrap)
  writer.u16(0)
  const dll = writer.reserve(DLL_SIZE)
  writer.bytes.fill(0, dll, dll + DLL_SIZE)
  const name = STORE_DLL.toUpperCase()
  for (let i = 0; i < name.length; i++) writer.bytes[dll + i] = name.charCodeAt(i)
  writer.u32(id.wrappedFlags ?? 0)
  writer.guid(id.wrappedProvider)
  writer.u32(id.wrappedType)
  writeAscii(writer, id.serverShortname)
  if (id.wrappedProvider !== muidStorePublic) writeAscii(writer, id.mailboxDn)
  if (id.extension !== undefined) writer.copy(id.extension)
  return done(writer)
}

/** [MS-OXCDATA] 2.2.5.2, the permanent entry id of an address book object. */
export function addressBookEntryId(id: AddressBookEntryId): Uint8Array {
  const writer = begin(muidEmsab)
  writer.u32(EMS_VERSION)
  writer.u32(id.type)
  writeAscii(writer, id.dn)
  return done(writer)
}

/** [MS-OXCDATA] 2.2.5.1. Exchange writes the flags as the bytes 01 80: Unicode, no rich text. */
export function oneOffEntryId(id: OneOffEntryId): Uint8Array {
  const unicode = id.unicode ?? true
  const writer = begin(muidOneOff)
  writer.u16(0)
  writer.u16((unicode ? FLAG_UNICODE : 0) | (id.richText ? 0 : FLAG_NO_RICH_TEXT) | (id.otherFlags ?? 0))
  for (const text of [id.displayName, id.addressType, id.address]) {
    if (unicode) {
      const at = writer.reserve(text.length * 2 + 2)
      utf16Fill(writer.bytes, at, text)
      writer.bytes.fill(0, writer.position - 2, writer.position)
    } else {
      writeAscii(writer, text)
    }
  }
  return done(writer)
}

/** [MS-OXCDATA] 2.2.5.3 (type 4) and 2.2.5.4 (type 5, a personal distribution list). */
export function contactEntryId(id: ContactEntryId): Uint8Array {
  const writer = begin(muidContactAddressBook)
  writer.u32(CONTACT_VERSION)
  writer.u32(id.type)
  if (id.type === CONTACT_CONTAINER) {
    writer.guid(id.containerGuid ?? '00000000-0000-0000-0000-000000000000')
  } else {
    writer.u32(id.index)
    writer.u32(id.entryId.byteLength)
  }
  writer.copy(id.entryId)
  return done(writer)
}

/** [MS-OXOCNTC] 2.2.2.4.4: a member of a personal distribution list. */
export function wrappedEntryId(id: WrappedEntryId): Uint8Array {
  const writer = begin(muidWrapped)
  writer.u8(id.type)
  writer.copy(id.entryId)
  return done(writer)
}
