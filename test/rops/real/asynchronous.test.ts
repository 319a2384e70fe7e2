/** Operations that go on after their Execute has been answered ([MS-OXCFOLD] 3.1.5.2, [MS-OXCPRPT] 2.2.23, 3.2.5.20). */
import t from 'tap'
import { RopCopyFolder } from '../../../rops/folder/rop-copy-folder.js'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopEmptyFolder } from '../../../rops/folder/rop-empty-folder.js'
import { RopHardDeleteMessages } from '../../../rops/folder/rop-hard-delete-messages.js'
import { RopHardDeleteMessagesAndSubfolders } from '../../../rops/folder/rop-hard-delete-messages-and-subfolders.js'
import { RopMoveCopyMessages } from '../../../rops/folder/rop-move-copy-messages.js'
import { RopMoveFolder } from '../../../rops/folder/rop-move-folder.js'
import { RopProgress } from '../../../rops/property/rop-progress.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import type { Mid } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { RealClient, rawAnswer } from './real-driver.js'

const NOT_SUPPORTED = 0x80040102
const MESSAGES = 1500

/** A client whose server tells progress as soon as an operation does not end at once, and a full folder. */
async function filled(messages = MESSAGES) {
  const client = await RealClient.logOn({ progressAfterMs: 0 })
  const source = await client.folder('inbox')
  const { handle: target } = await client.createFolder(source, 'Target')
  const { folderId } = await client.createFolder(source, 'Full')
  const mids: Mid[] = []
  for (let n = 0; n < messages; n++) mids.push(await client.createMessage(folderId))
  const full = await client.folder(folderId)
  const count = async (folder: number) => client.one(folder, tags.PidTagContentCount)
  return { client, source, target, full, folderId, mids, count }
}

/** The id, ReturnValue and further bytes of the only response of an Execute. */
async function raw(client: RealClient, batch: RopBatch) {
  const answer = await rawAnswer(client, batch)
  const size = answer.readUInt16LE(0)
  return { id: answer[2], index: answer[3], returnValue: answer.readUInt32LE(4), body: answer.subarray(8, size) }
}

function asking(handle: number, wantCancel = false): RopBatch {
  const batch = new RopBatch([handle])
  batch.add(RopProgress, { input: 0 }, { wantCancel })
  return batch
}

t.test('progress until the end', async t => {
  const { client, target, full, mids, count } = await filled()
  const batch = new RopBatch([full, target])
  batch.add(
    RopMoveCopyMessages,
    { source: 0, destination: 1 },
    { messageIds: mids, wantAsynchronous: true, wantCopy: true }
  )
  let answer = await raw(client, batch)
  t.same([answer.id, answer.index, answer.returnValue], [RopProgress.id, 0, 0], 'a RopProgress response in its place')
  requirement('MS-OXCFOLD_R446', 'MS-OXCFOLD_R447', 'MS-OXCFOLD_R1057', 'MS-OXCFOLD_R584', 'MS-OXCFOLD_R1108')
  requirement('MS-OXCFOLD_R1059', 'MS-OXCFOLD_R154', 'MS-OXCPRPT_R788')
  let last = -1
  let asked = 0
  while (answer.id === RopProgress.id) {
    const [completed, total] = [answer.body.readUInt32LE(1), answer.body.readUInt32LE(5)]
    t.equal(answer.body[0], 0, 'the logon')
    t.ok(completed >= last && completed <= total && total === MESSAGES, `${completed} of ${total}`)
    last = completed
    answer = await raw(client, asking(full))
    asked++
  }
  t.ok(asked > 0)
  t.same([answer.id, answer.returnValue, [...answer.body]], [RopMoveCopyMessages.id, 0, [0]], 'then its own response')
  requirement('MS-OXCPRPT_R353', 'MS-OXCPRPT_R368', 'MS-OXCPRPT_R370', 'MS-OXCPRPT_R37002', 'MS-OXCPRPT_R449')
  requirement('MS-OXCPRPT_R452', 'MS-OXCPRPT_R814', 'MS-OXCPRPT_R597', 'MS-OXCPRPT_R366', 'MS-OXCPRPT_R65001')
  requirement('MS-OXCFOLD_R1058', 'MS-OXCFOLD_R44802', 'MS-OXCFOLD_R448', 'MS-OXCFOLD_R701', 'MS-OXCPRPT_R36601')
  t.equal(await count(target), MESSAGES)
  t.equal((await raw(client, asking(full))).returnValue, NOT_SUPPORTED, 'there is nothing left to ask about')
})

t.test('cancelled', async t => {
  const { client, target, full, mids, count } = await filled()
  const request = { messageIds: mids, wantAsynchronous: true, wantCopy: false }
  const batch = new RopBatch([full, target])
  batch.add(RopMoveCopyMessages, { source: 0, destination: 1 }, request)
  t.equal((await raw(client, batch)).id, RopProgress.id)
  const answer = await raw(client, asking(full, true))
  t.same([answer.id, answer.returnValue, [...answer.body]], [RopMoveCopyMessages.id, 0, [1]], 'its response, partial')
  requirement('MS-OXCPRPT_R355', 'MS-OXCPRPT_R367', 'MS-OXCPRPT_R598', 'MS-OXCPRPT_R815', 'MS-OXCFOLD_R44801')
  requirement('MS-OXCFOLD_R586')
  const [left, moved] = [(await count(full)) as number, (await count(target)) as number]
  t.equal(left + moved, MESSAGES, 'every message is in one of them')
  t.ok(left > 0, `${moved} were moved`)
  t.same((await checkMailbox(client.mailbox)).problems, [])
})

t.test('another ROP of the logon ends it', async t => {
  const { client, full, mids, count } = await filled()
  const batch = new RopBatch([full])
  batch.add(RopDeleteMessages, { input: 0 }, { wantAsynchronous: true, notifyNonRead: false, messageIds: mids })
  t.equal((await raw(client, batch)).id, RopProgress.id)
  const left = (await count(full)) as number
  t.ok(left > 0)
  await new Promise(resolve => setTimeout(resolve, 20))
  t.equal(await count(full), left, 'nothing goes on')
  requirement('MS-OXCPRPT_R453')
  t.equal((await raw(client, asking(full))).returnValue, NOT_SUPPORTED)
})

t.test('every operation that can be asked for so', async t => {
  for (const [rop, name] of [
    [RopDeleteMessages, 'messages'],
    [RopHardDeleteMessages, 'messages'],
    [RopEmptyFolder, 'content'],
    [RopHardDeleteMessagesAndSubfolders, 'content'],
    [RopCopyFolder, 'folder'],
    [RopMoveFolder, 'folder']
  ] as const) {
    const { client, source, target, full, folderId, mids } = await filled(600)
    const batch = new RopBatch([name === 'folder' ? source : full, target])
    const folder = { wantAsynchronous: true, useUnicode: true, folderId, newFolderName: 'New', wantRecursive: true }
    const requests = {
      messages: { wantAsynchronous: true, notifyNonRead: false, messageIds: mids },
      content: { wantAsynchronous: true, wantDeleteAssociated: false },
      folder
    }
    const slots = name === 'folder' ? { source: 0, destination: 1 } : { input: 0 }
    batch.add(rop as typeof RopDeleteMessages, slots, requests[name] as never)
    let answer = await raw(client, batch)
    const isAtOnce = rop === RopMoveFolder
    t.equal(answer.id === RopProgress.id, !isAtOnce, `${rop.name}${isAtOnce ? ' is one commit' : ''}`)
    while (answer.id === RopProgress.id) answer = await raw(client, asking(name === 'folder' ? source : full))
    t.same([answer.id, answer.returnValue, [...answer.body]], [rop.id, 0, [0]])
    t.same((await checkMailbox(client.mailbox)).problems, [])
  }
  requirement('MS-OXCPRPT_R790', 'MS-OXCPRPT_R791', 'MS-OXCPRPT_R792', 'MS-OXCPRPT_R79201', 'MS-OXCPRPT_R79202')
  requirement('MS-OXCFOLD_R607', 'MS-OXCFOLD_R619', 'MS-OXCFOLD_R1123', 'MS-OXCFOLD_R1132', 'MS-OXCFOLD_R1139')
  requirement('MS-OXCFOLD_R1140', 'MS-OXCFOLD_R200', 'MS-OXCFOLD_R230', 'MS-OXCFOLD_R248', 'MS-OXCFOLD_R595')
  requirement('MS-OXCFOLD_R173', 'MS-OXCFOLD_R179', 'MS-OXCFOLD_R206', 'MS-OXCFOLD_R234', 'MS-OXCFOLD_R250')
})

t.test('a session that ends takes its operation with it', async t => {
  const { client, full, mids } = await filled()
  const batch = new RopBatch([full])
  batch.add(RopHardDeleteMessages, { input: 0 }, { wantAsynchronous: true, notifyNonRead: false, messageIds: mids })
  t.equal((await raw(client, batch)).id, RopProgress.id)
  await client.driver.session.end('disconnected')
  await client.mailbox.durable()
  await new Promise(resolve => setTimeout(resolve, 50))
  const left = client.mailbox.tree.find(client.mailbox.messages.find(mids.at(-1)!)!.fid)!.counters.contentCount
  t.ok(left > 0)
  t.same((await checkMailbox(client.mailbox)).problems, [])
})
