/** Mailboxes at their limits ([MS-OXCSTOR] 2.2.2.1.1): what is refused, and what never is. */
import t from 'tap'
import { RopCopyFolder } from '../../../rops/folder/rop-copy-folder.js'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopMoveCopyMessages } from '../../../rops/folder/rop-move-copy-messages.js'
import { RopCreateMessage } from '../../../rops/message/rop-create-message.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopSetReadFlags } from '../../../rops/message/rop-set-read-flags.js'
import { noLimits } from '../../../src/directory/index.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../../src/mailbox/mailbox-core.js'
import type { Fid, Mid } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { publicOwner } from '../../mailbox/mailbox-fixture.js'
import { PublicWorld, publicClient } from './public-world.js'
import { RealClient, type Values } from './real-driver.js'

const SHUTOFF = 0x4dd
const inbox = specialFid('inbox')
const deletedItems = specialFid('deletedItems')
const text = (chars: number): Values => [[tags.PidTagBody, 'x'.repeat(chars)]]

/** Gives the mailbox limits as the directory does. */
function limit(mailbox: MailboxCore, limits: object): void {
  const { owner } = mailbox
  mailbox.owner = { ...owner, limits: { ...noLimits, ...limits } } as never
}

/** What the folders have, counted one by one. */
function counted({ tree }: MailboxCore): number {
  let bytes = 0
  for (const node of tree.all()) {
    if (node.type === 'search' || tree.isSoftDeleted(node)) continue
    bytes += node.counters.contentBytes + node.counters.associatedBytes
  }
  return bytes
}

async function saving(client: RealClient, folderId: Fid, values: Values, logon = 0): Promise<number> {
  const request = { codePageId: 0x0fff, folderId, associatedFlag: false }
  const { returnValue, handle } = await client.call(RopCreateMessage, request, logon)
  if (returnValue !== 0) return returnValue
  await client.set(handle, values)
  const saved = await client.call(RopSaveChangesMessage, { saveFlags: 0 }, handle)
  await client.release(handle)
  return saved.returnValue
}

async function moving(client: RealClient, from: number, to: number, messageIds: Mid[], wantCopy: boolean) {
  const request = { messageIds, wantAsynchronous: false, wantCopy }
  return client.call(RopMoveCopyMessages, request, from, { destination: to })
}

t.test('quotas as clients read them', async t => {
  const client = await RealClient.logOn()
  const quotas = [
    ...[tags.PR_STORAGE_QUOTA_LIMIT, tags.PidTagProhibitSendQuota, tags.PidTagProhibitReceiveQuota],
    tags.PidTagMaximumSubmitMessageSize
  ]
  t.strictSame(await client.get(0, quotas), [-1, -1, -1, -1], 'no limits')
  limit(client.mailbox, { warningBytes: 1 << 20, sendBytes: 2 << 20, receiveBytes: 3 << 20, sendMessageBytes: 10_240 })
  t.strictSame(await client.get(0, quotas), [1024, 2048, 3072, 10])
  limit(client.mailbox, { receiveBytes: Number.MAX_SAFE_INTEGER })
  t.equal(await client.one(0, tags.PidTagProhibitReceiveQuota), -1, 'more than the property can say')
  const problems = await client.set(0, [
    [tags.PidTagProhibitReceiveQuota, 1],
    [tags.PidTagProhibitSendQuota, 1]
  ])
  t.match(problems, [{ index: 0 }, { index: 1 }])
  requirement('MS-OXCSTOR_R3055003', 'MS-OXCSTOR_R3055004')
})

t.test('a mailbox that has reached its limit does not grow', async t => {
  const client = await RealClient.logOn()
  const { mailbox } = client
  const mid = await client.createMessage(inbox, text(5000))
  const second = await client.createMessage(inbox, text(5000))
  const size = mailbox.space.sizeBytes
  t.ok(size > 10_000)
  t.equal(await client.one(0, tags.PidTagMessageSize), size)
  limit(mailbox, { receiveBytes: size + 1 })
  t.equal(await saving(client, inbox, text(3000)), 0, 'the last one that fits in part')
  t.equal(await saving(client, inbox, text(10)), SHUTOFF)
  t.equal(await saving(client, inbox, []), SHUTOFF)
  requirement('MS-OXCSTOR_R646')
  const source = await client.folder('inbox')
  const target = await client.folder('deletedItems')
  t.equal((await moving(client, source, target, [mid], true)).returnValue, SHUTOFF, 'a copy')
  const { folderId, handle } = await client.createFolder(source, 'Some')
  t.not(folderId, 0, 'folders have no size')
  t.match(await moving(client, source, handle, [second], false), {
    returnValue: 0,
    value: { partialCompletion: false }
  })
  const copy = { wantAsynchronous: false, useUnicode: true, folderId, newFolderName: 'Copy', wantRecursive: true }
  t.equal((await client.call(RopCopyFolder, copy, source, { destination: target })).returnValue, SHUTOFF)

  t.same(mailbox.space.sizeBytes, counted(mailbox))
  const open = await client.call(RopOpenMessage, {
    ...{ codePageId: 0x0fff, folderId: inbox, openModeFlags: 1, messageId: mid }
  })
  await client.set(open.handle, text(9000))
  t.equal((await client.call(RopSaveChangesMessage, { saveFlags: 0x0a }, open.handle)).returnValue, SHUTOFF, 'larger')
  await client.set(open.handle, text(100))
  t.equal((await client.call(RopSaveChangesMessage, { saveFlags: 0x0a }, open.handle)).returnValue, 0, 'smaller')
  t.equal(await saving(client, inbox, text(10)), 0, 'there is room again')
  t.same((await checkMailbox(mailbox)).problems, [])
})

t.test('what is in a full mailbox can be moved, read and deleted', async t => {
  const client = await RealClient.logOn()
  const { mailbox } = client
  const mids: Mid[] = []
  for (let i = 0; i < 4; i++) mids.push(await client.createMessage(inbox, text(2000)))
  const size = mailbox.space.sizeBytes
  limit(mailbox, { receiveBytes: 1000 })
  const source = await client.folder('inbox')
  const target = await client.folder('deletedItems')
  const flags = { wantAsynchronous: false, readFlags: 4, messageIds: mids }
  t.equal((await client.call(RopSetReadFlags, flags, source)).returnValue, 0)
  t.match(await moving(client, source, target, mids, false), { returnValue: 0, value: { partialCompletion: false } })
  t.equal(mailbox.space.sizeBytes, size, 'nothing has become larger')
  const { contentCount, contentBytes } = mailbox.tree.find(deletedItems)!.counters
  t.same([contentCount, contentBytes], [4, size])
  t.same(mailbox.space.sizeBytes, counted(mailbox))
})

t.test('what was deleted and could still be brought back takes no room', async t => {
  const client = await RealClient.logOn()
  const { mailbox } = client
  const source = await client.folder('inbox')
  const mid = await client.createMessage(inbox, text(2000))
  const inFolder = await client.createFolder(source, 'Some')
  await client.createMessage(inFolder.folderId, text(2000))
  limit(mailbox, { receiveBytes: 1 })
  t.equal(await saving(client, inbox, text(10)), SHUTOFF)
  const one = { wantAsynchronous: false, notifyNonRead: false, messageIds: [mid] }
  t.equal((await client.call(RopDeleteMessages, one, source)).returnValue, 0)
  t.same(mailbox.space.sizeBytes, counted(mailbox))
  const folder = { deleteFolderFlags: 0x01, folderId: inFolder.folderId }
  t.equal((await client.call(RopDeleteFolder, folder, source)).returnValue, 0)
  t.equal(mailbox.space.sizeBytes, 0)
  t.same(mailbox.space.sizeBytes, counted(mailbox))
  t.equal(await client.one(0, tags.PidTagMessageSize), 0)
  t.equal(await saving(client, inbox, text(10)), 0)
  await client.world.restart()
  t.equal(client.mailbox.space.sizeBytes, counted(client.mailbox))
  t.ok(client.mailbox.space.sizeBytes > 0)
})

t.test('public folders have the limits of the mailbox that holds them', async t => {
  const world = await PublicWorld.open()
  const folderId = await world.createFolder('Board')
  const client = await publicClient(world)
  await saving(client, folderId, text(2000))
  t.equal(await saving(client, folderId, text(2000)), 0)
  limit(world.folders, { receiveBytes: 1000 })
  t.equal(await saving(client, folderId, text(10)), SHUTOFF, 'a post')
  world.folders.owner = publicOwner
  t.equal(await saving(client, folderId, text(10)), 0)
})

t.test('submission', async t => {
  const client = await RealClient.logOn()
  const { mailbox } = client
  await client.createMessage(inbox, text(2000))
  const { sizeBytes } = mailbox.space
  mailbox.space.demandSubmission(1e9)
  limit(mailbox, { sendBytes: sizeBytes + 1, sendMessageBytes: 100 })
  mailbox.space.demandSubmission(100)
  t.throws(() => mailbox.space.demandSubmission(101), { code: 0x4da })
  limit(mailbox, { sendBytes: sizeBytes })
  t.throws(() => mailbox.space.demandSubmission(1), { code: 0x4d9 })
  requirement('MS-OXCSTOR_R648')
  limit(mailbox, { receiveBytes: sizeBytes })
  t.throws(() => mailbox.space.demandSubmission(1), { code: 0x4d9 })
})
