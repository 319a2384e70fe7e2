/** Properties of folders and of the logon object over real mailboxes ([MS-OXCFOLD] 2.2.2, [MS-OXCSTOR] 2.2.2.1). */
import t from 'tap'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopDeleteProperties } from '../../../rops/property/rop-delete-properties.js'
import { RopGetPropertiesAll } from '../../../rops/property/rop-get-properties-all.js'
import { RopGetPropertiesList } from '../../../rops/property/rop-get-properties-list.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { alice, ecNotFound, RealClient } from './real-driver.js'

const ACCESS_DENIED = 0x80070005
const COMPUTED = 0x8004011a
const DUPLICATE_NAME = 0x80040604
const SET_AT_MS = Date.UTC(2026, 0, 5, 9)

/** Milliseconds since 1970 as FILETIME. */
const filetime = (ms: number): bigint => (BigInt(ms) + 11_644_473_600_000n) * 10_000n
const missing = { error: ecNotFound }

t.test('what is computed of a folder', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('ipmSubtree')
  const made = await client.createFolder(parent, 'Computed')
  const get = (...of: number[]) => client.get(made.handle, of)
  t.same(await get(tags.PidTagFolderType, tags.PidTagFolderFlags, tags.PidTagSubfolders), [1, 0x05, false])
  requirement('MS-OXCFOLD_R362', 'MS-OXCFOLD_R811', 'MS-OXCFOLD_R35101', 'MS-OXCFOLD_R1035110')
  requirement('MS-OXCFOLD_R1035111', 'MS-OXCFOLD_R1035103', 'MS-OXCFOLD_R1035107', 'MS-OXCFOLD_R355')
  requirement('MS-OXCFOLD_R1030', 'MS-OXPROPS_R6219', 'MS-OXPROPS_R6220', 'MS-OXPROPS_R8690', 'MS-OXPROPS_R8691')
  t.same(
    await get(tags.PidTagContentCount, tags.PidTagContentUnreadCount, tags.PidTagAssociatedContentCount),
    [0, 0, 0]
  )
  requirement('MS-OXPROPS_R5820', 'MS-OXPROPS_R5821', 'MS-OXPROPS_R5840', 'MS-OXPROPS_R5841')
  await client.createMessage(made.folderId, [
    [tags.PidTagSubject, 'unread'],
    [tags.PidTagMessageFlags, 0]
  ])
  await client.createMessage(made.folderId, [[tags.PidTagSubject, 'read']])
  await client.createMessage(made.folderId, [[tags.PidTagSubject, 'associated']], true)
  t.same(
    await get(tags.PidTagContentCount, tags.PidTagContentUnreadCount, tags.PidTagAssociatedContentCount),
    [2, 1, 1]
  )
  requirement('MS-OXCFOLD_R10345', 'MS-OXCFOLD_R346', 'MS-OXCFOLD_R10347')
  const [size, long] = await get(tags.PidTagMessageSize, tags.PidTagMessageSizeExtended)
  t.ok((size as number) > 0)
  t.equal(long, BigInt(size as number))
  requirement('MS-OXCFOLD_R353', 'MS-OXCFOLD_R354', 'MS-OXCFOLD_R10353', 'MS-OXCFOLD_R10354')
  requirement('MS-OXPROPS_R7001', 'MS-OXPROPS_R7002', 'MS-OXPROPS_R7008', 'MS-OXPROPS_R7009')
  const [hidden, rights, access] = await get(tags.PidTagAttributeHidden, tags.PidTagRights, tags.PidTagAccess)
  t.same([hidden, rights, access], [false, 0x7fb, 0x3f], 'an owner may do everything')
  requirement('MS-OXCFOLD_R356', 'MS-OXCFOLD_R10356', 'MS-OXCFOLD_R1033', 'MS-OXCFOLD_R367', 'MS-OXPROPS_R4927')
  requirement('MS-OXPROPS_R5555', 'MS-OXPROPS_R5556', 'MS-OXPROPS_R7981', 'MS-OXPROPS_R7982', 'MS-OXPROPS_R4928')
  const [changeKey] = await get(0x65e20102)
  t.match(changeKey, /^[0-9a-f]{44}$/, 'PidTagChangeKey under its number and type: GUID and six bytes')
  requirement('MS-OXPROPS_R5686', 'MS-OXPROPS_R5687')
  t.same(await get(tags.PidTagDeletedOn, 0x663b0102), [missing, missing])
  requirement('MS-OXCFOLD_R350')
})

t.test('the classes of the folders that a mailbox has, and their ids in the table', async t => {
  const client = await RealClient.logOn()
  const columns = [tags.PidTagContainerClass, tags.PidTagFolderId]
  const table = await client.hierarchy(await client.folder('ipmSubtree'), columns, 0x04)
  const { rows } = await client.rows(table, columns)
  const classes = rows.flatMap(([name]) => (typeof name === 'string' ? [name] : []))
  t.ok(classes.length > 5, `${classes.length} folders have one`)
  t.same(
    classes.filter(name => !name.startsWith('IPF.')),
    []
  )
  requirement('MS-OXCFOLD_R1038')
  const wire = Buffer.alloc(8)
  wire.writeBigUInt64LE(BigInt.asUintN(64, rows[0][1] as bigint))
  const opened = await client.folder(wire.readUInt16LE(0) * 2 ** 48 + wire.readUIntBE(2, 6))
  t.equal(
    (await client.get(opened, [tags.PidTagFolderId]))[0],
    rows[0][1],
    'a folder opens by the id that the table gives'
  )
  requirement('MS-OXCFOLD_R397')
})

t.test('the root and a search folder', async t => {
  const client = await RealClient.logOn()
  const root = await client.folder('root')
  t.equal(await client.one(root, tags.PidTagFolderType), 0)
  requirement('MS-OXCFOLD_R810')
  t.equal(await client.one(root, tags.PidTagParentEntryId), await client.one(root, tags.PidTagEntryId))
  const search = await client.createFolder(await client.folder('finder'), 'Found', { folderType: 2 })
  t.same(await client.get(search.handle, [tags.PidTagFolderType, tags.PidTagFolderFlags]), [2, 0x02])
  requirement('MS-OXCFOLD_R812')
})

t.test('the hierarchy counts', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  const read = () => client.get(parent, [tags.PidTagHierarchyChangeNumber, tags.PidTagSubfolders])
  const [before] = await read()
  const first = await client.createFolder(parent, 'First')
  const [one, has] = await read()
  t.equal(has, true)
  requirement('MS-OXCFOLD_R10355', 'MS-OXCFOLD_R1029')
  t.ok((one as number) > (before as number))
  await client.call(RopDeleteFolder, { deleteFolderFlags: 0, folderId: first.folderId }, parent)
  const [two, hasNone] = await read()
  t.ok((two as number) > (one as number))
  t.equal(hasNone, false)
  requirement('MS-OXCFOLD_R1028', 'MS-OXCFOLD_R352', 'MS-OXPROPS_R6349', 'MS-OXPROPS_R6350')
})

t.test('ids and entry ids', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  const made = await client.createFolder(inbox, 'Below')
  const [id, parentId, entryId, parentEntryId, sourceKey] = await client.get(made.handle, [
    ...[tags.PidTagFolderId, tags.PidTagParentFolderId, tags.PidTagEntryId, tags.PidTagParentEntryId],
    tags.PidTagSourceKey
  ])
  t.equal(parentId, await client.one(inbox, tags.PidTagFolderId))
  requirement('MS-OXCFOLD_R351', 'MS-OXCFOLD_R10351', 'MS-OXPROPS_R6212', 'MS-OXPROPS_R6213', 'MS-OXCDATA_R2175')
  t.equal(parentEntryId, await client.one(inbox, tags.PidTagEntryId))
  requirement('MS-OXCFOLD_R1027', 'MS-OXCFOLD_R10027', 'MS-OXPROPS_R7456', 'MS-OXPROPS_R7457')
  const guid = Buffer.from(client.mailbox.guidBytes).toString('hex')
  const replica = Buffer.from(client.mailbox.replicaBytes).toString('hex')
  const counter = (made.folderId % 2 ** 48).toString(16).padStart(12, '0')
  t.equal(entryId, `00000000${guid}0100${replica}${counter}0000`, 'provider, private folder, replica, counter')
  t.equal(sourceKey, `${replica}${counter}`)
  t.equal(id, BigInt(`0x${Buffer.from(`0100${counter}`, 'hex').reverse().toString('hex')}`))
})

t.test('times of a folder', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  const made = await client.createFolder(parent, 'Timed')
  const times = [tags.PidTagCreationTime, tags.PidTagLastModificationTime, tags.PidTagLocalCommitTime]
  t.same(await client.get(made.handle, times), Array(3).fill(filetime(SET_AT_MS)))
  requirement('MS-OXCFOLD_R3000', 'MS-OXPROPS_R5880', 'MS-OXPROPS_R5881', 'MS-OXPROPS_R6783', 'MS-OXPROPS_R6784')
  client.world.fixture.runtime.nowMs += 60_000
  t.same(await client.set(made.handle, [[tags.PidTagComment, 'later']]), [])
  const changed = filetime(SET_AT_MS + 60_000)
  t.same(await client.get(made.handle, times), [filetime(SET_AT_MS), changed, changed])
  client.world.fixture.runtime.nowMs += 60_000
  await client.createMessage(made.folderId)
  const latest = [tags.PidTagLocalCommitTimeMax, tags.PidTagHierRev]
  const [max, hierRev] = await client.get(made.handle, latest)
  t.equal(max, filetime(SET_AT_MS + 120_000), 'a message counts as a change in the folder')
  t.equal(typeof hierRev, 'bigint')
  requirement('MS-OXCFOLD_R3002', 'MS-OXCFOLD_R352001')
  t.equal(await client.one(made.handle, tags.PidTagLastModificationTime), changed, 'but not of the folder')
})

t.test('renaming a folder', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  const first = await client.createFolder(parent, 'First')
  const second = await client.createFolder(parent, 'Second')
  const changeKey = await client.one(first.handle, tags.PidTagChangeKey)
  t.same(await client.set(first.handle, [[tags.PidTagDisplayName, 'Renamed']]), [])
  t.equal(await client.one(first.handle, tags.PidTagDisplayName), 'Renamed')
  t.not(await client.one(first.handle, tags.PidTagChangeKey), changeKey, 'under a new change')
  requirement('MS-OXCFOLD_R360', 'MS-OXPROPS_R6014', 'MS-OXPROPS_R6015')
  t.same(
    await client.set(first.handle, [[tags.PidTagDisplayName, 'RENAMED']]),
    [],
    'to another spelling of its own name'
  )
  t.equal((await client.createFolder(parent, 'First')).returnValue, 0, 'the old name is free')
  for (const taken of ['renamed', 'Renamed']) {
    const refused = await client.set(second.handle, [[tags.PidTagDisplayName, taken]])
    t.ok(refused === DUPLICATE_NAME || (Array.isArray(refused) && refused[0]?.error === DUPLICATE_NAME))
    t.equal(await client.one(second.handle, tags.PidTagDisplayName), 'Second')
  }
  requirement('MS-OXCFOLD_R1039')
  const empty = await client.set(second.handle, [[tags.PidTagDisplayName, '']])
  t.not(Array.isArray(empty) && empty.length === 0, true, 'a folder is never without a name')
})

t.test('what a client may set and what not', async t => {
  const client = await RealClient.logOn()
  const made = await client.createFolder(await client.folder('inbox'), 'Mine')
  const allowed = [
    [tags.PidTagContainerClass, 'IPF.Appointment'],
    [tags.PidTagComment, 'a comment'],
    [tags.PidTagAttributeHidden, true],
    [tags.PidTagDefaultPostMessageClass, 'IPM.Post'],
    [tags.PidTagExtendedFolderFlags, Buffer.from('010400001000', 'hex')],
    [0x66550102, Buffer.from([1, 2, 3])]
  ] as const
  t.same(await client.set(made.handle, allowed), [])
  const back = await client.get(
    made.handle,
    allowed.map(([tag]) => tag)
  )
  t.same(back, ['IPF.Appointment', 'a comment', true, 'IPM.Post', '010400001000', '010203'])
  requirement('MS-OXCFOLD_R1036', 'MS-OXCFOLD_R10036', 'MS-OXPROPS_R5792', 'MS-OXPROPS_R5793', 'MS-OXCFOLD_R1032')
  requirement('MS-OXCFOLD_R359', 'MS-OXCFOLD_R10359', 'MS-OXPROPS_R5752', 'MS-OXPROPS_R5753')
  const before = await client.get(made.handle, [tags.PidTagFolderId, tags.PidTagContentCount, tags.PidTagFolderType])
  const refused = await client.set(made.handle, [
    [tags.PidTagFolderId, 5n],
    [tags.PidTagContentCount, 77],
    [tags.PidTagComment, 'taken though'],
    [tags.PidTagFolderType, 2],
    [tags.PidTagSubfolders, true]
  ])
  t.same(refused, [
    { index: 0, tag: tags.PidTagFolderId, error: COMPUTED },
    { index: 1, tag: tags.PidTagContentCount, error: COMPUTED },
    { index: 3, tag: tags.PidTagFolderType, error: COMPUTED },
    { index: 4, tag: tags.PidTagSubfolders, error: COMPUTED }
  ])
  const after = [tags.PidTagFolderId, tags.PidTagContentCount, tags.PidTagFolderType, tags.PidTagComment]
  t.same(await client.get(made.handle, after), [...before, 'taken though'])
  const removed = await client.call(RopDeleteProperties, { propertyTags: [tags.PidTagComment] }, made.handle)
  t.same(removed.value, { propertyProblems: [] })
  t.same(await client.one(made.handle, tags.PidTagComment), missing)
})

t.test('all properties of a folder', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  const all = await client.call(RopGetPropertiesAll, { propertySizeLimit: 0, wantUnicode: true }, inbox)
  const shown = all.value!.propertyValues.map(({ tag }) => tag)
  const listed = (await client.call(RopGetPropertiesList, {}, inbox)).value!.propertyTags
  const ids = (of: number[]) => [...of].map(tag => tag >>> 16).sort((a, b) => a - b)
  t.same(ids(shown), ids(listed), 'the list names what All shows')
  for (const tag of [tags.PidTagDisplayName, tags.PidTagEntryId, tags.PidTagContainerClass, 0x36d00102, 0x36d81102])
    t.ok(shown.includes(tag), tag.toString(16))
  const narrow = await client.call(RopGetPropertiesAll, { propertySizeLimit: 0, wantUnicode: false }, inbox)
  const types = new Set(narrow.value!.propertyValues.map(({ tag }) => tag & 0xffff))
  t.notOk(types.has(0x1f), 'all strings in the code page')
})

t.test('the logon object', async t => {
  const client = await RealClient.logOn()
  const get = (...of: number[]) => client.get(0, of)
  const [name, owner, user] = await get(
    ...[tags.PidTagMailboxOwnerName, tags.PidTagMailboxOwnerEntryId, tags.PidTagUserEntryId]
  )
  t.equal(name, alice.displayName)
  requirement('MS-OXCSTOR_R3063', 'MS-OXCSTOR_R3055', 'MS-OXCSTOR_R3062', 'MS-OXCSTOR_R3066')
  t.match(owner, /^00000000dca740c8c042101ab4b908002b2fe1820100000000000000/, 'an address book entry id')
  t.equal(user, owner)
  await client.createMessage(specialFid('inbox'))
  await client.createMessage(specialFid('drafts'))
  await client.createMessage(specialFid('drafts'), [], true)
  const [count, size, long] = await get(
    ...[tags.PidTagContentCount, tags.PidTagMessageSize, tags.PidTagMessageSizeExtended]
  )
  t.equal(count, 2, 'messages of all folders, without associated ones')
  requirement('MS-OXCSTOR_R3061', 'MS-OXCSTOR_R3064', 'MS-OXCSTOR_R3065')
  t.equal(long, BigInt(size as number))
  t.ok((size as number) > 0)
  const limitsOf = [tags.PidTagExtendedRuleSizeLimit, tags.PidTagMaximumSubmitMessageSize]
  for (const cell of await get(...limitsOf, tags.PidTagProhibitReceiveQuota, tags.PidTagProhibitSendQuota))
    t.equal(typeof cell, 'number')
  requirement('MS-OXCSTOR_R3056', 'MS-OXCSTOR_R3057', 'MS-OXCSTOR_R3058', 'MS-OXCSTOR_R3059')
  t.equal(await client.one(0, tags.PidTagSortLocaleId), 0x409)
  requirement('MS-OXCSTOR_R3130')
})

t.test('the replica mapping of the logon object', async t => {
  const client = await RealClient.logOn()
  const replica = Buffer.from(client.mailbox.replicaBytes).toString('hex')
  t.equal(await client.one(0, tags.PidTagSerializedReplidGuidMap), `0100${replica}`)
  requirement('MS-OXCSTOR_R4003001', 'MS-OXCSTOR_R4003004', 'MS-OXCSTOR_R4003005', 'MS-OXCSTOR_R4003006')
  t.equal(await client.one(0, tags.PidTagMappingSignature), replica, 'the same GUID everywhere')
})

t.test('entry ids of folders on the logon object', async t => {
  const client = await RealClient.logOn()
  const named = [
    [tags.PidTagIpmSubtreeEntryId, 'ipmSubtree'],
    [tags.PidTagIpmOutboxEntryId, 'outbox'],
    [tags.PidTagIpmWastebasketEntryId, 'deletedItems'],
    [tags.PidTagIpmSentMailEntryId, 'sentItems'],
    [tags.PidTagViewsEntryId, 'views'],
    [tags.PidTagCommonViewsEntryId, 'commonViews'],
    [tags.PidTagFinderEntryId, 'finder']
  ] as const
  for (const [tag, folder] of named) {
    t.equal(await client.one(0, tag), await client.one(await client.folder(folder), tags.PidTagEntryId), folder)
  }
})

t.test('setting properties of the logon object', async t => {
  const client = await RealClient.logOn()
  const refused = await client.set(0, [
    [tags.PidTagComment, 'no'],
    [tags.PidTagDisplayName, 'no'],
    [tags.PidTagDeleteAfterSubmit, true],
    [tags.PidTagOutOfOfficeState, true],
    [tags.PidTagContentCount, 5],
    [tags.PidTagMailboxOwnerName, 'no'],
    [tags.PidTagMessageSizeExtended, 5n],
    [tags.PidTagUserEntryId, Buffer.from([1])],
    [tags.PidTagExtendedRuleSizeLimit, 5]
  ])
  const indexes = Array.isArray(refused) ? refused.map(({ index, error }) => [index, error]) : []
  t.same(
    indexes,
    [0, 1, 2, 4, 5, 6, 7, 8].map(index => [index, ACCESS_DENIED])
  )
  requirement('MS-OXCSTOR_R6280001', 'MS-OXCSTOR_R306800301', 'MS-OXCSTOR_R3128', 'MS-OXCSTOR_R3055001')
  requirement('MS-OXCSTOR_R3055006', 'MS-OXCSTOR_R3055007', 'MS-OXCSTOR_R3055008', 'MS-OXCSTOR_R3055009')
  requirement('MS-OXCSTOR_R3055010', 'MS-OXCSTOR_R3055011', 'MS-OXCSTOR_R3071')
  t.equal(await client.one(0, tags.PidTagOutOfOfficeState), true, 'the rest is taken at once')
  const deleted = await client.call(RopDeleteProperties, { propertyTags: [tags.PidTagComment] })
  t.same(deleted.value!.propertyProblems, [{ index: 0, tag: tags.PidTagComment, error: ACCESS_DENIED }])
  await client.world.restart()
  const later = await RealClient.logOn({ world: client.world })
  t.equal(await later.one(0, tags.PidTagOutOfOfficeState), true, 'and kept')
})
