import t from 'tap'
import type { MailboxEvent } from '../../src/mailbox/events.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { alice, Fixture } from './mailbox-fixture.js'

const inbox = specialFid('inbox')
const drafts = specialFid('drafts')
const KEEP = { force: false, keepOpen: 'readWrite' } as const

t.test('events tell what was committed, when it is on disk, in order', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const { store } = fixture.objects
  const events: MailboxEvent[] = []
  const durableWhenTold: boolean[] = []
  const stop = mailbox.events.subscribe(event => {
    events.push(event)
    durableWhenTold.push(store.durableSequence >= 1)
  })
  const settled = async (): Promise<MailboxEvent[]> => {
    await store.whenDurable(store.lastSequence)
    await new Promise(resolve => setImmediate(resolve))
    return events.splice(0)
  }
  const folder = mailbox.openFolder(inbox, {}, alice)
  const message = mailbox.createMessage(inbox, { associated: false, codePage: 1252 }, alice)
  message.set([{ tag: tags.PidTagMessageFlags, bytes: Uint8Array.of(0, 0, 0, 0) }], alice)
  const mid = await message.save(KEEP, alice)
  t.same(events, [], 'nothing is told before the commit is on disk')
  t.match(await settled(), [
    { kind: 'messageCreated', fid: inbox, mid, associated: false, cn: message.cn },
    { kind: 'folderCounts', fid: inbox, contentCount: 1, unreadCount: 1 }
  ])
  await message.setReadFlag(1, alice)
  message.set([{ tag: tags.PidTagBody, bytes: storedString('text') }], alice)
  await message.save(KEEP, alice)
  t.match(await settled(), [
    { kind: 'messageChanged', mid, what: 'readState' },
    { kind: 'folderCounts', fid: inbox, contentCount: 1, unreadCount: 0 },
    { kind: 'messageChanged', mid, what: 'content' }
  ])
  await folder.moveCopyMessages(mailbox.openFolder(drafts, {}, alice), [mid], { copy: false }, alice)
  const [moved] = await settled()
  t.match(moved, { kind: 'messageMoved', fid: drafts, oldFid: inbox, oldMid: mid })
  const movedMid = moved.kind === 'messageMoved' ? moved.mid : 0
  await mailbox.openFolder(drafts, {}, alice).deleteMessages([movedMid], { hard: true, notifyNonRead: false }, alice)
  t.match(await settled(), [
    { kind: 'messageDeleted', fid: drafts, mid: movedMid, hard: true },
    { kind: 'folderCounts', fid: drafts, contentCount: 0 }
  ])
  const spec = { type: 'generic', displayName: 'New', comment: '', openExisting: false } as const
  const { folder: created } = await folder.createFolder(spec, alice)
  await created.set([{ tag: tags.PidTagDisplayName, bytes: storedString('Newer') }], alice)
  await folder.removeFolder(created.fid, { messages: true, folders: true, hard: true }, alice)
  t.match(await settled(), [
    { kind: 'folderCreated', fid: created.fid, parentFid: inbox },
    { kind: 'folderChanged', fid: created.fid, parentFid: inbox },
    { kind: 'folderDeleted', fid: created.fid, parentFid: inbox, hard: true }
  ])
  stop()
  await message.mailbox.openFolder(inbox, {}, alice).createFolder({ ...spec, displayName: 'Unheard' }, alice)
  t.same(await settled(), [])
  t.notOk(durableWhenTold.includes(false))
})
