/** Attachments and embedded messages through the real processor over a real mailbox. */
import t from 'tap'
import { RopCreateAttachment } from '../../../rops/message/rop-create-attachment.js'
import { RopDeleteAttachment } from '../../../rops/message/rop-delete-attachment.js'
import { RopGetAttachmentTable } from '../../../rops/message/rop-get-attachment-table.js'
import { RopOpenAttachment } from '../../../rops/message/rop-open-attachment.js'
import { RopDeleteProperties } from '../../../rops/property/rop-delete-properties.js'
import { NO_HANDLE } from '../../../src/client/rop-batch.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import { MessageFlag } from '../../../src/mailbox/messages/message-flags.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { BEST_ACCESS, CREATE, FORCE_SAVE, MessageClient, pattern, READ_ONLY, READ_WRITE } from './message-actions.js'

const ecError = 0x80004005
const ecNotFound = 0x8004010f
const ecNullObject = 0x4b9
const ecNotSupported = 0x80040102
const ecAccessDenied = 0x80070005
const ecUnknownCodePage = 0x3ef
const NONE = { error: ecNotFound }
const { PidTagAttachDataBinary, PidTagAttachLongFilename, PidTagHasAttachments, PidTagSubject } = tags
const hex = (text: string): string => Buffer.from(text).toString('hex')

async function sound(client: MessageClient): Promise<string[]> {
  await client.real.world.fixture.objects.blobs.whenIdle()
  return (await checkMailbox(client.real.mailbox)).problems
}

t.test('RopCreateAttachment: what a new attachment begins with', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.open(await client.save(await client.create()))
  const created = await client.call(RopCreateAttachment, {}, message)
  t.same([created.returnValue, created.value], [0, { attachmentId: 0 }])
  const attachment = created.handle
  t.equal(await real.one(attachment, tags.PidTagAttachNumber), 0)
  requirement('MS-OXCMSG_R448', 'MS-OXCMSG_R861', 'MS-OXCMSG_R867', 'MS-OXCMSG_R232')
  t.equal(await real.one(attachment, tags.PidTagAttachSize), 0)
  t.equal(await real.one(attachment, tags.PidTagAccessLevel), 0)
  requirement('MS-OXCMSG_R1649', 'MS-OXCMSG_R1650', 'MS-OXCMSG_R1825', 'MS-OXCMSG_R229')
  t.equal(await real.one(attachment, tags.PidTagRenderingPosition), -1)
  requirement('MS-OXCMSG_R451', 'MS-OXCMSG_R613')
  const time = await real.one(attachment, tags.PidTagCreationTime)
  t.type(time, 'bigint')
  t.equal(await real.one(attachment, tags.PidTagLastModificationTime), time)
  requirement('MS-OXCMSG_R2035', 'MS-OXCMSG_R1651', 'MS-OXCMSG_R222', 'MS-OXCMSG_R224')
  t.same(await real.one(attachment, tags.PidTagObjectType), NONE)
  requirement('MS-OXCMSG_R3007')
  t.type(await real.one(attachment, tags.PidTagRecordKey), 'string')
  requirement('MS-OXCMSG_R1827')
  const second = await client.attach(message)
  t.equal(second.number, 1)
  requirement('MS-OXCMSG_R1836')
  t.equal(await real.one(message, PidTagHasAttachments), false)
  requirement('MS-OXCMSG_R446')
  t.equal(await client.saveAttachment(attachment), 0)
  t.equal(await real.one(attachment, tags.PidTagAccessLevel), 1)
  t.ok(((await real.one(attachment, tags.PidTagAttachSize)) as number) > 0)
  for (const handle of [0, attachment]) {
    const failed = await client.call(RopCreateAttachment, {}, handle)
    t.same([failed.returnValue, failed.handle], [ecNullObject, NO_HANDLE])
  }
  requirement('MS-OXCMSG_R1712')
  const readOnly = await client.open(await client.save(message), READ_ONLY)
  t.equal((await client.call(RopCreateAttachment, {}, readOnly)).returnValue, ecAccessDenied)
})

t.test('an attachment is in the message when it is saved, and in the store when the message is', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([[PidTagSubject, 'with a file']])
  const { handle, number } = await client.attach(message, [
    [PidTagAttachLongFilename, 'report.txt'],
    [PidTagAttachDataBinary, Buffer.from('one')]
  ])
  t.equal(
    (await client.call(RopOpenAttachment, { openAttachmentFlags: 1, attachmentId: number }, message)).returnValue,
    ecNotFound
  )
  t.equal(await client.saveAttachment(handle), 0)
  requirement('MS-OXCMSG_R875')
  t.equal(await real.one(handle, tags.PidTagDisplayName), 'report.txt')
  requirement('MS-OXCMSG_R228')
  t.equal(await real.one(message, PidTagHasAttachments), true)
  t.ok(((await real.one(message, tags.PidTagMessageFlags)) as number) & MessageFlag.hasAttachments)
  requirement('MS-OXCMSG_R498', 'MS-OXCMSG_R16', 'MS-OXCMSG_R522')
  const mid = await client.save(message)
  const opened = await client.open(mid)
  const again = await client.openAttachment(opened, number, BEST_ACCESS)
  t.equal(await real.one(again, PidTagAttachDataBinary), hex('one'))
  t.equal(await real.one(again, tags.PidTagAccessLevel), 1)
  requirement('MS-OXCMSG_R853', 'MS-OXCMSG_R436', 'MS-OXCMSG_R919', 'MS-OXCMSG_R235', 'MS-OXCMSG_R236')
  // Saved twice, and changed in between; another handle and another client see nothing of it before.
  const other = await client.openAttachment(opened, number, READ_WRITE)
  await real.set(again, [[PidTagAttachDataBinary, Buffer.from('two')]])
  t.equal(await client.saveAttachment(again), 0)
  await real.set(again, [[PidTagAttachDataBinary, Buffer.from('three')]])
  t.equal(await client.saveAttachment(again), 0)
  t.equal(await real.one(other, PidTagAttachDataBinary), hex('one'), 'a transaction of its own')
  const fresh = await client.openAttachment(opened, number)
  t.equal(await real.one(fresh, PidTagAttachDataBinary), hex('three'))
  const stored = async () =>
    real.one(await client.openAttachment(await client.open(mid), number), PidTagAttachDataBinary)
  t.equal(await stored(), hex('one'))
  requirement('MS-OXCMSG_R1062', 'MS-OXCPRPT_R480', 'MS-OXCMSG_R918')
  await client.save(opened)
  t.equal(await stored(), hex('three'))
  const readOnly = await client.openAttachment(opened, number, READ_ONLY)
  t.equal(await real.one(readOnly, tags.PidTagAccessLevel), 0)
  t.equal(await client.saveAttachment(readOnly), ecAccessDenied)
  t.equal(
    (await client.call(RopOpenAttachment, { openAttachmentFlags: 1, attachmentId: 7 }, opened)).returnValue,
    ecNotFound
  )
  t.equal((await client.call(RopOpenAttachment, { openAttachmentFlags: 1, attachmentId: 0 })).returnValue, ecNullObject)
  requirement('MS-OXCMSG_R440', 'MS-OXCMSG_R1620')
  t.same(await sound(client), [])
})

t.test('RopSaveChangesAttachment: what it refuses', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  const { handle } = await client.attach(message)
  t.equal(await client.saveAttachment(message), ecNotSupported)
  requirement('MS-OXCMSG_R467')
  t.equal(await client.saveAttachment(handle, 0x03), ecNotSupported)
  t.equal(await client.saveAttachment(handle, 0x0f), ecNotSupported)
  requirement('MS-OXCMSG_R466')
  for (const flags of [0x00, 0x01, 0x02, 0x04, 0x09, 0x0a, 0x0c]) t.equal(await client.saveAttachment(handle, flags), 0)
  const size = await real.one(handle, tags.PidTagAttachSize)
  t.same(await real.set(handle, [[tags.PidTagAttachSize, 1]]), [])
  t.equal(await client.saveAttachment(handle, FORCE_SAVE), ecError)
  t.equal(await real.one(handle, tags.PidTagAttachSize), size)
  requirement('MS-OXCMSG_R1639', 'MS-OXCMSG_R231')
  const told = await real.set(await client.openAttachment(message, 0), [
    [tags.PidTagAttachNumber, 9],
    [tags.PidTagAccessLevel, 0],
    [tags.PidTagRecordKey, Uint8Array.of(1)],
    [tags.PidTagObjectType, 7]
  ])
  t.same(
    (told as { index: number }[]).map(({ index }) => index),
    [0, 1, 2, 3]
  )
  requirement('MS-OXCMSG_R1078')
})

t.test('RopDeleteAttachment', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  for (const text of ['a', 'b', 'c']) {
    const { handle } = await client.attach(message, [[PidTagAttachDataBinary, Buffer.from(text)]])
    if (text === 'b') await client.setStreamed(handle, PidTagAttachDataBinary, pattern(80_000))
    await client.saveAttachment(handle)
  }
  const mid = await client.save(message)
  const remove = (attachmentId: number, handle = message) => client.call(RopDeleteAttachment, { attachmentId }, handle)
  const open = await client.openAttachment(message, 1)
  t.equal((await remove(1)).returnValue, 0)
  t.equal(
    (await client.call(RopOpenAttachment, { openAttachmentFlags: 1, attachmentId: 1 }, message)).returnValue,
    ecNotFound
  )
  t.equal((await remove(1)).returnValue, ecNotFound)
  t.equal((await remove(9)).returnValue, ecNotFound)
  requirement('MS-OXCMSG_R868', 'MS-OXCMSG_R1063', 'MS-OXCMSG_R440')
  t.equal(
    (await client.streamed(await client.openAttachment(await client.open(mid), 1), PidTagAttachDataBinary)).length,
    80_000
  )
  requirement('MS-OXCMSG_R1523')
  await client.save(message)
  t.same(await client.streamed(open, PidTagAttachDataBinary), pattern(80_000), 'an open one can still be read')
  const opened = await client.open(mid)
  t.equal(
    (await client.call(RopOpenAttachment, { openAttachmentFlags: 1, attachmentId: 1 }, opened)).returnValue,
    ecNotFound
  )
  t.equal(await real.one(opened, PidTagHasAttachments), true)
  for (const at of [0, 2]) await remove(at, opened)
  t.equal(await real.one(opened, PidTagHasAttachments), false)
  requirement('MS-OXCMSG_R469')
  await client.save(opened)
  t.equal(((await real.one(opened, tags.PidTagMessageFlags)) as number) & MessageFlag.hasAttachments, 0)
  // Saved again after it was deleted, an attachment is there again.
  await client.save(message, FORCE_SAVE)
  t.equal(await client.saveAttachment(open), 0)
  await client.save(message, FORCE_SAVE)
  const back = await client.openAttachment(await client.open(mid), 1)
  t.same(await client.streamed(back, PidTagAttachDataBinary), pattern(80_000))
  const { number } = await client.attach(await client.open(mid))
  t.equal(number, 3, 'no number comes twice')
  t.equal((await remove(0, 0)).returnValue, ecNullObject)
  requirement('MS-OXCMSG_R1524')
  t.equal((await remove(1, await client.open(mid, READ_ONLY))).returnValue, ecAccessDenied)
  t.same(await sound(client), [])
})

t.test('hidden attachments make no attachment flag', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  const { handle } = await client.attach(message, [[tags.PidTagAttachmentHidden, true]])
  await client.saveAttachment(handle)
  const mid = await client.save(message)
  const seen = async (object: number) => real.one(object, PidTagHasAttachments)
  t.equal(await seen(message), false)
  t.equal(await seen(await client.open(mid)), false)
  await real.set(handle, [[tags.PidTagAttachmentHidden, false]])
  t.equal(await seen(message), false)
  await client.saveAttachment(handle)
  t.equal(await seen(message), true)
  await client.save(message)
  t.equal(await seen(await client.open(mid)), true)
  await client.call(RopDeleteProperties, { propertyTags: [tags.PidTagAttachmentHidden] }, handle)
  await client.saveAttachment(handle)
  t.equal(await seen(message), true)
  requirement('MS-OXCMSG_R638')
})

t.test('RopGetAttachmentTable shows the attachments as they are in the message', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  const columns = [tags.PidTagAttachNumber, PidTagAttachLongFilename, tags.PidTagAttachMethod, tags.PidTagAttachSize]
  for (const name of ['a.txt', 'b.txt', 'c.txt']) {
    const { handle } = await client.attach(message, [
      [PidTagAttachLongFilename, name],
      [tags.PidTagAttachMethod, 1]
    ])
    await client.saveAttachment(handle)
  }
  await client.save(message)
  const rows = async (tableFlags = 0x40) => {
    const opened = await client.call(RopGetAttachmentTable, { tableFlags }, message)
    t.equal(opened.returnValue, 0)
    await real.setColumns(opened.handle, columns)
    return (await real.rows(opened.handle, columns)).rows.map(row => row.slice(0, 3))
  }
  t.same(await rows(), [
    [0, 'a.txt', 1],
    [1, 'b.txt', 1],
    [2, 'c.txt', 1]
  ])
  requirement(
    'MS-OXCMSG_R312',
    'MS-OXCMSG_R490',
    'MS-OXCMSG_R890',
    'MS-OXCMSG_R905',
    'MS-OXCMSG_R906',
    'MS-OXCMSG_R907'
  )
  await client.call(RopDeleteAttachment, { attachmentId: 1 }, message)
  const { handle } = await client.attach(message, [[PidTagAttachLongFilename, 'd.txt']])
  t.same(
    (await rows(0)).map(([number]) => number),
    [0, 2]
  )
  await client.saveAttachment(handle)
  t.same(
    (await rows(0)).map(([number]) => number),
    [0, 2, 3]
  )
  t.equal((await client.call(RopGetAttachmentTable, { tableFlags: 0 }, handle)).returnValue, ecNullObject)
  t.equal((await client.call(RopGetAttachmentTable, { tableFlags: 0 })).returnValue, ecNullObject)
  requirement('MS-OXCMSG_R1526')
})

t.test('embedded messages, three deep', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([[PidTagSubject, 'depth 0']])
  const holders: number[] = []
  const inner: number[] = [message]
  for (let depth = 1; depth <= 3; depth++) {
    const { handle } = await client.attach(inner[depth - 1])
    const made = await client.openEmbedded(handle, CREATE)
    t.equal(made.returnValue, 0)
    t.equal(made.value!.summary.recipientCount, 0)
    await real.set(made.handle, [[PidTagSubject, `RE: depth ${depth}`]])
    await client.addRecipients(made.handle, [[0, 1, `Friend ${depth}`]])
    await client.setStreamed(made.handle, tags.PidTagHtml, pattern(50_000, depth))
    holders.push(handle)
    inner.push(made.handle)
  }
  requirement('MS-OXCMSG_R881', 'MS-OXCMSG_R889', 'MS-OXCMSG_R913')
  for (let depth = 3; depth >= 1; depth--) {
    await client.save(inner[depth])
    t.equal(await client.saveAttachment(holders[depth - 1]), 0)
  }
  const mid = await client.save(message)
  t.same(await sound(client), [])
  await real.world.restart()
  const later = await MessageClient.logOn({ world: real.world })
  let at = await later.open(mid)
  for (let depth = 1; depth <= 3; depth++) {
    const holder = await later.openAttachment(at, 0)
    t.equal(await later.real.one(holder, tags.PidTagAttachMethod), 5)
    const opened = await later.openEmbedded(holder, READ_WRITE)
    t.equal(opened.value!.summary.subjectPrefix, 'RE: ')
    t.equal(opened.value!.summary.normalizedSubject, `depth ${depth}`)
    t.equal(opened.value!.summary.recipientRows[0].row.displayName, `Friend ${depth}`)
    t.same(await later.streamed(opened.handle, tags.PidTagHtml), pattern(50_000, depth))
    t.equal(await later.real.one(opened.handle, PidTagHasAttachments), depth < 3)
    t.equal(await later.real.one(opened.handle, tags.PidTagDisplayTo), `Friend ${depth}`)
    at = opened.handle
  }
  requirement('MS-OXCMSG_R596', 'MS-OXCMSG_R912')
})

t.test('an embedded message is saved into its attachment, that into the message', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  const { handle: holder, number } = await client.attach(message)
  const { handle: inner } = await client.openEmbedded(holder, CREATE)
  await real.set(inner, [[PidTagSubject, 'one']])
  await client.setStreamed(inner, tags.PidTagHtml, pattern(1_500_000))
  t.equal((await client.openEmbedded(holder, READ_WRITE)).returnValue, ecNotFound, 'not before it is saved')
  requirement('MS-OXCMSG_R481')
  await client.save(inner)
  await client.save(message)
  t.equal(await real.one(message, PidTagHasAttachments), false, 'the attachment was not saved')
  await client.saveAttachment(holder)
  const mid = await client.save(message)
  const subjectOf = async (outer: number) =>
    real.one((await client.openEmbedded(await client.openAttachment(outer, number), READ_ONLY)).handle, PidTagSubject)
  t.equal(await subjectOf(await client.open(mid)), 'one')
  // Changed and saved, but its attachment is not saved again: lost.
  const outer = await client.open(mid)
  const attachment = await client.openAttachment(outer, number)
  const embedded = await client.openEmbedded(attachment, READ_WRITE)
  await real.set(embedded.handle, [[PidTagSubject, 'lost']])
  await client.setStreamed(embedded.handle, tags.PidTagHtml, pattern(1_200_000))
  await client.save(embedded.handle)
  await client.release(embedded.handle, attachment)
  await client.save(outer)
  t.equal(await subjectOf(await client.open(mid)), 'one')
  t.same(await sound(client), [])
  // Create opens what is there.
  const again = await client.openAttachment(outer, number)
  const created = await client.openEmbedded(again, CREATE)
  t.equal(await real.one(created.handle, PidTagSubject), 'one')
  await real.set(created.handle, [[PidTagSubject, 'two']])
  await client.save(created.handle)
  t.equal(await subjectOf(outer), 'one')
  await client.saveAttachment(again)
  t.equal(await subjectOf(outer), 'two')
  t.equal(await subjectOf(await client.open(mid)), 'one')
  await client.save(outer)
  t.equal(await subjectOf(await client.open(mid)), 'two')
  t.same(await sound(client), [])
})

t.test('RopOpenEmbeddedMessage: access and errors', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  const { handle: holder } = await client.attach(message)
  t.equal((await client.openEmbedded(holder, CREATE, 12345)).returnValue, ecUnknownCodePage)
  requirement('MS-OXCMSG_R1068')
  t.equal((await client.openEmbedded(message, CREATE)).returnValue, ecNullObject)
  t.equal((await client.openEmbedded(0, CREATE)).returnValue, ecNullObject)
  requirement('MS-OXCMSG_R1525')
  const { handle: file } = await client.attach(message, [[PidTagAttachDataBinary, Buffer.from('x')]])
  t.equal((await client.openEmbedded(file, READ_ONLY)).returnValue, ecNotFound)
  const { handle: inner } = await client.openEmbedded(holder, CREATE)
  await client.save(inner)
  await client.saveAttachment(holder)
  const mid = await client.save(message)
  const opened = await client.openEmbedded(await client.openAttachment(await client.open(mid), 0), READ_ONLY)
  t.equal(await real.one(opened.handle, tags.PidTagAccessLevel), 1)
  t.same(await real.set(opened.handle, [[PidTagSubject, 'x']]), [])
  requirement('MS-OXCMSG_R3013')
  const outer = await client.open(mid, READ_ONLY)
  const readOnly = await client.openAttachment(outer, 0, READ_ONLY)
  t.equal((await client.openEmbedded(readOnly, READ_WRITE)).returnValue, ecAccessDenied)
  const shown = await client.openEmbedded(readOnly, READ_ONLY)
  t.equal(await real.set(shown.handle, [[PidTagSubject, 'x']]), ecAccessDenied)
  const empty = await client.attach(await client.open(mid))
  t.equal((await client.openEmbedded(empty.handle, READ_WRITE)).returnValue, ecNotFound)
  t.equal((await client.trySave(shown.handle)).returnValue, 0, 'nothing to save is a success')
})
