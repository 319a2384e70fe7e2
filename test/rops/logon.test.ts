/** The logon family, and what reads ids and receive folders. */
import t from 'tap'
import { RopGetLocalReplicaIds } from '../../rops/ics/rop-get-local-replica-ids.js'
import { RopGetOwningServers } from '../../rops/logon/rop-get-owning-servers.js'
import { RopGetPerUserLongTermIds } from '../../rops/logon/rop-get-per-user-long-term-ids.js'
import { RopGetReceiveFolder } from '../../rops/logon/rop-get-receive-folder.js'
import { RopGetReceiveFolderTable } from '../../rops/logon/rop-get-receive-folder-table.js'
import { RopGetStoreState } from '../../rops/logon/rop-get-store-state.js'
import { RopIdFromLongTermId } from '../../rops/logon/rop-id-from-long-term-id.js'
import { RopLongTermIdFromId } from '../../rops/logon/rop-long-term-id-from-id.js'
import { RopGetAddressTypes } from '../../rops/transport/rop-get-address-types.js'
import { RopGetTransportFolder } from '../../rops/transport/rop-get-transport-folder.js'
import { NO_HANDLE, RopBatch } from '../../src/client/rop-batch.js'
import { makeId } from '../../src/oxcdata/ids.js'
import { requirement } from '../conformance/ledger.js'
import { alice, Driver, NOW_MS, stubMailbox } from './driver.js'

const NO_GUID = '00000000-0000-0000-0000-000000000000'

t.test('RopLogon to a private mailbox', async t => {
  const driver = await Driver.connect()
  const { returnValue, value, handle } = await driver.logOn({ logonFlags: 0x09 })
  t.equal(returnValue, 0)
  t.not(handle, NO_HANDLE)
  const { mailbox } = driver
  t.equal(value!.logonFlags, 0x01, 'SpoolerProcess is not among the flags that come back')
  t.equal(value!.folderIds.length, 13)
  const { specialFolders: folders } = mailbox
  t.same(value!.folderIds.slice(0, 8), [
    ...[folders.root, folders.deferredAction, folders.spoolerQueue, folders.ipmSubtree],
    ...[folders.inbox, folders.outbox, folders.sentItems, folders.deletedItems]
  ])
  requirement('MS-OXCSTOR_R119')
  t.equal(value!.responseFlags! & 0x01, 0x01)
  requirement('MS-OXCSTOR_R123')
  t.equal(value!.responseFlags, 0x07, 'owner and send-as')
  requirement('MS-OXCSTOR_R125', 'MS-OXCSTOR_R127')
  t.equal(value!.mailboxGuid, mailbox.guid)
  t.equal(value!.replId, 1)
  t.equal(value!.replGuid, mailbox.replicaGuid)
  requirement('MS-OXCSTOR_R131', 'MS-OXCSTOR_R1200')
  const clock = { seconds: 11, minutes: 10, hour: 9, dayOfWeek: 3, day: 25, month: 11, year: 2026 }
  t.same(value!.logonTime, clock, `the clock at ${NOW_MS} in UTC`)
  requirement('MS-OXCSTOR_R138')
  t.equal(value!.storeState, 0)
  requirement('MS-OXCSTOR_R141')
})

t.test('the Out of Office state shows in the response flags', async t => {
  const driver = await Driver.connect(
    stubMailbox({ value: tag => (tag === 0x661d000b ? Uint8Array.of(1) : 0x8004010f) })
  )
  const { value } = await driver.logOn()
  t.equal(value!.responseFlags! & 0x10, 0x10)
  requirement('MS-OXCSTOR_R129')
})

t.test('a user without rights logs on all the same', async t => {
  const stranger = { ...alice, legacyDn: '/o=Ropewalk/cn=mallory' }
  const mailbox = stubMailbox({ access: () => ({ owner: false, full: false }) })
  const own = stubMailbox({ owner: stranger })
  const findMailbox = (dn: string) => (dn === alice.legacyDn ? mailbox : own)
  const driver = await Driver.connect(mailbox, { actor: stranger, findMailbox })
  const { returnValue, value } = await driver.logOn()
  t.equal(returnValue, 0)
  requirement('MS-OXCSTOR_R3905001')
  t.equal(value!.responseFlags, 0x01, 'neither owner nor send-as')
})

t.test('logons that are refused', async t => {
  const driver = await Driver.connect()
  const unknown = await driver.logOn({ essdn: '/o=Ropewalk/cn=nobody' })
  t.equal(unknown.returnValue, 0x3eb)
  t.equal(unknown.handle, NO_HANDLE)
  requirement('MS-OXCSTOR_R788', 'MS-OXCSTOR_R173')
  t.equal((await driver.logOn({ logonFlags: 0x81 })).returnValue, 0x80004005, 'undefined LogonFlags')
  t.equal((await driver.logOn({ openFlags: 0x41000000 })).returnValue, 0x80004005, 'undefined OpenFlags')
  requirement('MS-OXCSTOR_R1202')
  t.equal((await driver.logOn({ logonFlags: 0, essdn: '' })).returnValue, 0x80040111, 'no public folders here')
  requirement('MS-OXCSTOR_R59751', 'MS-OXCSTOR_R167')
})

t.test('a mailbox of another server', async t => {
  const server = '/o=Ropewalk/cn=Configuration/cn=Servers/cn=11111111-2222-3333-4444-555555555555@ropewalk.example'
  const driver = await Driver.connect(stubMailbox(), { redirect: () => server })
  const { returnValue, value, handle } = await driver.logOn()
  t.equal(returnValue, 0x478)
  t.same(value, { logonFlags: 1, serverName: server })
  t.equal(handle, NO_HANDLE, 'the slot of a refused logon stays empty')
  requirement('MS-OXCSTOR_R790', 'MS-OXCSTOR_R182')
})

t.test('USE_PER_MDB_REPLID_MAPPING', async t => {
  const other = stubMailbox({ owner: { ...alice, legacyDn: '/o=Ropewalk/cn=bob' } })
  const own = stubMailbox()
  const find = (dn: string) => (dn === alice.legacyDn ? own : other)
  const driver = await Driver.connect(own, { findMailbox: find })
  t.equal((await driver.logOn({ openFlags: 0 })).returnValue, 0, 'the first logon may lack it')
  t.equal((await driver.logOn({ openFlags: 0 })).returnValue, 0, 'a second one to the same mailbox, too')
  requirement('MS-OXCSTOR_R3145')
  const further = await driver.logOn({ openFlags: 0, essdn: '/o=Ropewalk/cn=bob' })
  t.equal(further.returnValue, 0x80070057, 'a further mailbox may not')
  requirement('MS-OXCSTOR_R802', 'MS-OXCSTOR_R803', 'MS-OXCSTOR_R1204', 'MS-OXCSTOR_R1800001', 'MS-OXCSTOR_R1820001')
  const strict = await Driver.connect(own, { personality: { firstLogonNeedsNoReplidMapping: false } })
  t.not((await strict.logOn({ openFlags: 0 })).returnValue, 0)
  t.equal((await strict.logOn()).returnValue, 0)
  t.equal((await strict.logOn({ openFlags: 0 })).returnValue, 0x80070057)
  requirement('MS-OXCSTOR_R1046002')
})

t.test('long-term ids', async t => {
  const replicas = new Map([[1, '99999999-2222-3333-4444-555555555555']])
  const mailbox = stubMailbox({
    replicaGuidOf: replid => replicas.get(replid),
    replidOf(guid) {
      for (const [replid, known] of replicas) if (known === guid) return replid
      if (replicas.size === 2) return undefined
      replicas.set(2, guid)
      return 2
    }
  })
  const driver = await Driver.logOn(mailbox)
  const long = await driver.call(RopLongTermIdFromId, { objectId: makeId(1, 0x10c) })
  t.same(long.value, { longTermId: { databaseGuid: mailbox.replicaGuid, globcnt: 0x10c } })
  requirement('MS-OXCSTOR_R944', 'MS-OXCSTOR_R945', 'MS-OXCSTOR_R1243')
  const unmapped = await driver.call(RopLongTermIdFromId, { objectId: makeId(9, 1) })
  t.equal(unmapped.returnValue, 0x8004010f)
  requirement('MS-OXCSTOR_R451')
  const zero = await driver.call(RopLongTermIdFromId, { objectId: 0 })
  t.equal(zero.returnValue, 0)
  requirement('MS-OXCSTOR_R1337')
  const longTermId = { databaseGuid: mailbox.replicaGuid, globcnt: 0x10d }
  t.same((await driver.call(RopIdFromLongTermId, { longTermId })).value, { objectId: makeId(1, 0x10d) })
  requirement('MS-OXCSTOR_R949', 'MS-OXCSTOR_R1253')
  const foreign = { databaseGuid: '12345678-2222-3333-4444-555555555555', globcnt: 7 }
  const added = await driver.call(RopIdFromLongTermId, { longTermId: foreign })
  t.same(added.value, { objectId: makeId(2, 7) }, 'a new replica gets a REPLID')
  t.same((await driver.call(RopIdFromLongTermId, { longTermId: foreign })).value, added.value, 'the same one again')
  requirement('MS-OXCSTOR_R950', 'MS-OXCSTOR_R1246', 'MS-OXCSTOR_R952')
  const full = { databaseGuid: '87654321-2222-3333-4444-555555555555', globcnt: 7 }
  t.equal((await driver.call(RopIdFromLongTermId, { longTermId: full })).returnValue, 0x450)
  requirement('MS-OXCSTOR_R1249', 'MS-OXCSTOR_R1122')
  const none = { databaseGuid: NO_GUID, globcnt: 7 }
  t.equal((await driver.call(RopIdFromLongTermId, { longTermId: none })).returnValue, 0)
  requirement('MS-OXCSTOR_R94801001')
  const older = await Driver.logOn(mailbox, { personality: { zeroGuidHasId: false, zeroIdHasLongTermId: false } })
  t.equal((await older.call(RopIdFromLongTermId, { longTermId: none })).returnValue, 0x80070057)
  requirement('MS-OXCSTOR_R1120', 'MS-OXCSTOR_R1121', 'MS-OXCSTOR_R94801002')
  t.equal((await older.call(RopLongTermIdFromId, { objectId: 0 })).returnValue, 0x8004010f)
})

t.test('long-term ids are asked of logons only', async t => {
  const driver = await Driver.logOn()
  const folder = driver.put('folder', {})
  t.equal((await driver.call(RopLongTermIdFromId, { objectId: makeId(1, 1) }, folder)).returnValue, 0x80040102)
})

t.test('receive folders', async t => {
  const inbox = makeId(1, 0x10c)
  const rows = [{ folderId: inbox, messageClass: 'IPM', lastModificationTime: 133000000000000000n }]
  const mailbox = stubMailbox({
    receiveFolder: messageClass => ({ folderId: inbox, explicitClass: messageClass === '' ? '' : 'IPM' }),
    receiveFolders: () => rows
  })
  const driver = await Driver.logOn(mailbox)
  const found = await driver.call(RopGetReceiveFolder, { messageClass: 'IPM.Note' })
  t.same(found.value, { folderId: inbox, explicitMessageClass: 'IPM' })
  requirement('MS-OXCSTOR_R208', 'MS-OXCSTOR_R210')
  for (const messageClass of ['.IPM', 'IPM.', 'IPM..Note', 'IPM\u00e9', 'IPM\u007f', 'x'.repeat(255)]) {
    t.equal(
      (await driver.call(RopGetReceiveFolder, { messageClass })).returnValue,
      0x80070057,
      messageClass.slice(0, 12)
    )
  }
  requirement('MS-OXCSTOR_R59785', 'MS-OXCSTOR_R234')
  t.equal((await driver.call(RopGetReceiveFolder, { messageClass: 'x'.repeat(254) })).returnValue, 0)
  const table = await driver.call(RopGetReceiveFolderTable, {})
  t.equal(table.value!.rows.length, 1)
  const [id, messageClass, time] = table.value!.rows[0] as Uint8Array[]
  t.same([...id], [1, 0, 0, 0, 0, 0, 1, 0x0c])
  t.equal(Buffer.from(messageClass).toString('utf16le'), 'IPM\0')
  t.equal(new DataView(time.buffer, time.byteOffset).getBigUint64(0, true), 133000000000000000n)
  requirement('MS-OXCSTOR_R301', 'MS-OXCSTOR_R876', 'MS-OXCSTOR_R879')
  rows.length = 0
  t.equal((await driver.call(RopGetReceiveFolderTable, {})).returnValue, 0x463)
  requirement('MS-OXCSTOR_R59787')
})

t.test('local replica ids', async t => {
  let next = 0x5000
  const mailbox = stubMailbox({
    async reserveLocalIds(count) {
      next += count
      return next - count
    }
  })
  const driver = await Driver.logOn(mailbox)
  const first = await driver.call(RopGetLocalReplicaIds, { idCount: 0x10000 })
  t.same(first.value, { replGuid: mailbox.replicaGuid, globalCount: 0x5000 }, 'as many as Outlook asks for')
  requirement('MS-OXCFXICS_R936', 'MS-OXCFXICS_R933')
  const second = await driver.call(RopGetLocalReplicaIds, { idCount: 1 })
  t.equal(second.value!.globalCount, 0x15000, 'ranges do not overlap')
  t.equal((await driver.call(RopGetLocalReplicaIds, { idCount: 0xffffffff })).returnValue, 0x80070057)
  requirement('MS-OXCFXICS_R2265')
})

t.test('what else a client asks of a logon', async t => {
  const driver = await Driver.logOn(stubMailbox({ perUserFolders: () => [] }))
  const types = await driver.call(RopGetAddressTypes, {})
  t.same(types.value!.addressTypes, ['EX', 'SMTP'])
  const perUser = await driver.call(RopGetPerUserLongTermIds, { databaseGuid: NO_GUID })
  t.same(perUser.value, { longTermIds: [] })
  requirement('MS-OXCSTOR_R960')
  const outbox = await driver.call(RopGetTransportFolder, {})
  t.equal(outbox.value!.folderId, driver.mailbox.specialFolders.outbox)
  t.equal((await driver.call(RopGetStoreState, {})).returnValue, 0x80040fff)
  requirement('MS-OXCSTOR_R884')
  t.equal((await driver.call(RopGetOwningServers, { folderId: makeId(1, 1) })).returnValue, 0x80040102)
})

t.test('a list runs in order, each ROP with its own answer', async t => {
  const driver = await Driver.logOn(stubMailbox({ replicaGuidOf: () => NO_GUID }))
  const batch = new RopBatch([0])
  const types = batch.add(RopGetAddressTypes, { input: 0 }, {})
  const state = batch.add(RopGetStoreState, { input: 0 }, {})
  const id = batch.add(RopLongTermIdFromId, { input: 0 }, { objectId: makeId(1, 5) })
  await driver.run(batch)
  t.same([types.returnValue, state.returnValue, id.returnValue], [0, 0x80040fff, 0], 'an error does not stop the list')
})
