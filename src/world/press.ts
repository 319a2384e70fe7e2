import { utf16Fill } from '../bufferstructs/index.js'
import type { MailboxCore } from '../mailbox/mailbox-core.js'
import { MessageFlag } from '../mailbox/messages/message-flags.js'
import { MessageTemplate, type TemplateDraft } from '../mailbox/messages/message-template.js'
import { bagBytes, type PreparedMessage } from '../mailbox/messages/prepared-message.js'
import { type PackedRecipient, packRecipient } from '../mailbox/record-codec.js'
import type { Fid } from '../oxcdata/ids.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import { type PropertyTag, tagType } from '../oxcdata/property-tag.js'
import { encodeValue } from '../oxcdata/property-value.js'
import { storedString } from '../oxcdata/stored-string.js'
import { PidNameKeywords } from '../oxprops/named-properties.generated.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import {
  type Correspondent,
  type PersonTags,
  SENDER,
  SENT_REPRESENTING,
  setPerson,
  setValue
} from '../transport/correspondent.js'
import { draftAttachments } from './draft-attachments.js'
import { personOf } from './draft-context.js'
import { IMPORTANCE, leanRecipientOf, NativeBody } from './draft-messages.js'
import { bodyFrame, htmlFrame, htmlSentence, type MessagePlan, type MessagePlanner } from './generate-messages.js'
import type { GeneratedSource } from './generated-drafts.js'
import type { Language } from './languages.js'
import { words } from './words/index.js'

/** What differs between the people that write: those of the address book have an SMTP address beside their own. */
const PERSON_TAGS = [SENDER, SENT_REPRESENTING].flatMap(tagsOfPerson)
const INTERNAL_TAGS = [...PERSON_TAGS, SENDER.smtpAddress, SENT_REPRESENTING.smtpAddress]

function tagsOfPerson({ name, addressType, address, entryId, searchKey }: PersonTags): PropertyTag[] {
  return [name, addressType, address, entryId, searchKey]
}

/** Properties whose values differ from message to message; those of the people stand behind them. */
const VARIABLE_TAGS: readonly PropertyTag[] = [
  tags.PidTagSubject,
  tags.PidTagNormalizedSubject,
  tags.PidTagConversationTopic,
  tags.PidTagBody,
  tags.PidTagImportance,
  tags.PidTagSearchKey,
  tags.PidTagDisplayTo,
  tags.PidTagDisplayCc,
  tags.PidTagConversationIndex,
  tags.PidTagInternetMessageId
]

const REPLY_TAGS = [tags.PidTagSubjectPrefix, tags.PidTagInReplyToId, tags.PidTagInternetReferences]

/** Kinds of message, as bits: each combination has a template of its own. */
const Kind = { reply: 1, html: 2, category: 4, internal: 8 } as const

const NOTHING = storedString('')
const HIGH = encodeValue(tagType(tags.PidTagImportance), IMPORTANCE.high)
const NORMAL = encodeValue(tagType(tags.PidTagImportance), IMPORTANCE.normal)
const UTF8_CODE_PAGE = 65001

/** Somebody who writes or gets a message, in stored form. */
interface StoredPerson {
  readonly isInternal: boolean
  readonly properties: readonly Uint8Array[]
  readonly displayName: Uint8Array
  readonly asTo: PackedRecipient
  readonly asCopy: PackedRecipient
}

/** What messages of one language are put together from. */
interface StoredWords {
  readonly prefix: Uint8Array
  readonly prefixChars: number
  /** The sentences as lines in UTF-16, without a terminator, and as paragraphs in UTF-8. */
  readonly lines: readonly Uint8Array[]
  readonly paragraphs: readonly Uint8Array[]
  readonly categories: readonly Uint8Array[]
}

type Bytes = Uint8Array<ArrayBuffer>

interface Frame {
  readonly before: Uint8Array
  readonly behind: Uint8Array
}

/** Puts planned messages together from parts that were encoded once. What comes out is what `draftMessage` would have made. */
export class Press {
  private readonly templates: (MessageTemplate | undefined)[] = []
  private readonly people: readonly StoredPerson[]
  private readonly owner: StoredPerson
  private readonly words = new Map<Language, StoredWords>()
  /** Bodies begin and end alike for the same language and reader. */
  private readonly bodies = new Map<string, Frame>()
  private readonly pages = new Map<string, Frame>()
  private readonly readers: readonly string[]
  private readonly id: IdRoom
  private readonly parentId: IdRoom
  private readonly references: IdRoom
  private readonly keywords: PropertyTag | undefined
  /** Room in which texts are put together; a template copies values at once. */
  private readonly subject = new Uint8Array(1024)
  private body: Bytes = new Uint8Array(4096)
  private page: Bytes = new Uint8Array(4096)

  constructor(
    private readonly core: MailboxCore,
    private readonly fid: Fid,
    private readonly source: GeneratedSource,
    planner: Pick<MessagePlanner, 'people' | 'idTail'>
  ) {
    const { context } = source
    const { people, idTail } = planner
    this.id = new IdRoom(idTail)
    this.parentId = new IdRoom(idTail)
    this.references = new IdRoom(idTail)
    const correspondents = people.map(person => personOf(person, context))
    this.people = correspondents.map(storedPerson)
    this.owner = storedPerson(context.owner)
    this.readers = people.map(person => person.slice(0, person.lastIndexOf('<')).trim())
    this.keywords = source.spec.categories > 0 ? context.names.tag(PidNameKeywords) : undefined
  }

  prepare(plan: MessagePlan, searchKey: Uint8Array, index: number): PreparedMessage {
    const { people, source } = this
    const { isSent } = source.around
    const other = people[plan.person]
    const from = isSent ? this.owner : other
    const to = isSent ? other : this.owner
    const cc = plan.cc < 0 ? undefined : people[plan.cc]
    const stored = this.wordsOf(plan.language)
    const subject = this.putSubject(plan, stored)
    const topic = plan.isReply ? subject.subarray(stored.prefixChars * 2) : subject
    const values = [
      subject,
      topic,
      topic,
      this.putBody(plan, stored),
      plan.isImportant ? HIGH : NORMAL,
      searchKey,
      to.displayName,
      cc === undefined ? NOTHING : cc.displayName,
      plan.conversation,
      this.id.put(plan.number)
    ]
    let kind = from.isInternal ? Kind.internal : 0
    for (let i = 0; i < from.properties.length; i++) values.push(from.properties[i])
    if (plan.isReply) {
      kind |= Kind.reply
      const { earlier } = plan
      values.push(stored.prefix, this.parentId.put(earlier[earlier.length - 1]), this.references.putAll(earlier))
    }
    if (plan.isHtml) {
      kind |= Kind.html
      values.push(this.putPage(plan, stored))
    }
    if (plan.category >= 0) {
      kind |= Kind.category
      values.push(stored.categories[plan.category])
    }
    const draft: TemplateDraft = {
      values,
      recipients: cc === undefined ? [to.asTo] : [to.asTo, cc.asCopy],
      attachments:
        plan.attachment === undefined
          ? []
          : draftAttachments([plan.attachment], `${source.scope}/${index}`, source.context),
      flags: (plan.isRead ? MessageFlag.read : 0) | (isSent ? this.fromMe : 0),
      time: toFiletime(plan.received)
    }
    return (this.templates[kind] ?? this.newTemplate(kind)).prepare(draft)
  }

  private get fromMe(): number {
    return this.source.context.owner.guid === undefined ? 0 : MessageFlag.fromMe
  }

  private newTemplate(kind: number): MessageTemplate {
    const extra = [...((kind & Kind.reply) === 0 ? [] : REPLY_TAGS)]
    if ((kind & Kind.html) !== 0) extra.push(tags.PidTagHtml)
    if ((kind & Kind.category) !== 0) extra.push(this.keywords!)
    const constants = this.constants((kind & Kind.html) !== 0)
    const people = (kind & Kind.internal) === 0 ? PERSON_TAGS : INTERNAL_TAGS
    const template = new MessageTemplate(this.core, this.fid, constants, [...VARIABLE_TAGS, ...people, ...extra])
    this.templates[kind] = template
    return template
  }

  private constants(isHtml: boolean): PropertyBag {
    const bag = new PropertyBag().set(tags.PidTagDisplayBcc, NOTHING)
    setValue(bag, tags.PidTagNativeBody, isHtml ? NativeBody.html : NativeBody.plain)
    if (isHtml) setValue(bag, tags.PidTagInternetCodepage, UTF8_CODE_PAGE)
    return bag
  }

  private wordsOf(language: Language): StoredWords {
    const known = this.words.get(language)
    if (known !== undefined) return known
    const { reply, sentences, categories } = words[language]
    const stored = {
      prefix: storedString(reply),
      prefixChars: reply.length,
      lines: sentences.map(sentence => textOf(`${sentence}\r\n`)),
      paragraphs: sentences.map(sentence => Buffer.from(htmlSentence(sentence), 'utf8')),
      categories: categories.map(category => encodeValue(PidNameKeywords.type, [category]))
    }
    this.words.set(language, stored)
    return stored
  }

  private putSubject({ isReply, topic }: MessagePlan, { prefix, prefixChars }: StoredWords): Uint8Array {
    const { subject } = this
    const at = isReply ? prefixChars * 2 : 0
    if (isReply) subject.set(prefix)
    utf16Fill(subject, at, topic)
    const end = at + topic.length * 2
    subject[end] = 0
    subject[end + 1] = 0
    return subject.subarray(0, end + 2)
  }

  private putBody({ language, sentences, person }: MessagePlan, { lines }: StoredWords): Uint8Array {
    const reader = this.source.around.isSent ? this.readers[person] : this.source.around.owner.name
    let frame = this.bodies.get(language + reader)
    if (frame === undefined) {
      const { before, behind } = bodyFrame(language, reader)
      frame = { before: textOf(before), behind: storedString(behind) }
      this.bodies.set(language + reader, frame)
    }
    this.body = withRoom(this.body, frame, sentences, lines)
    return join(this.body, frame, sentences, lines)
  }

  private putPage({ language, sentences, person }: MessagePlan, { paragraphs }: StoredWords): Uint8Array {
    const reader = this.source.around.isSent ? this.readers[person] : this.source.around.owner.name
    let frame = this.pages.get(language + reader)
    if (frame === undefined) {
      const { before, behind } = htmlFrame(language, reader)
      frame = { before: Buffer.from(before, 'utf8'), behind: Buffer.from(behind, 'utf8') }
      this.pages.set(language + reader, frame)
    }
    this.page = withRoom(this.page, frame, sentences, paragraphs)
    return join(this.page, frame, sentences, paragraphs)
  }
}

const OPENING = '<'.charCodeAt(0)
const SPACE = ' '.charCodeAt(0)
const LONGEST_NUMBER = 8

/** Room in which message ids are put together: a number in base 36 before what is the same for all. */
class IdRoom {
  private room: Bytes
  private readonly tail: Uint8Array

  constructor(idTail: string) {
    this.tail = textOf(idTail)
    this.room = new Uint8Array(16 * this.longest)
  }

  /** An id in stored form; in use until the next one is put. */
  put(number: number): Uint8Array {
    return this.end(this.append(number, 0))
  }

  /** Several with spaces between them. */
  putAll(numbers: readonly number[]): Uint8Array {
    if (this.room.byteLength < numbers.length * this.longest)
      this.room = new Uint8Array(2 * numbers.length * this.longest)
    let at = 0
    for (let i = 0; i < numbers.length; i++) {
      if (i > 0) at = this.unit(SPACE, at)
      at = this.append(numbers[i], at)
    }
    return this.end(at)
  }

  private get longest(): number {
    return this.tail.byteLength + 2 * (LONGEST_NUMBER + 2)
  }

  private append(number: number, start: number): number {
    const digits = number.toString(36)
    let at = this.unit(OPENING, start)
    for (let i = 0; i < digits.length; i++) at = this.unit(digits.charCodeAt(i), at)
    this.room.set(this.tail, at)
    return at + this.tail.byteLength
  }

  private unit(code: number, at: number): number {
    this.room[at] = code
    this.room[at + 1] = 0
    return at + 2
  }

  private end(at: number): Uint8Array {
    this.unit(0, at)
    return this.room.subarray(0, at + 2)
  }
}

function withRoom(room: Bytes, frame: Frame, places: readonly number[], parts: readonly Uint8Array[]): Bytes {
  let size = frame.before.byteLength + frame.behind.byteLength
  for (const place of places) size += parts[place].byteLength
  return room.byteLength >= size ? room : new Uint8Array(size * 2)
}

function join(room: Uint8Array, frame: Frame, places: readonly number[], parts: readonly Uint8Array[]): Uint8Array {
  room.set(frame.before)
  let at = frame.before.byteLength
  for (const place of places) {
    room.set(parts[place], at)
    at += parts[place].byteLength
  }
  room.set(frame.behind, at)
  return room.subarray(0, at + frame.behind.byteLength)
}

function textOf(text: string): Uint8Array {
  return storedString(text).subarray(0, -2)
}

function storedPerson(person: Correspondent): StoredPerson {
  const bag = new PropertyBag()
  for (const at of [SENDER, SENT_REPRESENTING]) setPerson(bag, at, person)
  const isInternal = person.addressType === 'EX'
  const packed = (rowId: number, kind: 'to' | 'cc'): PackedRecipient => {
    const row = leanRecipientOf(person, rowId, kind)
    return packRecipient(row, bagBytes(row.properties))
  }
  return {
    isInternal,
    properties: (isInternal ? INTERNAL_TAGS : PERSON_TAGS).map(tag => bag.get(tag)!),
    displayName: storedString(person.name),
    asTo: packed(0, 'to'),
    asCopy: packed(1, 'cc')
  }
}
