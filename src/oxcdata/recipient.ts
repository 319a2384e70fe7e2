/** A recipient of a message as the domain keeps it, and how it becomes and comes from a RecipientRow ([MS-OXCDATA] 2.8.3). */
import { addressBookEntryId, oneOffEntryId } from './entry-id.js'
import { ErrorCode } from './error-code.js'
import { PropertyBag } from './property-bag.js'
import { cellType, type RowCell } from './property-row.js'
import { makeTag, type PropertyTag, withType } from './property-tag.js'
import { PtypBoolean, PtypInteger32, PtypString, PtypUnspecified } from './property-type.js'
import { encodeValue } from './property-value.js'
import { newRecipientRow, RecipientAddressType, type RecipientRow } from './recipient-row.js'
import { storedString, stringOf } from './stored-string.js'

/**
 * All that is known of a recipient stands in `properties`, those that the fixed fields of a RecipientRow carry included (address
 * type, e-mail address, names, entry id, search key ...).
 */
export interface Recipient {
  rowId: number
  /** PidTagRecipientType with its flags: 1 To, 2 Cc, 3 Bcc, 0 the originator; 0x10 resend, 0x80 already submitted to. */
  type: number
  /** Code page of the client that wrote the recipient. */
  codePage: number
  properties: PropertyBag
}

const PidTagResponsibility = 0x0e0f000b
const PidTagObjectType = 0x0ffe0003
const PidTagEntryId = 0x0fff0102
const PidTagRecipientType = 0x0c150003
const PidTagRowid = 0x30000003
const PidTagDisplayName = 0x3001001f
const PidTagAddressType = 0x3002001f
const PidTagEmailAddress = 0x3003001f
const PidTagSearchKey = 0x300b0102
const PidTagDisplayType = 0x39000003
const PidTag7BitDisplayName = 0x39ff001f
const PidTagTransmittableDisplayName = 0x3a20001f
const PidTagSendRichInfo = 0x3a40000b

/**
 * Properties that the fixed fields of a row carry, so that they need no column of their own ([MS-OXCMSG] 3.2.5.1 lists what
 * RecipientColumns leaves out).
 */
export const fixedRecipientTags: readonly PropertyTag[] = [
  PidTagResponsibility,
  PidTagRecipientType,
  PidTagRowid,
  PidTagDisplayName,
  PidTagAddressType,
  PidTagEmailAddress,
  PidTagDisplayType,
  PidTag7BitDisplayName,
  PidTagTransmittableDisplayName,
  PidTagSendRichInfo,
  PidTagEntryId,
  PidTagSearchKey,
  PidTagObjectType
]

const MAPI_MAILUSER = 6
const MAPI_DISTLIST = 8
const DISPLAY_TYPE_DISTLIST = 1
const DISPLAY_TYPE_PRIVATE_DISTLIST = 5
const PERSONAL_LIST = 'MAPIPDL'

/** Names of the address kinds that have a number of their own. */
const KIND_NAMES: readonly (string | undefined)[] = [
  undefined,
  'EX',
  'MS',
  'SMTP',
  'FAX',
  'PROFS',
  PERSONAL_LIST,
  PERSONAL_LIST
]

export interface RecipientRowSource {
  rowId: number
  type: number
  codePage: number
  /** RecipientColumns of the request. */
  columns: readonly PropertyTag[]
  /** DnPrefix that the connection announced; rows may leave characters of it out. */
  dnPrefix?: string
}

/**
 * The recipient that a row describes. Fixed fields win over columns of the same property; PidTagEntryId, PidTagSearchKey and
 * PidTagObjectType are made where the row has none.
 */
export function recipientFromRow(row: RecipientRow, source: RecipientRowSource): Recipient {
  const properties = new PropertyBag()
  row.cells.forEach((cell, index) => {
    setCell(properties, source.columns[index], cell)
  })
  const type = row.addressKind === RecipientAddressType.noType ? row.addressType : KIND_NAMES[row.addressKind]
  const setText = (tag: PropertyTag, text: string | undefined) => {
    if (text !== undefined) properties.set(tag, storedString(text))
  }
  setText(PidTagAddressType, type)
  setText(PidTagEmailAddress, row.email)
  if (row.addressKind === RecipientAddressType.x500Dn) {
    const dn = (source.dnPrefix ?? '').slice(0, row.prefixUsed ?? 0) + (row.x500Dn ?? '')
    setText(PidTagEmailAddress, dn)
    properties.set(PidTagDisplayType, encodeValue(PtypInteger32, row.displayType ?? 0))
  }
  if (row.entryId !== undefined) properties.set(PidTagEntryId, row.entryId)
  if (row.searchKey !== undefined) properties.set(PidTagSearchKey, row.searchKey)
  setText(PidTagDisplayName, row.displayName)
  setText(PidTag7BitDisplayName, row.simpleDisplayName)
  setText(PidTagTransmittableDisplayName, row.sameName ? (row.displayName ?? '') : row.transmittableDisplayName)
  properties.set(PidTagSendRichInfo, encodeValue(PtypBoolean, !row.noRichText))
  properties.set(PidTagResponsibility, encodeValue(PtypBoolean, row.responsible))
  return completeRecipient({ rowId: source.rowId, type: source.type, codePage: source.codePage, properties })
}

function setCell(properties: PropertyBag, column: PropertyTag, cell: RowCell): void {
  if (cell === null || typeof cell === 'number') return
  if (cell instanceof Uint8Array) properties.set(withType(column, cellType(column)), cell)
  else properties.set(withType(column, cell.type), cell.bytes)
}

/** Adds what other properties say already: row number, type, object type, search key, entry id. */
export function completeRecipient(recipient: Recipient): Recipient {
  const { properties } = recipient
  properties.set(PidTagRowid, encodeValue(PtypInteger32, recipient.rowId))
  properties.set(PidTagRecipientType, encodeValue(PtypInteger32, recipient.type))
  const addressType = textOf(properties, PidTagAddressType)
  const email = textOf(properties, PidTagEmailAddress)
  const displayType = numberOf(properties, PidTagDisplayType) ?? 0
  const list = displayType === DISPLAY_TYPE_DISTLIST || displayType === DISPLAY_TYPE_PRIVATE_DISTLIST
  if (!properties.has(PidTagObjectType)) {
    const objectType = list || addressType === PERSONAL_LIST ? MAPI_DISTLIST : MAPI_MAILUSER
    properties.set(PidTagObjectType, encodeValue(PtypInteger32, objectType))
  }
  if (addressType === undefined || email === undefined || addressType === PERSONAL_LIST) return recipient
  if (!properties.has(PidTagSearchKey)) properties.set(PidTagSearchKey, addressSearchKey(addressType, email))
  if (!properties.has(PidTagEntryId)) {
    const name = textOf(properties, PidTagDisplayName) ?? email
    const sendRichInfo = properties.get(PidTagSendRichInfo)?.[0] === 1
    const entryId =
      addressType === 'EX'
        ? addressBookEntryId({ type: displayType, dn: email })
        : oneOffEntryId({ displayName: name, addressType, address: email, richText: sendRichInfo })
    properties.set(PidTagEntryId, entryId)
  }
  return recipient
}

/** PidTagSearchKey of an address ([MS-OXOABK] 2.2.3.5): type, colon, address, upper case, with a terminating zero, 8-bit. */
export function addressSearchKey(addressType: string, address: string): Uint8Array {
  const text = `${addressType}:${address}`.toUpperCase()
  const bytes = new Uint8Array(text.length + 1)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    bytes[i] = unit > 0xff ? 0x3f : unit
  }
  return bytes
}

export interface RecipientRowForm {
  /** Columns beyond the fixed fields, with the types in which the client wants them. */
  columns: readonly PropertyTag[]
  /** Strings as UTF-16; else 8-bit in the code page of the row. */
  unicode: boolean
}

/** The row that describes a recipient; cells without a value carry ecNotFound. */
export function recipientToRow(recipient: Recipient, form: RecipientRowForm): RecipientRow {
  const { properties } = recipient
  const addressType = textOf(properties, PidTagAddressType)
  const email = textOf(properties, PidTagEmailAddress)
  const row = newRecipientRow(addressKindOf(addressType, properties), form.unicode)
  if (row.addressKind === RecipientAddressType.x500Dn) {
    row.prefixUsed = 0
    row.displayType = (numberOf(properties, PidTagDisplayType) ?? 0) & 0xff
    row.x500Dn = email ?? ''
  } else {
    if (row.addressKind >= RecipientAddressType.personalDistributionList1) {
      row.entryId = properties.get(PidTagEntryId)
      row.searchKey = properties.get(PidTagSearchKey)
    } else if (row.addressKind === RecipientAddressType.noType && addressType) {
      row.addressType = addressType
    }
    row.email = email
  }
  row.displayName = textOf(properties, PidTagDisplayName)
  row.simpleDisplayName = textOf(properties, PidTag7BitDisplayName)
  const transmittable = textOf(properties, PidTagTransmittableDisplayName)
  row.sameName = transmittable !== undefined && transmittable === row.displayName
  if (!row.sameName) row.transmittableDisplayName = transmittable
  row.noRichText = properties.get(PidTagSendRichInfo)?.[0] === 0
  row.responsible = properties.get(PidTagResponsibility)?.[0] === 1
  row.cells = form.columns.map(column => cellOf(properties, column))
  return row
}

function cellOf(properties: PropertyBag, column: PropertyTag): RowCell {
  const bytes = properties.get(column)
  if (bytes === undefined) return ErrorCode.ecNotFound
  return (column & 0xffff) === PtypUnspecified ? { type: properties.typeOf(column >>> 16)!, bytes } : bytes
}

function addressKindOf(addressType: string | undefined, properties: PropertyBag): number {
  switch (addressType?.toUpperCase()) {
    case 'EX':
      return RecipientAddressType.x500Dn
    case 'SMTP':
      return RecipientAddressType.smtp
    case 'MS':
      return RecipientAddressType.msMail
    case 'FAX':
      return RecipientAddressType.fax
    case 'PROFS':
      return RecipientAddressType.professionalOfficeSystem
    case PERSONAL_LIST:
      // Without an entry id a personal list could not be told apart, so its type is then spelled out instead.
      return properties.has(PidTagEntryId)
        ? RecipientAddressType.personalDistributionList1
        : RecipientAddressType.noType
  }
  return RecipientAddressType.noType
}

function textOf(properties: PropertyBag, tag: PropertyTag): string | undefined {
  const bytes = properties.get(makeTag(tag >>> 16, PtypString))
  return bytes === undefined ? undefined : stringOf(bytes)
}

function numberOf(properties: PropertyBag, tag: PropertyTag): number | undefined {
  const bytes = properties.get(tag)
  if (bytes === undefined) return undefined
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
}
