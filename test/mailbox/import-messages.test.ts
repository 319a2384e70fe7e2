import t from 'tap'
import { checkMailbox } from '../../src/mailbox/check.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MessageDraft } from '../../src/mailbox/messages/message-draft.js'
import { int32 } from '../../src/mailbox/stored-values.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { storedString, stringOf } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { toFiletime } from '../../src/runtime.js'
import { keys, SERVER_MAILBOX } from '../../store/index.js'
import { alice, Fixture } from './mailbox-fixture.js'

const inbox = specialFid('inbox')
const LARGE_BYTES = 70_000
const EMBEDDED_MESSAGE = 5
const PAST = toFiletime(Date.UTC(2020, 0, 1))

function draftOf(subject: string, attachments: MessageDraft['attachments'] = []): MessageDraft {
  const properties = new PropertyBag()
    .set(tags.PidTagSubject, storedString(subject))
    .set(tags.PidTagSearchKey, new Uint8Array(16))
    .set(tags.PidTagMessageDeliveryTime, new Uint8Array(8))
  return { properties, recipients: [], attachments, time: PAST }
}

const binary = (fill: number): PropertyBag =>
  new PropertyBag().set(tags.PidTagAttachDataBinary, new Uint8Array(LARGE_BYTES).fill(fill))

t.test('messages inside messages are imported with their attachments, large ones too', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const inner = draftOf('RE: inner', [{ properties: binary(7) }])
  const holder = new PropertyBag().set(tags.PidTagAttachMethod, int32(EMBEDDED_MESSAGE))
  const outer = draftOf('outer', [{ properties: binary(3) }, { properties: holder, embedded: inner }])
  t.equal(await mailbox.importMessages(inbox, [outer]), 1)
  t.same((await checkMailbox(mailbox)).problems, [])
  const again = await fixture.restart()
  t.same((await checkMailbox(again)).problems, [])
  const [mid] = await midsOf(again)
  const message = again.openMessage(inbox, mid, { access: 'read', softDeleted: false, codePage: 1252 }, alice)
  const attachment = await message.openAttachment(1, { access: 'read' }, alice)
  const embedded = await attachment.openEmbedded('read', 1252, alice)
  t.equal(stringOf(embedded.value(tags.PidTagSubject) as Uint8Array), 'RE: inner')
  t.equal(stringOf(embedded.value(tags.PidTagNormalizedSubject) as Uint8Array), 'inner')
  const deep = await embedded.openAttachment(0, { access: 'read' }, alice)
  const stream = await deep.openStream(tags.PidTagAttachDataBinary, 'read', alice)
  t.equal(stream.size, LARGE_BYTES)
  t.same([...(await stream.read(2))], [7, 7])
  await mailbox.core.durable()
})

async function midsOf(mailbox: Awaited<ReturnType<Fixture['create']>>): Promise<number[]> {
  const mids: number[] = []
  for await (const page of mailbox.orders.summaries(inbox)) mids.push(...page.map(({ mid }) => mid))
  return mids
}

t.test('a turn of its own moment still makes LocalCommitTimeMax rise', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const node = mailbox.tree.find(inbox)!
  const seen = [node.counters.localCommitTimeMax]
  for (const subject of ['one', 'two']) {
    await mailbox.importMessages(inbox, [draftOf(subject)], { time: PAST })
    seen.push(node.counters.localCommitTimeMax)
  }
  t.ok(seen[0] < seen[1] && seen[1] < seen[2])
})

t.test('what goes along with a turn is in its batch', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const key = keys.setting.of(SERVER_MAILBOX, 'mark')
  const drafts = Array.from({ length: 300 }, (_, at) => draftOf(`number ${at}`))
  const seen: number[] = []
  await mailbox.importMessages(inbox, drafts, {
    also: (batch, imported) => {
      seen.push(imported)
      batch.put(key, Buffer.from(String(imported)))
    }
  })
  t.same(seen, [128, 256, 300])
  t.equal(Buffer.from(fixture.objects.store.get(key)!).toString(), '300')
})
