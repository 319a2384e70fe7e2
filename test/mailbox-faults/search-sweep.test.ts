/**
 * A fault sweep over search folders: operation n of the store fails for n = 1, 2, 3 ... until the scenario passes. After each the mailbox
 * is opened from what survived, populations that were under way come to their end, every acknowledged message is found by the searches
 * that it meets, and the store checks clean, before that end and after it.
 */
import t, { type Test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../src/personality.js'
import type { FaultPlan, FaultyEngine } from '../../store/faulty-engine.js'
import type { Engine } from '../../store/index.js'
import { openStore } from '../../store/open-store.js'
import { alice, testRuntime } from '../mailbox/mailbox-fixture.js'
import {
  drafts,
  finder,
  inbox,
  RECURSIVE,
  RESTART,
  SearchWorld,
  STATIC,
  subjectHas
} from '../mailbox/search-fixture.js'
import { faultSweep } from './fault-sweep.js'

const HARD = { messages: true, folders: true, hard: true } as const

/** Enough for a population in several pages. */
const IMPORTED = 300

async function open(engine: Engine, isReadOnly = false) {
  const objects = await openStore(engine, { maxWriteOperations: 64 })
  const around = { objects, runtime: testRuntime(), personality: exchange2016, isReadOnly }
  return { objects, mailboxes: new Mailboxes({ ...around, ownerOf: () => alice }) }
}

/** Messages that a client was told to be in a search folder, or not to be. */
class Told {
  readonly shown = new Map<number, Set<number>>()
  unsure = false

  async step(core: MailboxCore, work: () => Promise<unknown>): Promise<void> {
    this.unsure = true
    await work()
    await core.durable()
    this.unsure = false
  }
}

async function scenario({ objects, mailboxes }: Awaited<ReturnType<typeof open>>, told: Told): Promise<void> {
  const core = await mailboxes.create({ number: 1, owner: alice, localeId: 0x409 })
  const w = new SearchWorld(core)
  const step = (work: () => Promise<unknown>) => told.step(core, work)
  const messages = Array.from({ length: IMPORTED }, (_, i) => ({
    properties: PropertyBag.of([{ tag: tags.PidTagSubject, bytes: storedString(i % 3 === 0 ? `tea ${i}` : `${i}`) }]),
    ...{ recipients: [], attachments: [], time: 133_000_000_000_000_000n + BigInt(i) }
  }))
  await step(() => core.importMessages(inbox, messages))
  let dynamic = 0
  await step(async () => {
    dynamic = await w.search(subjectHas('tea'), [inbox], RESTART | RECURSIVE)
  })
  let frozen = 0
  await step(async () => {
    frozen = await w.search(subjectHas('tea 1'), [inbox], RESTART | STATIC)
  })
  const mids: number[] = []
  for (const name of ['tea one', 'tea two', 'coffee']) await step(async () => mids.push(await w.message(name)))
  const note = async () => told.shown.set(dynamic, new Set(await w.rows(dynamic)))
  await note()
  await step(() => w.change(mids[2], 'tea three').then(note))
  await step(() => w.change(mids[0], 'beer').then(note))
  const first = (await w.rows(frozen))[0]
  await step(async () => {
    await w.open(inbox).deleteMessages([first, mids[1]], { hard: true, notifyNonRead: false }, alice)
    await note()
  })
  await step(async () => {
    await w.open(inbox).moveCopyMessages(w.open(drafts), [mids[2]], { copy: false }, alice)
    await note()
  })
  let box = 0
  await step(async () => {
    box = await w.folder('box', drafts)
    await w.message('boxed tea', box)
  })
  await step(async () => {
    await w.open(drafts).moveFolder(box, w.open(inbox), 'box', alice)
    await core.searches.whenIdle()
    await note()
  })
  await step(async () => {
    await w.set(dynamic, { restriction: subjectHas('boxed'), scope: [], flags: RESTART | RECURSIVE })
    await core.searches.whenIdle()
    await note()
  })
  await step(async () => {
    await w.set(frozen, { restriction: null, scope: [], flags: RESTART | STATIC })
    await core.searches.whenIdle()
  })
  await step(async () => void (await w.open(finder).removeFolder(frozen, HARD, alice)))
  await core.searches.stop()
  await objects.close()
}

async function checkSurvivor(engine: FaultyEngine, told: Told): Promise<string[]> {
  const before = await (await open(engine.survivors(), true)).mailboxes.find(1)
  if (before === undefined) return told.shown.size > 0 ? ['the mailbox is gone'] : []
  const problems = (await checkMailbox(before)).problems.map(problem => `before: ${problem}`)
  const { objects, mailboxes } = await open(engine.survivors())
  const core = (await mailboxes.find(1))!
  await core.searches.whenIdle()
  for (const search of core.searches.all()) {
    if (search.isRunning) problems.push(`search ${search.fid} does not come to its end`)
  }
  problems.push(...(await checkMailbox(core)).problems)
  const w = new SearchWorld(core)
  for (const [fid, shown] of told.unsure ? [] : told.shown) {
    const rows = await w.rows(fid)
    if (rows.length !== shown.size || rows.some(mid => !shown.has(mid))) {
      problems.push(`search ${fid} was acknowledged to show ${shown.size} messages and shows ${rows.length}`)
    }
  }
  await w.message('tea at the end')
  problems.push(...(await checkMailbox(core)).problems)
  await objects.close()
  return problems
}

function sweep(t: Test, plan: FaultPlan, step = 1): Promise<void> {
  const passage = (engine: FaultyEngine) => {
    const told = new Told()
    return { run: async () => scenario(await open(engine), told), survey: () => checkSurvivor(engine, told) }
  }
  return faultSweep(t, plan, passage, step)
}

const random = new Random(11)
t.test('crash at each write, all unflushed batches lost', t => sweep(t, { crash: true, keeps: () => false }))
t.test('crash at each write, some unflushed batches lost', t =>
  sweep(t, { crash: true, keeps: () => random.below(2) === 0 }, 2)
)
t.test('each write fails', t => sweep(t, { keeps: () => false }, 2))
t.test('crash at operations of every kind', t => sweep(t, { crash: true, counts: () => true }, 211))
