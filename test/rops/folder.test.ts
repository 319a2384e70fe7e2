/** The folder family: what handlers make of flags, ids and errors. */
import t from 'tap'
import { RopCreateFolder } from '../../rops/folder/rop-create-folder.js'
import { RopDeleteFolder } from '../../rops/folder/rop-delete-folder.js'
import { RopDeleteMessages } from '../../rops/folder/rop-delete-messages.js'
import { RopGetContentsTable } from '../../rops/folder/rop-get-contents-table.js'
import { RopGetHierarchyTable } from '../../rops/folder/rop-get-hierarchy-table.js'
import { RopHardDeleteMessages } from '../../rops/folder/rop-hard-delete-messages.js'
import { RopMoveCopyMessages } from '../../rops/folder/rop-move-copy-messages.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopSetReadFlags } from '../../rops/message/rop-set-read-flags.js'
import { NO_HANDLE } from '../../src/client/rop-batch.js'
import type { Folder, TableView } from '../../src/mailbox/domain.js'
import { makeId } from '../../src/oxcdata/ids.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { requirement } from '../conformance/ledger.js'
import { Driver, stub, stubMailbox } from './driver.js'

const FID = makeId(1, 0x200)
const NOT_FOUND = 0x8004010f
const NOT_SUPPORTED = 0x80040102
const INVALID_PARAM = 0x80070057

t.test('RopOpenFolder', async t => {
  const asked: unknown[] = []
  const mailbox = stubMailbox({
    async openFolder(fid, options) {
      asked.push(options)
      if (fid !== FID) throw new MapiError(NOT_FOUND)
      return stub<Folder>({ kind: 'folder', fid, hasRules: true })
    }
  })
  const driver = await Driver.logOn(mailbox)
  const opened = await driver.call(RopOpenFolder, { folderId: FID, openModeFlags: 0 })
  t.same(opened.value, { hasRules: false, ghost: null }, 'rules are not told of')
  t.not(opened.handle, NO_HANDLE)
  requirement('MS-OXCFOLD_R25001')
  for (const bit of [0x01, 0x02, 0x08, 0x10, 0x20, 0x40, 0x80]) {
    const { returnValue } = await driver.call(RopOpenFolder, { folderId: FID, openModeFlags: bit })
    t.equal(returnValue, 0, `bit ${bit} is ignored`)
  }
  requirement(
    ...['MS-OXCFOLD_R465', 'MS-OXCFOLD_R46501', 'MS-OXCFOLD_R46502', 'MS-OXCFOLD_R46503', 'MS-OXCFOLD_R46504'],
    ...['MS-OXCFOLD_R46505', 'MS-OXCFOLD_R46506', 'MS-OXCFOLD_R46507', 'MS-OXCFOLD_R821']
  )
  await driver.call(RopOpenFolder, { folderId: FID, openModeFlags: 0x04 })
  t.same(asked.at(-1), { softDeleted: false }, 'soft-deleted folders are not to be had')
  requirement('MS-OXCFOLD_R22001', 'MS-OXCFOLD_R22002')
  const missing = await driver.call(RopOpenFolder, { folderId: makeId(1, 1), openModeFlags: 0 })
  t.equal(missing.returnValue, NOT_FOUND)
  t.equal(missing.handle, NO_HANDLE)
  requirement('MS-OXCFOLD_R468', 'MS-OXCFOLD_R469')
  const wrong = await driver.call(RopOpenFolder, { folderId: FID, openModeFlags: 0 }, driver.put('message', {}))
  t.equal(wrong.returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R472', 'MS-OXCFOLD_R473')
  const older = await Driver.logOn(mailbox, { personality: { softDeletedFoldersOpen: true, hasRulesIsReported: true } })
  const soft = await older.call(RopOpenFolder, { folderId: FID, openModeFlags: 0x04 })
  t.same(asked.at(-1), { softDeleted: true })
  t.equal(soft.value!.hasRules, true)
})

t.test('RopCreateFolder', async t => {
  const made: unknown[] = []
  const driver = await Driver.logOn()
  const parent = driver.put('folder', {
    createFolder(spec) {
      made.push(spec)
      if (spec.displayName === 'Taken' && !spec.openExisting) throw new MapiError(0x80040604)
      return { folder: stub<Folder>({ kind: 'folder', fid: FID }), existed: spec.openExisting }
    }
  })
  const request = {
    folderType: 1,
    useUnicodeStrings: true,
    openExisting: false,
    displayName: 'Łódź',
    comment: 'a comment'
  }
  const created = await driver.call(RopCreateFolder, request, parent)
  t.same(created.value, { folderId: FID, existing: null })
  t.same(made[0], { type: 'generic', displayName: 'Łódź', comment: 'a comment', openExisting: false })
  requirement('MS-OXCFOLD_R54', 'MS-OXCFOLD_R56', 'MS-OXCFOLD_R48', 'MS-OXCFOLD_R46', 'MS-OXCFOLD_R476')
  const narrow = await driver.call(
    RopCreateFolder,
    { ...request, useUnicodeStrings: false, displayName: 'Grün' },
    parent
  )
  t.equal(narrow.returnValue, 0)
  t.same((made[1] as { displayName: string }).displayName, 'Grün', '8-bit names are in the code page of the session')
  requirement('MS-OXCFOLD_R49')
  const search = await driver.call(RopCreateFolder, { ...request, folderType: 2 }, parent)
  t.equal(search.returnValue, 0)
  t.equal((made[2] as { type: string }).type, 'search')
  requirement('MS-OXCFOLD_R47')
  t.equal((await driver.call(RopCreateFolder, { ...request, folderType: 3 }, parent)).returnValue, INVALID_PARAM)
  requirement('MS-OXCFOLD_R486', 'MS-OXCFOLD_R487')
  t.equal((await driver.call(RopCreateFolder, { ...request, displayName: '' }, parent)).returnValue, INVALID_PARAM)
  const taken = { ...request, displayName: 'Taken' }
  t.equal((await driver.call(RopCreateFolder, taken, parent)).returnValue, 0x80040604)
  requirement('MS-OXCFOLD_R481', 'MS-OXCFOLD_R491', 'MS-OXCFOLD_R493')
  const existing = await driver.call(RopCreateFolder, { ...taken, openExisting: true }, parent)
  t.same(existing.value, { folderId: FID, existing: null }, 'IsExistingFolder is zero in a private mailbox')
  requirement('MS-OXCFOLD_R1197', 'MS-OXCFOLD_R50')
  t.equal((await driver.call(RopCreateFolder, request, 0)).returnValue, NOT_SUPPORTED, 'a logon is no folder')
  requirement('MS-OXCFOLD_R494', 'MS-OXCFOLD_R495')
})

t.test('RopDeleteFolder', async t => {
  const asked: unknown[] = []
  const driver = await Driver.logOn()
  const removeFolder: Folder['removeFolder'] = (fid, options) => {
    asked.push(options)
    if (fid !== FID) throw new MapiError(NOT_FOUND)
    return { partial: !options.messages }
  }
  const folder = driver.put('folder', { removeFolder })
  const all = await driver.call(RopDeleteFolder, { deleteFolderFlags: 0x15, folderId: FID }, folder)
  t.same(all.value, { partialCompletion: false })
  t.same(asked[0], { messages: true, folders: true, hard: true })
  requirement('MS-OXCFOLD_R97')
  const some = await driver.call(RopDeleteFolder, { deleteFolderFlags: 0, folderId: FID }, folder)
  t.same(some.value, { partialCompletion: true })
  t.same(asked[1], { messages: false, folders: false, hard: false })
  requirement('MS-OXCFOLD_R948')
  t.equal((await driver.call(RopDeleteFolder, { deleteFolderFlags: 0xeb, folderId: FID }, folder)).returnValue, 0)
  requirement('MS-OXCFOLD_R123402')
  const missing = await driver.call(RopDeleteFolder, { deleteFolderFlags: 0, folderId: 1 }, folder)
  t.equal(missing.returnValue, NOT_FOUND)
  t.same(missing.value, { partialCompletion: false }, 'PartialCompletion is there on failure too')
  requirement('MS-OXCFOLD_R504', 'MS-OXCFOLD_R507')
  const older = await Driver.logOn(stubMailbox(), { personality: { deleteFolderFlagsAreChecked: true } })
  const checked = await older.call(
    RopDeleteFolder,
    { deleteFolderFlags: 0x02, folderId: FID },
    older.put('folder', { removeFolder })
  )
  t.equal(checked.returnValue, INVALID_PARAM)
  requirement('MS-OXCFOLD_R1234', 'MS-OXCFOLD_R1235', 'MS-OXCFOLD_R1236')
})

t.test('deleting, moving and copying messages', async t => {
  const asked: unknown[] = []
  const driver = await Driver.logOn()
  const folder = driver.put('folder', {
    async deleteMessages(mids, options) {
      asked.push([mids, options])
      return { partial: mids.length > 1 }
    },
    moveCopyMessages(_destination, mids, options) {
      asked.push([mids, options])
      return { partial: false }
    }
  })
  const ids = [makeId(1, 5), makeId(1, 6)]
  const request = { wantAsynchronous: false, notifyNonRead: true, messageIds: ids }
  const soft = await driver.call(RopDeleteMessages, request, folder)
  t.same(soft.value, { partialCompletion: true })
  t.same(asked[0], [ids, { hard: false, notifyNonRead: true }])
  requirement('MS-OXCFOLD_R991', 'MS-OXCFOLD_R1147')
  const hard = await driver.call(
    RopHardDeleteMessages,
    { ...request, messageIds: [ids[0]], notifyNonRead: false },
    folder
  )
  t.same(hard.value, { partialCompletion: false })
  t.same(asked[1], [[ids[0]], { hard: true, notifyNonRead: false }])
  requirement('MS-OXCFOLD_R304')
  t.equal((await driver.call(RopDeleteMessages, request, 0)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R637', 'MS-OXCFOLD_R638')
  const destination = driver.put('folder', { type: 'generic' })
  const move = { messageIds: ids, wantAsynchronous: false, wantCopy: false }
  t.same((await driver.call(RopMoveCopyMessages, move, folder, { destination })).value, { partialCompletion: false })
  t.same(asked[2], [ids, { copy: false }])
  await driver.call(RopMoveCopyMessages, { ...move, wantCopy: true }, folder, { destination })
  t.same(asked[3], [ids, { copy: true }])
  requirement('MS-OXCFOLD_R163')
  const search = driver.put('folder', { type: 'search' })
  t.equal((await driver.call(RopMoveCopyMessages, move, folder, { destination: search })).returnValue, 0x460)
  requirement('MS-OXCFOLD_R1245', 'MS-OXCFOLD_R1246')
  const nowhere = await driver.call(RopMoveCopyMessages, move, folder)
  t.equal(nowhere.returnValue, 0x503)
  t.same(nowhere.value, { destHandleIndex: 1, partialCompletion: false }, 'the null destination form')
  const message = driver.put('message', {})
  t.equal((await driver.call(RopMoveCopyMessages, move, message, { destination })).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R589', 'MS-OXCFOLD_R590')
})

t.test('RopSetReadFlags', async t => {
  const asked: unknown[] = []
  const driver = await Driver.logOn()
  const folder = driver.put('folder', {
    setReadFlags(mids, flags) {
      asked.push([...mids], flags)
      return { partial: true }
    }
  })
  const request = { wantAsynchronous: false, readFlags: 0x05, messageIds: [makeId(1, 5), makeId(1, 9), makeId(1, 6)] }
  const answer = await driver.call(RopSetReadFlags, request, folder)
  t.same(answer.value, { partialCompletion: false })
  t.same(asked, [request.messageIds, 5])
  requirement('MS-OXCMSG_R3012')
  t.equal((await driver.call(RopSetReadFlags, request, 0)).returnValue, 0x4b9)
  requirement('MS-OXCMSG_R1516')
})

t.test('RopGetHierarchyTable and RopGetContentsTable', async t => {
  const asked: Record<string, unknown>[] = []
  const table = stub<TableView>({ rowCount: async () => 21, release() {} })
  const driver = await Driver.logOn(stubMailbox(), { codePage: 1250 })
  const opened = (options: object): TableView => {
    asked.push({ ...options })
    return table
  }
  const members: Partial<Folder> = {
    type: 'generic',
    hierarchyTable: opened,
    contentsTable: opened
  }
  const folder = driver.put('folder', members)
  const root = driver.put('folder', { ...members, type: 'root' })
  const tree = await driver.call(RopGetHierarchyTable, { tableFlags: 0xc4 }, folder)
  t.same(tree.value, { rowCount: 21 })
  t.equal(driver.object(tree.handle), table)
  const expected = { depth: true, softDeleted: false, unicode: true, suppressNotifications: true, codePage: 1250 }
  t.same(asked[0], expected)
  requirement('MS-OXCFOLD_R1163', 'MS-OXCFOLD_R1164')
  t.equal((await driver.call(RopGetHierarchyTable, { tableFlags: 0x01 }, folder)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R314')
  t.equal((await driver.call(RopGetHierarchyTable, { tableFlags: 0 }, 0)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R657', 'MS-OXCFOLD_R658')
  await driver.call(RopGetContentsTable, { tableFlags: 0x22 }, folder)
  t.same(asked[1], {
    ...{ associated: true, softDeleted: true, unicode: false, suppressNotifications: false },
    ...{ conversationMembers: false, codePage: 1250 }
  })
  requirement('MS-OXCFOLD_R1173')
  await driver.call(RopGetContentsTable, { tableFlags: 0x40 }, folder)
  t.match(asked[2], { associated: false, softDeleted: false, unicode: true, suppressNotifications: false })
  await driver.call(RopGetContentsTable, { tableFlags: 0x10 }, folder)
  t.match(asked[3], { associated: false, softDeleted: false, unicode: false, suppressNotifications: true })
  for (const tableFlags of [0x01, 0x04]) {
    t.equal((await driver.call(RopGetContentsTable, { tableFlags }, folder)).returnValue, INVALID_PARAM)
  }
  requirement('MS-OXCFOLD_R330', 'MS-OXCFOLD_R1178')
  t.equal((await driver.call(RopGetContentsTable, { tableFlags: 0xc8 }, root)).returnValue, 0)
  requirement('MS-OXCFOLD_R10251')
  t.equal((await driver.call(RopGetContentsTable, { tableFlags: 0xc8 }, folder)).returnValue, INVALID_PARAM)
  t.equal((await driver.call(RopGetContentsTable, { tableFlags: 0x80 }, root)).returnValue, INVALID_PARAM)
  requirement('MS-OXCFOLD_R1024', 'MS-OXCFOLD_R1025')
})
