import { createHash } from 'node:crypto'
import t from 'tap'
import { agreeSubject } from '../../src/mailbox/messages/subject.js'
import { ObjectProperties } from '../../src/mailbox/object-properties.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { storedString, stringOf } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { generateAppointments, generateContacts, generateTasks } from '../../src/world/generate-items.js'
import { MessagePlanner, placeOf, type Surroundings, writeOut } from '../../src/world/generate-messages.js'
import { LANGUAGES } from '../../src/world/languages.js'
import { generateSchema } from '../../src/world/schema-items.js'
import { words } from '../../src/world/words/index.js'

const NOW = Date.parse('2026-01-05T09:00:00Z')
const around: Surroundings = {
  owner: { name: 'Alice Adams', address: 'alice@example.test' },
  now: NOW,
  colleagues: ['Bo Branch <bo@example.test>'],
  isSent: false
}
const EVERYTHING = generateSchema.parse({
  ...{ seed: 42, messages: 20_000, appointments: 2000, contacts: 2000, tasks: 2000, languages: LANGUAGES },
  ...{ html: 0.3, categories: 0.1, flags: 0.05, meetings: 0.05, large: 0.01 }
})

const PINNED = {
  messages: '476bd31baa96b292bdbe93a3170cbb9ef11d223a0e4c272b3d45a68ebf3bc39b',
  appointments: '4cd7cb41c6d81e6fa60e635392d48dd95fdc45107df176afabd2e2564527a3f1',
  contacts: '814e603cf69ef55cf474e4da52e0565dc800024749332b5600cd76577075a528',
  tasks: '1c60e5b979db1045cc48e0d70804c877ba3816ee4022c2cfffa5587b129d8c78'
}

t.test('what seeds give is pinned, so that worlds never change under their users', async t => {
  const hash = createHash('sha256')
  const planner = new MessagePlanner(EVERYTHING, around)
  for (let plan = planner.next(); plan !== undefined; plan = planner.next()) {
    hash.update(JSON.stringify(writeOut(plan, planner.people, around)))
    const { index, messageId, references } = placeOf(plan, planner)
    hash.update(index).update(messageId).update(references.join(' '))
    hash.update(JSON.stringify(plan.meeting ?? null))
  }
  t.equal(hash.digest('hex'), PINNED.messages)
  for (const [kind, items] of Object.entries({
    appointments: generateAppointments(EVERYTHING, around),
    contacts: generateContacts(EVERYTHING, around),
    tasks: generateTasks(EVERYTHING, around)
  })) {
    const digest = createHash('sha256')
      .update(JSON.stringify([...items]))
      .digest('hex')
    t.equal(digest, PINNED[kind as keyof typeof PINNED], kind)
  }
})

t.test('shares are what was asked for', async t => {
  const planner = new MessagePlanner(EVERYTHING, around)
  const counts: Record<string, number> = {}
  const count = (what: string, is: boolean): void => {
    counts[what] = (counts[what] ?? 0) + (is ? 1 : 0)
  }
  for (let plan = planner.next(); plan !== undefined; plan = planner.next()) {
    count('html', plan.isHtml)
    count('categories', plan.category >= 0)
    count('flags', plan.isFlagged)
    count('attachments', plan.attachment !== undefined)
    count('unread', !plan.isRead)
    count('replies', plan.isReply)
    for (const language of LANGUAGES) count(language, plan.language === language)
  }
  const expected: Record<string, number> = {
    html: 0.3,
    categories: 0.1,
    flags: 0.05,
    attachments: 0.1,
    unread: 0.2,
    replies: 0.35
  }
  for (const language of LANGUAGES) expected[language] = 1 / LANGUAGES.length
  for (const [what, share] of Object.entries(expected)) {
    t.ok(Math.abs(counts[what] / 20_000 - share) < 0.02, `${what}: ${counts[what]}`)
  }
})

t.test('a longer run begins as a shorter one', async t => {
  const first = (count: number): unknown[] => {
    const planner = new MessagePlanner({ ...EVERYTHING, messages: count }, around)
    return Array.from({ length: 100 }, () => {
      const plan = planner.next()!
      const { topic, person, isHtml, sentences } = plan
      return { topic, person, id: placeOf(plan, planner).messageId, isHtml, sentences: [...sentences] }
    })
  }
  t.same(first(100), first(5000))
})

t.test('an answer’s prefix is one in every language', async t => {
  for (const language of LANGUAGES) {
    const { reply } = words[language]
    const properties = new ObjectProperties(new PropertyBag().set(tags.PidTagSubject, storedString(`${reply}topic`)))
    agreeSubject(properties, tags.PidTagSubject)
    t.equal(stringOf(properties.get(tags.PidTagNormalizedSubject)!), 'topic', language)
  }
})

t.test('addresses are such as mail systems take', async t => {
  for (const language of LANGUAGES) {
    const planner = new MessagePlanner({ ...EVERYTHING, languages: [language] }, around)
    for (const person of planner.people) t.match(person, /^[^<>"]+ <[a-z]+(\.[a-z]+)?@[a-z.]+>$/)
  }
})
