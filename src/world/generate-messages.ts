import type { GenerateSpec, WorldMessage } from './schema.js'
import { SeededRandom } from './seeded-random.js'
import { FAMILY_NAMES, GIVEN_NAMES, SENTENCES, TOPICS } from './words.js'

/** A generated message: a world message whose optional parts are all given. */
export type GeneratedMessage = WorldMessage & { from: string; received: string }

const DAY_MS = 86_400_000
/** Subjects that a reply may take up: threads stay within what a reader would still remember. */
const OPEN_THREADS = 24
const REPLY_SHARE = 0.35

/**
 * Messages from a seed: senders, threads, bodies of a few sentences, some with an attachment, delivery times spread
 * over `days` before `now` in rising order. The same seed and owner give the same messages everywhere; the first n
 * messages of a longer run differ from those of a shorter one only in their times.
 */
export function* generateMessages(
  spec: GenerateSpec,
  owner: { name: string; address: string },
  now: number
): Generator<GeneratedMessage> {
  const random = new SeededRandom(`${spec.seed}/${owner.address.toLowerCase()}`)
  const people = makePeople(random, owner.address)
  const threads: string[] = []
  const start = now - spec.days * DAY_MS
  const step = (spec.days * DAY_MS) / Math.max(1, spec.messages)
  const to = [`${owner.name} <${owner.address}>`]
  for (let index = 0; index < spec.messages; index++) {
    const received = Math.floor(start + step * index + random.below(1000))
    const attachments = random.chance(spec.attachments)
      ? [{ name: `${random.pick(TOPICS).replaceAll(' ', '-').toLowerCase()}.txt`, size: 500 + random.below(4000) }]
      : []
    yield {
      subject: nextSubject(random, threads, index),
      from: random.pick(people),
      to,
      cc: random.chance(0.2) ? [random.pick(people)] : [],
      bcc: [],
      received: new Date(received).toISOString(),
      read: !random.chance(spec.unread),
      importance: random.chance(0.05) ? 'high' : 'normal',
      messageClass: 'IPM.Note',
      body: makeBody(random, owner.name),
      attachments
    }
  }
}

function makePeople(random: SeededRandom, ownerAddress: string): string[] {
  const domain = ownerAddress.slice(ownerAddress.indexOf('@') + 1)
  return Array.from({ length: 40 }, () => {
    const given = random.pick(GIVEN_NAMES)
    const family = random.pick(FAMILY_NAMES)
    return `${given} ${family} <${given}.${family}@partner.${domain}>`.replace(/<.*>/, text => text.toLowerCase())
  })
}

function nextSubject(random: SeededRandom, threads: string[], index: number): string {
  if (threads.length > 0 && random.chance(REPLY_SHARE)) return `RE: ${random.pick(threads)}`
  const subject = `${random.pick(TOPICS)} (${index + 1})`
  if (threads.length < OPEN_THREADS) threads.push(subject)
  else threads[random.below(OPEN_THREADS)] = subject
  return subject
}

function makeBody(random: SeededRandom, name: string): string {
  const lines = [`Dear ${name},`, '']
  for (let count = 2 + random.below(6); count > 0; count--) lines.push(random.pick(SENTENCES))
  lines.push('', 'Kind regards')
  return lines.join('\r\n')
}
