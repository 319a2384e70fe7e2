import t from 'tap'
import { checkMailbox } from '../../src/mailbox/check.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { encodeValue } from '../../src/oxcdata/property-value.js'
import { storedString, stringOf } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { alice, Fixture } from './mailbox-fixture.js'

const inbox = specialFid('inbox')
const OPEN = { access: 'readWrite', softDeleted: false, codePage: 1252 } as const
const KEEP = { force: false, keepOpen: 'readWrite' } as const
const BODY_STRING8 = 0x1000001e

async function message() {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  return { fixture, mailbox, message: mailbox.createMessage(inbox, { associated: false, codePage: 1252 }, alice) }
}

t.test('a small stream is the value without its terminator', async t => {
  const { mailbox, message: one } = await message()
  t.throws(() => one.openStream(tags.PidTagBody, 'read', alice), { code: ErrorCode.ecNotFound })
  t.throws(() => one.openStream(tags.PidTagBody, 'readWrite', alice), { code: ErrorCode.ecNotFound })
  const created = await one.openStream(tags.PidTagBody, 'create', alice)
  t.equal(created.size, 0)
  await created.write(Buffer.from('héllo', 'utf16le'))
  await created.commit()
  t.equal(stringOf(one.value(tags.PidTagBody) as Uint8Array), 'héllo')
  const narrow = await one.openStream(BODY_STRING8, 'readWrite', alice)
  t.equal(Buffer.from(await narrow.read(100)).toString('latin1'), 'héllo')
  t.equal((await narrow.read(1)).byteLength, 0, 'fewer bytes only at the end')
  narrow.position = 1
  await narrow.write(Buffer.from('ëëë', 'latin1'))
  await narrow.setSize(4)
  await narrow.release()
  t.equal(stringOf(one.value(tags.PidTagBody) as Uint8Array), 'hëëë')
  const reading = await one.openStream(tags.PidTagBody, 'read', alice)
  t.equal(reading.writable, false)
  t.throws(() => reading.write(Uint8Array.of(1)), { code: ErrorCode.ecAccessDenied })
  const mid = await one.save(KEEP, alice)
  const opened = mailbox.openMessage(inbox, mid, { ...OPEN, access: 'read' }, alice)
  t.equal(stringOf(opened.value(tags.PidTagBody) as Uint8Array), 'hëëë')
  t.throws(() => opened.openStream(tags.PidTagBody, 'readWrite', alice), { code: ErrorCode.ecAccessDenied })
})

t.test('a value grows beyond its record and shrinks back', async t => {
  const { fixture, mailbox, message: one } = await message()
  const stream = await one.openStream(tags.PidTagHtml, 'create', alice)
  for (let i = 0; i < 10; i++) await stream.write(new Uint8Array(10_000).fill(i))
  await stream.commit()
  await stream.release()
  t.equal(one.value(tags.PidTagHtml), ErrorCode.ecNotEnoughMemory)
  const mid = await one.save(KEEP, alice)
  t.same((await checkMailbox(mailbox)).problems, [])
  const again = await fixture.restart()
  const opened = again.openMessage(inbox, mid, OPEN, alice)
  t.equal(opened.value(tags.PidTagHtml), ErrorCode.ecNotEnoughMemory)
  t.equal(opened.typeOf(tags.PidTagHtml >>> 16), 0x0102)
  const edit = await opened.openStream(tags.PidTagHtml, 'readWrite', alice)
  t.equal(edit.size, 100_000)
  edit.position = 50_000
  t.same(await edit.read(3), Uint8Array.of(5, 5, 5))
  edit.position = 49_999
  await edit.write(Uint8Array.of(9, 9))
  await edit.commit()
  await edit.release()
  const other = again.openMessage(inbox, mid, OPEN, alice)
  const before = await other.openStream(tags.PidTagHtml, 'read', alice)
  before.position = 49_999
  t.same(await before.read(2), Uint8Array.of(4, 5), 'others see it after the save')
  await before.release()
  await opened.save(KEEP, alice)
  const after = await again.openMessage(inbox, mid, OPEN, alice).openStream(tags.PidTagHtml, 'read', alice)
  after.position = 49_998
  t.same(await after.read(4), Uint8Array.of(4, 9, 9, 5))
  await after.release()
  opened.set([{ tag: tags.PidTagHtml, bytes: Buffer.from('short') }], alice)
  await opened.save(KEEP, alice)
  await fixture.objects.blobs.whenIdle()
  t.equal(Buffer.from(opened.value(tags.PidTagHtml) as Uint8Array).toString(), 'short')
  t.same((await checkMailbox(again)).problems, [])
})

t.test('a body of 20 MB and an attachment of 300 MB at constant memory', async t => {
  const { fixture, mailbox, message: one } = await message()
  const piece = new Uint8Array(1 << 20).fill(7)
  const body = await one.openStream(tags.PidTagBody, 'create', alice)
  for (let i = 0; i < 20; i++) await body.write(piece)
  await body.commit()
  await body.release()
  const attachment = one.createAttachment(alice)
  const data = await attachment.openStream(tags.PidTagAttachDataBinary, 'create', alice)
  // A sparse value: the gap reads as zeros and costs nothing, so that the test can afford it.
  await data.write(piece)
  await data.setSize(300 << 20)
  data.position = (300 << 20) - 3
  await data.write(Uint8Array.of(1, 2, 3))
  await data.commit()
  await data.release()
  attachment.save({ keepOpen: 'no' }, alice)
  const mid = await one.save(KEEP, alice)
  t.equal(one.value(tags.PidTagMessageSizeExtended) instanceof Uint8Array, true)
  const opened = mailbox.openMessage(inbox, mid, OPEN, alice)
  const stream = await opened
    .openAttachment(0, { access: 'read' }, alice)
    .openStream(tags.PidTagAttachDataBinary, 'read', alice)
  t.equal(stream.size, 300 << 20)
  stream.position = (300 << 20) - 5
  t.same(await stream.read(100), Uint8Array.of(0, 0, 1, 2, 3))
  await stream.release()
  await fixture.objects.blobs.whenIdle()
  t.same((await checkMailbox(mailbox)).problems, [])
  await mailbox.openFolder(inbox, {}, alice).deleteMessages([mid], { hard: true, notifyNonRead: false }, alice)
  await fixture.objects.blobs.whenIdle()
  t.same((await checkMailbox(mailbox)).problems, [], 'nothing is left of it')
})

t.test('importing keeps every index', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const time = mailbox.filetime()
  function* drafts(count: number) {
    for (let i = 0; i < count; i++) {
      const properties = PropertyBag.of([
        { tag: tags.PidTagSubject, bytes: storedString(`RE: subject ${i}`) },
        { tag: tags.PidTagMessageFlags, bytes: encodeValue(3, i % 3 === 0 ? 1 : 0) },
        { tag: tags.PidTagMessageDeliveryTime, bytes: encodeValue(0x40, time + BigInt((i * 7919) % 1000)) }
      ])
      if (i % 50 === 0) properties.set(tags.PidTagHtml, new Uint8Array(40_000).fill(i))
      const large = PropertyBag.of([
        { tag: tags.PidTagAttachDataBinary, bytes: new Uint8Array(i % 10 === 0 ? 60_000 : 10) }
      ])
      const to = PropertyBag.of([{ tag: tags.PidTagDisplayName, bytes: storedString('Ann') }])
      yield {
        properties,
        recipients: [{ rowId: 0, type: 1, codePage: 1252, properties: to }],
        attachments: i % 5 === 0 ? [{ properties: large }] : [],
        time
      }
    }
  }
  t.equal(await mailbox.importMessages(inbox, drafts(1500)), 1500)
  const node = mailbox.tree.find(inbox)!
  t.equal(node.counters.contentCount, 1500)
  t.equal(node.counters.unreadCount, 1000)
  t.same((await checkMailbox(mailbox)).problems, [])
  const again = await fixture.restart()
  t.same((await checkMailbox(again)).problems, [])
})
