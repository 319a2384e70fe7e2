import type { GenerateSpec, WorldAttachment, WorldMessage } from './schema.js'
import { SeededRandom } from './seeded-random.js'
import { FAMILY_NAMES, GIVEN_NAMES, SENTENCES, TOPICS } from './words.js'

/** A generated message: a world message whose optional parts are all given. */
export type GeneratedMessage = WorldMessage & { from: string; received: string }

/** Whose mailbox the messages are for. */
export interface Owner {
  readonly name: string
  readonly address: string
}

/** What the seed has decided about one message; people and sentences by their place in the lists. */
export interface MessagePlan {
  /** Milliseconds since 1970. */
  received: number
  attachment: WorldAttachment | undefined
  isReply: boolean
  /** The subject without the prefix of a reply. */
  topic: string
  from: number
  /** A person, or -1. */
  cc: number
  isRead: boolean
  isImportant: boolean
  /** In use until the next plan is made. */
  sentences: readonly number[]
}

const DAY_MS = 86_400_000
/** Subjects that a reply may take up: threads stay within what a reader would still remember. */
const OPEN_THREADS = 24
const REPLY_SHARE = 0.35
export const REPLY_PREFIX = 'RE: '
const PEOPLE = 40

/**
 * Plans messages from a seed: senders, threads, bodies of a few sentences, some with an attachment, delivery times spread
 * over `days` before `now` in rising order. The same seed and owner give the same messages everywhere; the first n
 * messages of a longer run differ from those of a shorter one only in their times.
 */
export class MessagePlanner {
  /** `Name <address>` of those who write. */
  readonly people: readonly string[]
  private readonly random: SeededRandom
  private readonly threads: string[] = []
  private readonly start: number
  private readonly step: number
  private readonly sentences: number[] = []
  /** Plans made so far. */
  private index = 0

  constructor(
    private readonly spec: GenerateSpec,
    owner: Owner,
    now: number
  ) {
    this.random = new SeededRandom(`${spec.seed}/${owner.address.toLowerCase()}`)
    this.people = makePeople(this.random, owner.address)
    this.start = now - spec.days * DAY_MS
    this.step = (spec.days * DAY_MS) / Math.max(1, spec.messages)
  }

  /** The next message, undefined after the last one. */
  next(): MessagePlan | undefined {
    const { random, spec } = this
    if (this.index === spec.messages) return undefined
    const received = Math.floor(this.start + this.step * this.index + random.below(1000))
    const attachment = random.chance(spec.attachments) ? makeAttachment(random) : undefined
    this.index++
    const isReply = this.threads.length > 0 && random.chance(REPLY_SHARE)
    return {
      received,
      attachment,
      isReply,
      topic: isReply ? random.pick(this.threads) : this.newTopic(),
      from: random.below(PEOPLE),
      cc: random.chance(0.2) ? random.below(PEOPLE) : -1,
      isRead: !random.chance(spec.unread),
      isImportant: random.chance(0.05),
      sentences: this.newSentences()
    }
  }

  private newTopic(): string {
    const { random, threads } = this
    const topic = `${random.pick(TOPICS)} (${this.index})`
    if (threads.length < OPEN_THREADS) threads.push(topic)
    else threads[random.below(OPEN_THREADS)] = topic
    return topic
  }

  private newSentences(): readonly number[] {
    const { random, sentences } = this
    sentences.length = 0
    for (let count = 2 + random.below(6); count > 0; count--) sentences.push(random.below(SENTENCES.length))
    return sentences
  }
}

function makePeople(random: SeededRandom, ownerAddress: string): string[] {
  const domain = ownerAddress.slice(ownerAddress.indexOf('@') + 1)
  return Array.from({ length: PEOPLE }, () => {
    const given = random.pick(GIVEN_NAMES)
    const family = random.pick(FAMILY_NAMES)
    return `${given} ${family} <${given}.${family}@partner.${domain}>`.replace(/<.*>/, text => text.toLowerCase())
  })
}

function makeAttachment(random: SeededRandom): WorldAttachment {
  return { name: `${random.pick(TOPICS).replaceAll(' ', '-').toLowerCase()}.txt`, size: 500 + random.below(4000) }
}

/** What stands before and behind the sentences of a body; sentences are lines, as these are. */
export function bodyFrame(owner: Owner): { before: string; behind: string } {
  return { before: `Dear ${owner.name},\r\n\r\n`, behind: '\r\nKind regards' }
}

/** A planned message as a world file would write it. */
export function writeOut(plan: MessagePlan, people: readonly string[], owner: Owner): GeneratedMessage {
  const { before, behind } = bodyFrame(owner)
  return {
    subject: (plan.isReply ? REPLY_PREFIX : '') + plan.topic,
    from: people[plan.from],
    to: [`${owner.name} <${owner.address}>`],
    cc: plan.cc < 0 ? [] : [people[plan.cc]],
    bcc: [],
    received: new Date(plan.received).toISOString(),
    read: plan.isRead,
    importance: plan.isImportant ? 'high' : 'normal',
    messageClass: 'IPM.Note',
    body: before + plan.sentences.map(index => `${SENTENCES[index]}\r\n`).join('') + behind,
    attachments: plan.attachment === undefined ? [] : [plan.attachment]
  } as unknown as GeneratedMessage
}

/** The messages of a seed as a world file would write them. */
export function* generateMessages(spec: GenerateSpec, owner: Owner, now: number): Generator<GeneratedMessage> {
  const planner = new MessagePlanner(spec, owner, now)
  for (let plan = planner.next(); plan !== undefined; plan = planner.next()) {
    yield writeOut(plan, planner.people, owner)
  }
}
