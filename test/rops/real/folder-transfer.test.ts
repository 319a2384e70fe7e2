/** Moving, copying and emptying folders over real mailboxes ([MS-OXCFOLD] 2.2.1.7 to 2.2.1.10). */
import t from 'tap'
import { RopCopyFolder } from '../../../rops/folder/rop-copy-folder.js'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopEmptyFolder } from '../../../rops/folder/rop-empty-folder.js'
import { RopHardDeleteMessagesAndSubfolders } from '../../../rops/folder/rop-hard-delete-messages-and-subfolders.js'
import { RopMoveCopyMessages } from '../../../rops/folder/rop-move-copy-messages.js'
import { RopMoveFolder } from '../../../rops/folder/rop-move-folder.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopSetSearchCriteria } from '../../../rops/folder/rop-set-search-criteria.js'
import { NO_HANDLE } from '../../../src/client/rop-batch.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { permissionLevels, Right } from '../../../src/mailbox/permissions/rights.js'
import type { Fid, Mid } from '../../../src/oxcdata/ids.js'
import { PS_PUBLIC_STRINGS } from '../../../src/oxprops/property-sets.generated.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { PublicWorld, publicStore } from './public-world.js'
import { alice, bob, ecNotFound, RealClient, RealWorld } from './real-driver.js'

const NOT_SUPPORTED = 0x80040102
const ACCESS_DENIED = 0x80070005
const INVALID_PARAM = 0x80070057
const DUPLICATE_NAME = 0x80040604
const FOLDER_CYCLE = 0x8004060b
const NULL_DESTINATION = 0x503
const SOFT_DELETES = 0x20
const inbox = specialFid('inbox')
const counts = [tags.PidTagContentCount, tags.PidTagContentUnreadCount, tags.PidTagAssociatedContentCount]

const move = (folderId: Fid, newFolderName: string, useUnicode = true) => ({
  ...{ wantAsynchronous: false, useUnicode, folderId, newFolderName }
})
const copy = (folderId: Fid, newFolderName: string, wantRecursive = true) => ({
  ...move(folderId, newFolderName),
  wantRecursive
})
const empty = (wantDeleteAssociated: boolean) => ({ wantAsynchronous: false, wantDeleteAssociated })

/** A folder `Top` of the Inbox with two messages and an FAI message, `Middle` in it with one, and `Bottom` in that. */
async function tree(world?: RealWorld) {
  const client = await RealClient.logOn(world === undefined ? {} : { world })
  const source = await client.folder('inbox')
  const target = (await client.createFolder(source, 'Target')).handle
  const top = await client.createFolder(source, 'Top', { comment: 'of all' })
  await client.set(top.handle, [[tags.PidTagContainerClass, 'IPF.Task']])
  const middle = await client.createFolder(top.handle, 'Middle')
  const bottom = await client.createFolder(middle.handle, 'Bottom')
  const mids: Mid[] = []
  for (const subject of ['one', 'two']) {
    const unread = [tags.PidTagMessageFlags, subject === 'one' ? 0 : 1] as const
    mids.push(await client.createMessage(top.folderId, [[tags.PidTagSubject, subject], unread]))
  }
  await client.createMessage(top.folderId, [[tags.PidTagSubject, 'fai']], true)
  await client.createMessage(middle.folderId, [[tags.PidTagSubject, 'three']])
  return { client, source, target, top, middle, bottom, mids }
}

/** Names of the folders below one, and the subjects of its messages. */
async function inside(client: RealClient, folder: number, flags = 0) {
  const [names, subjects] = [[tags.PidTagDisplayName], [tags.PidTagSubject]]
  return {
    folders: (await client.column(await client.hierarchy(folder, names, flags), names)).sort(),
    messages: (await client.column(await client.contents(folder, subjects, flags), subjects)).sort()
  }
}

async function child(client: RealClient, parent: number, name: string): Promise<{ fid: Fid; handle: number }> {
  const columns = [tags.PidTagDisplayName, tags.PidTagFolderId]
  const { rows } = await client.rows(await client.hierarchy(parent, columns), columns)
  const found = rows.find(row => row[0] === name)
  if (found === undefined) throw new Error(`no folder ${name}`)
  const wire = Buffer.alloc(8)
  wire.writeBigUInt64LE(BigInt.asUintN(64, found[1] as bigint))
  const fid = wire.readUInt16LE(0) * 2 ** 48 + wire.readUIntBE(2, 6)
  return { fid, handle: await client.folder(fid) }
}

async function sound(client: RealClient): Promise<string[]> {
  await client.world.fixture.objects.blobs.whenIdle()
  return (await checkMailbox(client.mailbox)).problems
}

t.test('RopMoveFolder within a mailbox', async t => {
  const { client, source, target, top, middle } = await tree()
  const before = await client.get(top.handle, [tags.PidTagChangeKey, tags.PidTagSourceKey])
  const answer = await client.call(RopMoveFolder, move(top.folderId, 'Moved'), source, { destination: target })
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
  requirement('MS-OXCFOLD_R169', 'MS-OXCFOLD_R17101', 'MS-OXCFOLD_R176', 'MS-OXCFOLD_R178', 'MS-OXCFOLD_R185')
  requirement('MS-OXCFOLD_R188', 'MS-OXCFOLD_R190', 'MS-OXCFOLD_R1111', 'MS-OXCFOLD_R180', 'MS-OXCFOLD_R183')
  t.same((await inside(client, source)).folders, ['Target'])
  t.same((await inside(client, target)).folders, ['Moved'])
  requirement('MS-OXCFOLD_R186')
  const moved = await child(client, target, 'Moved')
  t.equal(moved.fid, top.folderId, 'it keeps its id')
  t.same(await inside(client, moved.handle), { folders: ['Middle'], messages: ['one', 'two'] })
  t.same(await client.get(moved.handle, counts), [2, 1, 1])
  t.same((await inside(client, await client.folder(middle.folderId))).messages, ['three'])
  requirement('MS-OXCFOLD_R170')
  const after = await client.get(top.handle, [tags.PidTagChangeKey, tags.PidTagSourceKey])
  t.not(after[0], before[0])
  t.equal(after[1], before[1])
  t.equal(await client.one(source, tags.PidTagSubfolders), true)
  t.equal(await client.one(target, tags.PidTagSubfolders), true)
  const named = await client.call(RopMoveFolder, move(top.folderId, 'Only named'), target, { destination: target })
  t.equal(named.returnValue, 0, 'where it is, under another name')
  const narrow = await client.call(RopMoveFolder, move(top.folderId, 'Back', false), target, { destination: source })
  t.equal(narrow.returnValue, 0)
  t.same((await inside(client, source)).folders, ['Back', 'Target'])
  requirement('MS-OXCFOLD_R184', 'MS-OXCFOLD_R423')
  await client.world.restart()
  const later = await RealClient.logOn({ world: client.world })
  t.same((await inside(later, await later.folder('inbox'))).folders, ['Back', 'Target'], 'after a restart, too')
  t.same(await sound(later), [])
})

t.test('RopCopyFolder within a mailbox', async t => {
  const { client, source, target, top } = await tree()
  const answer = await client.call(RopCopyFolder, copy(top.folderId, 'Copy'), source, { destination: target })
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
  requirement('MS-OXCFOLD_R196', 'MS-OXCFOLD_R198', 'MS-OXCFOLD_R19701', 'MS-OXCFOLD_R203', 'MS-OXCFOLD_R205')
  requirement('MS-OXCFOLD_R207', 'MS-OXCFOLD_R210', 'MS-OXCFOLD_R1118', 'MS-OXCFOLD_R1122', 'MS-OXCFOLD_R217')
  requirement('MS-OXCFOLD_R219', 'MS-OXCFOLD_R212', 'MS-OXCFOLD_R1048')
  t.same(await inside(client, top.handle), { folders: ['Middle'], messages: ['one', 'two'] }, 'it is still there')
  const copied = await child(client, target, 'Copy')
  t.not(copied.fid, top.folderId)
  t.same(await inside(client, copied.handle), { folders: ['Middle'], messages: ['one', 'two'] })
  t.same(await client.get(copied.handle, counts), [2, 1, 1])
  requirement('MS-OXCFOLD_R605')
  const kept = [tags.PidTagContainerClass, tags.PidTagComment]
  t.same(await client.get(copied.handle, kept), ['IPF.Task', 'of all'])
  const middle = await child(client, copied.handle, 'Middle')
  t.same(await inside(client, middle.handle), { folders: ['Bottom'], messages: ['three'] })
  requirement('MS-OXCFOLD_R429')
  const alone = await client.call(RopCopyFolder, copy(top.folderId, 'Alone', false), source, { destination: target })
  t.same(alone.value, { partialCompletion: false })
  t.same(await inside(client, (await child(client, target, 'Alone')).handle), { folders: [], messages: ['one', 'two'] })
  requirement('MS-OXCFOLD_R211')
  const narrow = { ...copy(top.folderId, 'Beside', false), useUnicode: false }
  const beside = await client.call(RopCopyFolder, narrow, source, { destination: source })
  t.equal(beside.returnValue, 0, 'beside itself, named in 8 bits')
  t.ok((await inside(client, source)).folders.includes('Beside'))
  requirement('MS-OXCFOLD_R213')
  t.same(await sound(client), [])
})

t.test('what moving and copying refuse', async t => {
  const { client, source, target, top, bottom, middle } = await tree()
  const drafts = specialFid('drafts')
  const root = await client.folder('ipmSubtree')
  for (const [rop, request] of [
    [RopMoveFolder, move],
    [RopCopyFolder, copy]
  ] as const) {
    const call = async (fid: Fid, name: string, from: number, destination: number) => {
      const { returnValue, value } = await client.call(rop as typeof RopCopyFolder, request(fid, name) as never, from, {
        destination
      })
      if (returnValue !== NULL_DESTINATION) t.same(value, { partialCompletion: false })
      return returnValue
    }
    t.equal(await call(0x1_0000_0000_ffff, 'x', source, target), ecNotFound, 'no such folder')
    t.equal(await call(middle.folderId, 'x', source, target), ecNotFound, 'not below the source')
    t.equal(await call(top.folderId, 'x', source, 0), NOT_SUPPORTED, 'the destination is no folder')
    t.equal(await call(top.folderId, 'x', 0, target), NOT_SUPPORTED, 'the source is no folder')
    t.equal(await call(top.folderId, 'x', source, NO_HANDLE), NULL_DESTINATION)
    t.equal(await call(top.folderId, '', source, target), INVALID_PARAM)
    t.equal(await call(top.folderId, 'n'.repeat(257), source, target), INVALID_PARAM)
    t.equal(await call(top.folderId, 'x', source, bottom.handle), FOLDER_CYCLE, 'below itself')
    t.equal(await call(top.folderId, 'x', source, top.handle), FOLDER_CYCLE)
    await client.createFolder(target, `Taken by ${rop.name}`)
    t.equal(await call(top.folderId, `TAKEN by ${rop.name}`, source, target), DUPLICATE_NAME)
  }
  requirement('MS-OXCFOLD_R597', 'MS-OXCFOLD_R600', 'MS-OXCFOLD_R602', 'MS-OXCFOLD_R609', 'MS-OXCFOLD_R612')
  requirement('MS-OXCFOLD_R614', 'MS-OXCFOLD_R599', 'MS-OXCFOLD_R601', 'MS-OXCFOLD_R611', 'MS-OXCFOLD_R613')
  const special = await client.call(RopMoveFolder, move(drafts, 'x'), root, { destination: target })
  t.equal(special.returnValue, ACCESS_DENIED, 'a special folder stays where it is')
  const longest = await client.call(RopCopyFolder, copy(top.folderId, 'n'.repeat(256)), source, { destination: target })
  t.equal(longest.returnValue, 0)
  t.same((await inside(client, source)).folders, ['Target', 'Top'], 'and nothing has happened')
  t.same(await sound(client), [])
})

t.test('between two mailboxes', async t => {
  const world = await RealWorld.open()
  const { client, source, top, middle } = await tree(world)
  const name = { guid: PS_PUBLIC_STRINGS, name: 'Colour' }
  const [here] = (await world.alices.propertyIdsFromNames([name], true, alice)) as number[]
  await world.bobs.propertyIdsFromNames([{ guid: PS_PUBLIC_STRINGS, name: 'first' }], true, bob)
  await client.set(top.handle, [[here * 0x10000 + 0x1f, 'red']])
  const assistant = { ...alice, fullAccess: [bob.address] }
  const helper = await RealClient.logOn({ world, actor: assistant })
  const from = await helper.folder('inbox')
  const destination = await helper.folderElsewhere(inbox, bob.legacyDn)
  const copied = await helper.call(RopCopyFolder, copy(top.folderId, 'Copied'), from, { destination })
  t.same([copied.returnValue, copied.value], [0, { partialCompletion: false }])
  const moved = await helper.call(RopMoveFolder, move(top.folderId, 'Moved'), from, { destination })
  t.same([moved.returnValue, moved.value], [0, { partialCompletion: false }])
  t.same((await inside(client, source)).folders, ['Target'])
  t.equal((await client.call(RopOpenFolder, { folderId: middle.folderId, openModeFlags: 0 })).returnValue, ecNotFound)
  const [there] = (await world.bobs.propertyIdsFromNames([name], false, bob)) as number[]
  t.not(there, here)
  for (const name of ['Copied', 'Moved']) {
    const node = world.bobs.tree.childNamed(world.bobs.tree.find(inbox)!, name)!
    t.same([node.counters.contentCount, node.counters.unreadCount, node.counters.associatedCount], [2, 1, 1])
    t.same(
      [...node.visibleChildren()].map(one => one.displayName),
      ['Middle']
    )
    t.equal(Buffer.from(node.bag.get(there * 0x10000 + 0x1f)!).toString('utf16le'), 'red\0', 'under its id there')
  }
  for (const mailbox of [world.alices, world.bobs]) t.same((await checkMailbox(mailbox)).problems, [])
})

t.test('emptying a folder', async t => {
  for (const [rop, hard] of [
    [RopEmptyFolder, false],
    [RopHardDeleteMessagesAndSubfolders, true]
  ] as const) {
    const { client, source, top, mids } = await tree()
    const answer = await client.call(rop, empty(false), top.handle)
    t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
    t.same(await inside(client, top.handle), { folders: [], messages: [] })
    t.same(await client.get(top.handle, counts), [0, 0, 1], 'FAI messages stay unless asked for')
    const gone = await inside(client, top.handle, SOFT_DELETES)
    t.same(gone, hard ? { folders: [], messages: [] } : { folders: ['Middle'], messages: ['one', 'two'] })
    t.same((await inside(client, source)).folders, ['Target', 'Top'], 'the folder itself stays')
    t.same((await client.call(rop, empty(true), top.handle)).value, { partialCompletion: false })
    t.same(await client.get(top.handle, counts), [0, 0, 0])
    if (hard) {
      requirement(
        'MS-OXCFOLD_R244',
        'MS-OXCFOLD_R98302',
        'MS-OXCFOLD_R1138',
        'MS-OXCFOLD_R113801',
        'MS-OXCFOLD_R113804'
      )
      requirement('MS-OXCFOLD_R113805', 'MS-OXCFOLD_R256', 'MS-OXCFOLD_R257', 'MS-OXCFOLD_R259', 'MS-OXCFOLD_R261')
      requirement('MS-OXCFOLD_R226', 'MS-OXCFOLD_R721', 'MS-OXCFOLD_R251', 'MS-OXCFOLD_R1135')
    } else {
      requirement('MS-OXCFOLD_R225', 'MS-OXCFOLD_R97502', 'MS-OXCFOLD_R233', 'MS-OXCFOLD_R235', 'MS-OXCFOLD_R238')
      requirement('MS-OXCFOLD_R239', 'MS-OXCFOLD_R241', 'MS-OXCFOLD_R243', 'MS-OXCFOLD_R1126', 'MS-OXCFOLD_R1129')
      requirement('MS-OXCFOLD_R617', 'MS-OXCFOLD_R618')
      const recover = { messageIds: [mids[0]], wantAsynchronous: false, wantCopy: false }
      const back = await client.call(RopMoveCopyMessages, recover, top.handle, { destination: source })
      t.same(back.value, { partialCompletion: false })
      t.same((await inside(client, source)).messages, ['one'], 'a soft-deleted message can be moved back to life')
      t.same((await inside(client, top.handle, SOFT_DELETES)).messages, ['two'])
      t.same(await client.get(source, counts.slice(0, 2)), [1, 1])
    }
    t.equal((await client.call(rop, empty(false), 0)).returnValue, NOT_SUPPORTED, 'no folder')
    const root = await client.call(rop, empty(false), await client.folder('root'))
    t.equal(root.returnValue, NOT_SUPPORTED, 'the Root folder')
    requirement('MS-OXCFOLD_R1248', 'MS-OXCFOLD_R124802', 'MS-OXCFOLD_R625', 'MS-OXCFOLD_R3012', 'MS-OXCFOLD_R622')
    requirement('MS-OXCFOLD_R630', 'MS-OXCFOLD_R627', 'MS-OXCFOLD_R624', 'MS-OXCFOLD_R629')
    requirement(hard ? 'MS-OXCFOLD_R43202' : 'MS-OXCFOLD_R43201')
    t.same(await sound(client), [])
  }
})

t.test('special folders below stay, and the completion is partial', async t => {
  const client = await RealClient.logOn()
  const subtree = await client.folder('ipmSubtree')
  const before = (await inside(client, subtree)).folders
  await client.createFolder(subtree, 'Mine')
  const answer = await client.call(RopEmptyFolder, empty(false), subtree)
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: true }])
  t.same((await inside(client, subtree)).folders, before)
  requirement('MS-OXCFOLD_R980', 'MS-OXCFOLD_R1131', 'MS-OXCFOLD_R979')
  const hard = await client.call(RopHardDeleteMessagesAndSubfolders, empty(false), subtree)
  t.same(hard.value, { partialCompletion: true })
  requirement('MS-OXCFOLD_R2721', 'MS-OXCFOLD_R113803', 'MS-OXCFOLD_R2720')
})

t.test('rights', async t => {
  const world = await RealWorld.open()
  const { client, source, top, middle } = await tree(world)
  const folderOf = (fid: Fid) => world.alices.openFolder(fid, {}, alice)
  await folderOf(inbox).setPermissions([{ who: { guid: bob.guid }, rights: permissionLevels.reviewer }], {}, alice)
  await folderOf(top.folderId).setPermissions(
    [{ who: { guid: bob.guid }, rights: permissionLevels.reviewer }],
    {},
    alice
  )
  await folderOf(middle.folderId).setPermissions([{ who: { guid: bob.guid }, rights: 0 }], {}, alice)
  const guest = await RealClient.logOn({ world, actor: bob })
  const put = (fid: Fid) => guest.driver.put('folder', world.alices.openFolder(fid, {}, bob))
  const own = guest.driver.put('folder', world.bobs.openFolder(inbox, {}, bob))
  const from = put(inbox)
  const denied = await guest.call(RopMoveFolder, move(top.folderId, 'x'), from, { destination: own })
  t.equal(denied.returnValue, ACCESS_DENIED)
  t.equal((await guest.call(RopEmptyFolder, empty(false), put(top.folderId))).returnValue, ACCESS_DENIED)
  await folderOf(top.folderId).setPermissions([{ who: { guid: bob.guid }, rights: Right.folderVisible }], {}, alice)
  const unread = await guest.call(RopCopyFolder, copy(top.folderId, 'unread'), from, { destination: own })
  t.equal(unread.returnValue, ACCESS_DENIED, 'who may see a folder and not read in it copies nothing out of it')
  t.equal(world.bobs.tree.childNamed(world.bobs.tree.find(inbox)!, 'unread'), undefined)
  await folderOf(top.folderId).setPermissions(
    [{ who: { guid: bob.guid }, rights: permissionLevels.reviewer }],
    {},
    alice
  )
  t.equal(
    (await guest.call(RopCopyFolder, copy(top.folderId, 'x'), from, { destination: from })).returnValue,
    ACCESS_DENIED,
    'nothing may be made there'
  )
  const taken = await guest.call(RopCopyFolder, copy(top.folderId, 'mine'), from, { destination: own })
  t.same([taken.returnValue, taken.value], [0, { partialCompletion: false }])
  const mine = world.bobs.tree.childNamed(world.bobs.tree.find(inbox)!, 'mine')!
  t.same(
    [mine.counters.contentCount, [...mine.children.values()].length],
    [2, 0],
    'what he may not see is not there for him'
  )
  t.same((await inside(client, source)).folders, ['Target', 'Top'])
})

t.test('public folders are neither copied nor emptied, but moved', async t => {
  const world = await PublicWorld.open()
  const fid = await world.createFolder('Top', permissionLevels.owner)
  const other = await world.createFolder('Other', permissionLevels.owner)
  const client = await RealClient.logOn({ world: world as unknown as RealWorld })
  const put = (id: Fid) => client.driver.put('folder', world.folders.openFolder(id, {}, alice))
  const parent = put(world.folders.tree.find(fid)!.parentFid)
  const destination = put(other)
  t.equal((await client.call(RopCopyFolder, copy(fid, 'x'), parent, { destination })).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R19702001')
  t.equal((await client.call(RopEmptyFolder, empty(false), put(fid))).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R97501001')
  const hard = await client.call(RopHardDeleteMessagesAndSubfolders, empty(false), put(fid))
  t.equal(hard.returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R98301001')
  t.equal((await client.call(RopMoveFolder, move(fid, 'Top'), parent, { destination })).returnValue, 0)
  t.equal(world.folders.tree.find(fid)!.parentFid, other)
  requirement('MS-OXCFOLD_R17102')
  const down = await client.folder('inbox')
  t.equal((await client.call(RopMoveFolder, move(fid, 'Mine'), destination, { destination: down })).returnValue, 0)
  t.same((await inside(client, down)).folders, ['Mine'])
  t.equal(world.folders.tree.find(fid), undefined)
  const messages = { wantAsynchronous: false, notifyNonRead: false, messageIds: [] }
  t.equal((await client.call(RopDeleteMessages, messages, destination)).returnValue, 0)
})

t.test('between a private mailbox and a public folder', async t => {
  const world = await PublicWorld.open()
  const shelf = await world.createFolder('Shelf', permissionLevels.owner)
  const client = await RealClient.logOn({ world: world as unknown as RealWorld, publicFolders: () => [publicStore] })
  const source = await client.folder('inbox')
  const { folderId } = await client.createFolder(source, 'Papers')
  await client.createMessage(folderId, [[tags.PidTagSubject, 'one']])
  const destination = await client.folderElsewhere(shelf)
  const copied = await client.call(RopCopyFolder, copy(folderId, 'Papers'), source, { destination })
  t.equal(copied.returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R19703001')
  const moved = await client.call(RopMoveFolder, move(folderId, 'Papers'), source, { destination })
  t.same([moved.returnValue, moved.value], [0, { partialCompletion: false }])
  t.same((await inside(client, source)).folders, [])
  const there = world.folders.tree.childNamed(world.folders.tree.find(shelf)!, 'Papers')!
  t.equal(there.counters.contentCount, 1)
  requirement('MS-OXCFOLD_R17103')
  const back = await client.call(RopMoveFolder, { ...move(there.fid, 'Back') }, source, { destination })
  t.equal(back.returnValue, ecNotFound, 'the folder is not below the one that is named')
  for (const mailbox of [world.alices, world.folders]) t.same((await checkMailbox(mailbox)).problems, [])
})

t.test('two sessions move between the same mailboxes at once', async t => {
  const world = await RealWorld.open()
  const assistants = [
    { actor: { ...alice, fullAccess: [bob.address] }, to: bob },
    { actor: { ...bob, fullAccess: [alice.address] }, to: alice }
  ]
  const work = assistants.map(async ({ actor, to }, number) => {
    const client = await RealClient.connect({ world, actor })
    await client.driver.logOn({ essdn: actor.legacyDn })
    const here = await client.folder('inbox')
    const there = await client.folderElsewhere(inbox, to.legacyDn)
    for (let round = 0; round < 10; round++) {
      const { folderId } = await client.createFolder(here, `f${number}-${round}`)
      await client.createMessage(folderId, [[tags.PidTagSubject, 'one']])
      const name = `f${number}-${round}`
      const moved = await client.call(RopMoveFolder, move(folderId, name), here, { destination: there })
      t.same([moved.returnValue, moved.value], [0, { partialCompletion: false }])
    }
  })
  await Promise.all(work)
  for (const mailbox of [world.alices, world.bobs]) {
    t.equal([...mailbox.tree.find(inbox)!.visibleChildren()].length, 10)
    t.same((await checkMailbox(mailbox)).problems, [])
  }
})

t.test('what stays behind of a move makes it partial; of a copy Exchange 2016 does not tell', async t => {
  const world = await RealWorld.open()
  const { client, source, target, top, middle } = await tree(world)
  const folderOf = (fid: Fid) => world.alices.openFolder(fid, {}, alice)
  // Bob owns the folder that he moves, and may see but not read the one below it.
  await folderOf(inbox).setPermissions([{ who: { guid: bob.guid }, rights: permissionLevels.owner }], {}, alice)
  await folderOf(top.folderId).setPermissions([{ who: { guid: bob.guid }, rights: permissionLevels.owner }], {}, alice)
  await folderOf(middle.folderId).setPermissions([{ who: { guid: bob.guid }, rights: Right.folderVisible }], {}, alice)
  const guest = await RealClient.logOn({ world, actor: bob })
  const from = guest.driver.put('folder', world.alices.openFolder(inbox, {}, bob))
  const own = guest.driver.put('folder', world.bobs.openFolder(inbox, {}, bob))
  const taken = await guest.call(RopCopyFolder, copy(top.folderId, 'Copied'), from, { destination: own })
  t.same([taken.returnValue, taken.value], [0, { partialCompletion: false }])
  t.same([...world.bobs.tree.childNamed(world.bobs.tree.find(inbox)!, 'Copied')!.children.values()].length, 0)
  requirement('MS-OXCFOLD_R271502')
  const moved = await guest.call(RopMoveFolder, move(top.folderId, 'Moved'), from, { destination: own })
  t.same([moved.returnValue, moved.value], [0, { partialCompletion: true }])
  requirement('MS-OXCFOLD_R2191', 'MS-OXCFOLD_R1114')
  t.same(await inside(client, top.handle), { folders: ['Middle'], messages: [] }, 'its messages went, the rest stays')
  const reviewer = [{ who: { guid: bob.guid }, rights: permissionLevels.reviewer }]
  await folderOf(middle.folderId).setPermissions(reviewer, {}, alice)
  const again = await guest.call(RopMoveFolder, move(top.folderId, 'Again'), from, { destination: own })
  t.same([again.returnValue, again.value], [0, { partialCompletion: true }], 'read in, but not taken out of')
  t.same((await inside(client, await client.folder(middle.folderId))).messages, ['three'])
  t.ok((await inside(client, source)).folders.includes('Top'))
  t.same((await inside(client, target)).folders, [])
})

t.test('search folders', async t => {
  const { client, source, target, top, mids } = await tree()
  const search = await client.createFolder(await client.folder('finder'), 'All', { folderType: 2 })
  const restriction = { kind: 'exist' as const, tag: tags.PidTagMessageClass }
  const request = { restriction, folderIds: [top.folderId], searchFlags: 0x00020002 }
  t.equal((await client.call(RopSetSearchCriteria, request, search.handle)).returnValue, 0)
  t.equal((await client.call(RopEmptyFolder, empty(false), search.handle)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R124901')
  while ((await inside(client, search.handle)).messages.length < 2) await new Promise(resolve => setTimeout(resolve, 5))
  const transfer = (wantCopy: boolean) => ({ messageIds: [mids[0]], wantAsynchronous: false, wantCopy })
  const copied = await client.call(RopMoveCopyMessages, transfer(true), search.handle, { destination: target })
  t.same([copied.returnValue, copied.value], [0, { partialCompletion: false }])
  t.same((await inside(client, target)).messages, ['one'])
  requirement('MS-OXCFOLD_R121702')
  const moved = await client.call(RopMoveCopyMessages, transfer(false), search.handle, { destination: source })
  t.same([moved.returnValue, moved.value], [0, { partialCompletion: false }])
  t.same([(await inside(client, top.handle)).messages, (await inside(client, source)).messages], [['two'], ['one']])
  requirement('MS-OXCFOLD_R121701', 'MS-OXCFOLD_R1216')
  const into = await client.call(RopMoveCopyMessages, transfer(true), source, { destination: search.handle })
  t.equal(into.returnValue, 0x460)
  for (const rop of [RopMoveFolder, RopCopyFolder]) {
    const refused = await client.call(rop, copy(top.folderId, 'x'), source, { destination: search.handle })
    t.equal(refused.returnValue, NOT_SUPPORTED, `${rop.name} into a search folder`)
  }
  t.same(await sound(client), [])
})
