import t from 'tap'
import { checkMailbox } from '../../src/mailbox/check.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import type { StoreMessage } from '../../src/mailbox/messages/message.js'
import { MessageFlag, ReadFlag } from '../../src/mailbox/messages/message-flags.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { tagType } from '../../src/oxcdata/property-tag.js'
import { decodeValue, encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import type { Recipient } from '../../src/oxcdata/recipient.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { requirement } from '../conformance/ledger.js'
import { alice, Fixture } from './mailbox-fixture.js'

const inbox = specialFid('inbox')
const KEEP = { force: false, keepOpen: 'readWrite' } as const
const READ_WRITE = { access: 'readWrite', softDeleted: false, codePage: 1252 } as const

function get(object: { value(tag: number): Uint8Array | number }, tag: number): PropertyValue | undefined {
  const value = object.value(tag)
  if (value === ErrorCode.ecNotFound) return undefined
  if (typeof value === 'number') throw new Error(`0x${tag.toString(16)}: 0x${value.toString(16)}`)
  return decodeValue(tagType(tag), value)
}

function set(object: { set: StoreMessage['set'] }, tag: number, value: PropertyValue): unknown {
  return object.set([{ tag, bytes: encodeValue(tagType(tag), value) }], alice)
}

function create(mailbox: MailboxCore, subject = 'Hello', associated = false): StoreMessage {
  const message = mailbox.createMessage(inbox, { associated, codePage: 1252 }, alice)
  set(message, tags.PidTagSubject, subject)
  return message
}

function recipient(rowId: number, type: number, name: string): Recipient {
  const properties = PropertyBag.of([{ tag: tags.PidTagDisplayName, bytes: storedString(name) }])
  return { rowId, type, codePage: 1252, properties }
}

t.test('a new message begins as the document lists it', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const message = mailbox.createMessage(inbox, { associated: false, codePage: 1252 }, alice)
  t.equal(get(message, tags.PidTagImportance), 1)
  t.equal(get(message, tags.PidTagMessageClass), 'IPM.Note')
  t.equal(get(message, tags.PidTagSensitivity), 0)
  t.equal(get(message, tags.PidTagMessageFlags), 0x409)
  t.equal(get(message, tags.PidTagHasAttachments), false)
  t.equal(get(message, tags.PidTagTrustSender), undefined, 'Exchange 2010 and later do not have it')
  t.equal(get(message, tags.PidTagAccess), 3)
  t.equal(get(message, tags.PidTagAccessLevel), 1)
  t.equal(get(message, tags.PidTagCreationTime), mailbox.filetime())
  t.equal(get(message, tags.PidTagLastModificationTime), mailbox.filetime())
  t.equal((get(message, tags.PidTagSearchKey) as Uint8Array).byteLength, 16)
  t.equal(get(message, tags.PidTagCreatorName), alice.displayName)
  t.equal(get(message, tags.PidTagLastModifierName), alice.displayName)
  t.equal(get(message, tags.PidTagHasNamedProperties), false)
  t.equal(get(message, tags.PidTagMessageLocaleId), 0x409)
  t.equal(get(message, tags.PidTagDisplayTo), undefined, 'Exchange 2016 does not initialize it')
  requirement('MS-OXCMSG_R341', 'MS-OXCMSG_R342', 'MS-OXCMSG_R343', 'MS-OXCMSG_R1480', 'MS-OXCMSG_R349')
  requirement('MS-OXCMSG_R353', 'MS-OXCMSG_R354', 'MS-OXCMSG_R356', 'MS-OXCMSG_R357')
  requirement('MS-OXCMSG_R358', 'MS-OXCMSG_R359', 'MS-OXCMSG_R360', 'MS-OXCMSG_R362', 'MS-OXCMSG_R364')
  requirement('MS-OXCMSG_R164101')
  t.equal(message.mid, 0)
  t.equal(mailbox.tree.find(inbox)?.counters.contentCount, 0, 'nothing is committed before the save')
  requirement('MS-OXCMSG_R339')
})

t.test('save, open, change, conflict', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const first = create(mailbox)
  const mid = await first.save(KEEP, alice)
  t.equal(first.mid, mid)
  const second = mailbox.openMessage(inbox, mid, READ_WRITE, alice)
  const third = mailbox.openMessage(inbox, mid, READ_WRITE, alice)
  t.not(second, third)
  requirement('MS-OXCMSG_R1475')
  const keyBefore = second.value(tags.PidTagChangeKey)
  set(second, tags.PidTagSubject, 'Changed')
  t.equal(get(second, tags.PidTagSubject), 'Changed')
  t.equal(get(third, tags.PidTagSubject), 'Hello')
  requirement('MS-OXCPRPT_R476', 'MS-OXCPRPT_R478', 'MS-OXCMSG_R704')
  t.equal(await second.save(KEEP, alice), mid)
  t.notSame(second.value(tags.PidTagChangeKey), keyBefore)
  set(third, tags.PidTagSubject, 'Other')
  t.throws(() => third.save(KEEP, alice), { code: ErrorCode.ecObjectModified })
  requirement('MS-OXCMSG_R705', 'MS-OXCMSG_R1053')
  t.equal(await third.save({ ...KEEP, force: true }, alice), mid)
  requirement('MS-OXCMSG_R724')
  t.equal(get(mailbox.openMessage(inbox, mid, READ_WRITE, alice), tags.PidTagSubject), 'Other')
  await mailbox.openFolder(inbox, {}, alice).deleteMessages([mid], { hard: true, notifyNonRead: false }, alice)
  t.throws(() => second.save(KEEP, alice), { code: ErrorCode.ecObjectDeleted })
  t.throws(() => mailbox.openMessage(inbox, mid, READ_WRITE, alice), { code: ErrorCode.ecNotFound })
  requirement('MS-OXCMSG_R323', 'MS-OXCMSG_R333')
  t.same((await checkMailbox(mailbox)).problems, [])
})

t.test('the subject and its parts agree', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const message = create(mailbox, 'RE: plans')
  t.equal(get(message, tags.PidTagSubjectPrefix), 'RE: ')
  t.equal(get(message, tags.PidTagNormalizedSubject), 'plans')
  set(message, tags.PidTagSubject, 'no prefix here')
  t.equal(message.value(tags.PidTagSubjectPrefix), ErrorCode.ecNotFound)
  t.equal(get(message, tags.PidTagNormalizedSubject), 'no prefix here')
  set(message, tags.PidTagSubjectPrefix, 'FW: ')
  t.equal(get(message, tags.PidTagSubject), 'FW: no prefix here')
  // The 8-bit and the Unicode form name one entry.
  t.same(message.value(0x0037001e), message.value(tags.PidTagSubject))
  t.equal(message.value(0x00370102), ErrorCode.ecNotFound)
})

t.test('read-only properties stay, whether the client is told at once or by the save', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const message = create(mailbox)
  await message.save(KEEP, alice)
  const before = get(message, tags.PidTagMessageSize)
  const problems = message.set(
    [
      { tag: tags.PidTagChangeKey, bytes: Uint8Array.of(1) },
      { tag: tags.PidTagBody, bytes: storedString('text') },
      { tag: tags.PidTagSearchKey, bytes: Uint8Array.of(1) }
    ],
    alice
  )
  t.same(
    problems.map(({ index, tag }) => [index, tag]),
    [
      [0, tags.PidTagChangeKey],
      [2, tags.PidTagSearchKey]
    ]
  )
  t.ok((get(message, tags.PidTagMessageSize) as number) > (before as number), 'the size is computed')
  t.equal(get(message, tags.PidTagBody), 'text')
  requirement('MS-OXCPRPT_R47505')
  t.same(message.set([{ tag: tags.PidTagMessageFlags, bytes: encodeValue(3, 0) }], alice), [])
  t.throws(() => message.save(KEEP, alice), { code: ErrorCode.ecError })
  requirement('MS-OXCMSG_R31')
})

t.test('flags before the first save, and read flags after it', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const unread = create(mailbox)
  set(unread, tags.PidTagMessageFlags, MessageFlag.unmodified)
  const mid = await unread.save(KEEP, alice)
  const node = mailbox.tree.find(inbox)!
  t.equal(get(unread, tags.PidTagMessageFlags), MessageFlag.unmodified, 'not even mfEverRead')
  requirement('MS-OXCMSG_R519')
  t.equal(node.counters.unreadCount, 1)
  const changeKey = unread.value(tags.PidTagChangeKey)
  t.equal(await unread.setReadFlag(ReadFlag.suppressReceipt, alice), true)
  t.equal(node.counters.unreadCount, 0)
  const flags = (): number => get(mailbox.openMessage(inbox, mid, READ_WRITE, alice), tags.PidTagMessageFlags) as number
  t.equal(flags() & (MessageFlag.read | MessageFlag.everRead), MessageFlag.read | MessageFlag.everRead)
  requirement('MS-OXCMSG_R818', 'MS-OXCMSG_R1141')
  t.equal(await unread.setReadFlag(ReadFlag.suppressReceipt, alice), false, 'nothing changes')
  t.equal(await unread.setReadFlag(ReadFlag.clearReadFlag | ReadFlag.suppressReceipt, alice), true)
  t.equal(flags() & (MessageFlag.read | MessageFlag.everRead), MessageFlag.everRead, 'mfEverRead stays')
  requirement('MS-OXCMSG_R822')
  t.equal(node.counters.unreadCount, 1)
  t.same(mailbox.openMessage(inbox, mid, READ_WRITE, alice).value(tags.PidTagChangeKey), changeKey)
  requirement('MS-OXCMSG_R1710')
  set(unread, tags.PidTagBody, 'text')
  await unread.save(KEEP, alice)
  t.equal(flags() & MessageFlag.unmodified, 0)
  t.pass('a read state is no conflict')
  t.same((await checkMailbox(mailbox)).problems, [])
})

t.test('recipients: rows, columns, display lists', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const message = create(mailbox)
  const rows = [recipient(0, 1, 'Ann'), recipient(1, 1, 'Ben'), recipient(2, 2, 'Cat'), recipient(3, 3, 'Dan')]
  message.modifyRecipients(
    [],
    rows.map(one => ({ rowId: one.rowId, recipient: one })),
    alice
  )
  const mid = await message.save(KEEP, alice)
  const opened = mailbox.openMessage(inbox, mid, READ_WRITE, alice)
  t.equal(get(opened, tags.PidTagDisplayTo), 'Ann; Ben')
  t.equal(get(opened, tags.PidTagDisplayCc), 'Cat')
  t.equal(get(opened, tags.PidTagDisplayBcc), 'Dan')
  t.same(
    opened.recipients.map(one => one.rowId),
    [0, 1, 2, 3]
  )
  requirement('MS-OXCMSG_R389')
  opened.modifyRecipients(
    [],
    [
      { rowId: 1, recipient: null },
      { rowId: 0, recipient: recipient(0, 1, 'Amy') }
    ],
    alice
  )
  t.same(
    opened.recipients.map(one => one.rowId),
    [0, 2, 3]
  )
  t.equal(message.recipients.length, 4, 'the other handle does not see it')
  requirement('MS-OXCMSG_R390', 'MS-OXCMSG_R391', 'MS-OXCMSG_R393', 'MS-OXCMSG_R395')
  opened.removeAllRecipients(alice)
  opened.removeAllRecipients(alice)
  t.equal(opened.recipients.length, 0)
  requirement('MS-OXCMSG_R1491')
  opened.reload()
  t.equal(opened.recipients.length, 4)
})

t.test('attachments and embedded messages at any depth', async t => {
  const fixture = await Fixture.open()
  let mailbox = await fixture.create(1)
  const message = create(mailbox)
  const attachment = message.createAttachment(alice)
  t.equal(get(attachment, tags.PidTagAttachNumber), 0)
  t.equal(get(attachment, tags.PidTagRenderingPosition), -1)
  t.equal(get(attachment, tags.PidTagAccessLevel), 0, 'as Exchange 2013 and later say of a new one')
  requirement('MS-OXCMSG_R448', 'MS-OXCMSG_R451', 'MS-OXCMSG_R1650')
  attachment.set([{ tag: tags.PidTagAttachDataBinary, bytes: Buffer.from('content') }], alice)
  t.equal(get(message, tags.PidTagHasAttachments), false, 'not before the attachment is saved')
  requirement('MS-OXCMSG_R446')
  attachment.save({ keepOpen: 'readWrite' }, alice)
  t.equal(get(message, tags.PidTagHasAttachments), true)

  const outer = message.createAttachment(alice)
  t.equal(outer.number, 1)
  const embedded = await outer.openEmbedded('create', 1252, alice)
  set(embedded, tags.PidTagSubject, 'inside')
  const innerHolder = embedded.createAttachment(alice)
  const inner = await innerHolder.openEmbedded('create', 1252, alice)
  set(inner, tags.PidTagSubject, 'innermost')
  inner.set([{ tag: tags.PidTagHtml, bytes: new Uint8Array(40_000).fill(0x61) }], alice)
  await inner.save(KEEP, alice)
  innerHolder.save({ keepOpen: 'no' }, alice)
  await embedded.save(KEEP, alice)
  outer.save({ keepOpen: 'no' }, alice)
  const mid = await message.save(KEEP, alice)
  t.same((await checkMailbox(mailbox)).problems, [])

  mailbox = await fixture.restart()
  const again = mailbox.openMessage(inbox, mid, READ_WRITE, alice)
  t.same(again.attachmentNumbers(), [0, 1])
  const data = again.openAttachment(0, { access: 'read' }, alice).value(tags.PidTagAttachDataBinary)
  t.equal(Buffer.from(data as Uint8Array).toString(), 'content')
  const holder = again.openAttachment(1, { access: 'readWrite' }, alice)
  t.equal(get(holder, tags.PidTagAttachMethod), 5)
  const opened = await holder.openEmbedded('read', 1252, alice)
  t.equal(get(opened, tags.PidTagSubject), 'inside')
  t.equal(opened.embedded, true)
  t.equal(opened.mid, 0)
  const deepest = await opened.openAttachment(0, { access: 'read' }, alice).openEmbedded('read', 1252, alice)
  t.equal(get(deepest, tags.PidTagSubject), 'innermost')
  t.equal(deepest.value(tags.PidTagHtml), ErrorCode.ecNotEnoughMemory)
  const stream = await deepest.openStream(tags.PidTagHtml, 'read', alice)
  t.equal(stream.size, 40_000)
  await stream.release()
  again.deleteAttachment(1, alice)
  t.throws(() => again.openAttachment(1, { access: 'read' }, alice), { code: ErrorCode.ecNotFound })
  requirement('MS-OXCMSG_R1063', 'MS-OXCMSG_R440')
  t.same(mailbox.openMessage(inbox, mid, READ_WRITE, alice).attachmentNumbers(), [0, 1])
  requirement('MS-OXCMSG_R1523')
  await again.save(KEEP, alice)
  t.equal(again.createAttachment(alice).number, 2, 'a number is not given again')
  await fixture.objects.blobs.whenIdle()
  t.same((await checkMailbox(mailbox)).problems, [])
})

t.test('every id is the same after a restart', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const identity = [
    tags.PidTagEntryId,
    tags.PidTagParentEntryId,
    tags.PidTagSourceKey,
    tags.PidTagParentSourceKey,
    tags.PidTagChangeKey,
    tags.PidTagPredecessorChangeList,
    tags.PidTagChangeNumber,
    tags.PidTagMid,
    tags.PidTagFolderId,
    tags.PidTagInstanceKey,
    tags.PidTagSearchKey
  ]
  const mids: number[] = []
  for (let i = 0; i < 70; i++) mids.push(await create(mailbox, `message ${i}`).save(KEEP, alice))
  const of = (core: MailboxCore): string[] => [
    core.guid,
    core.replicaGuid,
    Buffer.from(core.storeEntryId).toString('hex'),
    ...mids.flatMap(mid => {
      const message = core.openMessage(inbox, mid, READ_WRITE, alice)
      return identity.map(tag => Buffer.from(message.value(tag) as Uint8Array).toString('hex'))
    }),
    ...[...core.tree.all()].flatMap(node => {
      const folder = core.openFolder(node.fid, {}, alice)
      return [tags.PidTagEntryId, tags.PidTagSourceKey, tags.PidTagChangeKey].map(tag =>
        Buffer.from(folder.value(tag) as Uint8Array).toString('hex')
      )
    })
  ]
  const before = of(mailbox)
  const again = await fixture.restart()
  t.same(of(again), before)
  const next = await create(again).save(KEEP, alice)
  t.notOk(mids.includes(next), 'no id comes twice')
  t.same((await checkMailbox(again)).problems, [])
})
