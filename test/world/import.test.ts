import { createHash } from 'node:crypto'
import t from 'tap'
import type { Directory } from '../../src/directory/index.js'
import { type RopewalkServer, type StartOptions, startServer } from '../../src/index.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { identityValue } from '../../src/mailbox/messages/message-properties.js'
import { stringOf } from '../../src/oxcdata/stored-string.js'
import { PidNameKeywords } from '../../src/oxprops/named-properties.generated.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { correspondentOf } from '../../src/transport/correspondent.js'
import { Threads } from '../../src/world/conversation.js'
import { APPOINTMENT_NAMES } from '../../src/world/draft-appointments.js'
import type { DraftContext } from '../../src/world/draft-context.js'
import { FLAG_NAMES } from '../../src/world/draft-messages.js'
import { MessagePlanner } from '../../src/world/generate-messages.js'
import { generatedDrafts, plainDraft, searchKeys } from '../../src/world/generated-drafts.js'
import { LANGUAGES } from '../../src/world/languages.js'
import { NamedTags } from '../../src/world/named-tags.js'
import { type World, worldSchema } from '../../src/world/schema.js'
import { generateSchema } from '../../src/world/schema-items.js'
import { FaultyEngine } from '../../store/faulty-engine.js'
import { keys, MemoryEngine, rangeOfMailbox } from '../../store/index.js'
import { spaceOf } from '../../store/keys.js'
import { holding } from '../limits/loop-watch.js'
import { Fixture } from '../mailbox/mailbox-fixture.js'

const inbox = specialFid('inbox')
const owner = { name: 'Alice Adams', address: 'alice@example.test' }
/** Several times what is aimed at, for the collection of garbage and for slow machines. */
const MOST_HELD_MS = 50
const NOW = Date.parse('2026-01-05T09:00:00Z')

function worldOf(messages: number): World {
  return worldSchema.parse({
    ropewalk: 1,
    name: 'import',
    domain: 'example.test',
    users: [
      {
        address: owner.address,
        name: owner.name,
        password: 'alice',
        folders: [
          {
            path: 'inbox',
            messages: [
              { subject: 'written out', attachments: [{ name: 'a.bin', size: 70_000 }] },
              { subject: 'RE: again', from: 'Ann <ann@example.test>', to: ['Bob <bob@example.test>'], html: '<p>x</p>' }
            ],
            generate: { seed: 42, messages }
          },
          { path: 'Projects/Deep', class: 'IPF.Note', generate: { seed: 'x', messages: 30, unread: 1, attachments: 1 } }
        ]
      }
    ]
  })
}

/** Digests of the records of a mailbox, by space. */
async function digests(engine: MemoryEngine, mailbox: number): Promise<Record<string, string>> {
  const hashes = new Map<string, ReturnType<typeof createHash>>()
  // A copy, because a server closes its engine when it stops.
  for await (const page of new MemoryEngine(engine).pages(rangeOfMailbox(mailbox))) {
    for (const { key, value } of page) {
      const space = spaceOf(key)!
      if (!hashes.has(space)) hashes.set(space, createHash('sha256'))
      hashes.get(space)!.update(key).update(value)
    }
  }
  return Object.fromEntries([...hashes].map(([space, hash]) => [space, hash.digest('hex')]))
}

async function serve(options: StartOptions): Promise<{ server: RopewalkServer; mailbox: MailboxCore }> {
  const server = await startServer({ ports: 0, logLevel: 'silent', ...options })
  const mailbox = await server.mailboxes.find(server.directory.byAddress(owner.address)!.mailboxNumber)
  return { server, mailbox: mailbox! }
}

async function subjectsOf(mailbox: MailboxCore): Promise<string[]> {
  const subjects: string[] = []
  for await (const page of mailbox.orders.summaries(inbox)) {
    for (const { row } of page) subjects.push(stringOf(row.packed.value(tags.PidTagSubject)!))
  }
  return subjects
}

/** What drafts are made with where nobody is in the address book. */
async function contextFor(mailbox: MailboxCore): Promise<DraftContext> {
  const directory = { entryByAddress: () => undefined } as unknown as Directory
  const names = await NamedTags.of(mailbox, [PidNameKeywords, ...FLAG_NAMES, ...APPOINTMENT_NAMES])
  const threads = new Threads(worldOf(0))
  const person = correspondentOf(directory, owner)
  return { directory, names, threads, now: NOW, domain: 'example.test', files: undefined, owner: person }
}

const EVERYTHING = generateSchema.parse({
  ...{
    seed: 42,
    messages: 900,
    html: 0.3,
    categories: 0.3,
    flags: 0.1,
    meetings: 0.1,
    large: 0.02,
    largeSize: '40 KB'
  },
  languages: LANGUAGES
})

t.test('prepared messages are byte for byte those that drafts become', async t => {
  for (const isSent of [false, true]) {
    const engines = [new MemoryEngine(), new MemoryEngine()]
    const [packed, plain] = await Promise.all(engines.map(engine => Fixture.open(engine)))
    const around = { owner, now: NOW, colleagues: ['Zoë Zander <zoe@example.test>'], isSent }
    const first = await packed.create(1)
    const source = { spec: EVERYTHING, around, context: await contextFor(first), scope: 'scope' }
    await first.importMessages(inbox, generatedDrafts(first, inbox, source, 0))
    const second = await plain.create(1)
    const other = { ...source, context: await contextFor(second) }
    const planner = new MessagePlanner(EVERYTHING, around)
    function* drafts() {
      const searchKey = searchKeys('scope')
      let index = 0
      for (let plan = planner.next(); plan !== undefined; plan = planner.next()) {
        yield plainDraft(plan, planner, other, searchKey.next().value, index++)
      }
    }
    await second.importMessages(inbox, drafts())
    t.same((await checkMailbox(first)).problems, [])
    for (const mailbox of [first, second]) await mailbox.durable()
    const expected = await digests(engines[1], 1)
    t.ok(expected.message && expected.attachment && expected.summary && expected.order && expected.orderRun)
    t.same(await digests(engines[0], 1), expected)
  }
})

t.test('a world is the same everywhere, whenever it is brought in', async t => {
  const world = worldOf(600)
  const all: Record<string, string>[] = []
  let seed = 0
  for (const year of [2026, 2031]) {
    const engine = new MemoryEngine()
    const random = (bytes: Uint8Array): Uint8Array => bytes.fill(++seed)
    const { server, mailbox } = await serve({ engine, world, random, clock: () => Date.UTC(year, 5, 1) })
    t.same((await checkMailbox(mailbox)).problems, [])
    await server.stop()
    all.push(await digests(engine, mailbox.number))
  }
  t.ok(Object.keys(all[0]).length > 10)
  t.same(all[0], all[1])
})

t.test('what users see of a world is pinned', async t => {
  const { server, mailbox } = await serve({ memory: true, world: worldOf(3) })
  const mids: number[] = []
  for await (const page of mailbox.orders.summaries(inbox)) mids.push(...page.map(({ mid }) => mid))
  const record = mailbox.messages.find(mids[3])!
  const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex')
  const identity = { core: mailbox, fid: inbox, mid: mids[3], cn: record.cn }
  t.same(
    {
      subjects: await subjectsOf(mailbox),
      searchKey: hex(record.properties.value(tags.PidTagSearchKey)),
      sourceKey: hex(identityValue(identity, tags.PidTagSourceKey >>> 16)),
      changeKey: hex(identityValue(identity, tags.PidTagChangeKey >>> 16)),
      deliveryTime: hex(record.properties.value(tags.PidTagMessageDeliveryTime)),
      body: stringOf(record.properties.value(tags.PidTagBody)!)
    },
    PINNED
  )
  const deep = [...mailbox.tree.find(specialFid('ipmSubtree'))!.subtree()].find(node => node.displayName === 'Deep')!
  t.equal(stringOf(deep.bag.get(tags.PidTagContainerClass)!), 'IPF.Note')
  t.equal(deep.counters.contentCount, 30)
  await server.stop()
})

const PINNED = {
  subjects: [
    'written out',
    'RE: again',
    'Network maintenance (1)',
    'RE: Network maintenance (1)',
    'Draft of the annual report (3)'
  ],
  searchKey: '1f1f473011ee40408607c20dfdaecc1d',
  sourceKey: 'b7f1fac09e46118b997b787993fc0925000000001003',
  changeKey: 'b7f1fac09e46118b997b787993fc0925000000000025',
  deliveryTime: '903f155cebbedb01',
  body: [
    'Dear Alice Adams,',
    '',
    'I will be out of the office next week; Clara has the details.',
    'Could you tell me who is responsible for the approval on your side?',
    '',
    'Kind regards'
  ].join('\r\n')
}

t.test('an application that was broken off goes on where it stopped', async t => {
  const world = worldOf(1500)
  const whole = await serve({ memory: true, world })
  const expected = await subjectsOf(whole.mailbox)
  await whole.server.stop()
  let partial = 0
  for (const failAt of [4, 7, 9, 12, 14]) {
    const faulty = new FaultyEngine({ failAt, crash: true })
    await t.rejects(serve({ engine: faulty, world }), `write ${failAt} fails`)
    const engine = new MemoryEngine(faulty.survivors())
    const before = await countIn(engine)
    if (before > 0 && before < expected.length) partial++
    const { server, mailbox } = await serve({ engine, world })
    t.same(await subjectsOf(mailbox), expected, `broken off at write ${failAt}, after ${before} messages`)
    t.same((await checkMailbox(mailbox)).problems, [])
    await server.stop()
  }
  t.ok(partial > 1, 'some were broken off among the messages')
})

async function countIn(engine: MemoryEngine): Promise<number> {
  let count = 0
  for await (const page of new MemoryEngine(engine).pages(keys.message.range(1))) count += page.length
  return count
}

t.test('progress rises from nothing to everything', async t => {
  const seen: number[] = []
  const world = worldOf(1000)
  const total = 1032
  const { server } = await serve({
    memory: true,
    world,
    onProgress: progress => {
      t.equal(progress.total, total)
      seen.push(progress.done)
    }
  })
  t.ok(seen.length > 4)
  t.equal(seen[0], 0)
  t.same(
    seen,
    [...seen].sort((a, b) => a - b)
  )
  t.equal(seen.at(-1), total)
  await server.stop()
})

t.test('others get their turn while much is written', async t => {
  const { server, mailbox } = await serve({ memory: true, world: worldOf(0) })
  const spec = generateSchema.parse({ seed: 7, messages: 5000 })
  const around = { owner, now: NOW, colleagues: [], isSent: false }
  const source = { spec, around, context: await contextFor(mailbox), scope: 'scope' }
  const { cpuMs, wallMs } = await holding(() =>
    mailbox.importMessages(inbox, generatedDrafts(mailbox, inbox, source, 0))
  )
  t.ok(Math.min(cpuMs, wallMs) < MOST_HELD_MS, `the event loop was held for ${cpuMs.toFixed(1)} ms at most`)
  t.equal(mailbox.tree.find(inbox)!.counters.contentCount, 5002)
  await server.stop()
})
