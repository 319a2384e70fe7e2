/** What is too much is refused with its error, and what is allowed holds neither the event loop nor memory without bound. */
import t, { type Test } from 'tap'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopCreateMessage } from '../../rops/message/rop-create-message.js'
import { RopRelease } from '../../rops/other/rop-release.js'
import { RopCopyToStream } from '../../rops/stream/rop-copy-to-stream.js'
import { RopOpenStream } from '../../rops/stream/rop-open-stream.js'
import { RopSetStreamSize } from '../../rops/stream/rop-set-stream-size.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import { limits } from '../../src/limits.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { StoreMessage } from '../../src/mailbox/messages/message.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { heapAfterCollection } from '../fuzz/fuzz-settings.js'
import { alice, folderSpec, set } from '../fuzz/fuzz-world.js'
import { LimitsClient } from './limits-client.js'
import { holding } from './loop-watch.js'

const KEEP = { force: false, keepOpen: 'readWrite' } as const
const READ_WRITE = { access: 'readWrite', softDeleted: false, codePage: 1252 } as const
const MOST_MS = 50
const inbox = specialFid('inbox')
const tick = () => new Promise(resolve => setImmediate(resolve))

async function newMessage(client: LimitsClient): Promise<StoreMessage> {
  return (await client.mailbox).createMessage(inbox, { associated: false, codePage: 1252 }, alice)
}

/** Saves, opens again and checks, all within bounds. */
async function saveAndCheck(t: Test, client: LimitsClient, message: StoreMessage): Promise<StoreMessage> {
  let mid = 0
  const saving = await holding(async () => {
    mid = await message.save(KEEP, alice)
  })
  t.ok(Math.min(saving.cpuMs, saving.wallMs) < MOST_MS, `saving holds the loop for ${saving.cpuMs.toFixed(0)} ms`)
  const core = await client.mailbox
  let again: StoreMessage | undefined
  const opening = await holding(() => {
    again = core.openMessage(inbox, mid, READ_WRITE, alice)
  })
  t.ok(Math.min(opening.cpuMs, opening.wallMs) < MOST_MS, `opening holds the loop for ${opening.cpuMs.toFixed(0)} ms`)
  message.release()
  await client.objects.blobs.whenIdle()
  t.same((await checkMailbox(core)).problems, [])
  return again!
}

t.test('handles of one kind are bounded, and free again when released', async t => {
  const client = await LimitsClient.open()
  let refused = 0
  for (let round = 0; round < 12; round++) {
    const batch = new RopBatch([0])
    const opened = Array.from({ length: 50 }, () =>
      batch.add(RopOpenFolder, { input: 0, output: batch.slot() }, { folderId: inbox, openModeFlags: 0 })
    )
    await client.run(batch)
    for (const { returnValue } of opened) {
      if (returnValue === ErrorCode.ecTooManyOpenObjects) refused++
      else if (returnValue !== 0) t.fail(`RopOpenFolder: ${returnValue.toString(16)}`)
    }
  }
  t.equal(refused, 12 * 50 - limits.handlesPerKind)
  const other = new RopBatch([0])
  const create = { codePageId: 0x0fff, folderId: inbox, associatedFlag: false }
  const created = other.add(RopCreateMessage, { input: 0, output: 1 }, create)
  await client.run(other)
  t.equal(created.returnValue, 0, 'another kind has room of its own')
  const last = new RopBatch([client.session.handles.size - 2, 0])
  last.add(RopRelease, { input: 0 }, {})
  const again = last.add(RopOpenFolder, { input: 1, output: 2 }, { folderId: inbox, openModeFlags: 0 })
  await client.run(last)
  t.equal(again.returnValue, 0)
})

t.test('sessions of a user are bounded', async t => {
  const client = await LimitsClient.open()
  const connect = () =>
    client.emsmdb.connect({
      ...{ actor: alice, userDn: alice.legacyDn, flags: 0, codePage: 1252, sortLocaleId: 1033, stringLocaleId: 1033 },
      ...{ clientVersion: [16, 0, 9000] as const, auxiliary: new Uint8Array(0) }
    })
  const answers = await Promise.all(Array.from({ length: limits.sessionsPerUser + 5 }, connect))
  t.equal(answers.filter(({ errorCode }) => errorCode === ErrorCode.ecTooManySessions).length, 6)
  t.equal(client.emsmdb.sessionCount, limits.sessionsPerUser)
  await client.emsmdb.disconnect(answers[0].session!)
  t.equal((await connect()).errorCode, 0)
  await client.emsmdb.close()
  t.equal(client.emsmdb.sessionCount, 0)
})

t.test('recipients', async t => {
  const client = await LimitsClient.open()
  const message = await newMessage(client)
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const properties = PropertyBag.of([
        { tag: tags.PidTagDisplayName, bytes: storedString(`recipient ${from + i}`) },
        { tag: tags.PidTagEmailAddress, bytes: storedString(`recipient${from + i}@example.test`) }
      ])
      return { rowId: from + i, recipient: { rowId: from + i, type: 1, codePage: 1252, properties } }
    })
  for (let at = 0; at < limits.recipients; at += 1000) message.modifyRecipients([], rows(at, 1000), alice)
  t.throws(() => message.modifyRecipients([], rows(limits.recipients, 1), alice), { code: ErrorCode.ecTooManyRecips })
  t.equal(message.recipients.length, limits.recipients)
  const again = await saveAndCheck(t, client, message)
  t.equal(again.recipients.length, limits.recipients)
  again.release()
})

t.test('attachments, and messages inside messages', async t => {
  const client = await LimitsClient.open()
  const message = await newMessage(client)
  for (let i = 0; i < limits.attachments; i++) {
    const attachment = message.createAttachment(alice)
    set(attachment, tags.PidTagAttachDataBinary, Buffer.alloc(20_000, i))
    attachment.save({ keepOpen: 'no' }, alice)
    attachment.release()
    if (i % 50 === 0) await tick()
  }
  t.throws(() => message.createAttachment(alice), { code: ErrorCode.ecMaxAttachmentExceeded })
  const again = await saveAndCheck(t, client, message)
  t.equal(again.attachmentNumbers().length, limits.attachments)
  const data = await again
    .openAttachment(1000, { access: 'read' }, alice)
    .openStream(tags.PidTagAttachDataBinary, 'read', alice)
  t.equal(data.size, 20_000)
  again.release()

  const outer = await newMessage(client)
  const open: { save(options: typeof KEEP, actor: typeof alice): unknown }[] = []
  let inside = outer
  for (let depth = 0; depth < limits.embeddedDepth; depth++) {
    const attachment = inside.createAttachment(alice)
    inside = (await attachment.openEmbedded('create', 1252, alice)) as StoreMessage
    open.push(attachment, inside)
  }
  await t.rejects(async () => inside.createAttachment(alice).openEmbedded('create', 1252, alice), {
    code: ErrorCode.ecTooComplex
  })
  for (const object of open.reverse()) await object.save(KEEP, alice)
  let found = await saveAndCheck(t, client, outer)
  let depth = 0
  for (; found.attachmentNumbers().length > 0; depth++) {
    found = (await found.openAttachment(0, { access: 'read' }, alice).openEmbedded('read', 1252, alice)) as StoreMessage
  }
  t.equal(depth, limits.embeddedDepth)
})

t.test('properties of one object, and of all open objects', async t => {
  const client = await LimitsClient.open()
  const core = await client.mailbox
  const message = await newMessage(client)
  const many = (from: number, count: number, bytes: number, type = 0x1003) =>
    Array.from({ length: count }, (_, i) => ({ tag: (0x8001 + from + i) * 0x10000 + type, bytes: Buffer.alloc(bytes) }))
  t.throws(() => message.set(many(0, limits.objectProperties + 1, 4), alice), { code: ErrorCode.ecTooBig })
  message.set(many(0, limits.objectProperties - 100, 400), alice)
  t.throws(() => message.set(many(2500, 20, 400_000), alice), { code: ErrorCode.ecTooBig }, '100,000 elements in each')
  message.set(many(2500, 10, 400_000), alice)
  t.equal(message.tags().filter(tag => tag >>> 16 >= 0x8000).length, limits.objectProperties - 90)
  const again = await saveAndCheck(t, client, message)
  t.equal((again.value(many(2500, 1, 0)[0].tag) as Uint8Array).byteLength, 400_000)
  again.release()

  const others: StoreMessage[] = []
  const fill = async (): Promise<void> => {
    for (;;) {
      const other = await newMessage(client)
      others.push(other)
      other.set(many(0, 19, 400_000), alice)
    }
  }
  await t.rejects(fill(), { code: ErrorCode.ecNotEnoughMemory })
  t.ok(core.budget.used <= limits.unsavedBytesPerMailbox)
  for (const other of others) other.release()
  t.equal(core.budget.used, 0, 'released objects give their memory back')

  const folder = core.openFolder(inbox, {}, alice)
  await t.rejects(async () => folder.set(many(0, 20, 20_000), alice), { code: ErrorCode.ecTooBig })
  await t.rejects(async () => core.set(many(0, 20, 20_000), alice), { code: ErrorCode.ecTooBig })
  t.same((await checkMailbox(core)).problems, [])
})

t.test('streams: hundreds of writers, and values of 2 GiB', async t => {
  const client = await LimitsClient.open()
  const core = await client.mailbox
  const before = heapAfterCollection() + process.memoryUsage().arrayBuffers
  const part = Buffer.alloc(30_000, 1)
  const writers: { release(): unknown }[] = []
  for (let i = 0; i < 300; i++) {
    const message = await newMessage(client)
    const stream = await message.openStream(tags.PidTagHtml, 'create', alice)
    await stream.write(part)
    await stream.write(part)
    writers.push(message)
    if (i % 20 === 0) await tick()
  }
  await client.objects.store.whenDurable(client.objects.store.lastSequence)
  t.ok(core.budget.used < 1 << 20, `large values are not kept in memory: ${core.budget.used}`)
  for (const writer of writers) writer.release()
  await client.objects.blobs.whenIdle()
  t.ok(heapAfterCollection() + process.memoryUsage().arrayBuffers - before < 64 << 20)

  const batch = new RopBatch([0])
  const create = { codePageId: 0x0fff, folderId: inbox, associatedFlag: false }
  batch.add(RopCreateMessage, { input: 0, output: 1 }, create)
  batch.add(RopOpenStream, { input: 1, output: 2 }, { propertyTag: tags.PidTagHtml, openModeFlags: 2 })
  batch.add(RopOpenStream, { input: 1, output: 3 }, { propertyTag: 0x80010102, openModeFlags: 2 })
  const sized = batch.add(RopSetStreamSize, { input: 2 }, { streamSize: BigInt(200 << 20) })
  const tooBig = batch.add(RopSetStreamSize, { input: 2 }, { streamSize: 0x80000001n })
  await client.run(batch)
  t.equal(sized.returnValue, 0)
  t.not(tooBig.returnValue, 0)
  const copying = new RopBatch([batch.handles[2], batch.handles[3]])
  const copied = copying.add(RopCopyToStream, { source: 0, destination: 1 }, { byteCount: 1n << 60n })
  const held = await holding(() => client.run(copying))
  t.equal(copied.value?.writtenByteCount, BigInt(200 << 20))
  t.ok(Math.min(held.cpuMs, held.wallMs) < MOST_MS, `copying 200 MiB holds the loop for ${held.cpuMs.toFixed(0)} ms`)
  await client.emsmdb.disconnect(client.session)
  await client.objects.blobs.whenIdle()
  t.same((await checkMailbox(core)).problems, [])
  t.same(client.log.events, [])
})

t.test('folders inside folders, and names of properties', async t => {
  const client = await LimitsClient.open()
  const core = await client.mailbox
  let folder = core.openFolder(inbox, {}, alice)
  let refused: unknown
  for (let depth = 0; depth < 400 && refused === undefined; depth++) {
    try {
      folder = (await folder.createFolder(folderSpec(`level ${depth}`), alice)).folder
    } catch (error) {
      refused = error
    }
  }
  t.match(refused, { code: ErrorCode.ecFolderCycle })
  const named = (from: number) => Array.from({ length: 1500 }, (_, i) => ({ guid: core.guid, lid: from + i }))
  let given = 0
  await t.rejects(
    async () => {
      for (;;) {
        given += (await core.propertyIdsFromNames(named(given), true, alice)).length
        await tick()
      }
    },
    { code: ErrorCode.ecOutOfMemory }
  )
  t.ok(given > 30_000)
  await client.restart()
  const opening = await holding(() => client.connect())
  t.ok(Math.min(opening.cpuMs, opening.wallMs) < MOST_MS, `opening holds the loop for ${opening.cpuMs.toFixed(0)} ms`)
  t.same((await checkMailbox(await client.mailbox)).problems, [])
})
