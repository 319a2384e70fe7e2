/** What is done with folders and messages of the public store is done as in a mailbox ([MS-OXCFOLD] 2.2.1). */
import t from 'tap'
import { RopCreateFolder } from '../../../rops/folder/rop-create-folder.js'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopHardDeleteMessages } from '../../../rops/folder/rop-hard-delete-messages.js'
import { RopMoveCopyMessages } from '../../../rops/folder/rop-move-copy-messages.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import type { Actor } from '../../../src/mailbox/domain.js'
import { publicFid } from '../../../src/mailbox/public-store/public-folders.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { PublicWorld, publicClient } from './public-world.js'
import { bob, rawAnswer } from './real-driver.js'

const ecNotSupported = 0x80040102
const owner = { ...bob, roles: ['publicFolderOwner'] } as Actor

t.test('folders', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world, owner)
  const ipm = await client.folder(publicFid('ipmSubtree'))
  const made = await client.createFolder(ipm, 'News')
  t.same(made.value, { folderId: made.folderId, existing: null })
  requirement('MS-OXCFOLD_R3802')
  const again = await client.createFolder(ipm, 'news', { openExisting: true })
  t.same(again.value, { folderId: made.folderId, existing: null }, 'nothing is said of a folder that was there')
  requirement('MS-OXCFOLD_R60001')
  const search = await client.createFolder(ipm, 'Found', { folderType: 2 })
  t.equal(search.returnValue, ecNotSupported)
  requirement('MS-OXCFOLD_R10660202')
  const batch = new RopBatch([0])
  batch.add(RopOpenFolder, { input: 0, output: batch.slot() }, { folderId: made.folderId, openModeFlags: 0 })
  const answer = (await rawAnswer(client, batch)).subarray(2, 10)
  t.equal(answer.toString('hex'), '0201000000000000', 'HasRules and IsGhosted')
  requirement('MS-OXCFOLD_R90002')
  const table = await client.hierarchy(ipm, [tags.PidTagDisplayName])
  t.same(await client.column(table, [tags.PidTagDisplayName]), ['News'])
  requirement('MS-OXCFOLD_R100001')
  const news = await client.folder(made.folderId)
  const ofConversations = await client.contents(news, [tags.PidTagSubject], 0xc8)
  t.same(await client.column(ofConversations, [tags.PidTagSubject]), [], 'ConversationMembers is taken')
  requirement('MS-OXCFOLD_R10252')
  const deleted = await client.call(RopDeleteFolder, { deleteFolderFlags: 0x11, folderId: made.folderId }, ipm)
  t.same(deleted.value, { partialCompletion: false })
  t.same(await client.column(await client.hierarchy(ipm, [tags.PidTagDisplayName]), [tags.PidTagDisplayName]), [])
  requirement('MS-OXCFOLD_R94402')
  t.same((await checkMailbox(world.folders)).problems, [])
})

t.test('the folders that every store has stay', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world, owner)
  const root = await client.folder(publicFid('root'))
  for (const name of ['ipmSubtree', 'nonIpmSubtree'] as const) {
    const request = { deleteFolderFlags: 0x15, folderId: publicFid(name) }
    t.not((await client.call(RopDeleteFolder, request, root)).returnValue, 0)
    t.ok(await client.folder(publicFid(name)))
  }
})

t.test('messages', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world, owner)
  const ipm = await client.folder(publicFid('ipmSubtree'))
  const [one, two] = [await client.createFolder(ipm, 'One'), await client.createFolder(ipm, 'Two')]
  const mids = []
  for (const subject of ['a', 'b', 'c'])
    mids.push(await client.createMessage(one.folderId, [[tags.PidTagSubject, subject]]))
  const subjects = async (folder: number) =>
    client.column(await client.contents(folder, [tags.PidTagSubject]), [tags.PidTagSubject])
  t.same(await subjects(one.handle), ['a', 'b', 'c'])
  requirement('MS-OXCFOLD_R100501')
  const move = { messageIds: [mids[0]], wantAsynchronous: false, wantCopy: false }
  await client.call(RopMoveCopyMessages, move, one.handle, { destination: two.handle })
  t.same([await subjects(one.handle), await subjects(two.handle)], [['b', 'c'], ['a']])
  requirement('MS-OXCFOLD_R14502')
  const request = { wantAsynchronous: false, notifyNonRead: false }
  await client.call(RopDeleteMessages, { ...request, messageIds: [mids[1]] }, one.handle)
  t.same(await subjects(one.handle), ['c'])
  requirement('MS-OXCFOLD_R98801')
  await client.call(RopHardDeleteMessages, { ...request, messageIds: [mids[2]] }, one.handle)
  t.same(await subjects(one.handle), [])
  requirement('MS-OXCFOLD_R99401')
  t.same((await checkMailbox(world.folders)).problems, [])
})

t.test('a type of folder that there is none of', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world, owner)
  const ipm = await client.folder(publicFid('ipmSubtree'))
  const request = { folderType: 3, useUnicodeStrings: true, openExisting: false, displayName: 'x', comment: '' }
  const answer = await client.call(RopCreateFolder, { ...request, reserved: undefined }, ipm)
  t.equal(answer.returnValue, 0x80070057)
})
