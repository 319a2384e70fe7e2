import { type Address, type Attachment, addressParser, type Email } from 'postal-mime'
import { PropertyBag } from '../oxcdata/property-bag.js'
import { type PropertyTag, tagType } from '../oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../oxcdata/property-value.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import { isConversationIndex } from '../transport/conversation-index.js'
import type {
  MessageRecipient,
  Person,
  RecipientKind,
  TransportAttachment,
  TransportMessage
} from '../transport/transport-message.js'
import { fieldOf, ownFields, transportHeaders } from './header-fields.js'
import { readMime } from './read-mime.js'

const UTF8_CODE_PAGE = 65001
/** PidTagNativeBody ([MS-OXCMSG] 2.2.1.58.2). */
const NATIVE = { text: 1, html: 3 } as const
/** afByValue ([MS-OXCMSG] 2.2.2.9). */
const BY_VALUE = 1
/** attRenderedInBody ([MS-OXCMSG] 2.2.2.18). */
const RENDERED_IN_BODY = 4
/** Messages inside messages; deeper ones stay files. */
const DEPTH = 10
const LINE_FEED = 10

/**
 * A MIME message as a message object ([MS-OXCMAIL] 2.2.3): people, subject, times, importance, bodies, attachments, messages
 * inside. Throws MimeError for what is none.
 */
export async function mimeToMessage(bytes: Uint8Array, depth = 0): Promise<TransportMessage> {
  const email = await readMime(bytes)
  const properties = new PropertyBag()
  const set = setterOf(properties)
  set(tags.PidTagMessageClass, 'IPM.Note')
  set(tags.PidTagSubject, email.subject ?? '')
  setFields(email, set, properties)
  setBodies(email, hasParts(email) || bytes[bytes.length - 1] !== LINE_FEED, set, properties)
  set(tags.PidTagTransportMessageHeaders, transportHeaders(bytes))
  const recipients = [
    ...recipientsOf(email.to, 'to'),
    ...recipientsOf(email.cc, 'cc'),
    ...recipientsOf(email.bcc, 'bcc')
  ]
  const from = peopleOf(email.from && [email.from])[0]
  return {
    from,
    sender: peopleOf(email.sender && [email.sender])[0] ?? from,
    replyTo: peopleOf(email.replyTo),
    recipients,
    properties,
    headers: ownFields(email),
    attachments: await Promise.all(email.attachments.map((part, at) => attachmentOf(part, at, email, depth)))
  }
}

type Setter = (tag: PropertyTag, value: PropertyValue) => void

function setterOf(bag: PropertyBag): Setter {
  return (tag, value) => void bag.set(tag, encodeValue(tagType(tag), value))
}

/** Fields that are kept as they are ([MS-OXCMAIL] 2.2.3.2). */
const TEXT_FIELDS: readonly (readonly [field: string, tag: PropertyTag])[] = [
  ['message-id', tags.PidTagInternetMessageId],
  ['in-reply-to', tags.PidTagInReplyToId],
  ['references', tags.PidTagInternetReferences],
  ['thread-topic', tags.PidTagConversationTopic],
  ['list-help', tags.PidTagListHelp],
  ['list-subscribe', tags.PidTagListSubscribe],
  ['list-unsubscribe', tags.PidTagListUnsubscribe]
]

/** [MS-OXCMAIL] 2.2.3.2.5: the first field that says something known decides. */
const IMPORTANCE: readonly (readonly [field: string, values: Readonly<Record<string, number>>])[] = [
  ['importance', { low: 0, normal: 1, high: 2 }],
  ['priority', { 'non-urgent': 0, normal: 1, urgent: 2 }],
  ['x-priority', { '5': 0, '4': 0, '3': 1, '2': 2, '1': 2 }],
  ['x-msmail-priority', { low: 0, normal: 1, high: 2 }]
]
const SENSITIVITY: Readonly<Record<string, number>> = { normal: 0, personal: 1, private: 2, 'company-confidential': 3 }
const PRIORITY: Readonly<Record<string, number>> = { 'non-urgent': -1, normal: 0, urgent: 1 }

function setFields(email: Email, set: Setter, bag: PropertyBag): void {
  for (const [field, tag] of TEXT_FIELDS) {
    const value = fieldOf(email, field)
    if (value !== undefined) set(tag, value)
  }
  const sent = Date.parse(email.date ?? '')
  if (isDate(sent)) set(tags.PidTagClientSubmitTime, toFiletime(sent))
  for (const [field, values] of IMPORTANCE) {
    // X-Priority may say the number in words behind it: `1 (Highest)`.
    const word = fieldOf(email, field)?.toLowerCase().split(/[\s(]/, 1)[0] ?? ''
    if (!Object.hasOwn(values, word)) continue
    set(tags.PidTagImportance, values[word])
    break
  }
  const sensitivity = fieldOf(email, 'sensitivity')?.toLowerCase() ?? ''
  if (Object.hasOwn(SENSITIVITY, sensitivity)) set(tags.PidTagSensitivity, SENSITIVITY[sensitivity])
  const priority = fieldOf(email, 'priority')?.toLowerCase() ?? ''
  if (Object.hasOwn(PRIORITY, priority)) set(tags.PidTagPriority, PRIORITY[priority])
  const index = Buffer.from(fieldOf(email, 'thread-index') ?? '', 'base64')
  if (isConversationIndex(index)) bag.set(tags.PidTagConversationIndex, index)
  if (fieldOf(email, 'disposition-notification-to') !== undefined) set(tags.PidTagReadReceiptRequested, true)
  if (fieldOf(email, 'return-receipt-to') !== undefined) set(tags.PidTagOriginatorDeliveryReportRequested, true)
}

/** What FILETIME and Date both can say: 1601 to 9999. */
function isDate(ms: number): boolean {
  return ms >= Date.UTC(1601, 0, 1) && ms < Date.UTC(10_000, 0, 1)
}

/** The forms of the text that the message brings; the richest is the native one ([MS-OXBBODY] 2.1.3.1). */
function setBodies(email: Email, isJoined: boolean, set: Setter, bag: PropertyBag): void {
  // The parser ends each line with a break, also the last one, whose break belongs to the boundary behind it.
  const asCame = (part: string | undefined): string | undefined => (isJoined ? part?.replace(/\n$/, '') : part)
  const [text, html] = [asCame(email.text), asCame(email.html)]
  set(tags.PidTagInternetCodepage, UTF8_CODE_PAGE)
  if (text !== undefined || html === undefined) set(tags.PidTagBody, (text ?? '').replace(/\r?\n/g, '\r\n'))
  if (html !== undefined) bag.set(tags.PidTagHtml, Buffer.from(html, 'utf8'))
  set(tags.PidTagNativeBody, html === undefined ? NATIVE.text : NATIVE.html)
}

function hasParts(email: Email): boolean {
  return /^multipart\//i.test(fieldOf(email, 'content-type') ?? '')
}

/** Groups stand for their members. */
function peopleOf(addresses: readonly Address[] | undefined): Person[] {
  return (addresses ?? [])
    .flatMap(one => (one.group === undefined ? [one] : one.group))
    .filter(({ address }) => address !== '')
    .map(({ name, address }) => ({ name, address }))
}

function recipientsOf(addresses: readonly Address[] | undefined, kind: RecipientKind): MessageRecipient[] {
  return peopleOf(addresses).map(person => ({ ...person, kind }))
}

/** People of an address list as a field writes it: `Kim <kim@example.com>, lee@example.com`. */
export function parsePeople(text: string): Person[] {
  return peopleOf(addressParser(text))
}

async function attachmentOf(
  attachment: Attachment,
  at: number,
  email: Email,
  depth: number
): Promise<TransportAttachment> {
  const properties = new PropertyBag()
  const set = setterOf(properties)
  const content = contentOf(attachment)
  const isMessage = attachment.mimeType === 'message/rfc822' && depth < DEPTH
  const embedded = isMessage ? await mimeToMessage(content, depth + 1) : undefined
  const name = attachment.filename ?? (embedded === undefined ? defaultName(attachment.mimeType, at) : undefined)
  if (name !== undefined) setName(set, name)
  set(tags.PidTagAttachMimeTag, attachment.mimeType)
  set(tags.PidTagRenderingPosition, -1)
  const contentId = attachment.contentId?.replace(/^<|>$/g, '')
  if (contentId !== undefined && contentId !== '') {
    set(tags.PidTagAttachContentId, contentId)
    if (isInline(attachment, contentId, email)) {
      set(tags.PidTagAttachFlags, RENDERED_IN_BODY)
      set(tags.PidTagAttachmentHidden, true)
    }
  }
  if (embedded !== undefined) {
    const subject = embedded.properties.get(tags.PidTagSubject)
    if (name === undefined && subject !== undefined) properties.set(tags.PidTagDisplayName, subject)
    return { properties, embedded }
  }
  set(tags.PidTagAttachMethod, BY_VALUE)
  properties.set(tags.PidTagAttachDataBinary, content)
  return { properties }
}

function contentOf({ content }: Attachment): Uint8Array {
  if (typeof content === 'string') return Buffer.from(content, 'utf8')
  return content instanceof Uint8Array ? content : new Uint8Array(content)
}

/** File name, its extension, and what is shown ([MS-OXCMAIL] 2.2.3.4.1.2). */
export function setName(set: Setter, name: string): void {
  const dot = name.lastIndexOf('.')
  set(tags.PidTagAttachLongFilename, name)
  set(tags.PidTagAttachFilename, name)
  set(tags.PidTagDisplayName, name)
  if (dot > 0) set(tags.PidTagAttachExtension, name.slice(dot))
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'text/plain': '.txt',
  'text/html': '.htm',
  'text/calendar': '.ics',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'message/rfc822': '.eml'
}

/** A name for a part that brings none, as Exchange makes it. */
function defaultName(mimeType: string, at: number): string {
  return `ATT${String(at + 1).padStart(5, '0')}${EXTENSIONS[mimeType] ?? '.bin'}`
}

/** A picture that the HTML body shows ([MS-OXCMAIL] 2.2.3.4.1.4.1). */
function isInline({ mimeType }: Attachment, contentId: string, { html }: Email): boolean {
  const names = html?.toLowerCase().includes(`cid:${contentId.toLowerCase()}`) === true
  return names && mimeType.startsWith('image/')
}
