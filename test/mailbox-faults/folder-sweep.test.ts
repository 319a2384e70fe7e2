/**
 * A fault sweep over moving, copying and emptying folders, within a mailbox and to another one: operation n of the store fails for
 * n = 1, 2, 3 ... until the scenario passes. After each the mailboxes are opened from what survived: both check clean, every message
 * is where the step that was under way found it or where it was to bring it, none is lost and none is there too often.
 */
import t, { type Test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { StoreFolder } from '../../src/mailbox/folders/folder.js'
import type { FolderNode } from '../../src/mailbox/folders/folder-node.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { storedString, stringOf } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../src/personality.js'
import { type FaultPlan, FaultyEngine } from '../../store/faulty-engine.js'
import type { Engine } from '../../store/index.js'
import { openStore } from '../../store/open-store.js'
import { alice, bob, testRuntime } from '../mailbox/mailbox-fixture.js'
import { faultSweep } from './fault-sweep.js'

const LARGE_BYTES = 60_000
/** Messages in each of the three folders below one another. */
const COUNTS = [7, 3, 2]

async function open(engine: Engine) {
  const objects = await openStore(engine, { pieceBytes: 16 << 10, maxWriteOperations: 64 })
  const owners = new Map([
    [1, alice],
    [2, bob]
  ])
  const around = { objects, runtime: testRuntime(), personality: exchange2016 }
  return { objects, mailboxes: new Mailboxes({ ...around, ownerOf: number => owners.get(number) }) }
}

type Opened = Awaited<ReturnType<typeof open>>

/** How many messages lie where: by mailbox, path and subject; soft-deleted ones count as lying in a place of their own. */
type Census = Map<string, number>

async function census(cores: readonly MailboxCore[]): Promise<Census> {
  const counts: Census = new Map()
  for (const core of cores) {
    for (const node of core.tree.all()) {
      if (node.type === 'search') continue
      for await (const page of core.orders.summaries(node.fid)) {
        for (const { mid, row } of page) {
          const subject = row.packed.value(tags.PidTagSubject)
          const state = core.messages.find(mid)?.softDeleted === true ? 'soft-deleted/' : ''
          const place = `${core.number}:${pathOf(node)}/${state}${subject === undefined ? '' : stringOf(subject)}`
          counts.set(place, (counts.get(place) ?? 0) + 1)
        }
      }
    }
  }
  return counts
}

function pathOf(node: FolderNode): string {
  const own = node.softDeleted ? `(${node.displayName})` : node.displayName
  return node.parent === undefined ? own : `${pathOf(node.parent)}/${own}`
}

/** By subject, wherever the message lies. */
function totals(counts: Census): Census {
  const all: Census = new Map()
  for (const [place, count] of counts) {
    const subject = place.slice(place.lastIndexOf('/') + 1)
    all.set(subject, (all.get(subject) ?? 0) + count)
  }
  return all
}

interface Step {
  readonly name: string
  /** A message that goes to another mailbox is in both until it has been taken out of the first. */
  readonly inBoth?: boolean
  run(world: World): Promise<{ partial: boolean } | undefined>
}

class World {
  constructor(
    readonly alices: MailboxCore,
    readonly bobs: MailboxCore
  ) {}

  /** A folder by its names below the Inbox of Alice. */
  at(...names: string[]): StoreFolder {
    let node = this.alices.tree.find(specialFid('inbox'))!
    for (const name of names) node = this.alices.tree.childNamed(node, name)!
    return this.alices.openFolder(node.fid, {}, alice)
  }

  /** Where Bob receives. */
  get bobsInbox(): StoreFolder {
    return this.bobs.openFolder(specialFid('inbox'), {}, bob)
  }
}

/** Alice, who may open all of Bob's mailbox too. */
const bothActor = { ...alice, fullAccess: [bob.address] }

async function fill({ alices }: World): Promise<undefined> {
  let parent = alices.openFolder(specialFid('inbox'), {}, alice)
  for (const [depth, count] of COUNTS.entries()) {
    const spec = { type: 'generic', displayName: 'ABC'[depth], comment: 'kept', openExisting: false } as const
    parent = (await parent.createFolder(spec, alice)).folder
    const drafts = Array.from({ length: count }, (_, i) => ({
      properties: PropertyBag.of([
        { tag: tags.PidTagSubject, bytes: storedString(`${spec.displayName}${i}`) },
        { tag: tags.PidTagHtml, bytes: Buffer.alloc(i === 1 ? LARGE_BYTES : 10, 'x') }
      ]),
      ...{ recipients: [], attachments: [], time: 133_000_000_000_000_000n + BigInt(i) }
    }))
    await alices.importMessages(parent.fid, drafts)
  }
  return undefined
}

const recursive = (name: string) => ({ name, isRecursive: true })

const STEPS: readonly Step[] = [
  { name: 'fill', run: fill },
  {
    name: 'copy a tree',
    run: async w => w.at().copyFolder(w.at('A').fid, w.at(), recursive('Copy'), alice)
  },
  {
    name: 'move a tree',
    run: async w => w.at('A').moveFolder(w.at('A', 'B').fid, w.at(), 'Moved', alice)
  },
  {
    name: 'copy a tree to another mailbox',
    run: async w => w.at().copyFolder(w.at('Copy').fid, w.bobsInbox, recursive('Copied'), bothActor)
  },
  {
    name: 'move a tree to another mailbox',
    inBoth: true,
    run: async w => w.at().moveFolder(w.at('Copy').fid, w.bobsInbox, 'Taken', bothActor)
  },
  {
    name: 'empty a folder softly',
    run: async w => w.at('A').emptyFolder({ associated: true, hard: false }, alice)
  },
  {
    name: 'empty a tree for good',
    run: async w => w.at().emptyFolder({ associated: true, hard: true }, alice)
  }
]

class Told {
  /** Steps that were acknowledged. */
  done = 0
}

async function coresOf({ mailboxes }: Opened): Promise<MailboxCore[] | undefined> {
  const cores = [await mailboxes.find(1), await mailboxes.find(2)]
  return cores.includes(undefined) ? undefined : (cores as MailboxCore[])
}

async function scenario(opened: Opened, told: Told, after?: Census[]): Promise<void> {
  const { mailboxes, objects } = opened
  const alices = await mailboxes.create({ number: 1, owner: alice, localeId: 0x409 })
  const bobs = await mailboxes.create({ number: 2, owner: bob, localeId: 0x409 })
  const world = new World(alices, bobs)
  for (const { name, run } of STEPS) {
    const outcome = await run(world)
    if (outcome?.partial === true) throw new Error(`${name} is told to be partial`)
    await Promise.all([alices.durable(), bobs.durable()])
    told.done++
    after?.push(await census([alices, bobs]))
  }
  await objects.blobs.whenIdle()
  await objects.close()
}

const NOTHING: Census = new Map()

/** Each count lies between those of the state before the step and behind it. */
function misplaced(found: Census, before: Census, after: Census, slack: number): string[] {
  const problems: string[] = []
  for (const key of new Set([...found.keys(), ...before.keys(), ...after.keys()])) {
    const [count, was, is] = [found.get(key) ?? 0, before.get(key) ?? 0, after.get(key) ?? 0]
    if (count < Math.min(was, is) || count > Math.max(was, is) + slack)
      problems.push(`${key}: ${count} for ${was} to ${is}`)
  }
  return problems
}

async function checkSurvivor(engine: FaultyEngine, told: Told, after: readonly Census[]): Promise<string[]> {
  const opened = await open(engine.survivors())
  const cores = await coresOf(opened)
  if (cores === undefined) return told.done > 0 ? ['a mailbox is gone'] : []
  await opened.objects.blobs.whenIdle()
  const found = await census(cores)
  const before = after[told.done - 1] ?? NOTHING
  const step = STEPS[told.done]
  const then = after[told.done] ?? before
  const problems = misplaced(found, before, then, 0)
  problems.push(...misplaced(totals(found), totals(before), totals(then), step?.inBoth === true ? 1 : 0))
  for (const core of cores) problems.push(...(await checkMailbox(core)).problems)
  if (problems.length === 0) problems.push(...(await goOn(cores)))
  await opened.objects.close()
  return problems
}

/** What is left goes on working: it can be copied whole, and emptied to nothing. */
async function goOn(cores: readonly MailboxCore[]): Promise<string[]> {
  const problems: string[] = []
  for (const core of cores) {
    const { owner } = core
    const inbox = core.openFolder(specialFid('inbox'), {}, owner)
    const top = core.openFolder(specialFid('ipmSubtree'), {}, owner)
    const copied = await top.copyFolder(
      inbox.fid,
      core.openFolder(specialFid('notes'), {}, owner),
      recursive('All'),
      owner
    )
    if (copied.partial) problems.push('not all could be copied')
    const emptied = await inbox.emptyFolder({ associated: true, hard: true }, owner)
    if (emptied.partial || [...inbox.node.visibleChildren()].length > 0) problems.push('not all could be emptied')
    await core.durable()
    problems.push(...(await checkMailbox(core)).problems.map(problem => `afterwards: ${problem}`))
  }
  return problems
}

const sumOf = (counts: Census): number => [...counts.values()].reduce((sum, count) => sum + count, 0)

async function sweep(t: Test, plan: FaultPlan, step = 1): Promise<void> {
  const after: Census[] = []
  await scenario(await open(new FaultyEngine()), new Told(), after)
  t.same(after.map(sumOf), [12, 24, 24, 36, 36, 36, 24], 'what the steps do when nothing fails')
  const softDeleted = after.map(counts =>
    sumOf(new Map([...counts].filter(([place]) => place.includes('soft-deleted'))))
  )
  t.same(softDeleted, [0, 0, 0, 0, 0, 7, 0])
  const passage = (engine: FaultyEngine) => {
    const told = new Told()
    return { run: async () => scenario(await open(engine), told), survey: () => checkSurvivor(engine, told, after) }
  }
  await faultSweep(t, plan, passage, step)
}

t.setTimeout(120_000)
const random = new Random(19)
t.test('crash at each write, all unflushed batches lost', t => sweep(t, { crash: true, keeps: () => false }))
t.test('crash at each write, some unflushed batches lost', t =>
  sweep(t, { crash: true, keeps: () => random.below(2) === 0 }, 3)
)
t.test('each write fails', t => sweep(t, { keeps: () => false }, 3))
t.test('success of each write not reported', t => sweep(t, { applied: true, keeps: () => true }, 4))
t.test('crash at operations of every kind', t => sweep(t, { crash: true, counts: () => true }, 97))

t.test('canary: a message too few and one too many are found', t => {
  const before: Census = new Map([['1:Inbox/A0', 1]])
  const then: Census = new Map([['1:Inbox/A0', 1]])
  t.same(misplaced(new Map(), before, then, 0).length, 1)
  t.same(misplaced(new Map([['1:Inbox/A0', 2]]), before, then, 0).length, 1)
  t.same(misplaced(new Map([['1:Inbox/A0', 2]]), before, then, 1).length, 0)
  t.end()
})
