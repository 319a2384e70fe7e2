import { beginConversation, continueConversation } from '../transport/conversation-index.js'
import type { ThreadPlace } from './conversation.js'
import type { Language } from './languages.js'
import type { GenerateSpec, WorldAttachment, WorldMessage } from './schema-items.js'
import { bytesOfSize } from './schema-values.js'
import { SeededRandom } from './seeded-random.js'
import { fullName, type Words, words } from './words/index.js'

/** Whose mailbox it is that content is made up for. */
export interface Owner {
  readonly name: string
  readonly address: string
}

export interface Surroundings {
  readonly owner: Owner
  /** Milliseconds since 1970. */
  readonly now: number
  /** Others of the same world, `Name <address>`: some of them write, too. */
  readonly colleagues: readonly string[]
  /** The owner has written the messages. */
  readonly isSent: boolean
}

/** A meeting that a message asks for. */
export interface MeetingPlan {
  /** Milliseconds since 1970. */
  readonly start: number
  readonly minutes: number
  readonly room: number
  readonly response: 'accepted' | 'tentative' | 'none'
}

/** What the seed has decided about one message; people, sentences and so on by their place in the lists. */
export interface MessagePlan {
  readonly language: Language
  /** Milliseconds since 1970. */
  readonly received: number
  readonly attachment: WorldAttachment | undefined
  readonly isLarge: boolean
  readonly isReply: boolean
  /** The subject without the prefix of a reply. */
  readonly topic: string
  /** PidTagConversationIndex. */
  readonly conversation: Uint8Array
  /** The message's number, and those that it goes back to, the first one first: ids are made of them. */
  readonly number: number
  readonly earlier: readonly number[]
  /** Who writes, or gets, the message. */
  readonly person: number
  /** A person, or -1. */
  readonly cc: number
  readonly isRead: boolean
  readonly isImportant: boolean
  readonly isHtml: boolean
  readonly isFlagged: boolean
  /** A category, or -1. */
  readonly category: number
  readonly meeting: MeetingPlan | undefined
  /** In use until the next plan is made. */
  readonly sentences: readonly number[]
}

interface Thread {
  readonly language: Language
  readonly topic: string
  conversation: Uint8Array
  /** Of the last message, and of those before it. */
  number: number
  earlier: readonly number[]
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Subjects that a reply may take up: threads stay within what a reader would still remember. */
const OPEN_THREADS = 24
/** Answers in one thread. */
const MOST_ANSWERS = 15
const PEOPLE = 40
const COLLEAGUES = 8
const CC_SHARE = 0.2
const IMPORTANT_SHARE = 0.05

/**
 * Plans messages from a seed: senders, threads, bodies of a few sentences, some with an attachment, delivery times spread
 * over `days` before `now` in rising order. The same seed and owner give the same messages everywhere; the first n
 * messages of a longer run differ from those of a shorter one only in their times.
 */
export class MessagePlanner {
  /** `Name <address>` of those who write. */
  readonly people: readonly string[]
  /** People by the language that they write in. */
  private readonly writers: ReadonlyMap<Language, readonly number[]>
  private readonly random: SeededRandom
  private readonly threads: Thread[] = []
  private readonly start: number
  private readonly step: number
  /** What stands behind the number in an id. */
  readonly idTail: string
  private readonly sentences: number[] = []
  private readonly largeSize: number
  /** Plans made so far. */
  private index = 0

  constructor(
    private readonly spec: GenerateSpec,
    private readonly around: Surroundings
  ) {
    const { owner, now } = around
    this.random = new SeededRandom(`${spec.seed}/${owner.address.toLowerCase()}`)
    this.people = makePeople(this.random, spec.languages, around)
    this.writers = new Map(spec.languages.map(language => [language, this.writersOf(language)]))
    this.start = now - spec.days * DAY_MS
    this.step = (spec.days * DAY_MS) / Math.max(1, spec.messages ?? 0)
    this.idTail = `.${this.random.u32().toString(36)}@mail.${domainOf(owner.address)}>`
    this.largeSize = bytesOfSize(spec.largeSize)
  }

  /** The next message, undefined after the last one. */
  next(): MessagePlan | undefined {
    const { random, spec, around } = this
    if (this.index === (spec.messages ?? 0)) return undefined
    const received = Math.floor(this.start + this.step * this.index + random.below(1000))
    const number = this.index++
    const isReply = this.threads.length > 0 && random.chance(spec.replies)
    const meeting = random.chance(spec.meetings) && !isReply && !around.isSent ? this.newMeeting(received) : undefined
    const thread = isReply ? this.answered(number, received) : this.begun(number, received, meeting !== undefined)
    const { language, topic } = thread
    const isAttached = random.chance(spec.attachments)
    const isLarge = isAttached && random.chance(spec.large)
    const writers = this.writers.get(language)!
    const lists = words[language]
    // One literal, without spreads: a plan is made for each of millions of messages.
    return {
      language,
      received,
      attachment: isAttached ? this.newAttachment(lists, isLarge) : undefined,
      isLarge,
      isReply,
      topic,
      conversation: thread.conversation,
      number,
      earlier: thread.earlier,
      person: random.pick(writers),
      cc: random.chance(CC_SHARE) ? random.pick(writers) : -1,
      isRead: !random.chance(spec.unread) || around.isSent,
      isImportant: random.chance(IMPORTANT_SHARE),
      isHtml: random.chance(spec.html),
      isFlagged: random.chance(spec.flags),
      category: random.chance(spec.categories) ? random.below(lists.categories.length) : -1,
      meeting,
      sentences: this.newSentences(lists)
    }
  }

  private begun(number: number, received: number, isMeeting: boolean): Thread {
    const { random, threads, spec } = this
    const language = random.pick(spec.languages)
    const lists = words[language]
    const topic = isMeeting ? random.pick(lists.meetings) : `${random.pick(lists.topics)} (${this.index})`
    const conversation = beginConversation(received, random.fill(new Uint8Array(16)))
    const thread = { language, topic, conversation, number, earlier: NOTHING_EARLIER }
    if (isMeeting) return thread
    if (threads.length < OPEN_THREADS) threads.push(thread)
    else threads[random.below(OPEN_THREADS)] = thread
    return thread
  }

  private answered(number: number, received: number): Thread {
    const { random, threads } = this
    const thread = random.pick(threads)
    thread.earlier = [...thread.earlier, thread.number]
    thread.number = number
    thread.conversation = continueConversation(thread.conversation, received, random.below(16))
    if (thread.earlier.length >= MOST_ANSWERS && threads.length > 1) threads.splice(threads.indexOf(thread), 1)
    return thread
  }

  private newMeeting(received: number): MeetingPlan {
    const { random } = this
    const day = Math.floor(received / DAY_MS) + 1 + random.below(14)
    const answer = random.below(10)
    return {
      start: day * DAY_MS + 8 * HOUR_MS + random.below(18) * (HOUR_MS / 2),
      minutes: 30 * (1 + random.below(4)),
      room: random.below(4),
      response: answer < 6 ? 'accepted' : answer < 8 ? 'tentative' : 'none'
    }
  }

  private newAttachment({ topics }: Words, isLarge: boolean): WorldAttachment {
    const { random } = this
    const stem = random
      .pick(topics)
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .toLowerCase()
    const size = 500 + random.below(4000)
    return isLarge ? { name: `${stem}.zip`, size: this.largeSize } : { name: `${stem}.txt`, size }
  }

  private newSentences({ sentences: from }: Words): readonly number[] {
    const { random, sentences } = this
    sentences.length = 0
    for (let count = 2 + random.below(6); count > 0; count--) sentences.push(random.below(from.length))
    return sentences
  }

  /** People of a language, and colleagues, who know all. */
  private writersOf(language: Language): number[] {
    const { languages } = this.spec
    return this.people.flatMap((_, at) => (at >= PEOPLE || languages[at % languages.length] === language ? [at] : []))
  }
}

const NOTHING_EARLIER: readonly number[] = []

/** Where a planned message stands in its conversation; its id is its number, and what is the same for all of a folder. */
export function placeOf(
  { number, earlier, topic, conversation: index }: MessagePlan,
  { idTail }: Pick<MessagePlanner, 'idTail'>
): ThreadPlace {
  const idOf = (of: number): string => `<${of.toString(36)}${idTail}`
  const references = earlier.map(idOf)
  return { messageId: idOf(number), inReplyTo: references.at(-1), references, topic, index }
}

export function domainOf(address: string): string {
  return address.slice(address.indexOf('@') + 1).toLowerCase()
}

/** Forty people of a partner, in turn with names of each language, and some colleagues. */
export function makePeople(
  random: SeededRandom,
  languages: readonly Language[],
  { owner, colleagues }: Pick<Surroundings, 'owner' | 'colleagues'>
): string[] {
  const partner = `partner.${domainOf(owner.address)}`
  const people = Array.from({ length: PEOPLE }, (_, at) => {
    const lists = words[languages[at % languages.length]]
    const given = random.pick(lists.given)
    const family = random.pick(lists.family)
    return `${fullName(lists, given, family)} <${given.latin}.${family.latin}@${partner}>`
  })
  return [...people, ...colleagues.slice(0, COLLEAGUES)]
}

/** What stands before and behind the sentences of a body; sentences are lines, as these are. */
export function bodyFrame(language: Language, name: string): { before: string; behind: string } {
  const { greeting, closing } = words[language]
  return { before: `${greeting(name)}\r\n\r\n`, behind: `\r\n${closing}` }
}

/** The same for an HTML body; each sentence is a paragraph. */
export function htmlFrame(language: Language, name: string): { before: string; behind: string } {
  const { greeting, closing } = words[language]
  const direction = language === 'ar' ? ' dir="rtl"' : ''
  return {
    before: `<html lang="${language}"><body${direction}><p>${escapeHtml(greeting(name))}</p>`,
    behind: `<p>${escapeHtml(closing)}</p></body></html>`
  }
}

export function htmlSentence(sentence: string): string {
  return `<p>${escapeHtml(sentence)}</p>`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A planned message as a world file would write it; a meeting as a message without its times. */
export function writeOut(plan: MessagePlan, people: readonly string[], { owner, isSent }: Surroundings): WorldMessage {
  const { language, sentences } = plan
  const { reply, sentences: lines, categories } = words[language]
  const self = `${owner.name} <${owner.address}>`
  const other = people[plan.person]
  const { before, behind } = bodyFrame(language, isSent ? nameOf(other) : owner.name)
  const html = htmlFrame(language, isSent ? nameOf(other) : owner.name)
  return {
    subject: (plan.isReply ? reply : '') + plan.topic,
    ...(!isSent && { from: other }),
    to: [isSent ? other : self],
    cc: plan.cc < 0 ? [] : [people[plan.cc]],
    ...{ bcc: [], replyTo: [], draft: false, sensitivity: 'normal', messageClass: 'IPM.Note' },
    received: new Date(plan.received).toISOString(),
    read: plan.isRead,
    importance: plan.isImportant ? 'high' : 'normal',
    categories: plan.category < 0 ? [] : [categories[plan.category]],
    ...(plan.isFlagged && { flag: { status: 'flagged', request: 'Follow up' } }),
    body: before + sentences.map(at => `${lines[at]}\r\n`).join('') + behind,
    ...(plan.isHtml && { html: html.before + sentences.map(at => htmlSentence(lines[at])).join('') + html.behind }),
    attachments: plan.attachment === undefined ? [] : [plan.attachment]
  }
}

function nameOf(person: string): string {
  return person.slice(0, person.lastIndexOf('<')).trim()
}

/** The messages of a seed as a world file would write them. */
export function* generateMessages(spec: GenerateSpec, around: Surroundings): Generator<WorldMessage> {
  const planner = new MessagePlanner(spec, around)
  for (let plan = planner.next(); plan !== undefined; plan = planner.next()) {
    yield writeOut(plan, planner.people, around)
  }
}
