import t from 'tap'
import { Directory, noLimits } from '../../src/directory/index.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import { parseEntryId } from '../../src/oxcdata/entry-id.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { tagType } from '../../src/oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import { storedString, stringOf } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../src/personality.js'
import { beginConversation, isConversationIndex } from '../../src/transport/conversation-index.js'
import { correspondentOf } from '../../src/transport/correspondent.js'
import { Delivery, type DeliveryStep } from '../../src/transport/delivery.js'
import { DeliveryRefused } from '../../src/transport/delivery-refused.js'
import { flatEntryList } from '../../src/transport/fill-message.js'
import type { TransportMessage } from '../../src/transport/transport-message.js'
import { MemoryEngine, openStore } from '../../store/index.js'
import { testRuntime } from '../mailbox/mailbox-fixture.js'

const inbox = specialFid('inbox')
const READ = { access: 'read', softDeleted: false, codePage: 1252 } as const

async function setUp(steps: DeliveryStep[] = []) {
  const runtime = testRuntime()
  const objects = await openStore(new MemoryEngine())
  const directory = await Directory.open(objects.store, runtime)
  const kim = await directory.add({ address: 'kim@example.com', displayName: 'Kim' })
  const mailboxes = new Mailboxes({
    ...{ objects, runtime, personality: exchange2016, people: directory },
    ownerOf: number => directory.byMailboxNumber(number)
  })
  const core = await mailboxes.create({ number: kim.mailboxNumber, owner: kim, localeId: 0x409 })
  const delivery = new Delivery({ directory, mailboxes, runtime, steps })
  return { runtime, objects, directory, kim, mailboxes, core, delivery }
}

function message(values: [number, PropertyValue][] = [], more: Partial<TransportMessage> = {}): TransportMessage {
  const properties = new PropertyBag()
  for (const [tag, value] of values) properties.set(tag, encodeValue(tagType(tag), value))
  const lee = { name: 'Lee', address: 'lee@elsewhere.example' }
  const recipients = [{ name: 'Kim', address: 'kim@example.com', kind: 'to' as const }]
  return { from: lee, sender: lee, replyTo: [], recipients, properties, headers: [], attachments: [], ...more }
}

const refusal = (delivered: Promise<unknown>): Promise<unknown> =>
  delivered.then(
    () => 'taken',
    (error: unknown) => error
  )

t.test('delivery to one of several recipients says how it was named', async t => {
  const { delivery, kim, core } = await setUp()
  const flags = async (recipients: TransportMessage['recipients']) => {
    const { folderId, messageId } = await delivery.deliver(message([], { recipients }), kim)
    const opened = core.openMessage(folderId, messageId, READ, kim)
    const seen = [tags.PidTagMessageToMe, tags.PidTagMessageCcMe, tags.PidTagMessageRecipientMe].map(
      tag => (opened.value(tag) as Uint8Array)[0]
    )
    opened.release()
    return seen
  }
  const named = (kind: 'to' | 'cc' | 'bcc') => [{ name: '', address: 'KIM@example.com', kind }]
  t.strictSame(await flags(named('to')), [1, 0, 1])
  t.strictSame(await flags(named('cc')), [0, 1, 1])
  t.strictSame(await flags(named('bcc')), [0, 0, 1])
  t.strictSame(await flags([{ name: '', address: 'list@example.com', kind: 'to' }]), [0, 0, 0])
  t.same((await checkMailbox(core)).problems, [])
})

t.test('a message keeps what it brings, and gets what it lacks', async t => {
  const { delivery, kim, core, runtime } = await setUp()
  const inner = message([[tags.PidTagSubject, 'inside']])
  const brought = message(
    [
      [tags.PidTagSubject, 'Fwd: x'],
      [tags.PidTagInternetMessageId, '<1@x>'],
      [tags.PidTagConversationTopic, 'another topic'],
      [tags.PidTagMessageFlags, 0x9],
      [tags.PidTagBody, 'b'.repeat(100_000)]
    ],
    {
      headers: [
        { name: 'X-One', value: '1' },
        { name: 'X'.repeat(200), value: 'too long a name' }
      ],
      attachments: [{ properties: new PropertyBag(), embedded: inner }]
    }
  )
  const { folderId, messageId, internetMessageId } = await delivery.deliver(brought, kim)
  t.equal(folderId, inbox)
  t.equal(internetMessageId, '<1@x>')
  const opened = core.openMessage(folderId, messageId, READ, kim)
  const text = (tag: number) => stringOf(opened.value(tag) as Uint8Array)
  t.equal(text(tags.PidTagConversationTopic), 'another topic')
  const time = opened.value(tags.PidTagMessageDeliveryTime) as Uint8Array
  t.same(time, encodeValue(0x0040, BigInt(runtime.nowMs) * 10000n + 116444736000000000n))
  const [id] = core.propertyIdsFromNames(
    [{ guid: '00020386-0000-0000-c000-000000000046', name: 'x-one' }],
    false,
    kim
  ) as number[]
  t.equal(text((id << 16) | 0x1f), '1')
  t.same(opened.value(tags.PidTagBody), 0x8007000e, 'a long body is read as a stream')
  const attachment = opened.openAttachment(0, { access: 'read' }, kim)
  const embedded = await attachment.openEmbedded('read', 1252, kim)
  t.equal(stringOf(embedded.value(tags.PidTagSubject) as Uint8Array), 'inside')
  embedded.release()
  attachment.release()
  opened.release()
  t.same((await checkMailbox(core)).problems, [])
})

t.test('steps see the whole message: they move, change, drop and refuse', async t => {
  const seen: string[] = []
  const steps: DeliveryStep[] = [
    ({ message: arrived, recipient }) => {
      const subject = stringOf(arrived.value(tags.PidTagSubject) as Uint8Array)
      seen.push(`${recipient.address}: ${subject}`)
    },
    async delivering => {
      const subject = stringOf(delivering.message.value(tags.PidTagSubject) as Uint8Array)
      if (subject === 'move') delivering.folderId = specialFid('junkEmail')
      if (subject === 'drop') delivering.drop()
      if (subject === 'refuse') throw new DeliveryRefused('notForMail', 'a rule refuses it')
      delivering.message.set([{ tag: tags.PidTagSubject, bytes: storedString(`${subject}!`) }], delivering.recipient)
    },
    ({ message: arrived }) => void seen.push(stringOf(arrived.value(tags.PidTagSubject) as Uint8Array))
  ]
  const { delivery, kim, core } = await setUp(steps)
  const deliver = (subject: string) => delivery.deliver(message([[tags.PidTagSubject, subject]]), kim)
  t.match(await deliver('plain'), { folderId: inbox })
  t.match(await deliver('move'), { folderId: specialFid('junkEmail') })
  t.match(await deliver('drop'), { messageId: 0 })
  t.match(await refusal(deliver('refuse')), { enhancedStatus: '5.2.1' })
  t.strictSame(seen, [
    ...[
      'kim@example.com: plain',
      'plain!',
      'kim@example.com: move',
      'move!',
      'kim@example.com: drop',
      'kim@example.com: refuse'
    ]
  ])
  t.equal(core.tree.find(inbox)?.counters.unreadCount, 1)
  t.equal(core.tree.find(specialFid('junkEmail'))?.counters.unreadCount, 1)
  t.same((await checkMailbox(core)).problems, [])
})

t.test('limits and what has no mailbox', async t => {
  const { delivery, directory, kim } = await setUp()
  const limited = (limits: object) => ({ ...kim, limits: { ...noLimits, ...limits } })
  const large = message([[tags.PidTagBody, 'x'.repeat(10_000)]])
  const refused = async (recipient: typeof kim) => refusal(delivery.deliver(large, recipient))
  const tooLarge = { reason: 'messageTooLarge', enhancedStatus: '5.2.3' }
  t.match(await refused(limited({ receiveMessageBytes: 10_000 })), tooLarge)
  t.match(await refused(limited({ receiveBytes: 0 })), { reason: 'mailboxFull', enhancedStatus: '5.2.2' })
  const folders = await directory.add({ kind: 'publicFolderMailbox', address: 'f@example.com', displayName: 'F' })
  t.match(await refused(folders), { reason: 'notForMail' })
  const nobody = await directory.add({ address: 'n@example.com', displayName: 'N' })
  t.match(await refused(nobody), { reason: 'noMailbox', enhancedStatus: '5.1.1' })
})

t.test('people of the directory go by their DN', async t => {
  const { directory, kim } = await setUp()
  const group = await directory.add({ kind: 'group', address: 'all@example.com', displayName: 'All' })
  const found = correspondentOf(directory, { name: 'whatever', address: 'KIM@example.com' })
  t.match(found, { name: 'Kim', addressType: 'EX', address: kim.legacyDn, smtpAddress: 'kim@example.com' })
  t.match(parseEntryId(found.entryId), { kind: 'addressBook', type: 0, dn: kim.legacyDn })
  t.equal(Buffer.from(found.searchKey).toString('latin1'), `${`EX:${kim.legacyDn}`.toUpperCase()}\0`)
  t.match(parseEntryId(correspondentOf(directory, group as never).entryId), { type: 1 })
  const stranger = correspondentOf(directory, { name: '', address: 'x@y.example' })
  t.match(stranger, { name: 'x@y.example', addressType: 'SMTP', guid: undefined })
  t.match(parseEntryId(stranger.entryId), { kind: 'oneOff', address: 'x@y.example' })
})

t.test('conversation index: the six high bytes of the time, whose first is 0x01, and a GUID', async t => {
  // FILETIME 0x01DCA95DF9AA1C00 is 2026-03-01T09:30:00Z.
  const index = beginConversation(Date.UTC(2026, 2, 1, 9, 30), testRuntime().random(new Uint8Array(16)))
  t.equal(index.length, 22)
  t.equal(Buffer.from(index.subarray(0, 6)).toString('hex'), '01dca95df9aa')
  t.ok(isConversationIndex(index))
  t.ok(isConversationIndex(Buffer.concat([index, Buffer.alloc(5)])))
  t.notOk(isConversationIndex(Buffer.concat([index, Buffer.alloc(4)])))
  t.notOk(isConversationIndex(Buffer.alloc(22)))
})

t.test('FlatEntryList ([MS-OXCDATA] 2.3.3): sizes, and each entry at a multiple of 4', async t => {
  const list = flatEntryList([Buffer.from('aabbcc', 'hex'), Buffer.from('dd', 'hex')])
  t.equal(Buffer.from(list).toString('hex'), `02000000${'0d000000'}${'03000000aabbcc00'}${'01000000dd'}`)
})
