/**
 * Adding and removing mailboxes under faults: operation n of the store fails for n = 1, 2, 3 ... until all is well. After each,
 * the store is sound at once, and after the next start the user is there whole or gone without a trace.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { formatGuid } from '../../../src/bufferstructs/index.js'
import { Directory } from '../../../src/directory/index.js'
import { Administration, AdministrationError } from '../../../src/fronts/admin/index.js'
import { checkStore } from '../../../src/mailbox/check.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../../src/mailbox/mailbox-core.js'
import { MailboxLifecycle, mailboxIntents } from '../../../src/mailbox/mailbox-lifecycle.js'
import { Mailboxes } from '../../../src/mailbox/mailboxes.js'
import { everyMessage } from '../../../src/mailbox/messages/each-message.js'
import { publicFid } from '../../../src/mailbox/public-store/public-folders.js'
import type { Fid, Mid } from '../../../src/oxcdata/ids.js'
import { PropertyBag } from '../../../src/oxcdata/property-bag.js'
import { storedString } from '../../../src/oxcdata/stored-string.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../../src/personality.js'
import { systemRuntime } from '../../../src/runtime.js'
import { type FaultPlan, FaultyEngine } from '../../../store/faulty-engine.js'
import {
  type Engine,
  keys,
  LevelEngine,
  MemoryEngine,
  mailboxNumbers,
  openStore,
  rangeOfMailbox,
  SERVER_MAILBOX,
  StoreError
} from '../../../store/index.js'
import { holding } from '../../limits/loop-watch.js'

const inbox = specialFid('inbox')
const MESSAGES = 300

async function open(engine: Engine) {
  const objects = await openStore(engine, { pieceBytes: 16 << 10, maxWriteOperations: 64 })
  const runtime = systemRuntime
  const directory = await Directory.open(objects.store, runtime)
  const ownerOf = (number: number) => directory.byMailboxNumber(number)
  const mailboxes = new Mailboxes({ objects, runtime, personality: exchange2016, people: directory, ownerOf })
  const lifecycle = new MailboxLifecycle({
    ...{ objects, mailboxes, ownerOf },
    publicStores: () => [directory.publicFolderMailbox()?.mailboxNumber ?? []].flat()
  })
  const seal = async () => Buffer.from('sealed')
  const administration = new Administration({
    ...{ directory, mailboxes, lifecycle, runtime, seal },
    localeIdOf: () => 0x409
  })
  return { objects, directory, mailboxes, lifecycle, administration }
}
type Opened = Awaited<ReturnType<typeof open>>

async function fill({ directory, mailboxes }: Opened, messages: number): Promise<void> {
  const core = (await mailboxes.find(directory.byAddress('kim@example.com')!.mailboxNumber))!
  const draft = (n: number) => {
    const properties = new PropertyBag().set(tags.PidTagSubject, storedString(`message ${n}`))
    const attachment = new PropertyBag().set(tags.PidTagAttachDataBinary, Buffer.alloc(n === 0 ? 100_000 : 10, n))
    return { properties, recipients: [], attachments: [{ properties: attachment }], time: 0n }
  }
  await core.importMessages(
    inbox,
    Array.from({ length: messages }, (_, n) => draft(n))
  )
  await core.durable()
}

/** Marks messages in public folders as read, for both of the users. */
async function readNews({ directory, mailboxes }: Opened): Promise<void> {
  const holder = directory.publicFolderMailbox()!
  const store = (await mailboxes.find(holder.mailboxNumber))!
  const parent = store.openFolder(publicFid('ipmSubtree'), {}, holder)
  for (const displayName of ['News', 'Notes']) {
    const spec = { type: 'generic', displayName, comment: '', openExisting: false } as const
    const { folder } = await parent.createFolder(spec, holder)
    await store.importMessages(folder.fid, [
      { properties: new PropertyBag(), recipients: [], attachments: [], time: 0n }
    ])
    const [mid] = await midsIn(store, folder.fid)
    for (const name of ['kim', 'lee']) {
      const reader = directory.byAddress(`${name}@example.com`)!
      await store.openFolder(folder.fid, {}, reader).setReadFlags([mid], 0, reader)
    }
  }
  await store.durable()
}

async function midsIn(store: MailboxCore, fid: Fid): Promise<Mid[]> {
  const mids: Mid[] = []
  for await (const some of everyMessage(store, fid)) mids.push(...some)
  return mids
}

/** GUIDs of those of whom it is kept what they have read in public folders. */
async function readersOf({ objects, directory }: Opened): Promise<Set<string>> {
  const { mailboxNumber } = directory.publicFolderMailbox()!
  const rows = await objects.store.range({ ...keys.perUser.range(mailboxNumber), keysOnly: true })
  return new Set(rows.map(({ key }) => formatGuid(keys.perUser.parse(key).userGuid)))
}

/** A store with two users, one of them with messages, and public folders in which both have read. */
async function base(): Promise<MemoryEngine> {
  const engine = new MemoryEngine()
  const opened = await open(engine)
  await opened.administration.addUser({ address: 'kim@example.com' })
  await opened.administration.addUser({ address: 'lee@example.com', opens: ['kim@example.com'] })
  await opened.administration.addEntry({ kind: 'publicFolderMailbox', address: 'pf@example.com' })
  await fill(opened, MESSAGES)
  await readNews(opened)
  await opened.objects.close()
  return new MemoryEngine(engine)
}

async function keysOf({ objects }: Opened, mailbox: number): Promise<number> {
  return (await objects.store.range({ ...rangeOfMailbox(mailbox), keysOnly: true })).length
}

async function problems({ objects, mailboxes }: Opened): Promise<string[]> {
  return (await checkStore(objects, mailboxes)).problems
}

/** What is wrong after a fault. */
async function survey(opened: Opened, acknowledged: boolean): Promise<string[]> {
  const { objects, directory, lifecycle, mailboxes, administration } = opened
  const found = await problems(opened)
  await lifecycle.resume()
  await lifecycle.whenIdle()
  found.push(...(await problems(opened)))
  if ((await mailboxIntents(objects)).size > 0) found.push('an intent is left over')
  const kim = directory.byAddress('kim@example.com')
  const readers = await readersOf(opened)
  if (!readers.has(directory.byAddress('lee@example.com')!.guid)) found.push('what somebody else has read is gone')
  if (readers.size !== (kim === undefined ? 1 : 2)) found.push(`${readers.size} readers are left`)
  if (kim !== undefined) {
    if (acknowledged) found.push('the removal was acknowledged, and the user is there')
    const core = await mailboxes.find(kim.mailboxNumber)
    const count = core?.tree.find(inbox)?.counters.contentCount
    if (count !== MESSAGES) found.push(`the user is there with ${count} messages`)
    if (!directory.byAddress('lee@example.com')?.fullAccess.includes('kim@example.com')) found.push('a right is gone')
  } else {
    const left = await keysOf(opened, 1)
    if (left > 0) found.push(`the user is gone, and ${left} keys are left`)
    if (directory.byAddress('lee@example.com')?.fullAccess.length !== 0) found.push('a right is left over')
  }
  const next = await administration.addUser({ address: `new${opened.directory.size}@example.com` })
  if (directory.byAddress(next.address)!.mailboxNumber < 4) found.push('a number comes twice')
  found.push(...(await problems(opened)))
  await objects.close()
  return found
}

async function sweep(t: Test, from: MemoryEngine, plan: FaultPlan, step = 1): Promise<void> {
  let n = 1
  for (let isThrough = false; !isThrough && n < 2000; n += step) {
    const engine = new FaultyEngine({ ...plan, failAt: n }, from)
    let acknowledged = false
    let isClosed = false
    let opened: Opened | undefined
    try {
      opened = await open(engine)
      await opened.administration.removeUser('kim@example.com')
      acknowledged = true
      await opened.lifecycle.whenIdle()
      if (opened.objects.store.failed === undefined) {
        isClosed = true
        await opened.objects.close()
      }
    } catch (error) {
      if (!(error instanceof StoreError)) t.fail(`operation ${n} failed with another error`, { error })
    }
    isThrough = !engine.hasFailed
    if (!isThrough && plan.crash !== true && opened !== undefined && !isClosed) {
      // The server goes on: what StoreRecovery does.
      engine.replan({ ...plan, failAt: undefined })
      await opened.objects.reopen()
      await opened.directory.reload()
      const found = await survey(opened, acknowledged)
      if (found.length > 0) t.fail(`in the same process, after a fault at operation ${n}: ${found.join('; ')}`)
    }
    const found = await survey(await open(engine.survivors()), acknowledged)
    if (found.length > 0) t.fail(`after a fault at operation ${n}: ${found.join('; ')}`)
  }
  t.ok(n > 10, `${n - 1} operations, each of them failed once`)
}

t.test('removal: a crash at each write, everything unflushed lost', async t =>
  sweep(t, await base(), { crash: true, keeps: () => false })
)
t.test('removal: a crash at each write, everything unflushed kept', async t =>
  sweep(t, await base(), { crash: true, keeps: () => true })
)
t.test('removal: each write fails', async t => sweep(t, await base(), { keeps: () => false }))
t.test('removal: a crash at operations of every kind', async t =>
  sweep(t, await base(), { crash: true, counts: () => true }, 5)
)

t.test('adding: a crash at each write leaves a user with a mailbox, or none', async t => {
  let n = 1
  for (let isThrough = false; !isThrough; n++) {
    const engine = new FaultyEngine({ crash: true, keeps: () => true, failAt: n })
    let acknowledged = false
    try {
      const opened = await open(engine)
      await opened.administration.addUser({ address: 'kim@example.com', password: 'x' })
      acknowledged = true
      await opened.objects.close()
    } catch (error) {
      if (!(error instanceof StoreError)) t.fail(`operation ${n} failed with another error`, { error })
    }
    isThrough = !engine.hasFailed
    const opened = await open(engine.survivors())
    t.same(await problems(opened), [])
    await opened.lifecycle.resume()
    t.same(await problems(opened), [])
    const kim = opened.directory.byAddress('kim@example.com')
    t.ok(kim !== undefined || !acknowledged, `operation ${n}: who was acknowledged is there`)
    if (kim !== undefined) t.ok(await opened.mailboxes.find(kim.mailboxNumber), `operation ${n}: with a mailbox`)
    await opened.objects.close()
  }
  t.ok(n > 5)
})

t.test('what is open in a mailbox that is removed writes nothing any more', async t => {
  const engine = new MemoryEngine()
  const opened = await open(engine)
  const { administration, directory, mailboxes, lifecycle, objects } = opened
  await administration.addUser({ address: 'kim@example.com' })
  const kim = directory.byAddress('kim@example.com')!
  const core = (await mailboxes.find(kim.mailboxNumber))!
  const message = core.createMessage(inbox, { associated: false, codePage: 1252 }, kim)
  const attachment = message.createAttachment(kim)
  const stream = await attachment.openStream(tags.PidTagAttachDataBinary, 'create', kim)
  for (let n = 0; n < 10; n++) await stream.write(Buffer.alloc(20_000, n))
  const importing = core.importMessages(inbox, drafts())
  await administration.removeUser('kim@example.com')
  await t.rejects(importing, StoreError, 'an import ends')
  await lifecycle.whenIdle()
  t.throws(() => core.set([{ tag: 0x67c0001f, bytes: storedString('late') }], kim), StoreError)
  t.throws(() => message.save({ force: true, keepOpen: 'no' }, kim), StoreError)
  t.throws(() => core.reserveLocalIds(10), StoreError)
  await t.rejects(async () => stream.write(Buffer.alloc(20_000)))
  t.throws(() => objects.blobs.create(kim.mailboxNumber), StoreError)
  await stream.release()
  attachment.release()
  message.release()
  await objects.blobs.whenIdle()
  t.equal(await keysOf(opened, kim.mailboxNumber), 0)
  await objects.close()
  const again = await open(new MemoryEngine(engine))
  const numbers: number[] = []
  for await (const number of mailboxNumbers(again.objects.store)) numbers.push(number)
  t.strictSame(numbers, [SERVER_MAILBOX], 'the orderly close brings nothing back')

  function* drafts() {
    for (;;) yield { properties: new PropertyBag(), recipients: [], attachments: [], time: 0n }
  }
})

t.test('a reader who is removed while he is at work leaves nothing', async t => {
  const opened = await open(await base())
  const { directory, mailboxes, lifecycle, administration } = opened
  const kim = directory.byAddress('kim@example.com')!
  const store = (await mailboxes.find(directory.publicFolderMailbox()!.mailboxNumber))!
  const news = [...store.tree.all()].find(({ displayName }) => displayName === 'News')!
  const [mid] = await midsIn(store, news.fid)
  await store.loadReadState(kim)
  t.equal(store.readStates!.of(kim).unreadCount(news), 0)
  const held = store.readStates!.of(kim)
  const folder = store.openFolder(news.fid, {}, kim)
  await administration.removeUser('kim@example.com')
  await lifecycle.whenIdle()
  t.same([...(await readersOf(opened))], [directory.byAddress('lee@example.com')!.guid])
  for (const flags of [4, 0]) await folder.setReadFlags([mid], flags, kim)
  const record = store.messages.find(mid)!
  await store.write('late', turn => void held.mark(turn, mid, record, false))
  t.equal((await readersOf(opened)).size, 1, 'nor comes anything back')
  t.equal(store.readStates!.of(kim).has(news.fid, record.cn), false)
  t.same((await checkStore(opened.objects, mailboxes)).problems, [])
  await opened.objects.close()
})

t.test('a removal that the server breaks off goes on at the next start', async t => {
  const engine = await base()
  const opened = await open(engine)
  await opened.administration.removeUser('kim@example.com')
  await opened.lifecycle.stop()
  t.ok((await keysOf(opened, 1)) > 0, 'not everything is gone yet')
  t.same(await problems(opened), [])
  await opened.objects.close()
  const again = await open(new MemoryEngine(engine))
  await t.rejects(again.administration.user('kim@example.com'), AdministrationError)
  t.same(await problems(again), [])
  await again.lifecycle.resume()
  await again.lifecycle.whenIdle()
  t.equal(await keysOf(again, 1), 0)
  t.same(await problems(again), [])
  await again.objects.close()
})

t.test('a large mailbox goes without holding others up', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'ropewalk-removal-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const opened = await open(await LevelEngine.open(directory))
  await opened.administration.addUser({ address: 'kim@example.com' })
  await fill(opened, 5000)
  const { cpuMs, wallMs } = await holding(async () => {
    await opened.administration.removeUser('kim@example.com')
    await opened.lifecycle.whenIdle()
  })
  t.ok(Math.min(cpuMs, wallMs) < 50, `${cpuMs.toFixed(0)} ms CPU and ${wallMs.toFixed(0)} ms at a stretch`)
  t.equal(await keysOf(opened, 1), 0)
  await opened.objects.close()
})
