/** What somebody does with a folder of his leaves alone what lies in it and is another's, seen or not ([MS-OXCPERM] 2.2.7). */
import t from 'tap'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopEmptyFolder } from '../../../rops/folder/rop-empty-folder.js'
import { RopGetSearchCriteria } from '../../../rops/folder/rop-get-search-criteria.js'
import { RopHardDeleteMessagesAndSubfolders } from '../../../rops/folder/rop-hard-delete-messages-and-subfolders.js'
import { RopMoveFolder } from '../../../rops/folder/rop-move-folder.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopGetMessageStatus } from '../../../rops/message/rop-get-message-status.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSetMessageStatus } from '../../../rops/message/rop-set-message-status.js'
import { RopQueryPosition } from '../../../rops/table/rop-query-position.js'
import { RopQueryRows } from '../../../rops/table/rop-query-rows.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import type { StoreFolder } from '../../../src/mailbox/folders/folder.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { OWNER_RIGHTS, permissionLevels, Right } from '../../../src/mailbox/permissions/rights.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { team } from '../../mailbox/mailbox-fixture.js'
import { bob, RealClient, RealWorld } from './real-driver.js'
import { give, Scene, verdictOf } from './rights-scene.js'

async function meet() {
  const world = await RealWorld.open()
  const client = await RealClient.connect({ world, actor: bob })
  await client.driver.logOn()
  return { world, client, scene: await Scene.set(client, world.alices, 'Hers') }
}

const isThere = (node: StoreFolder): boolean => !node.node.isGone && !node.node.softDeleted
const DUPLICATE_NAME = 0x80040604
const inbox = specialFid('inbox')
const emptying = { wantAsynchronous: false, wantDeleteAssociated: false }

for (const childs of [0, permissionLevels.editor]) {
  t.test(`removing a folder around one that is another's, with rights ${childs.toString(16)} on it`, async t => {
    const { world, client, scene } = await meet()
    const kept = await scene.child.createFolder(
      { type: 'generic', displayName: 'Kept', comment: '', openExisting: false },
      world.alices.owner
    )
    await give(kept.folder, childs)
    for (const deleteFolderFlags of [0x05, 0x15]) {
      const request = { deleteFolderFlags, folderId: scene.childId }
      t.equal(verdictOf(await client.call(RopDeleteFolder, request, scene.folder)), 'partial')
    }
    for (const rop of [RopEmptyFolder, RopHardDeleteMessagesAndSubfolders]) {
      t.equal(verdictOf(await client.call(rop, emptying, scene.folder)), 'partial')
    }
    t.ok(isThere(scene.child) && isThere(kept.folder), 'the folder that is his stays around it')
    t.equal(scene.node.node.counters.contentCount, 0, 'the messages have gone')
    await give(kept.folder, OWNER_RIGHTS)
    const request = { deleteFolderFlags: 0x15, folderId: scene.childId }
    t.equal(verdictOf(await client.call(RopDeleteFolder, request, scene.folder)), 'ok')
    t.same((await checkMailbox(world.alices)).problems, [])
  })
}

t.test('moving a folder to another mailbox leaves what is not seen in it', async t => {
  const { world, client, scene } = await meet()
  await give(scene.child, 0)
  const own = await RealClient.connect({ world, actor: bob })
  await own.driver.logOn({ essdn: bob.legacyDn })
  t.ok(isThere(scene.child))
  const top = world.alices.openFolder(specialFid('ipmSubtree'), {}, world.alices.owner)
  const bobs = world.bobs.openFolder(specialFid('ipmSubtree'), {}, bob)
  await give(top, Right.folderVisible)
  t.same(await top.moveFolder(scene.folderId, bobs, 'Taken', bob), { partial: true })
  t.ok(isThere(scene.node) && isThere(scene.child))
  t.equal(scene.node.node.counters.contentCount, 0)
  t.same((await checkMailbox(world.alices)).problems, [])
  t.same((await checkMailbox(world.bobs)).problems, [])
  const request = { wantAsynchronous: false, useUnicode: true, folderId: scene.childId, newFolderName: 'Taken' }
  t.equal(verdictOf(await client.call(RopMoveFolder, request, scene.folder, { destination: scene.place })), 'hidden')
})

t.test('a search folder names no folder that is not seen', async t => {
  const { client, scene } = await meet()
  const { node, handle } = await scene.search()
  await give(node, permissionLevels.reviewer)
  const request = { useUnicode: true, includeRestriction: false, includeFolders: true }
  const scope = async () => (await client.call(RopGetSearchCriteria, request, handle)).value?.folderIds
  t.same(await scope(), [scene.folderId])
  await scene.grant(0)
  t.same(await scope(), [])
})

t.test('a search folder gives no right on the messages that it shows', async t => {
  const { world, client, scene } = await meet()
  const { node, handle } = await scene.search()
  await world.alices.searches.whenIdle()
  await give(node, OWNER_RIGHTS)
  const get = { messageId: scene.hers }
  const set = { messageId: scene.hers, messageStatusFlags: 1, messageStatusMask: 1 }
  t.equal(verdictOf(await client.call(RopGetMessageStatus, get, handle)), 'ok')
  await scene.grant(Right.folderVisible)
  t.equal(verdictOf(await client.call(RopGetMessageStatus, get, handle)), 'denied')
  t.equal(verdictOf(await client.call(RopSetMessageStatus, set, handle)), 'denied')
  await scene.grant(permissionLevels.author)
  t.equal(verdictOf(await client.call(RopSetMessageStatus, set, handle)), 'denied', "another's message")
  t.equal(verdictOf(await client.call(RopSetMessageStatus, { ...set, messageId: scene.own }, handle)), 'ok')
})

t.test('an Inbox that is not seen tells of no message whether it is there', async t => {
  const { world, client } = await meet()
  const hers = await (await RealClient.logOn({ world })).createMessage(inbox)
  for (const messageId of [hers, hers + 1]) {
    const request = { codePageId: 0x0fff, folderId: inbox, openModeFlags: 0, messageId }
    t.equal(verdictOf(await client.call(RopOpenMessage, request)), 'denied')
  }
})

t.test('an open table shows nothing to whom the right to read was taken', async t => {
  const { client, scene } = await meet()
  const { node, handle } = await scene.search()
  await scene.core.searches.whenIdle()
  await give(node, permissionLevels.reviewer)
  for (const folder of [scene.folder, handle]) {
    await scene.grant(permissionLevels.reviewer)
    const table = await client.contents(folder, [tags.PidTagMid])
    const read = () => client.rows(table, [tags.PidTagMid])
    const query = { queryRowsFlags: 0, forwardRead: true, rowCount: 1 }
    t.equal((await read()).rows.length, 2)
    await scene.grant(Right.folderVisible)
    t.equal(verdictOf(await client.call(RopQueryRows, query, table, { columns: [tags.PidTagMid] })), 'denied')
    t.equal(verdictOf(await client.call(RopQueryPosition, {}, table)), 'denied')
    const seek = { origin: 0, rowCount: 0, wantRowMovedCount: true }
    t.equal(verdictOf(await client.call(RopSeekRow, seek, table)), 'denied')
    await scene.grant(permissionLevels.reviewer)
    t.equal(verdictOf(await client.call(RopSeekRow, seek, table)), 'ok')
    t.equal((await read()).rows.length, 2)
  }
})

t.test('the name of a folder that is not seen is taken, and that is all', async t => {
  const { client, scene } = await meet()
  await give(scene.child, 0)
  for (const openExisting of [false, true]) {
    const { returnValue, folderId } = await client.createFolder(scene.folder, 'Child', { openExisting })
    t.same([returnValue, folderId], [DUPLICATE_NAME, 0])
  }
  const columns = [tags.PidTagDisplayName]
  t.same(await client.column(await client.hierarchy(scene.folder, columns), columns), [], 'no row')
  await give(scene.child, Right.folderVisible)
  const { returnValue, folderId } = await client.createFolder(scene.folder, 'Child', { openExisting: true })
  t.same([returnValue, folderId], [0, scene.childId])
})

t.test('rights of a list count through it, and one of his own row above it', async t => {
  const { client, scene } = await meet()
  const { node, core } = scene
  const inList = (rights: number) =>
    node.setPermissions([{ who: { guid: team.guid }, rights }], { replace: true }, core.owner)
  const open = async () => verdictOf(await client.call(RopOpenFolder, { folderId: scene.folderId, openModeFlags: 0 }))
  await inList(permissionLevels.reviewer)
  t.equal(await open(), 'ok')
  await inList(0)
  t.equal(await open(), 'hidden')
  await inList(permissionLevels.reviewer)
  await scene.grant(0)
  t.equal(await open(), 'hidden', 'an own row without rights is stronger')
})
