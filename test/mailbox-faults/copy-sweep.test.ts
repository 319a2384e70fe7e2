/**
 * A fault sweep over copies of folders, in a mailbox that comes to its limit: operation n of the store fails for n = 1, 2, 3 ... until
 * the scenario passes. After each the mailbox is opened from what survived: it checks clean, what was copied from is whole, and a copy
 * that was acknowledged is as well, rules and searches included.
 */
import t, { type Test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import { noLimits } from '../../src/directory/index.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { StoreFolder } from '../../src/mailbox/folders/folder.js'
import type { FolderNode } from '../../src/mailbox/folders/folder-node.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../src/personality.js'
import type { FaultPlan, FaultyEngine } from '../../store/faulty-engine.js'
import { type Engine, StoreError } from '../../store/index.js'
import { openStore } from '../../store/open-store.js'
import { alice, testRuntime } from '../mailbox/mailbox-fixture.js'
import { faultSweep } from './fault-sweep.js'

const MESSAGES = 5
const inbox = specialFid('inbox')

async function open(engine: Engine, isReadOnly = false) {
  const objects = await openStore(engine, { maxWriteOperations: 64 })
  const around = { objects, runtime: testRuntime(), personality: exchange2016, isReadOnly }
  return { objects, mailboxes: new Mailboxes({ ...around, ownerOf: () => alice }) }
}

async function make(parent: StoreFolder, displayName: string, type: 'generic' | 'search' = 'generic') {
  return (await parent.createFolder({ type, displayName, comment: '', openExisting: false }, alice)).folder
}

async function scenario({ objects, mailboxes }: Awaited<ReturnType<typeof open>>, told: Set<string>): Promise<void> {
  const core = await mailboxes.create({ number: 1, owner: alice, localeId: 0x409 })
  const parent = core.openFolder(inbox, {}, alice)
  const top = await make(parent, 'Top')
  const below = await make(top, 'Below')
  const rule = [{ tag: tags.PidTagRuleName, bytes: storedString('rule') }]
  await top.modifyRules([{ kind: 'add', properties: rule }], { replace: false }, alice)
  for (const { fid } of [top, below]) {
    const drafts = Array.from({ length: MESSAGES }, () => new PropertyBag())
    await core.importMessages(
      fid,
      drafts.map(properties => ({ properties, recipients: [], attachments: [], time: 0n }))
    )
  }
  const search = await make(top, 'Search', 'search')
  const restriction = { kind: 'exist', tag: tags.PidTagMessageClass } as const
  await search.setSearchCriteria({ restriction, scope: [below.fid], flags: 0x2 }, alice)
  await core.durable()
  told.add('Top')
  for (const name of ['First', 'Second']) {
    await parent.copyFolder(top.fid, parent, { name, isRecursive: true }, alice)
    await core.durable()
    told.add(name)
  }
  const { sizeBytes } = core.space
  core.owner = { ...alice, limits: { ...noLimits, receiveBytes: sizeBytes } } as never
  const refused = await Promise.resolve(parent.copyFolder(top.fid, parent, { name: 'Third', isRecursive: true }, alice))
    .then(() => 'copied')
    .catch((error: unknown) => error)
  if (refused instanceof StoreError) throw refused
  if (!(refused instanceof MapiError) || refused.code !== ErrorCode.ecShutoffQuotaExceeded)
    throw new Error(`the limit was not kept: ${String(refused)}`)
  await core.searches.whenIdle()
  await core.durable()
  await objects.close()
}

/** What is wrong with a folder that was acknowledged. */
function problemsOf(core: MailboxCore, name: string): string[] {
  const node = core.tree.childNamed(core.tree.find(inbox)!, name)
  if (node === undefined) return [`${name} is not there`]
  const children = new Map([...node.children.values()].map(child => [child.displayName, child]))
  const has = (what: string, is: unknown, shall: unknown): string[] =>
    is === shall ? [] : [`${name} has ${is} ${what}, not ${shall}`]
  const messages = (of: FolderNode | undefined) => of?.counters.contentCount
  return [
    ...has('messages', messages(node), MESSAGES),
    ...has('messages below', messages(children.get('Below')), MESSAGES),
    ...has('messages found', messages(children.get('Search')), MESSAGES),
    ...has('rules', node.rules.length, 1)
  ]
}

/** As it is, before any search goes on. */
async function problemsAtOnce(engine: Engine): Promise<string[]> {
  const { objects, mailboxes } = await open(engine, true)
  const core = await mailboxes.find(1)
  const problems = core === undefined ? [] : (await checkMailbox(core)).problems
  await objects.close()
  return problems
}

async function survey(faulty: FaultyEngine, told: ReadonlySet<string>): Promise<string[]> {
  const problems = await problemsAtOnce(faulty.survivors())
  const { objects, mailboxes } = await open(faulty.survivors())
  const core = await mailboxes.find(1)
  if (core === undefined) return told.size === 0 ? [] : ['no mailbox']
  await core.searches.whenIdle()
  problems.push(...(await checkMailbox(core)).problems)
  for (const name of told) problems.push(...problemsOf(core, name))
  let bytes = 0
  for (const { type, counters } of core.tree.all()) if (type !== 'search') bytes += counters.contentBytes
  if (core.space.sizeBytes !== bytes) problems.push(`the size is ${core.space.sizeBytes}, not ${bytes}`)
  await objects.close()
  return problems
}

function sweep(t: Test, plan: FaultPlan): Promise<void> {
  return faultSweep(t, plan, engine => {
    const told = new Set<string>()
    return { run: async () => scenario(await open(engine), told), survey: () => survey(engine, told) }
  })
}

const random = new Random(13)
t.test('crash at each write, all unflushed batches lost', t => sweep(t, { crash: true, keeps: () => false }))
t.test('crash at each write, some unflushed batches lost', t =>
  sweep(t, { crash: true, keeps: () => random.below(2) === 0 })
)
t.test('each write fails', t => sweep(t, { keeps: () => false }))
