import { utf16Fill } from '../bufferstructs/index.js'
import type { MailboxCore } from '../mailbox/mailbox-core.js'
import { MessageTemplate, type TemplateDraft } from '../mailbox/message-template.js'
import { bagBytes, type PreparedMessage } from '../mailbox/prepared-message.js'
import { type PackedRecipient, packRecipient } from '../mailbox/record-codec.js'
import type { Fid } from '../oxcdata/ids.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import { type PropertyTag, tagType } from '../oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../oxcdata/property-value.js'
import { storedString } from '../oxcdata/stored-string.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import {
  draftAttachments,
  IMPORTANCE,
  MF_READ,
  type Person,
  parsePerson,
  recipientsOf,
  SENDER_TAGS,
  SENT_REPRESENTING_TAGS,
  setPerson
} from './draft-messages.js'
import { bodyFrame, type MessagePlan, MessagePlanner, type Owner, REPLY_PREFIX } from './generate-messages.js'
import type { GenerateSpec } from './schema.js'
import { SeededRandom } from './seeded-random.js'
import { SENTENCES } from './words.js'

/** What differs between the people that write; the address type is the same for all. */
const PERSON_TAGS = [SENDER_TAGS, SENT_REPRESENTING_TAGS].flatMap(({ name, address, entryId, searchKey }) => [
  name,
  address,
  entryId,
  searchKey
])

const VARIABLE_TAGS: readonly PropertyTag[] = [
  tags.PidTagSubject,
  tags.PidTagNormalizedSubject,
  tags.PidTagBody,
  tags.PidTagImportance,
  tags.PidTagSearchKey,
  tags.PidTagDisplayCc,
  ...PERSON_TAGS
]

/** A reply has a prefix beside; a subject without one has no such property. */
const REPLY_TAGS: readonly PropertyTag[] = [...VARIABLE_TAGS, tags.PidTagSubjectPrefix]

const SEARCH_KEY_BYTES = 16
const NOTHING = storedString('')
const PREFIX = storedString(REPLY_PREFIX)

/** Somebody who writes or gets a copy, in stored form. */
interface StoredPerson {
  readonly properties: readonly Uint8Array[]
  readonly displayName: Uint8Array
  readonly asCopy: PackedRecipient
}

export interface GeneratedSource {
  readonly spec: GenerateSpec
  readonly owner: Owner
  /** Milliseconds since 1970. */
  readonly now: number
  /** Where in the world the messages are: what is made up is derived from it. */
  readonly scope: string
}

/** So many messages are passed over at once. */
const SKIPPED_AT_ONCE = 1000

/** The generated messages of a folder from number `from` on, ready to be written; null now and then on the way there. */
export function* generatedDrafts(
  core: MailboxCore,
  fid: Fid,
  source: GeneratedSource,
  from: number
): Generator<PreparedMessage | null> {
  const planner = new MessagePlanner(source.spec, source.owner, source.now)
  const press = new Press(core, fid, source, planner.people)
  let index = 0
  for (let plan = planner.next(); plan !== undefined; plan = planner.next(), index++) {
    // What is left out still takes its share of the random numbers.
    const searchKey = press.nextSearchKey()
    if (index >= from) yield press.prepare(plan, searchKey, index)
    else if (index % SKIPPED_AT_ONCE === 0) yield null
  }
}

/** PidTagSearchKey of the generated messages of a folder, one after the other. */
export function* searchKeys(scope: string): Generator<Uint8Array, never> {
  const random = new SeededRandom(`${scope}/search`)
  for (;;) yield random.fill(new Uint8Array(SEARCH_KEY_BYTES))
}

/** Puts planned messages together from parts that were encoded once. */
class Press {
  private readonly plain: MessageTemplate
  private readonly reply: MessageTemplate
  private readonly people: readonly StoredPerson[]
  private readonly to: PackedRecipient
  private readonly before: Uint8Array
  private readonly behind: Uint8Array
  private readonly keys: Generator<Uint8Array, never>
  /** Room in which subject and body are put together; a template copies values at once. */
  private readonly subject = new Uint8Array(1024)
  private readonly body: Uint8Array
  private readonly plainValues: Uint8Array[] = VARIABLE_TAGS.map(() => NOTHING)
  private readonly replyValues: Uint8Array[] = [...this.plainValues, PREFIX]

  constructor(
    core: MailboxCore,
    fid: Fid,
    private readonly source: GeneratedSource,
    people: readonly string[]
  ) {
    const { owner, scope } = source
    const to = `${owner.name} <${owner.address}>`
    const [recipient] = recipientsOf({ to: [to], cc: [], bcc: [] })
    this.to = packRecipient(recipient, bagBytes(recipient.properties))
    this.people = people.map(person => storedPerson(person, to))
    this.plain = new MessageTemplate(core, fid, constantsOf(owner), VARIABLE_TAGS)
    this.reply = new MessageTemplate(core, fid, constantsOf(owner), REPLY_TAGS)
    const { before, behind } = bodyFrame(owner)
    this.before = textOf(before)
    this.behind = storedString(behind)
    const most = this.before.byteLength + this.behind.byteLength + 8 * Math.max(...LINES.map(line => line.byteLength))
    this.body = new Uint8Array(most)
    this.keys = searchKeys(scope)
  }

  nextSearchKey(): Uint8Array {
    return this.keys.next().value
  }

  prepare(plan: MessagePlan, searchKey: Uint8Array, index: number): PreparedMessage {
    const { people } = this
    const values = plan.isReply ? this.replyValues : this.plainValues
    const from = people[plan.from]
    const cc = plan.cc < 0 ? undefined : people[plan.cc]
    const prefixBytes = plan.isReply ? REPLY_PREFIX.length * 2 : 0
    const subject = this.putSubject(plan)
    values[0] = subject
    values[1] = subject.subarray(prefixBytes)
    values[2] = this.putBody(plan.sentences)
    values[3] = plan.isImportant ? HIGH : NORMAL
    values[4] = searchKey
    values[5] = cc === undefined ? NOTHING : cc.displayName
    for (let i = 0; i < PERSON_TAGS.length; i++) values[6 + i] = from.properties[i]
    const draft: TemplateDraft = {
      values,
      recipients: cc === undefined ? [this.to] : [this.to, cc.asCopy],
      attachments:
        plan.attachment === undefined ? [] : draftAttachments([plan.attachment], `${this.source.scope}/${index}`),
      flags: plan.isRead ? MF_READ : 0,
      time: toFiletime(plan.received)
    }
    return (plan.isReply ? this.reply : this.plain).prepare(draft)
  }

  private putSubject({ isReply, topic }: MessagePlan): Uint8Array {
    const { subject } = this
    const at = isReply ? REPLY_PREFIX.length * 2 : 0
    if (isReply) subject.set(PREFIX)
    utf16Fill(subject, at, topic)
    const end = at + topic.length * 2
    subject[end] = 0
    subject[end + 1] = 0
    return subject.subarray(0, end + 2)
  }

  private putBody(sentences: readonly number[]): Uint8Array {
    const { body } = this
    body.set(this.before)
    let at = this.before.byteLength
    for (const index of sentences) {
      body.set(LINES[index], at)
      at += LINES[index].byteLength
    }
    body.set(this.behind, at)
    return body.subarray(0, at + this.behind.byteLength)
  }
}

const HIGH = encodeValue(tagType(tags.PidTagImportance), IMPORTANCE.high)
const NORMAL = encodeValue(tagType(tags.PidTagImportance), IMPORTANCE.normal)

/** The sentences as lines in UTF-16, without a terminator. */
const LINES: readonly Uint8Array[] = SENTENCES.map(sentence => textOf(`${sentence}\r\n`))

function textOf(text: string): Uint8Array {
  return storedString(text).subarray(0, -2)
}

function constantsOf(owner: Person): PropertyBag {
  const bag = new PropertyBag()
  for (const { addressType } of [SENDER_TAGS, SENT_REPRESENTING_TAGS]) bag.set(addressType, storedString('SMTP'))
  bag.set(tags.PidTagDisplayTo, storedString(owner.name))
  return bag.set(tags.PidTagDisplayBcc, NOTHING)
}

function storedPerson(text: string, to: string): StoredPerson {
  const person = parsePerson(text)
  const bag = new PropertyBag()
  const set = (tag: PropertyTag, value: PropertyValue): unknown => bag.set(tag, encodeValue(tagType(tag), value))
  for (const at of [SENDER_TAGS, SENT_REPRESENTING_TAGS]) setPerson(set, person, at)
  const copy = recipientsOf({ to: [to], cc: [text], bcc: [] })[1]
  return {
    properties: PERSON_TAGS.map(tag => bag.get(tag)!),
    displayName: storedString(person.name),
    asCopy: packRecipient(copy, bagBytes(copy.properties))
  }
}
