/** Writer turns that fail leave the mailbox in memory as it was, and objects of a mailbox that was given up are refused. */
import t from 'tap'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { WriterTurns } from '../../src/mailbox/writer-turns.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { FaultyEngine } from '../../store/faulty-engine.js'
import { Batch, MemoryEngine, Store, StoreError } from '../../store/index.js'
import { alice, Fixture } from '../mailbox/mailbox-fixture.js'
import { inbox, MAILBOX_PROPERTY, open, set } from './scenario.js'

const KEEP = { force: false, keepOpen: 'readWrite' } as const
const READ_WRITE = { access: 'readWrite', softDeleted: false, codePage: 1252 } as const
const turnsOver = (engine = new MemoryEngine()) => {
  const store = new Store(engine)
  return { store, turns: new WriterTurns(store, () => 1) }
}
const text = (value: string): Uint8Array => Buffer.from(value)

t.test('turns run one at a time, in the order in which they were asked for', async t => {
  const { turns } = turnsOver()
  const order: number[] = []
  let running = 0
  const turn = (n: number, waits: boolean) =>
    turns.write(`turn ${n}`, async () => {
      t.equal(++running, 1)
      order.push(n)
      if (waits) await new Promise(resolve => setImmediate(resolve))
      running--
    })
  const all = [turn(1, true), turn(2, false), turn(3, true), turn(4, false)]
  await all[0]
  all.push(turn(5, false))
  await Promise.all(all)
  t.same(order, [1, 2, 3, 4, 5])
  t.equal(
    turns.write('at once', () => 7),
    7,
    'and at once when nobody else has the turn'
  )
})

t.test('a turn that throws commits nothing and lets the next one run', async t => {
  const { store, turns } = turnsOver()
  const fail = (): never => {
    throw new MapiError(ErrorCode.ecNotFound)
  }
  t.throws(() =>
    turns.write('sync', ({ batch }) => {
      batch.put(text('a'), text('1'))
      fail()
    })
  )
  await t.rejects(
    Promise.resolve(
      turns.write('async', async ({ batch }) => {
        batch.put(text('a'), text('1'))
        await store.range({ gte: text('a'), lt: text('b') })
        fail()
      })
    )
  )
  t.equal(store.get(text('a')), undefined)
  t.throws(() => turns.write('outer', () => turns.write('inner', () => 1)), /began inside another/)
  turns.write('next', ({ batch }) => void batch.put(text('a'), text('2')))
  t.same(Buffer.from(store.get(text('a'))!).toString(), '2')
})

t.test('a turn that was under way when the store failed commits nothing into the store of afterwards', async t => {
  const engine = new FaultyEngine()
  const store = new Store(engine)
  const turns = new WriterTurns(store, () => 1)
  let goOn!: () => void
  const gate = new Promise<void>(resolve => {
    goOn = resolve
  })
  const stale = Promise.resolve(
    turns.write('stale', async ({ batch }) => {
      batch.put(text('stale'), text('x'))
      await gate
    })
  )
  const waiting = Promise.resolve(turns.write('waiting', ({ batch }) => void batch.put(text('stale'), text('y'))))
  engine.replan({ failAt: 1 })
  store.commit(new Batch().put(text('lost'), text('x')))
  await t.rejects(store.whenDurable(store.lastSequence)!, StoreError)
  engine.replan({})
  await store.reopen()
  goOn()
  await t.rejects(stale, StoreError)
  await t.rejects(waiting, StoreError)
  t.equal(store.get(text('stale')), undefined)
  t.throws(() => turns.write('later', () => 1), StoreError)
})

t.test('a failed turn leaves folders, counters and properties in memory as they were', async t => {
  const fixture = await Fixture.open()
  const core = await fixture.create(1)
  const folder = core.openFolder(inbox, {}, alice)
  const { folder: child } = await folder.createFolder(
    { type: 'generic', displayName: 'child', comment: '', openExisting: false },
    alice
  )
  const before = snapshot(core)
  const broken = new Error('planted')
  const { store } = fixture.objects
  const commit = store.commit.bind(store)
  store.commit = batch => {
    if (batch.count > 0) throw broken
    return commit(batch)
  }
  const message = core.createMessage(inbox, { associated: false, codePage: 1252 }, alice)
  const attempts: (() => unknown)[] = [
    () => child.set([{ tag: tags.PidTagDisplayName, bytes: storedString('renamed') }], alice),
    () => core.set([{ tag: MAILBOX_PROPERTY, bytes: storedString('value') }], alice),
    () => folder.createFolder({ type: 'generic', displayName: 'other', comment: '', openExisting: false }, alice),
    () => folder.removeFolder(child.fid, { messages: true, folders: true, hard: false }, alice),
    () => folder.removeFolder(child.fid, { messages: true, folders: true, hard: true }, alice),
    () => core.propertyIdsFromNames([{ guid: core.guid, lid: 1 }], true, alice),
    () => core.replidOf('12345678-1234-4234-8234-123456789abc', true),
    () => message.save(KEEP, alice)
  ]
  for (const attempt of attempts) await t.rejects(async () => attempt(), broken)
  store.commit = commit
  t.same(snapshot(core), before)
  t.same((await checkMailbox(core)).problems, [])
})

/** What of a mailbox is resident and must agree with the disk. */
function snapshot(core: MailboxCore): unknown {
  const folders = [...core.tree.all()].map(node => [
    ...[node.fid, node.displayName, node.softDeleted, node.cn, node.isGone],
    ...[{ ...node.counters, localCommitTimeMax: 0n }, [...node.childNames]]
  ])
  return { folders, names: [...core.namedProperties()], property: core.value(MAILBOX_PROPERTY) }
}

t.test('a save that failed after its large values were staged can be made again', async t => {
  const fixture = await Fixture.open()
  const core = await fixture.create(1)
  const message = core.createMessage(inbox, { associated: false, codePage: 1252 }, alice)
  set(message, tags.PidTagBody, 'large '.repeat(20_000))
  const attachment = message.createAttachment(alice)
  set(attachment, tags.PidTagAttachDataBinary, Buffer.alloc(70_000, 1))
  attachment.save({ keepOpen: 'readWrite' }, alice)
  const written = core.orders.written.bind(core.orders)
  core.orders.written = () => {
    throw new MapiError(ErrorCode.ecNotEnoughMemory)
  }
  await t.rejects(async () => message.save(KEEP, alice), { code: ErrorCode.ecNotEnoughMemory })
  core.orders.written = written
  t.equal(message.value(tags.PidTagBody), ErrorCode.ecNotEnoughMemory, 'it is large, and there')
  const mid = await message.save(KEEP, alice)
  const again = core.openMessage(inbox, mid, READ_WRITE, alice)
  const stream = await again.openStream(tags.PidTagBody, 'read', alice)
  t.equal(stream.size, 'large '.length * 2 * 20_000)
  for (const object of [stream, again, attachment, message]) await object.release()
  await fixture.objects.blobs.whenIdle()
  t.same((await checkMailbox(core)).problems, [])
})

t.test('a forced save over changed attachments leaves no attachment without a message', async t => {
  const fixture = await Fixture.open()
  const core = await fixture.create(1)
  const attach = (message: ReturnType<MailboxCore['openMessage']>, size: number): void => {
    const attachment = message.createAttachment(alice)
    set(attachment, tags.PidTagAttachDataBinary, Buffer.alloc(size, 1))
    attachment.save({ keepOpen: 'no' }, alice)
    attachment.release()
  }
  const first = core.createMessage(inbox, { associated: false, codePage: 1252 }, alice)
  attach(first, 50_000)
  attach(first, 10)
  const mid = await first.save(KEEP, alice)
  const mine = core.openMessage(inbox, mid, READ_WRITE, alice)
  const theirs = core.openMessage(inbox, mid, READ_WRITE, alice)
  mine.openAttachment(0, { access: 'read' }, alice).release()
  theirs.deleteAttachment(0, alice)
  attach(theirs, 60_000)
  attach(theirs, 20)
  await theirs.save(KEEP, alice)
  await theirs.setReadFlag(0, alice)
  mine.deleteAttachment(1, alice)
  set(mine, tags.PidTagSubject, 'forced')
  t.throws(() => mine.save(KEEP, alice), { code: ErrorCode.ecObjectModified })
  await mine.save({ ...KEEP, force: true }, alice)
  for (const message of [first, mine, theirs]) message.release()
  await fixture.objects.blobs.whenIdle()
  const found = core.openMessage(inbox, mid, READ_WRITE, alice)
  t.same(found.attachmentNumbers(), [0], 'what was in memory here comes back, what others added goes')
  const flags = Buffer.from(found.value(tags.PidTagMessageFlags) as Uint8Array).readUInt32LE(0)
  t.equal(flags & 1, 1, 'the read state is as it was set meanwhile')
  const data = found.openAttachment(0, { access: 'read' }, alice)
  const stream = await data.openStream(tags.PidTagAttachDataBinary, 'read', alice)
  t.equal((await stream.read(60_000)).byteLength, 50_000)
  for (const object of [stream, data, found]) await object.release()
  await fixture.objects.blobs.whenIdle()
  t.same((await checkMailbox(core)).problems, [])
})

t.test('a folder that is removed for good while others put things in goes with all of them', async t => {
  const fixture = await Fixture.open()
  const core = await fixture.create(1)
  const parent = core.openFolder(inbox, {}, alice)
  const spec = { type: 'generic', displayName: 'busy', comment: '', openExisting: false } as const
  const { folder } = await parent.createFolder(spec, alice)
  const late = core.createMessage(folder.fid, { associated: false, codePage: 1252 }, alice)
  for (let i = 0; i < 300; i++) {
    const message = core.createMessage(folder.fid, { associated: false, codePage: 1252 }, alice)
    await message.save(KEEP, alice)
    message.release()
  }
  const removing = Promise.resolve(
    parent.removeFolder(folder.fid, { messages: true, folders: true, hard: true }, alice)
  )
  for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
  // A refusal is thrown at once when the folder has gone by now, and comes as a rejection otherwise.
  const save = async () => late.save(KEEP, alice)
  const saved = await save().then(
    () => 'saved',
    error => (error instanceof MapiError ? 'refused' : `${error}`)
  )
  t.match(saved, /saved|refused/)
  t.same(await removing, { partial: false })
  t.equal(core.tree.find(folder.fid), undefined)
  t.throws(() => folder.createFolder({ ...spec, displayName: 'in nothing' }, alice), {
    code: ErrorCode.ecObjectDeleted
  })
  late.release()
  t.same((await checkMailbox(core)).problems, [])
})

t.test('after a failed flush the mailbox is opened again, without what was lost', async t => {
  const engine = new FaultyEngine()
  const opened = await open(engine)
  const core = await opened.mailboxes.create({ number: 1, owner: alice, localeId: 0x409 })
  const folder = core.openFolder(inbox, {}, alice)
  const message = core.createMessage(inbox, { associated: false, codePage: 1252 }, alice)
  const mid = await message.save(KEEP, alice)
  await core.durable()
  engine.replan({ failAt: 1 })
  const spec = { type: 'generic', displayName: 'lost', comment: '', openExisting: false } as const
  await folder.createFolder(spec, alice)
  t.ok(core.tree.childNamed(folder.node, 'lost'), 'it is seen before it is on disk')
  await t.rejects(Promise.resolve(core.durable()), StoreError)
  t.throws(() => message.save(KEEP, alice), StoreError)
  engine.replan({})
  await opened.objects.reopen()
  t.throws(() => message.save(KEEP, alice), StoreError, 'also when the store works again')
  t.throws(() => folder.createFolder({ ...spec, displayName: 'stale' }, alice), StoreError)
  await t.rejects(async () => folder.deleteMessages([mid], { hard: true, notifyNonRead: false }, alice), StoreError)
  await t.rejects(Promise.resolve(core.durable()), StoreError, 'and no answer may speak of what was lost')
  const again = (await opened.mailboxes.find(1))!
  t.not(again, core)
  t.equal(again.tree.childNamed(again.tree.find(inbox)!, 'lost'), undefined)
  t.ok(again.messages.find(mid))
  t.same((await checkMailbox(again)).problems, [])
})
