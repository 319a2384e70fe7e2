/** Logons, and what a client asks of them, over real mailboxes ([MS-OXCSTOR]). */
import t from 'tap'
import { RopGetContentsTable } from '../../../rops/folder/rop-get-contents-table.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopGetLocalReplicaIds } from '../../../rops/ics/rop-get-local-replica-ids.js'
import { RopGetPerUserLongTermIds } from '../../../rops/logon/rop-get-per-user-long-term-ids.js'
import { RopGetReceiveFolder } from '../../../rops/logon/rop-get-receive-folder.js'
import { RopGetReceiveFolderTable } from '../../../rops/logon/rop-get-receive-folder-table.js'
import { RopGetStoreState } from '../../../rops/logon/rop-get-store-state.js'
import { RopIdFromLongTermId } from '../../../rops/logon/rop-id-from-long-term-id.js'
import { RopLogon } from '../../../rops/logon/rop-logon.js'
import { RopLongTermIdFromId } from '../../../rops/logon/rop-long-term-id-from-id.js'
import { RopRelease } from '../../../rops/other/rop-release.js'
import { RopGetPropertyIdsFromNames } from '../../../rops/property/rop-get-property-ids-from-names.js'
import { RopSetProperties } from '../../../rops/property/rop-set-properties.js'
import { RopGetAddressTypes } from '../../../rops/transport/rop-get-address-types.js'
import { RopGetTransportFolder } from '../../../rops/transport/rop-get-transport-folder.js'
import { NO_HANDLE, RopBatch } from '../../../src/client/rop-batch.js'
import type { Actor } from '../../../src/mailbox/domain.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { makeId } from '../../../src/oxcdata/ids.js'
import { requirement } from '../../conformance/ledger.js'
import { alice, bob, ecNotFound, RealClient, RealWorld, rawAnswer } from './real-driver.js'

const NO_GUID = '00000000-0000-0000-0000-000000000000'
const ACCESS_DENIED = 0x80070005
const INVALID_PARAM = 0x80070057
const USE_ADMIN_PRIVILEGE = 0x01
const USE_PER_MDB_REPLID_MAPPING = 0x01000000
const PidTagOutOfOfficeState = 0x661d000b
const PidTagDisplayName = 0x3001001f

t.test('the answer of a private logon, byte for byte', async t => {
  const client = await RealClient.connect()
  const batch = new RopBatch()
  const request = { logonFlags: 0x01, openFlags: USE_PER_MDB_REPLID_MAPPING, storeState: 0, essdn: alice.legacyDn }
  batch.add(RopLogon, { output: batch.slot() }, request)
  const bytes = await rawAnswer(client, batch)
  t.equal(bytes.readUInt16LE(0), 2 + 166, 'RopSize and a response of 166 bytes')
  const response = bytes.subarray(2)
  t.equal(response.subarray(0, 7).toString('hex'), 'fe000000000001', 'RopId, slot, ReturnValue, LogonFlags')
  requirement(
    'MS-OXCSTOR_R4',
    'MS-OXCSTOR_R13',
    'MS-OXCSTOR_R56',
    'MS-OXCSTOR_R785',
    'MS-OXCSTOR_R118',
    'MS-OXCSTOR_R1062'
  )
  requirement('MS-OXCSTOR_R165', 'MS-OXCSTOR_R166', 'MS-OXCSTOR_R117')
  const counters = Array.from({ length: 13 }, (_, at) => response.subarray(7 + at * 8, 15 + at * 8))
  t.ok(
    counters.every(id => id.readUInt16LE(0) === 1),
    'each folder id has REPLID 1'
  )
  const numbers = counters.map(id => id.readUIntBE(2, 6))
  // Root, Deferred Action, Spooler, IPM subtree, Inbox, Outbox, Sent, Deleted, Common Views, Schedule, Search, Views, Shortcuts.
  const named = ['root', 'deferredAction', 'spoolerQueue', 'ipmSubtree', 'inbox', 'outbox', 'sentItems'] as const
  const others = ['deletedItems', 'commonViews', 'schedule', 'finder', 'views', 'shortcuts'] as const
  t.same(
    numbers,
    [...named, ...others].map(name => specialFid(name) % 2 ** 48)
  )
  t.equal(new Set(numbers).size, 13)
  requirement('MS-OXCSTOR_R767', 'MS-OXCSTOR_R821')
  t.equal(response[111], 0x07, 'Reserved, OwnerRight, SendAsRight')
  requirement('MS-OXCSTOR_R122', 'MS-OXCSTOR_R124', 'MS-OXCSTOR_R126')
  t.equal(response.readUInt16LE(128), 1, 'REPLID 1')
  t.equal(response.subarray(130, 146).toString('hex'), Buffer.from(client.mailbox.replicaBytes).toString('hex'))
  t.equal(response.subarray(112, 128).toString('hex'), Buffer.from(client.mailbox.guidBytes).toString('hex'))
  t.equal(response.subarray(146, 154).toString('hex'), '0b0a0903190bea07', 'LogonTime: 9:10:11, Wednesday, 25.11.2026')
  t.equal(response.readUInt32LE(162), 0, 'StoreState')
})

t.test('every folder of the logon opens, below the root', async t => {
  const client = await RealClient.connect()
  const { value } = await client.driver.logOn()
  const [root] = value!.folderIds
  for (const fid of value!.folderIds) {
    const folder = await client.folder(fid)
    t.equal(client.mailbox.tree.find(fid)!.isBelow(client.mailbox.tree.find(root)!), true)
    t.equal(await client.one(folder, 0x6748_0014), await client.one(await client.folder(fid), 0x6748_0014))
  }
})

t.test('StoreState is zero though there are search folders', async t => {
  const client = await RealClient.logOn()
  const made = await client.createFolder(await client.folder('finder'), 'Unread', { folderType: 2 })
  t.equal(made.returnValue, 0)
  const { value, handle } = await client.driver.logOn()
  t.equal(value!.storeState, 0)
  requirement('MS-OXCSTOR_R1410001')
  t.equal((await client.call(RopGetStoreState, {})).returnValue, 0x80040108, 'a logon in its place ends the first one')
  t.equal((await client.call(RopGetStoreState, {}, handle)).returnValue, 0x80040fff, 'the ROP is not implemented')
  requirement('MS-OXCSTOR_R3125', 'MS-OXCSTOR_R1091', 'MS-OXCSTOR_R1092')
})

t.test('the flags that come back', async t => {
  const client = await RealClient.connect()
  const { value } = await client.driver.logOn({ logonFlags: 0x0f })
  t.equal(value!.logonFlags, 0x07, 'Private, Undercover and Ghosted as they were, SpoolerProcess not')
  const set = await client.set(0, [[PidTagOutOfOfficeState, true]])
  t.same(set, [])
  const again = await client.driver.logOn()
  t.equal(again.value!.responseFlags, 0x17, 'OOF')
  requirement('MS-OXCSTOR_R128', 'MS-OXCSTOR_R129', 'MS-OXCSTOR_R3068004', 'MS-OXCSTOR_R3072')
  t.equal(again.value!.replGuid, value!.replGuid)
  requirement('MS-OXCSTOR_R133')
})

t.test('logons that are refused', async t => {
  const client = await RealClient.connect()
  const unknown = await client.driver.logOn({ essdn: `${alice.legacyDn}-not` })
  t.equal(unknown.returnValue, 0x3eb)
  t.equal(unknown.handle, NO_HANDLE)
  requirement('MS-OXCSTOR_R788', 'MS-OXCSTOR_R1273')
  t.equal((await client.driver.logOn({ essdn: '' })).returnValue, 0x3eb)
  t.equal((await client.driver.logOn({ essdn: alice.legacyDn.toUpperCase() })).returnValue, 0, 'names have no case')
  requirement('MS-OXCSTOR_R106')
  for (const openFlags of [0x2, 0x102, USE_PER_MDB_REPLID_MAPPING | 0x2]) {
    const publicFolders = await client.driver.logOn({ logonFlags: 0, openFlags, essdn: '' })
    t.equal(publicFolders.returnValue, 0x80040111, 'there are no public folders')
  }
  requirement('MS-OXCSTOR_R786', 'MS-OXCSTOR_R7202')
  await t.rejects(RealClient.connect({ codePage: 12345 }), /3ef/, 'an unknown code page is refused before any logon')
  requirement('MS-OXCSTOR_R175', 'MS-OXCSTOR_R176')
  const { session } = client.driver
  Object.defineProperty(session, 'codePage', { value: 12345 })
  t.equal((await client.driver.logOn()).returnValue, 0x3ef, 'nor does such a session log on')
  requirement('MS-OXCSTOR_R3102001')
})

t.test('the mailbox of another user', async t => {
  const world = await RealWorld.open()
  const without = await RealClient.connect({ world, actor: bob })
  const logon = await without.driver.logOn()
  t.equal(logon.returnValue, 0, 'the logon succeeds whoever it is')
  t.equal(logon.value!.responseFlags, 0x01)
  requirement('MS-OXCSTOR_R3905001')
  const folderId = specialFid('inbox')
  const refused = await without.call(RopOpenFolder, { folderId, openModeFlags: 0 }, logon.handle)
  t.equal(refused.returnValue, ACCESS_DENIED, 'rights bite at the folders')
  requirement('MS-OXCFOLD_R394', 'MS-OXCFOLD_R462')
  t.equal(await without.set(logon.handle, [[PidTagOutOfOfficeState, true]]), ACCESS_DENIED)
  const idCount = await without.call(RopGetLocalReplicaIds, { idCount: 5 }, logon.handle)
  t.equal(idCount.returnValue, ACCESS_DENIED, 'nor are ids reserved for others')
  const longTermId = { databaseGuid: '0f0e0d0c-0b0a-0908-0706-050403020100', globcnt: 7 }
  t.equal((await without.call(RopIdFromLongTermId, { longTermId }, logon.handle)).returnValue, ACCESS_DENIED)
  const propertyNames = [{ guid: '00062002-0000-0000-c000-000000000046', name: 'mine' }]
  const named = await without.call(RopGetPropertyIdsFromNames, { flags: 2, propertyNames }, logon.handle)
  t.same(named.value, { propertyIds: [0] }, 'nor named properties registered')
  const assistant = { ...bob, fullAccess: [alice.address.toUpperCase()] } as Actor
  const helper = await RealClient.connect({ world, actor: assistant })
  const full = await helper.driver.logOn()
  t.equal(full.value!.responseFlags, 0x07)
  const opened = await helper.call(RopOpenFolder, { folderId, openModeFlags: 0 }, full.handle)
  t.equal(opened.returnValue, 0)
  requirement('MS-OXCFOLD_R46202', 'MS-OXCFOLD_R9', 'MS-OXCFOLD_R90001', 'MS-OXCFOLD_R16', 'MS-OXCFOLD_R24')
})

t.test('an administrator who asks for it may open all of a mailbox', async t => {
  const world = await RealWorld.open()
  const openInbox = async (isAdministrator: boolean, openFlags: number): Promise<number> => {
    const client = await RealClient.connect({ world, actor: bob, isAdministrator: () => isAdministrator })
    const batch = new RopBatch()
    const [logon, folder] = [batch.slot(), batch.slot()]
    const request = { logonFlags: 1, openFlags: USE_PER_MDB_REPLID_MAPPING | openFlags, storeState: 0 }
    batch.add(RopLogon, { output: logon }, { ...request, essdn: alice.legacyDn })
    const inbox = { folderId: specialFid('inbox'), openModeFlags: 0 }
    const opened = batch.add(RopOpenFolder, { input: logon, output: folder }, inbox)
    await client.driver.run(batch)
    return opened.returnValue
  }
  t.equal(await openInbox(true, USE_ADMIN_PRIVILEGE), 0)
  t.equal(await openInbox(true, 0), ACCESS_DENIED, 'who does not ask has the rights that he has')
  t.equal(await openInbox(false, USE_ADMIN_PRIVILEGE), ACCESS_DENIED, 'who is none asks in vain')
  requirement('MS-OXCSTOR_R72')
})

t.test('two mailboxes in one session are told apart', async t => {
  const world = await RealWorld.open()
  const assistant = { ...bob, fullAccess: [alice.address] } as Actor
  const { driver } = await RealClient.connect({ world, actor: assistant })
  const batch = new RopBatch()
  const flags = { logonFlags: 1, openFlags: USE_PER_MDB_REPLID_MAPPING, storeState: 0 }
  const own = batch.slot()
  const shared = batch.slot()
  batch.add(RopLogon, { output: own }, { ...flags, essdn: bob.legacyDn }, { logonId: 0 })
  batch.add(RopLogon, { output: shared }, { ...flags, essdn: alice.legacyDn }, { logonId: 1 })
  const request = { folderId: specialFid('inbox'), openModeFlags: 0 }
  const right = batch.add(RopOpenFolder, { input: shared, output: batch.slot() }, request, { logonId: 1 })
  const wrong = batch.add(RopOpenFolder, { input: shared, output: batch.slot() }, request, { logonId: 0 })
  await driver.run(batch)
  t.equal(right.returnValue, 0)
  t.not(wrong.returnValue, 0, 'a handle of another logon')
  const [first, second] = [driver.session.logons[0]!.mailbox, driver.session.logons[1]!.mailbox]
  t.equal(first, world.bobs)
  t.equal(second, world.alices)
})

t.test('RopRelease', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  const table = await client.contents(inbox)
  const batch = new RopBatch([inbox, 0])
  batch.add(RopRelease, { input: 0 }, {})
  const bytes = await rawAnswer(client, batch)
  t.equal(bytes.toString('hex'), '0200feffff0100000000', 'no response; the released slot as Exchange fills it')
  t.equal((await client.call(RopGetContentsTable, { tableFlags: 0 }, inbox)).returnValue, 0x80040108)
  t.equal(await client.setColumns(table, [PidTagDisplayName]), 0, 'what was opened from it lives on')
  const never = new RopBatch([77])
  never.add(RopRelease, { input: 0 }, {})
  t.equal((await rawAnswer(client, never)).readUInt16LE(0), 2, 'nor does an error have one')
})

t.test('releasing the parent leaves its children', async t => {
  const client = await RealClient.logOn()
  const batch = new RopBatch([0])
  const [parent, child] = [batch.slot(), batch.slot()]
  batch.add(RopOpenFolder, { input: 0, output: parent }, { folderId: specialFid('ipmSubtree'), openModeFlags: 0 })
  batch.add(RopOpenFolder, { input: parent, output: child }, { folderId: specialFid('inbox'), openModeFlags: 0 })
  batch.add(RopRelease, { input: parent }, {})
  const set = batch.add(
    RopSetProperties,
    { input: child },
    { propertyValues: [{ tag: 0x3004001f, bytes: utf16('x') }] }
  )
  await client.driver.run(batch)
  t.equal(set.returnValue, 0)
})

function utf16(text: string): Uint8Array {
  return Buffer.from(`${text}\0`, 'utf16le')
}

t.test('long-term ids', async t => {
  const client = await RealClient.logOn()
  const { replicaGuid } = client.mailbox
  const long = await client.call(RopLongTermIdFromId, { objectId: specialFid('inbox') })
  t.same(long.value, { longTermId: { databaseGuid: replicaGuid, globcnt: 0x10c } })
  requirement('MS-OXCSTOR_R69742', 'MS-OXCSTOR_R442', 'MS-OXCSTOR_R59718', 'MS-OXCSTOR_R449', 'MS-OXCSTOR_R450')
  requirement('MS-OXCSTOR_R440', 'MS-OXCSTOR_R947', 'MS-OXCSTOR_R1242')
  const mid = await client.createMessage(specialFid('inbox'))
  const message = await client.call(RopLongTermIdFromId, { objectId: mid })
  t.same(message.value, { longTermId: { databaseGuid: replicaGuid, globcnt: mid % 2 ** 48 } })
  requirement('MS-OXCSTOR_R59799')
  const back = await client.call(RopIdFromLongTermId, { longTermId: message.value!.longTermId })
  t.same(back.value, { objectId: mid })
  requirement('MS-OXCSTOR_R59721', 'MS-OXCSTOR_R59724', 'MS-OXCSTOR_R458', 'MS-OXCSTOR_R459', 'MS-OXCSTOR_R1252')
  const again = await client.call(RopIdFromLongTermId, { longTermId: long.value!.longTermId })
  t.same(again.value, { objectId: specialFid('inbox') })
  requirement('MS-OXCSTOR_R454', 'MS-OXCSTOR_R466', 'MS-OXCSTOR_R467', 'MS-OXCSTOR_R1251')
  t.equal((await client.call(RopLongTermIdFromId, { objectId: makeId(2, 5) })).returnValue, ecNotFound)
  const zero = { longTermId: { databaseGuid: replicaGuid, globcnt: 0 } }
  t.equal((await client.call(RopIdFromLongTermId, zero)).returnValue, 0)
  requirement('MS-OXCSTOR_R948')
  const foreign = { databaseGuid: '0f0e0d0c-0b0a-0908-0706-050403020100', globcnt: 7 }
  const added = await client.call(RopIdFromLongTermId, { longTermId: foreign })
  t.same(added.value, { objectId: makeId(2, 7) })
  t.same((await client.call(RopLongTermIdFromId, { objectId: makeId(2, 7) })).value, { longTermId: foreign })
  const missing = await client.call(RopOpenFolder, { folderId: makeId(2, 7), openModeFlags: 0 })
  t.equal(missing.returnValue, ecNotFound, 'an id of another replica is nothing here')
  const folder = await client.folder('inbox')
  t.equal((await client.call(RopLongTermIdFromId, { objectId: mid }, folder)).returnValue, 0x80040102)
  await client.world.restart()
  const later = await RealClient.logOn({ world: client.world })
  t.same((await later.call(RopIdFromLongTermId, { longTermId: foreign })).value, added.value, 'mapped for good')
})

t.test('the bytes of a long-term id', async t => {
  const client = await RealClient.logOn()
  const batch = new RopBatch([0])
  batch.add(RopLongTermIdFromId, { input: 0 }, { objectId: specialFid('calendar') })
  const bytes = await rawAnswer(client, batch)
  const replica = Buffer.from(client.mailbox.replicaBytes).toString('hex')
  t.equal(bytes.subarray(2, 32).toString('hex'), `430000000000${replica}00000000010d0000`)
  requirement('MS-OXCSTOR_R1244', 'MS-OXCDATA_R2188', 'MS-OXCDATA_R2189')
})

t.test('REPLIDs run out', async t => {
  const client = await RealClient.logOn()
  const guid = (n: number) => `0f0e0d0c-0b0a-0908-0706-0504030201${n.toString(16).padStart(2, '0')}`
  const answers = []
  for (let n = 0; n < 32; n++) {
    const longTermId = { databaseGuid: guid(n), globcnt: 1 }
    answers.push((await client.call(RopIdFromLongTermId, { longTermId })).returnValue)
  }
  t.equal(answers.indexOf(0x450), 30, 'thirty beside the own one')
})

t.test('receive folders', async t => {
  const client = await RealClient.logOn()
  const inbox = specialFid('inbox')
  const root = specialFid('root')
  const found = async (messageClass: string) => {
    const { value } = await client.call(RopGetReceiveFolder, { messageClass })
    return [value!.folderId, value!.explicitMessageClass]
  }
  t.same(await found(''), [inbox, ''])
  t.same(await found('IPM'), [inbox, 'IPM'])
  t.same(await found('ipm.note.SMIME'), [inbox, 'IPM'])
  requirement('MS-OXCSTOR_R201', 'MS-OXCSTOR_R59801')
  t.same(await found('IPM.Appointment'), [inbox, 'IPM'], 'a fresh Exchange mailbox has no row of its own for it')
  t.same(await found('Report.IPM.Note.NDR'), [inbox, 'REPORT.IPM'])
  t.same(await found('IPC.MS.Outlook.SyncConflict'), [root, 'IPC'])
  requirement('MS-OXCSTOR_R782', 'MS-OXCSTOR_R847', 'MS-OXCSTOR_R851', 'MS-OXCSTOR_R1224')
  requirement('MS-OXCSTOR_R195', 'MS-OXCSTOR_R196', 'MS-OXCSTOR_R197', 'MS-OXCSTOR_R1225')
  t.same(await found('Nothing.Like.It'), [inbox, ''])
  requirement('MS-OXCSTOR_R852', 'MS-OXCSTOR_R1223', 'MS-OXCSTOR_R232', 'MS-OXCSTOR_R233')
  for (const messageClass of ['.a', 'a.', 'a..b', 'a\u0080', 'a\u001f', 'a'.repeat(255)]) {
    t.equal((await client.call(RopGetReceiveFolder, { messageClass })).returnValue, INVALID_PARAM)
  }
  requirement('MS-OXCSTOR_R59784', 'MS-OXCSTOR_R235', 'MS-OXCSTOR_R202', 'MS-OXCSTOR_R203', 'MS-OXCSTOR_R204')
  requirement('MS-OXCSTOR_R205', 'MS-OXCSTOR_R206', 'MS-OXCSTOR_R207')
  const folder = await client.folder('inbox')
  t.equal((await client.call(RopGetReceiveFolder, { messageClass: '' }, folder)).returnValue, 0x80040102)
})

t.test('the receive folder table', async t => {
  const client = await RealClient.logOn()
  const { value } = await client.call(RopGetReceiveFolderTable, {})
  const rows = value!.rows.map(row => (row as Uint8Array[]).map(cell => Buffer.from(cell)))
  const classes = rows.map(([, messageClass]) => messageClass.toString('utf16le').slice(0, -1).toUpperCase())
  t.same(classes.sort(), ['', 'IPC', 'IPM', 'REPORT.IPM'])
  requirement('MS-OXCSTOR_R282', 'MS-OXCSTOR_R294', 'MS-OXCSTOR_R296', 'MS-OXCSTOR_R320', 'MS-OXCSTOR_R321')
  for (const [, , time] of rows) t.ok(time.readBigUInt64LE(0) > 0n, 'each with its time')
  const batch = new RopBatch([0])
  batch.add(RopGetReceiveFolderTable, { input: 0 }, {})
  const bytes = await rawAnswer(client, batch)
  t.equal(bytes.subarray(2, 12).toString('hex'), '68000000000004000000', 'four rows')
  t.equal(bytes[12], 0x00, 'StandardPropertyRow')
  requirement('MS-OXCSTOR_R297', 'MS-OXCSTOR_R299', 'MS-OXCSTOR_R877', 'MS-OXCSTOR_R880')
  requirement('MS-OXCDATA_R72', 'MS-OXCDATA_R73', 'MS-OXCDATA_R75')
  t.equal((await client.call(RopGetReceiveFolderTable, {}, await client.folder('root'))).returnValue, 0x80040102)
})

t.test('local replica ids are given out once', async t => {
  const client = await RealClient.logOn()
  const first = await client.call(RopGetLocalReplicaIds, { idCount: 0x10000 })
  t.equal(first.value!.replGuid, client.mailbox.replicaGuid)
  const second = await client.call(RopGetLocalReplicaIds, { idCount: 0x200 })
  t.ok(second.value!.globalCount >= first.value!.globalCount + 0x10000)
  requirement('MS-OXCFXICS_R2266', 'MS-OXCFXICS_R934', 'MS-OXCFXICS_R935', 'MS-OXCFXICS_R937', 'MS-OXCFXICS_R931')
  const mid = await client.createMessage(specialFid('inbox'))
  const counter = mid % 2 ** 48
  t.ok(counter < first.value!.globalCount || counter >= first.value!.globalCount + 0x10000, 'nor by the server itself')
  await client.world.restart()
  const later = await RealClient.logOn({ world: client.world })
  const third = await later.call(RopGetLocalReplicaIds, { idCount: 1 })
  t.ok(third.value!.globalCount >= second.value!.globalCount + 0x200, 'after a restart neither')
})

t.test('the small questions', async t => {
  const client = await RealClient.logOn()
  t.same((await client.call(RopGetAddressTypes, {})).value!.addressTypes, ['EX', 'SMTP'])
  t.same((await client.call(RopGetPerUserLongTermIds, { databaseGuid: NO_GUID })).value, { longTermIds: [] })
  requirement('MS-OXCSTOR_R468', 'MS-OXCSTOR_R472', 'MS-OXCSTOR_R473', 'MS-OXCSTOR_R474', 'MS-OXCSTOR_R475')
  requirement('MS-OXCSTOR_R956', 'MS-OXCSTOR_R957', 'MS-OXCSTOR_R958', 'MS-OXCSTOR_R480', 'MS-OXCSTOR_R481')
  t.equal((await client.call(RopGetTransportFolder, {})).value!.folderId, specialFid('outbox'))
})
