import { type AttributeName, type AttributeSpec, attributeSpecs } from '../directory/index.js'
import type { AttachmentDraft, MessageDraft } from '../mailbox/messages/message-draft.js'
import { MessageFlag } from '../mailbox/messages/message-flags.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import * as names from '../oxprops/named-properties.generated.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import { setValue } from '../transport/correspondent.js'
import { setFileName } from './draft-attachments.js'
import { type DraftContext, filetimeOf, ItemBag, personOf } from './draft-context.js'
import { setRanks } from './draft-messages.js'
import { CONTACT_ATTRIBUTES, type WorldContactItem } from './schema-items.js'
import { bytesOf } from './world-files.js'

type Text = string | undefined

/** The four named properties of each e-mail address ([MS-OXOCNTC] 2.2.1.2). */
const EMAILS = [
  {
    displayName: names.PidLidEmail1DisplayName,
    addressType: names.PidLidEmail1AddressType,
    address: names.PidLidEmail1EmailAddress,
    original: names.PidLidEmail1OriginalDisplayName,
    entryId: names.PidLidEmail1OriginalEntryId
  },
  {
    displayName: names.PidLidEmail2DisplayName,
    addressType: names.PidLidEmail2AddressType,
    address: names.PidLidEmail2EmailAddress,
    original: names.PidLidEmail2OriginalDisplayName,
    entryId: names.PidLidEmail2OriginalEntryId
  },
  {
    displayName: names.PidLidEmail3DisplayName,
    addressType: names.PidLidEmail3AddressType,
    address: names.PidLidEmail3EmailAddress,
    original: names.PidLidEmail3OriginalDisplayName,
    entryId: names.PidLidEmail3OriginalEntryId
  }
] as const

/** Attributes that a contact has under a named property ([MS-OXOCNTC] 2.2.1.1.8 ff, 2.2.1.3). */
const NAMED: Readonly<Partial<Record<AttributeName, names.NamedProperty>>> = {
  phoneticGivenName: names.PidLidYomiFirstName,
  phoneticSurname: names.PidLidYomiLastName,
  phoneticCompany: names.PidLidYomiCompanyName,
  street: names.PidLidWorkAddressStreet,
  postOfficeBox: names.PidLidWorkAddressPostOfficeBox,
  city: names.PidLidWorkAddressCity,
  state: names.PidLidWorkAddressState,
  postalCode: names.PidLidWorkAddressPostalCode,
  country: names.PidLidWorkAddressCountry
}

const WORK_ADDRESS = ['street', 'city', 'state', 'postalCode', 'country'] as const
const HOME_ADDRESS = ['homeStreet', 'homeCity', 'homeState', 'homePostalCode', 'homeCountry'] as const
/** Phonetic names have no property beside the named one; an address has that of the mailing address ([MS-OXOCNTC] 2.2.1.3.9). */
const ONLY_NAMED: readonly AttributeName[] = ['phoneticGivenName', 'phoneticSurname', 'phoneticCompany']

export const CONTACT_NAMES = [
  names.PidLidFileUnder,
  names.PidLidFileUnderId,
  names.PidLidHasPicture,
  names.PidLidHomeAddress,
  names.PidLidWorkAddress,
  names.PidLidPostalAddressId,
  names.PidLidAddressBookProviderEmailList,
  names.PidLidAddressBookProviderArrayType,
  ...Object.values(NAMED),
  ...EMAILS.flatMap(email => Object.values(email)),
  names.PidLidPrivate,
  names.PidLidSideEffects,
  names.PidNameKeywords
]

/** PidLidFileUnderId ([MS-OXOCNTC] 2.2.1.1.12): last name, comma, first name; or a text of one's own. */
const FileUnder = { lastFirst: 0x8017, own: 0xffffffff } as const
/** PidLidPostalAddressId: the mailing address is that of work. */
const WORK = 2
const SIDE_EFFECTS = 0x100
const ICON = 0x200
const PICTURE = 'ContactPicture.jpg'
const BY_VALUE = 1

/** A contact ([MS-OXOCNTC] 2.2.1). */
export function draftContact(contact: WorldContactItem, identity: string, context: DraftContext): MessageDraft {
  const bag = new ItemBag(identity, context.names)
  bag.set(tags.PidTagMessageClass, 'IPM.Contact')
  bag.set(tags.PidTagSubject, contact.name).set(tags.PidTagDisplayName, contact.name)
  setRanks(bag, { ...contact, importance: 'normal' })
  if (contact.body !== undefined) bag.set(tags.PidTagBody, contact.body)
  bag.set(tags.PidTagIconIndex, ICON).set(tags.PidTagMessageFlags, MessageFlag.read)
  bag.name(names.PidLidSideEffects, SIDE_EFFECTS)
  setFileUnder(bag, contact)
  for (const name of CONTACT_ATTRIBUTES) setAttribute(bag, name, contact[name])
  setAddresses(bag, contact)
  setEmails(bag, contact, context)
  const { photo } = contact
  bag.name(names.PidLidHasPicture, photo !== undefined)
  return {
    properties: bag.properties,
    recipients: [],
    attachments: photo === undefined ? [] : [picture(bytesOf(photo, context.files))],
    time: toFiletime(context.now)
  }
}

function setFileUnder(bag: ItemBag, { name, fileAs, surname, givenName }: WorldContactItem): void {
  const lastFirst = surname !== undefined && givenName !== undefined ? `${surname}, ${givenName}` : undefined
  bag.name(names.PidLidFileUnder, fileAs ?? lastFirst ?? name)
  const isOwn = fileAs !== undefined || lastFirst === undefined
  bag.name(names.PidLidFileUnderId, (isOwn ? FileUnder.own : FileUnder.lastFirst) | 0)
}

function setAttribute(bag: ItemBag, name: (typeof CONTACT_ATTRIBUTES)[number], value: unknown): void {
  if (value === undefined || name === 'photo') return
  const { type, tag }: AttributeSpec = attributeSpecs[name]
  const stored = type === 'time' ? filetimeOf(value as string) : (value as string)
  const named = NAMED[name]
  if (named !== undefined) bag.name(named, stored)
  if (!ONLY_NAMED.includes(name)) bag.set(tag, stored)
}

/** Whole addresses as one text, and which one mail goes to. */
function setAddresses(bag: ItemBag, contact: WorldContactItem): void {
  const work = addressText(WORK_ADDRESS.map(name => contact[name]))
  const home = addressText(HOME_ADDRESS.map(name => contact[name]))
  if (work !== '') {
    bag.name(names.PidLidWorkAddress, work).name(names.PidLidPostalAddressId, WORK)
    bag.set(tags.PidTagPostalAddress, work)
  }
  if (home !== '') bag.name(names.PidLidHomeAddress, home)
}

function addressText([street, city, state, postalCode, country]: readonly Text[]): string {
  const place = [city, state, postalCode].filter(part => part !== undefined).join(' ')
  return [street, place, country].filter(line => line !== undefined && line !== '').join('\r\n')
}

function setEmails(bag: ItemBag, { name, emails }: WorldContactItem, context: DraftContext): void {
  emails.forEach((text, at) => {
    const { smtpAddress, addressType, address, entryId } = personOf(text, context)
    const email = EMAILS[at]
    bag.name(email.displayName, `${name} (${smtpAddress})`)
    bag.name(email.addressType, addressType).name(email.address, address)
    bag.name(email.original, smtpAddress).name(email.entryId, entryId)
  })
  if (emails.length === 0) return
  bag.name(
    names.PidLidAddressBookProviderEmailList,
    emails.map((_, at) => at)
  )
  bag.name(names.PidLidAddressBookProviderArrayType, (1 << emails.length) - 1)
}

/** The picture is an attachment ([MS-OXOCNTC] 2.2.1.8). */
function picture(bytes: Uint8Array): AttachmentDraft {
  const properties = new PropertyBag()
  setFileName(properties, PICTURE)
  setValue(properties, tags.PidTagDisplayName, PICTURE)
  setValue(properties, tags.PidTagAttachMethod, BY_VALUE)
  setValue(properties, tags.PidTagRenderingPosition, -1)
  setValue(properties, tags.PidTagAttachMimeTag, 'image/jpeg')
  setValue(properties, tags.PidTagAttachmentContactPhoto, true)
  properties.set(tags.PidTagAttachDataBinary, bytes)
  return { properties }
}
