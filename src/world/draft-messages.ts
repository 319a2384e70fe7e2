import type { MessageDraft } from '../mailbox/message-draft.js'
import { oneOffEntryId } from '../oxcdata/entry-id.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import { type PropertyTag, tagType } from '../oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../oxcdata/property-value.js'
import { addressSearchKey, completeRecipient, type Recipient } from '../oxcdata/recipient.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import type { WorldAttachment, WorldMessage } from './schema.js'
import { bytesOfSize } from './schema-values.js'
import { SeededRandom } from './seeded-random.js'

/** A person as world files write them: `Name <address>` or an address alone. */
export interface Person {
  name: string
  address: string
}

const NAME_AND_ADDRESS = /^\s*"?([^"<]*?)"?\s*<([^>]+)>\s*$/

export function parsePerson(text: string): Person {
  const match = NAME_AND_ADDRESS.exec(text)
  if (match === null) return { name: text.trim(), address: text.trim() }
  return { name: match[1] === '' ? match[2] : match[1], address: match[2] }
}

const RecipientType = { to: 1, cc: 2, bcc: 3 } as const
export const IMPORTANCE = { low: 0, normal: 1, high: 2 } as const
/** mfRead, mfUnsent is absent: the message was delivered ([MS-OXCMSG] 2.2.1.6). */
export const MF_READ = 0x00000001
const ATTACH_BY_VALUE = 1
const UTF8_CODE_PAGE = 65001
const UNICODE_CODE_PAGE = 1200

const SEARCH_KEY_BYTES = 16

/** PidTagSearchKey of a message, made up from its place in the world. */
export function searchKeyOf(seed: string): Uint8Array {
  return new SeededRandom(`${seed}/search`).fill(new Uint8Array(SEARCH_KEY_BYTES))
}

/**
 * Turns a message of a world into what the mailbox imports. `seed` makes up attachment content of a given size, and the
 * search key where none is given.
 */
export function draftMessage(
  message: WorldMessage,
  owner: Person,
  now: number,
  seed: string,
  searchKey = searchKeyOf(seed)
): MessageDraft {
  const sender = message.from === undefined ? owner : parsePerson(message.from)
  const received = toFiletime(message.received === undefined ? now : Date.parse(message.received))
  const bag = new PropertyBag()
  const set = (tag: PropertyTag, value: PropertyValue): unknown => bag.set(tag, encodeValue(tagType(tag), value))
  set(tags.PidTagMessageClass, message.messageClass)
  set(tags.PidTagSubject, message.subject)
  set(tags.PidTagBody, message.body ?? '')
  if (message.html !== undefined) {
    bag.set(tags.PidTagHtml, Buffer.from(message.html, 'utf8'))
    set(tags.PidTagInternetCodepage, UTF8_CODE_PAGE)
  }
  set(tags.PidTagImportance, IMPORTANCE[message.importance])
  set(tags.PidTagMessageDeliveryTime, received)
  set(tags.PidTagClientSubmitTime, received)
  set(tags.PidTagMessageFlags, message.read ? MF_READ : 0)
  bag.set(tags.PidTagSearchKey, searchKey)
  setPerson(set, sender, SENDER_TAGS)
  setPerson(set, sender, SENT_REPRESENTING_TAGS)
  return {
    properties: bag,
    recipients: recipientsOf(message),
    attachments: draftAttachments(message.attachments, seed),
    time: received
  }
}

export function draftAttachments(attachments: readonly WorldAttachment[], seed: string): { properties: PropertyBag }[] {
  return attachments.map((attachment, index) => draftAttachment(attachment, `${seed}/${index}`))
}

export interface PersonTags {
  name: PropertyTag
  addressType: PropertyTag
  address: PropertyTag
  entryId: PropertyTag
  searchKey: PropertyTag
}

export const SENDER_TAGS: PersonTags = {
  name: tags.PidTagSenderName,
  addressType: tags.PidTagSenderAddressType,
  address: tags.PidTagSenderEmailAddress,
  entryId: tags.PidTagSenderEntryId,
  searchKey: tags.PidTagSenderSearchKey
}

export const SENT_REPRESENTING_TAGS: PersonTags = {
  name: tags.PidTagSentRepresentingName,
  addressType: tags.PidTagSentRepresentingAddressType,
  address: tags.PidTagSentRepresentingEmailAddress,
  entryId: tags.PidTagSentRepresentingEntryId,
  searchKey: tags.PidTagSentRepresentingSearchKey
}

/** The five properties by which a message names a person. */
export function setPerson(
  set: (tag: PropertyTag, value: PropertyValue) => unknown,
  person: Person,
  at: PersonTags
): void {
  set(at.name, person.name)
  set(at.addressType, 'SMTP')
  set(at.address, person.address)
  set(at.entryId, entryIdOf(person))
  set(at.searchKey, addressSearchKey('SMTP', person.address))
}

/** Entry ids of the people of generated mail come again and again. */
const entryIds = new Map<string, Uint8Array>()
const ENTRY_IDS_KEPT = 1000

function entryIdOf(person: Person): Uint8Array {
  const key = `${person.name}\n${person.address}`
  let entryId = entryIds.get(key)
  if (entryId === undefined) {
    entryId = oneOffEntryId({ displayName: person.name, addressType: 'SMTP', address: person.address, richText: false })
    if (entryIds.size >= ENTRY_IDS_KEPT) entryIds.clear()
    entryIds.set(key, entryId)
  }
  return entryId
}

/** The recipients of a message, To before Cc before Bcc. */
export function recipientsOf(message: Pick<WorldMessage, 'to' | 'cc' | 'bcc'>): Recipient[] {
  const recipients: Recipient[] = []
  for (const kind of ['to', 'cc', 'bcc'] as const) {
    for (const text of message[kind]) {
      const person = parsePerson(text)
      const properties = new PropertyBag()
      const set = (tag: PropertyTag, value: PropertyValue): unknown =>
        properties.set(tag, encodeValue(tagType(tag), value))
      set(tags.PidTagAddressType, 'SMTP')
      set(tags.PidTagEmailAddress, person.address)
      set(tags.PidTagDisplayName, person.name)
      properties.set(tags.PidTagEntryId, entryIdOf(person))
      recipients.push(
        completeRecipient({
          rowId: recipients.length,
          type: RecipientType[kind],
          codePage: UNICODE_CODE_PAGE,
          properties
        })
      )
    }
  }
  return recipients
}

function draftAttachment(attachment: WorldAttachment, seed: string): MessageDraft['attachments'][number] {
  const properties = new PropertyBag()
  const set = (tag: PropertyTag, value: PropertyValue): unknown => properties.set(tag, encodeValue(tagType(tag), value))
  const name = attachment.name ?? ''
  const dot = name.lastIndexOf('.')
  set(tags.PidTagAttachMethod, ATTACH_BY_VALUE)
  set(tags.PidTagAttachLongFilename, name)
  set(tags.PidTagAttachFilename, name)
  set(tags.PidTagDisplayName, name)
  if (dot > 0) set(tags.PidTagAttachExtension, name.slice(dot))
  if (attachment.contentType !== undefined) set(tags.PidTagAttachMimeTag, attachment.contentType)
  set(tags.PidTagRenderingPosition, -1)
  properties.set(tags.PidTagAttachDataBinary, contentOf(attachment, seed))
  return { properties }
}

function contentOf(attachment: WorldAttachment, seed: string): Uint8Array {
  if (attachment.base64 !== undefined) return Buffer.from(attachment.base64, 'base64')
  if (attachment.size !== undefined) return new SeededRandom(seed).fill(new Uint8Array(bytesOfSize(attachment.size)))
  return Buffer.from(attachment.text ?? '', 'utf8')
}
