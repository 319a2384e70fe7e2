import type { Directory, EntryKind } from '../directory/index.js'
import { addressBookEntryId, oneOffEntryId } from '../oxcdata/entry-id.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import { type PropertyTag, tagType } from '../oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../oxcdata/property-value.js'
import { addressSearchKey, completeRecipient, type Recipient } from '../oxcdata/recipient.js'
import * as tags from '../oxprops/property-tags.generated.js'
import type { Person, RecipientKind } from './transport-message.js'

/** Somebody as the properties of a message name him: by his DN where the directory knows the address, else by the address. */
export interface Correspondent {
  readonly name: string
  readonly addressType: 'EX' | 'SMTP'
  /** DN or SMTP address. */
  readonly address: string
  readonly smtpAddress: string
  readonly displayType: number
  readonly entryId: Uint8Array
  readonly searchKey: Uint8Array
  /** GUID of the directory's entry. */
  readonly guid: string | undefined
}

/** PidTagDisplayType ([MS-OXOABK] 2.2.3.11), which is also the type of a permanent entry id ([MS-OXCDATA] 2.2.5.2). */
const DISPLAY_TYPES: Readonly<Record<EntryKind, number>> = {
  user: 0,
  sharedMailbox: 0,
  room: 0,
  equipment: 0,
  publicFolderMailbox: 0,
  group: 1,
  publicFolder: 2,
  dynamicGroup: 3,
  contact: 6
}

/** Looks somebody up; the directory's name wins over the one that a message gives. */
export function correspondentOf(directory: Directory, { name, address }: Person): Correspondent {
  const entry = directory.entryByAddress(address)
  if (entry === undefined) {
    const displayName = name === '' ? address : name
    return {
      name: displayName,
      addressType: 'SMTP',
      address,
      smtpAddress: address,
      displayType: 0,
      entryId: oneOffEntryId({ displayName, addressType: 'SMTP', address, richText: false }),
      searchKey: addressSearchKey('SMTP', address),
      guid: undefined
    }
  }
  const displayType = DISPLAY_TYPES[entry.kind]
  return {
    name: entry.displayName,
    addressType: 'EX',
    address: entry.legacyDn,
    smtpAddress: entry.address,
    displayType,
    entryId: addressBookEntryId({ type: displayType, dn: entry.legacyDn }),
    searchKey: addressSearchKey('EX', entry.legacyDn),
    guid: entry.guid
  }
}

/** The properties of a message that name one person. */
export interface PersonTags {
  readonly name: PropertyTag
  readonly addressType: PropertyTag
  readonly address: PropertyTag
  readonly smtpAddress: PropertyTag
  readonly entryId: PropertyTag
  readonly searchKey: PropertyTag
}

/** [MS-OXOMSG] 2.2.1.48 ff. */
export const SENDER: PersonTags = {
  name: tags.PidTagSenderName,
  addressType: tags.PidTagSenderAddressType,
  address: tags.PidTagSenderEmailAddress,
  smtpAddress: tags.PidTagSenderSmtpAddress,
  entryId: tags.PidTagSenderEntryId,
  searchKey: tags.PidTagSenderSearchKey
}

/** [MS-OXOMSG] 2.2.1.54 ff. */
export const SENT_REPRESENTING: PersonTags = {
  name: tags.PidTagSentRepresentingName,
  addressType: tags.PidTagSentRepresentingAddressType,
  address: tags.PidTagSentRepresentingEmailAddress,
  smtpAddress: tags.PidTagSentRepresentingSmtpAddress,
  entryId: tags.PidTagSentRepresentingEntryId,
  searchKey: tags.PidTagSentRepresentingSearchKey
}

/** [MS-OXOMSG] 2.2.1.37 ff. */
export const RECEIVED_BY: PersonTags = {
  name: tags.PidTagReceivedByName,
  addressType: tags.PidTagReceivedByAddressType,
  address: tags.PidTagReceivedByEmailAddress,
  smtpAddress: tags.PidTagReceivedBySmtpAddress,
  entryId: tags.PidTagReceivedByEntryId,
  searchKey: tags.PidTagReceivedBySearchKey
}

/** [MS-OXOMSG] 2.2.1.25 ff. */
export const RECEIVED_REPRESENTING: PersonTags = {
  name: tags.PidTagReceivedRepresentingName,
  addressType: tags.PidTagReceivedRepresentingAddressType,
  address: tags.PidTagReceivedRepresentingEmailAddress,
  smtpAddress: tags.PidTagReceivedRepresentingSmtpAddress,
  entryId: tags.PidTagReceivedRepresentingEntryId,
  searchKey: tags.PidTagReceivedRepresentingSearchKey
}

export function setValue(bag: PropertyBag, tag: PropertyTag, value: PropertyValue): void {
  bag.set(tag, encodeValue(tagType(tag), value))
}

export function setPerson(bag: PropertyBag, at: PersonTags, person: Correspondent): void {
  setValue(bag, at.name, person.name)
  setValue(bag, at.addressType, person.addressType)
  setValue(bag, at.address, person.address)
  setValue(bag, at.smtpAddress, person.smtpAddress)
  bag.set(at.entryId, person.entryId)
  bag.set(at.searchKey, person.searchKey)
}

/** PidTagRecipientType ([MS-OXOMSG] 2.2.3.1). */
const RECIPIENT_TYPES: Readonly<Record<RecipientKind, number>> = { to: 1, cc: 2, bcc: 3 }
const UNICODE_CODE_PAGE = 1200
/** recipSendable ([MS-OXOCAL] 2.2.4.10.1). */
const SENDABLE = 1

/** A recipient row of a delivered message. */
export function recipientOf(person: Correspondent, rowId: number, kind: RecipientKind): Recipient {
  const properties = new PropertyBag()
  setValue(properties, tags.PidTagAddressType, person.addressType)
  setValue(properties, tags.PidTagEmailAddress, person.address)
  setValue(properties, tags.PidTagSmtpAddress, person.smtpAddress)
  setValue(properties, tags.PidTagDisplayName, person.name)
  setValue(properties, tags.PidTagTransmittableDisplayName, person.name)
  setValue(properties, tags.PidTagRecipientDisplayName, person.name)
  setValue(properties, tags.PidTagDisplayType, person.displayType)
  setValue(properties, tags.PidTagRecipientFlags, SENDABLE)
  setValue(properties, tags.PidTagRecipientTrackStatus, 0)
  setValue(properties, tags.PidTagSendRichInfo, person.addressType === 'EX')
  properties.set(tags.PidTagEntryId, person.entryId)
  properties.set(tags.PidTagRecipientEntryId, person.entryId)
  properties.set(tags.PidTagSearchKey, person.searchKey)
  return completeRecipient({ rowId, type: RECIPIENT_TYPES[kind], codePage: UNICODE_CODE_PAGE, properties })
}
