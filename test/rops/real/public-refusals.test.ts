/** What is asked of one kind of logon only, and where public folders are ([MS-OXCSTOR] 3.2.5.2 to 3.2.5.7). */
import t from 'tap'
import { RopGetOwningServers } from '../../../rops/logon/rop-get-owning-servers.js'
import { RopGetPerUserGuid } from '../../../rops/logon/rop-get-per-user-guid.js'
import { RopGetPerUserLongTermIds } from '../../../rops/logon/rop-get-per-user-long-term-ids.js'
import { RopGetReceiveFolder } from '../../../rops/logon/rop-get-receive-folder.js'
import { RopGetReceiveFolderTable } from '../../../rops/logon/rop-get-receive-folder-table.js'
import { RopGetStoreState } from '../../../rops/logon/rop-get-store-state.js'
import { RopPublicFolderIsGhosted } from '../../../rops/logon/rop-public-folder-is-ghosted.js'
import { RopSetReceiveFolder } from '../../../rops/logon/rop-set-receive-folder.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { permissionLevels } from '../../../src/mailbox/permissions/rights.js'
import { publicFid } from '../../../src/mailbox/public-store/public-folders.js'
import { makeId } from '../../../src/oxcdata/ids.js'
import { requirement } from '../../conformance/ledger.js'
import { connectTo, logOnTo, PublicWorld, publicClient, publicStore } from './public-world.js'
import { bob, RealClient, rawAnswer } from './real-driver.js'

const ecNone = 0
const ecNoReplicaAvailable = 0x469
const ecNotFound = 0x8004010f
const ecNotSupported = 0x80040102
const HAS_SEARCHES = 0x01000000

t.test('receive folders are of mailboxes only', async t => {
  const world = await PublicWorld.open()
  const folders = await publicClient(world)
  const mailbox = await RealClient.logOn({ world })
  const get = { messageClass: 'IPM' }
  t.equal((await mailbox.call(RopGetReceiveFolder, get)).returnValue, ecNone)
  t.equal((await folders.call(RopGetReceiveFolder, get)).returnValue, ecNotSupported)
  requirement('MS-OXCSTOR_R198', 'MS-OXCSTOR_R59782', 'MS-OXCSTOR_R59783', 'MS-OXCSTOR_R238', 'MS-OXCSTOR_R239')
  const set = { folderId: specialFid('inbox'), messageClass: 'IPM.Note' }
  t.equal((await mailbox.call(RopSetReceiveFolder, set)).returnValue, ecNone)
  t.equal((await folders.call(RopSetReceiveFolder, set)).returnValue, ecNotSupported)
  requirement('MS-OXCSTOR_R249', 'MS-OXCSTOR_R855', 'MS-OXCSTOR_R856', 'MS-OXCSTOR_R279', 'MS-OXCSTOR_R280')
  t.equal((await mailbox.call(RopGetReceiveFolderTable, {})).returnValue, ecNone)
  t.equal((await folders.call(RopGetReceiveFolderTable, {})).returnValue, ecNotSupported)
  requirement('MS-OXCSTOR_R287', 'MS-OXCSTOR_R874', 'MS-OXCSTOR_R875', 'MS-OXCSTOR_R324', 'MS-OXCSTOR_R325')
})

t.test('the state of a store, as Exchange 2007 told it', async t => {
  const world = await PublicWorld.open()
  for (const client of [await publicClient(world), await RealClient.logOn({ world })]) {
    t.equal((await client.call(RopGetStoreState, {})).returnValue, 0x80040fff, 'Exchange 2016 tells nothing')
  }
  const personality = { storeStateIsNotImplemented: false }
  const folders = await publicClient(world, bob, { personality })
  t.equal((await folders.call(RopGetStoreState, {})).returnValue, ecNotSupported)
  requirement('MS-OXCSTOR_R332', 'MS-OXCSTOR_R887', 'MS-OXCSTOR_R888', 'MS-OXCSTOR_R341', 'MS-OXCSTOR_R342')
  const client = await RealClient.logOn({ world, personality })
  const searches = () => [...world.alices.tree.all()].filter(({ type }) => type === 'search').length
  const { value, returnValue } = await client.call(RopGetStoreState, {})
  t.same([returnValue, value], [ecNone, { storeState: searches() > 0 ? HAS_SEARCHES : 0 }])
  await client.createFolder(await client.folder('finder'), 'Unread', { folderType: 2 })
  t.ok(searches() > 0)
  t.same((await client.call(RopGetStoreState, {})).value, { storeState: HAS_SEARCHES })
  requirement('MS-OXCSTOR_R331', 'MS-OXCSTOR_R3228', 'MS-OXCSTOR_R4001', 'MS-OXCSTOR_R334', 'MS-OXCSTOR_R889')
  requirement('MS-OXCSTOR_R891', 'MS-OXCSTOR_R339', 'MS-OXCSTOR_R340')
})

t.test('lists of cached read states are of mailboxes only', async t => {
  const world = await PublicWorld.open()
  const folders = await publicClient(world)
  const mailbox = await RealClient.logOn({ world })
  const { replicaGuid: databaseGuid } = world.folders
  t.equal((await mailbox.call(RopGetPerUserLongTermIds, { databaseGuid })).returnValue, ecNone)
  t.equal((await folders.call(RopGetPerUserLongTermIds, { databaseGuid })).returnValue, ecNotSupported)
  requirement('MS-OXCSTOR_R469', 'MS-OXCSTOR_R59770', 'MS-OXCSTOR_R59771', 'MS-OXCSTOR_R482', 'MS-OXCSTOR_R483')
  const longTermId = { databaseGuid, globcnt: publicFid('ipmSubtree') % 2 ** 48 }
  t.equal((await mailbox.call(RopGetPerUserGuid, { longTermId })).returnValue, ecNotFound)
  requirement('MS-OXCSTOR_R1254', 'MS-OXCSTOR_R500', 'MS-OXCSTOR_R1135')
  t.equal((await folders.call(RopGetPerUserGuid, { longTermId })).returnValue, ecNotSupported)
  requirement('MS-OXCSTOR_R961', 'MS-OXCSTOR_R962', 'MS-OXCSTOR_R498', 'MS-OXCSTOR_R499')
})

t.test('the server that holds a folder', async t => {
  const world = await PublicWorld.open()
  const folderId = await world.createFolder('News')
  const hidden = await world.createFolder('Hidden', permissionLevels.none)
  const client = await publicClient(world, bob)
  const batch = new RopBatch([0])
  batch.add(RopGetOwningServers, { input: 0 }, { folderId })
  const bytes = (await rawAnswer(client, batch)).subarray(2)
  t.equal(bytes.subarray(0, 10).toString('hex'), '42000000000001000100', 'one server, which is cheap')
  const dn = bytes.subarray(10, bytes.indexOf(0, 10))
  t.equal(dn.toString('latin1'), publicStore.serverDn)
  t.ok(dn.every(byte => byte > 0x1f && byte < 0x7f))
  requirement('MS-OXCSTOR_R343', 'MS-OXCSTOR_R351', 'MS-OXCSTOR_R367', 'MS-OXCSTOR_R368', 'MS-OXCSTOR_R369')
  requirement('MS-OXCSTOR_R370', 'MS-OXCSTOR_R371', 'MS-OXCSTOR_R914', 'MS-OXCSTOR_R915', 'MS-OXCSTOR_R916')
  requirement('MS-OXCSTOR_R390', 'MS-OXCSTOR_R391')
  requirement('MS-OXCROPS_R262', 'MS-OXCROPS_R264', 'MS-OXCROPS_R265', 'MS-OXCROPS_R266', 'MS-OXCROPS_R267')
  requirement('MS-OXCROPS_R269', 'MS-OXCROPS_R270', 'MS-OXCROPS_R272', 'MS-OXCROPS_R274', 'MS-OXCROPS_R275')
  t.equal(
    (await logOnTo(await connectTo(world), { essdn: dn.toString('latin1') })).returnValue,
    ecNone,
    'it opens there'
  )
  for (const missing of [makeId(1, 0xffff), makeId(2, 0x108), 0, hidden]) {
    t.equal((await client.call(RopGetOwningServers, { folderId: missing })).returnValue, ecNotFound)
  }
  requirement('MS-OXCSTOR_R1232', 'MS-OXCSTOR_R394', 'MS-OXCSTOR_R395')
  const mailbox = await RealClient.logOn({ world })
  const refused = await mailbox.call(RopGetOwningServers, { folderId: specialFid('inbox') })
  t.equal(refused.returnValue, ecNotSupported)
  requirement('MS-OXCSTOR_R892')
  let stores = [publicStore]
  const later = await connectTo(world, bob, { publicFolders: () => stores })
  await logOnTo(later)
  stores = []
  const gone = await later.call(RopGetOwningServers, { folderId })
  t.equal(gone.returnValue, ecNoReplicaAvailable, 'the store has left the organization')
})

t.test('no folder is ghosted', async t => {
  const world = await PublicWorld.open()
  const hidden = await world.createFolder('Hidden', permissionLevels.none)
  const client = await publicClient(world, bob)
  for (const name of ['root', 'ipmSubtree', 'nonIpmSubtree'] as const) {
    const { returnValue, value } = await client.call(RopPublicFolderIsGhosted, { folderId: publicFid(name) })
    t.same([returnValue, value], [ecNone, { ghost: null }], name)
  }
  requirement('MS-OXCSTOR_R396', 'MS-OXCSTOR_R405', 'MS-OXCSTOR_R930', 'MS-OXCSTOR_R1239', 'MS-OXCSTOR_R431')
  requirement('MS-OXCSTOR_R432')
  const batch = new RopBatch([0])
  batch.add(RopPublicFolderIsGhosted, { input: 0 }, { folderId: publicFid('root') })
  t.equal((await rawAnswer(client, batch)).subarray(2, 9).toString('hex'), '45000000000000', 'and no server is named')
  requirement('MS-OXCSTOR_R1098', 'MS-OXCSTOR_R1100', 'MS-OXCSTOR_R1101', 'MS-OXCSTOR_R59712', 'MS-OXCSTOR_R941')
  for (const folderId of [1, makeId(1, 0xffff), hidden]) {
    t.equal((await client.call(RopPublicFolderIsGhosted, { folderId })).returnValue, ecNotFound)
  }
  requirement('MS-OXCSTOR_R1236', 'MS-OXCSTOR_R436', 'MS-OXCSTOR_R437', 'MS-OXCSTOR_R43401')
  const mailbox = await RealClient.logOn({ world })
  for (const folderId of [specialFid('inbox'), makeId(1, 0xffff)]) {
    t.same((await mailbox.call(RopPublicFolderIsGhosted, { folderId })).value, { ghost: null })
  }
  requirement('MS-OXCSTOR_R917', 'MS-OXCSTOR_R1237')
})
