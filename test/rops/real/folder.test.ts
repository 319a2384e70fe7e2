/** Creating, opening and removing folders over real mailboxes ([MS-OXCFOLD]). */
import t from 'tap'
import { RopCreateFolder } from '../../../rops/folder/rop-create-folder.js'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopGetHierarchyTable } from '../../../rops/folder/rop-get-hierarchy-table.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { NO_HANDLE, RopBatch } from '../../../src/client/rop-batch.js'
import { specialFid, specialFolderRows } from '../../../src/mailbox/folders/special-folders.js'
import type { Fid } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { bob, ecNotFound, RealClient, rawAnswer } from './real-driver.js'

const NOT_SUPPORTED = 0x80040102
const INVALID_PARAM = 0x80070057
const DUPLICATE_NAME = 0x80040604
const ACCESS_DENIED = 0x80070005
const SOFT_DELETES = 0x20
const DEL_MESSAGES = 0x01
const DEL_FOLDERS = 0x04
const HARD = 0x10

const open = (client: RealClient, folderId: Fid, openModeFlags = 0, handle = 0) =>
  client.call(RopOpenFolder, { folderId, openModeFlags }, handle)

const remove = (client: RealClient, parent: number, folderId: Fid, deleteFolderFlags: number) =>
  client.call(RopDeleteFolder, { deleteFolderFlags, folderId }, parent)

t.test('opening folders', async t => {
  const client = await RealClient.logOn()
  const inbox = await open(client, specialFid('inbox'))
  t.same(inbox.value, { hasRules: false, ghost: null })
  requirement('MS-OXCFOLD_R26', 'MS-OXCFOLD_R29', 'MS-OXCFOLD_R460')
  t.equal((await open(client, specialFid('root'), 0, inbox.handle)).returnValue, 0, 'from any folder of the mailbox')
  t.equal((await open(client, specialFid('inbox') + 0x1000000)).returnValue, ecNotFound)
  t.equal((await open(client, 0x10c)).returnValue, ecNotFound, 'REPLID 0')
  const table = await client.hierarchy(inbox.handle)
  t.equal((await open(client, specialFid('inbox'), 0, table)).returnValue, NOT_SUPPORTED)
})

t.test('the bytes of an opened and of a missing folder', async t => {
  const client = await RealClient.logOn()
  const batch = new RopBatch([0])
  batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: specialFid('inbox'), openModeFlags: 0 })
  batch.add(RopOpenFolder, { input: 0, output: 2 }, { folderId: 1, openModeFlags: 0 })
  const bytes = await rawAnswer(client, batch)
  t.equal(bytes.subarray(2, 16).toString('hex'), '0201000000000000' + '02020f010480', 'no IsGhosted data on either')
  requirement('MS-OXCFOLD_R2', 'MS-OXCFOLD_R909', 'MS-OXCFOLD_R912', 'MS-OXCFOLD_R915')
})

t.test('creating folders', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('ipmSubtree')
  const made = await client.createFolder(parent, 'Łódź 電', { comment: 'für später' })
  t.same(made.value, { folderId: made.folderId, existing: null })
  t.same(await client.get(made.handle, [tags.PidTagDisplayName, tags.PidTagComment, tags.PidTagFolderType]), [
    'Łódź 電',
    'für später',
    1
  ])
  requirement('MS-OXCFOLD_R37', 'MS-OXCFOLD_R3801', 'MS-OXCFOLD_R43', 'MS-OXCFOLD_R58', 'MS-OXCFOLD_R477')
  t.same(await client.get(made.handle, [tags.PidTagFolderId, tags.PidTagParentFolderId]), [
    await client.one(await client.folder(made.folderId), tags.PidTagFolderId),
    await client.one(parent, tags.PidTagFolderId)
  ])
  const plain = await client.createFolder(parent, 'No comment')
  t.same(await client.one(plain.handle, tags.PidTagComment), { error: ecNotFound })
  requirement('MS-OXCFOLD_R478', 'MS-OXCFOLD_R1034')
  const narrow = await client.createFolder(parent, 'Grün', { useUnicodeStrings: false, comment: 'Öl' })
  t.same(await client.get(narrow.handle, [tags.PidTagDisplayName, tags.PidTagComment]), ['Grün', 'Öl'])
  const search = await client.createFolder(parent, 'Search', { folderType: 2 })
  t.equal(await client.one(search.handle, tags.PidTagFolderType), 2)
  requirement('MS-OXCFOLD_R409')
  t.equal((await client.createFolder(search.handle, 'below a search')).returnValue, NOT_SUPPORTED)
  for (const folderType of [0, 3, 0xff]) {
    t.equal((await client.createFolder(parent, `type ${folderType}`, { folderType })).returnValue, INVALID_PARAM)
  }
  t.equal((await client.createFolder(parent, '')).returnValue, INVALID_PARAM)
  t.equal((await client.createFolder(0, 'on a logon')).returnValue, NOT_SUPPORTED)
})

t.test('eight-bit names are in the code page of the session', async t => {
  const client = await RealClient.logOn({ codePage: 1251 })
  const parent = await client.folder('ipmSubtree')
  const batch = new RopBatch([parent])
  batch.context.codePage = 1251
  const request = { folderType: 1, useUnicodeStrings: false, openExisting: false, reserved: undefined, comment: '' }
  batch.add(RopCreateFolder, { input: 0, output: 1 }, { ...request, displayName: 'Папка' })
  await client.driver.run(batch)
  t.equal(await client.one(batch.handles[1], tags.PidTagDisplayName), 'Папка')
})

t.test('names are unique among siblings, whatever their case', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  const first = await client.createFolder(parent, 'Projects')
  for (const name of ['Projects', 'PROJECTS', 'projects']) {
    const second = await client.createFolder(parent, name)
    t.same([second.returnValue, second.handle], [DUPLICATE_NAME, NO_HANDLE])
    const opened = await client.createFolder(parent, name, { openExisting: true })
    t.same([opened.returnValue, opened.folderId], [0, first.folderId])
    t.equal(opened.value!.existing, null, 'IsExistingFolder stays zero in a private mailbox')
  }
  requirement('MS-OXCFOLD_R480', 'MS-OXCFOLD_R51', 'MS-OXCFOLD_R482', 'MS-OXCFOLD_R61', 'MS-OXCFOLD_R926')
  requirement('MS-OXCFOLD_R931', 'MS-OXCFOLD_R933', 'MS-OXCFOLD_R938', 'MS-OXCFOLD_R941')
  t.equal(await client.one(first.handle, tags.PidTagDisplayName), 'Projects', 'opening renames nothing')
  const elsewhere = await client.createFolder(first.handle, 'Projects')
  t.equal(elsewhere.returnValue, 0, 'a folder below it may have the name')
  const fresh = await client.createFolder(parent, 'Fresh', { openExisting: true })
  t.equal(fresh.returnValue, 0)
  requirement('MS-OXCFOLD_R483')
  t.equal((await remove(client, parent, first.folderId, DEL_FOLDERS)).value!.partialCompletion, false)
  const again = await client.createFolder(parent, 'Projects')
  t.equal(again.returnValue, 0, 'a removed folder leaves its name')
  t.not(again.folderId, first.folderId, 'and never its id')
})

t.test('no rights, no folders', async t => {
  const owner = await RealClient.logOn()
  const handle = await owner.folder('inbox')
  const stranger = await RealClient.logOn({ world: owner.world, actor: bob })
  t.equal((await open(stranger, specialFid('inbox'))).returnValue, ACCESS_DENIED)
  const folder = stranger.driver.put('folder', owner.driver.object(handle) as never)
  t.equal((await stranger.createFolder(folder, 'mine')).returnValue, ACCESS_DENIED)
  requirement('MS-OXCFOLD_R106601', 'MS-OXCFOLD_R1071', 'MS-OXCFOLD_R489')
  const made = await owner.createFolder(handle, 'hers')
  t.equal((await remove(stranger, folder, made.folderId, DEL_MESSAGES)).returnValue, ACCESS_DENIED)
  requirement('MS-OXCFOLD_R405', 'MS-OXCFOLD_R2500', 'MS-OXCFOLD_R503')
})

t.test('removing an empty folder', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  for (const flags of [0, DEL_MESSAGES, DEL_FOLDERS, DEL_MESSAGES | DEL_FOLDERS]) {
    const made = await client.createFolder(parent, 'Empty')
    const removed = await remove(client, parent, made.folderId, flags)
    t.same([removed.returnValue, removed.value], [0, { partialCompletion: false }], `flags ${flags}`)
    t.equal((await open(client, made.folderId)).returnValue, ecNotFound)
    t.equal((await open(client, made.folderId, 0x04)).returnValue, ecNotFound, 'soft-deleted folders are not opened')
    t.equal((await remove(client, parent, made.folderId, flags)).returnValue, ecNotFound, 'nor removed twice')
  }
  requirement('MS-OXCFOLD_R75', 'MS-OXCFOLD_R76', 'MS-OXCFOLD_R94401', 'MS-OXCFOLD_R95', 'MS-OXCFOLD_R1076')
  requirement('MS-OXCFOLD_R22001', 'MS-OXCFOLD_R22002', 'MS-OXCFOLD_R471', 'MS-OXCFOLD_R21')
  requirement('MS-OXCFOLD_R814', 'MS-OXCFOLD_R498')
  const soft = await client.call(RopGetHierarchyTable, { tableFlags: SOFT_DELETES | 0x40 }, parent)
  t.equal(soft.value!.rowCount, 4, 'soft-deleted ones remain in a table of their own')
  requirement('MS-OXCFOLD_R806', 'MS-OXCFOLD_R1219')
  // The moment, in units of 100 ns since 1601, under the property's number and type.
  const deletedOn = [0x668f0040]
  const moment = (BigInt(client.world.fixture.runtime.nowMs) + 11_644_473_600_000n) * 10_000n
  const moments = await client.column(await client.hierarchy(parent, deletedOn, SOFT_DELETES), deletedOn)
  t.same(moments, [moment, moment, moment, moment])
  requirement('MS-OXCFOLD_R348', 'MS-OXCFOLD_R10348', 'MS-OXPROPS_R5979', 'MS-OXPROPS_R5980')
  t.equal((await client.call(RopGetHierarchyTable, { tableFlags: 0x40 }, parent)).value!.rowCount, 0)
})

t.test('DEL_MESSAGES', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  for (const associated of [false, true]) {
    const made = await client.createFolder(parent, `Full ${associated}`)
    const mid = await client.createMessage(made.folderId, [[tags.PidTagSubject, 'kept']], associated)
    for (const flags of [0, DEL_FOLDERS, HARD]) {
      const refused = await remove(client, parent, made.folderId, flags)
      t.same([refused.returnValue, refused.value], [0, { partialCompletion: true }])
    }
    t.equal((await open(client, made.folderId)).returnValue, 0, 'neither the folder')
    const message = { codePageId: 0x0fff, folderId: made.folderId, openModeFlags: 0, messageId: mid }
    t.equal((await client.call(RopOpenMessage, message)).returnValue, 0, 'nor its messages have gone')
    const removed = await remove(client, parent, made.folderId, DEL_MESSAGES)
    t.same(removed.value, { partialCompletion: false })
    t.equal((await open(client, made.folderId)).returnValue, ecNotFound)
    t.equal((await client.call(RopOpenMessage, message)).returnValue, ecNotFound)
  }
  requirement('MS-OXCFOLD_R371', 'MS-OXCFOLD_R816', 'MS-OXCFOLD_R817', 'MS-OXCFOLD_R762', 'MS-OXCFOLD_R82')
  requirement('MS-OXCFOLD_R408', 'MS-OXCFOLD_R948', 'MS-OXCFOLD_R97')
})

t.test('DEL_FOLDERS', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  const made = await client.createFolder(parent, 'Parent')
  const below = await client.createFolder(made.handle, 'Child')
  const deeper = await client.createFolder(below.handle, 'Grandchild')
  await client.createMessage(deeper.folderId)
  for (const flags of [0, DEL_MESSAGES, DEL_MESSAGES | HARD]) {
    t.same((await remove(client, parent, made.folderId, flags)).value, { partialCompletion: true })
  }
  requirement('MS-OXCFOLD_R1079', 'MS-OXCFOLD_R1080', 'MS-OXCFOLD_R1081')
  t.equal((await open(client, below.folderId)).returnValue, 0)
  const removed = await remove(client, parent, made.folderId, DEL_FOLDERS)
  t.same(removed.value, { partialCompletion: false }, 'the messages of subfolders go with them')
  for (const { folderId } of [made, below, deeper]) t.equal((await open(client, folderId)).returnValue, ecNotFound)
  requirement('MS-OXCFOLD_R763')
})

t.test('DELETE_HARD_DELETE', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  const made = await client.createFolder(parent, 'Parent')
  const below = await client.createFolder(made.handle, 'Child')
  await client.createMessage(below.folderId)
  await client.createMessage(made.folderId)
  const removed = await remove(client, parent, made.folderId, DEL_MESSAGES | DEL_FOLDERS | HARD)
  t.same([removed.returnValue, removed.value], [0, { partialCompletion: false }])
  const soft = await client.call(RopGetHierarchyTable, { tableFlags: SOFT_DELETES }, parent)
  t.equal(soft.value!.rowCount, 0)
  t.equal((await open(client, made.folderId)).returnValue, ecNotFound)
  t.equal((await open(client, below.folderId)).returnValue, ecNotFound)
  requirement('MS-OXCFOLD_R497', 'MS-OXCFOLD_R764', 'MS-OXCFOLD_R46201002')
  const gone = await client.createFolder(made.handle, 'in a folder that has gone')
  t.not(gone.returnValue, 0)
  await client.world.restart()
  const later = await RealClient.logOn({ world: client.world })
  t.equal((await open(later, made.folderId)).returnValue, ecNotFound)
})

t.test('a soft-deleted folder that is still open', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  const made = await client.createFolder(parent, 'Going')
  await remove(client, parent, made.folderId, 0)
  t.equal((await client.createFolder(made.handle, 'child')).returnValue, ecNotFound)
  requirement('MS-OXCFOLD_R1072', 'MS-OXCFOLD_R1073')
})

t.test('what cannot be removed', async t => {
  const client = await RealClient.logOn()
  const root = await client.folder('root')
  const all = DEL_MESSAGES | DEL_FOLDERS | HARD
  t.equal((await remove(client, root, specialFid('root'), all)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R510', 'MS-OXCFOLD_R2509')
  for (const [name, { parent }] of specialFolderRows) {
    if (parent === null) continue
    const handle = await client.folder(parent)
    const refused = await remove(client, handle, specialFid(name), DEL_MESSAGES | DEL_FOLDERS)
    t.equal(refused.returnValue, ACCESS_DENIED, name)
    t.equal((await open(client, specialFid(name))).returnValue, 0)
  }
  const inbox = await client.folder('inbox')
  const other = await client.createFolder(inbox, 'Other')
  const notBelow = await client.createFolder(other.handle, 'Not below')
  t.equal((await remove(client, inbox, notBelow.folderId, all)).returnValue, ecNotFound, 'not a child of this folder')
  const table = await client.hierarchy(inbox)
  t.equal((await remove(client, table, other.folderId, all)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R509')
})

t.test('folders survive a restart with everything that clients cache', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  const made = await client.createFolder(parent, 'Kept', { comment: 'as it was' })
  const cached = [
    ...[tags.PidTagEntryId, tags.PidTagSourceKey, tags.PidTagChangeKey, tags.PidTagPredecessorChangeList],
    ...[tags.PidTagFolderId, tags.PidTagParentEntryId, tags.PidTagRecordKey, tags.PidTagDisplayName],
    ...[tags.PidTagComment, tags.PidTagCreationTime, tags.PidTagLastModificationTime, tags.PidTagStoreEntryId]
  ]
  const before = await client.get(made.handle, cached)
  t.notOk(before.some(cell => typeof cell === 'object' && 'error' in cell))
  await client.world.restart()
  const later = await RealClient.logOn({ world: client.world })
  t.same(await later.get(await later.folder(made.folderId), cached), before)
})
