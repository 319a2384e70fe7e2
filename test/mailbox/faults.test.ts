/**
 * A fault sweep over the mailbox: write n fails for n = 1, 2, 3 ... until the scenario passes; after each, what survives is
 * opened again and checked, and everything that was acknowledged must be there.
 */
import t from 'tap'
import { checkStore } from '../../src/mailbox/check.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../src/personality.js'
import { FaultyEngine } from '../../store/faulty-engine.js'
import { type Engine, MemoryEngine, openStore } from '../../store/index.js'
import { alice, bob, testRuntime } from './mailbox-fixture.js'

const inbox = specialFid('inbox')
const drafts = specialFid('drafts')
const KEEP = { force: false, keepOpen: 'readWrite' } as const
const OPEN = { access: 'readWrite', softDeleted: false, codePage: 1252 } as const
const PIECE_BYTES = 16_384

async function mailboxesOver(engine: Engine) {
  const objects = await openStore(engine, { pieceBytes: PIECE_BYTES })
  const ownerOf = (number: number) => (number === 1 ? alice : bob)
  return { objects, mailboxes: new Mailboxes({ objects, runtime: testRuntime(), personality: exchange2016, ownerOf }) }
}

/** A bit of everything that writes; `acknowledged` collects messages that the outside was told of. */
async function scenario(mailbox: MailboxCore, acknowledged: Set<number>): Promise<void> {
  const folder = mailbox.openFolder(inbox, {}, alice)
  const mids: number[] = []
  for (let i = 0; i < 4; i++) {
    const message = mailbox.createMessage(inbox, { associated: i === 3, codePage: 1252 }, alice)
    message.set([{ tag: tags.PidTagSubject, bytes: storedString(`message ${i}`) }], alice)
    const stream = await message.openStream(tags.PidTagHtml, 'create', alice)
    await stream.write(new Uint8Array(70_000).fill(i))
    await stream.commit()
    await stream.release()
    const attachment = message.createAttachment(alice)
    attachment.set([{ tag: tags.PidTagAttachDataBinary, bytes: new Uint8Array(40_000).fill(i) }], alice)
    await attachment.save({ keepOpen: 'no' }, alice)
    mids.push(await message.save(KEEP, alice))
    await mailbox.durable()
    acknowledged.add(mids[i])
  }
  const edited = mailbox.openMessage(inbox, mids[0], OPEN, alice)
  const edit = await edited.openStream(tags.PidTagHtml, 'readWrite', alice)
  edit.position = 60_000
  await edit.write(new Uint8Array(30_000).fill(9))
  await edit.release()
  await edited.setReadFlag(4, alice)
  await edited.save(KEEP, alice)
  await mailbox.durable()
  const destination = mailbox.openFolder(drafts, {}, alice)
  await folder.moveCopyMessages(destination, [mids[0]], { copy: true }, alice)
  acknowledged.delete(mids[1])
  await folder.moveCopyMessages(destination, [mids[1]], { copy: false }, alice)
  acknowledged.delete(mids[2])
  await folder.deleteMessages([mids[2]], { hard: true, notifyNonRead: false }, alice)
  const spec = { type: 'generic', displayName: 'New', comment: '', openExisting: false } as const
  const { folder: created } = await folder.createFolder(spec, alice)
  await mailbox.importMessages(created.fid, draftsOf(20, mailbox.filetime()))
  await folder.removeFolder(created.fid, { messages: true, folders: true, hard: true }, alice)
  await mailbox.propertyIdsFromNames([{ guid: '00062008-0000-0000-c000-000000000046', lid: 0x8501 }], true, alice)
  await mailbox.durable()
}

function* draftsOf(count: number, time: bigint) {
  for (let i = 0; i < count; i++) {
    const properties = PropertyBag.of([{ tag: tags.PidTagSubject, bytes: storedString(`import ${i}`) }])
    if (i === 7) properties.set(tags.PidTagHtml, new Uint8Array(50_000))
    yield { properties, recipients: [], attachments: [], time }
  }
}

t.test('whatever write fails, what survives is whole', async t => {
  const fresh = new MemoryEngine()
  const first = await mailboxesOver(fresh)
  await first.mailboxes.create({ number: 1, owner: alice, localeId: 0x409 })
  await first.objects.close()
  for (const keeps of [undefined, (n: number) => n % 2 === 0]) {
    let sweeps = 0
    for (let failAt = 1; ; failAt++) {
      const engine = new FaultyEngine({}, fresh)
      const acknowledged = new Set<number>()
      const { objects, mailboxes } = await mailboxesOver(engine)
      const mailbox = (await mailboxes.find(1))!
      engine.replan({ failAt, crash: true, keeps })
      await scenario(mailbox, acknowledged).catch(error => {
        if (!engine.hasFailed) throw error
      })
      if (!engine.hasFailed) await objects.blobs.whenIdle()
      const isOver = !engine.hasFailed
      const survivors = engine.survivors()
      const again = await mailboxesOver(survivors)
      await again.objects.blobs.whenIdle()
      const { problems } = await checkStore(again.objects, again.mailboxes)
      const reopened = (await again.mailboxes.find(1))!
      const lost = [...acknowledged].filter(mid => reopened.messages.find(mid) === undefined)
      if (problems.length > 0 || lost.length > 0) t.same({ failAt, problems, lost }, { failAt, problems: [], lost: [] })
      sweeps++
      if (isOver) break
    }
    t.ok(sweeps > 20, `${sweeps} faults`)
  }
})
