/** Logons to the public folders, and what their stores say of themselves ([MS-OXCSTOR] 2.2.1.1.4, 2.2.2.2, 3.2.5.1.2). */
import t from 'tap'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopIdFromLongTermId } from '../../../rops/logon/rop-id-from-long-term-id.js'
import { RopLogon } from '../../../rops/logon/rop-logon.js'
import { RopLongTermIdFromId } from '../../../rops/logon/rop-long-term-id-from-id.js'
import { RopDeleteProperties } from '../../../rops/property/rop-delete-properties.js'
import { RopGetPropertiesList } from '../../../rops/property/rop-get-properties-list.js'
import { RopGetPropertyIdsFromNames } from '../../../rops/property/rop-get-property-ids-from-names.js'
import { NO_HANDLE, RopBatch } from '../../../src/client/rop-batch.js'
import type { Actor } from '../../../src/mailbox/domain.js'
import { permissionLevels } from '../../../src/mailbox/permissions/rights.js'
import { publicFid } from '../../../src/mailbox/public-store/public-folders.js'
import { makeId } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { publicOwner } from '../../mailbox/mailbox-fixture.js'
import {
  connectTo,
  logOnTo,
  PUBLIC,
  PublicWorld,
  publicClient,
  publicStore,
  USE_PER_MDB_REPLID_MAPPING
} from './public-world.js'
import { alice, bob, RealClient, rawAnswer } from './real-driver.js'

const NO_GUID = '00000000-0000-0000-0000-000000000000'
const ALTERNATE_SERVER = 0x100
const IGNORE_HOME_MDB = 0x200
const ecNotFound = 0x8004010f
const ecLoginFailure = 0x80040111
const ecWrongServer = 0x478
const ecServerPaused = 0x47f
const ecAccessDenied = 0x80070005
const ecError = 0x80004005

/** A second store, which does not exist: Exchange has several, of which one is to be used first. */
const otherStore = {
  legacyDn: '/o=Ropewalk/ou=Group/cn=Recipients/cn=other-folders',
  serverDn: '/o=Ropewalk/ou=Group/cn=Configuration/cn=Servers/cn=11111111-0000-4000-8000-000000000009@example.test'
}

t.test('the answer of a public logon, byte for byte', async t => {
  const world = await PublicWorld.open()
  const client = await connectTo(world)
  const batch = new RopBatch()
  batch.add(RopLogon, { output: batch.slot() }, { logonFlags: 0x06, openFlags: PUBLIC, storeState: 0, essdn: '' })
  const bytes = await rawAnswer(client, batch)
  t.equal(bytes.readUInt16LE(0), 2 + 145, 'RopSize and a response of 145 bytes')
  const response = bytes.subarray(2)
  t.equal(response.subarray(0, 7).toString('hex'), 'fe000000000006', 'Undercover and Ghosted come back')
  requirement('MS-OXCSTOR_R3012', 'MS-OXCSTOR_R146', 'MS-OXCSTOR_R1071', 'MS-OXCSTOR_R7202', 'MS-OXCSTOR_R786')
  const folderIds = Array.from({ length: 13 }, (_, at) => response.subarray(7 + at * 8, 15 + at * 8).toString('hex'))
  const none = '0000000000000000'
  t.same(folderIds.slice(0, 4), ['0100000000000101', '0100000000000108', '0100000000000130', '0100000000000131'])
  t.same(folderIds.slice(4), Array(9).fill(none), 'no free/busy, no offline address book, no newsgroups')
  requirement('MS-OXCSTOR_R155')
  t.equal(response.readUInt16LE(111), 1)
  const replica = Buffer.from(world.folders.replicaBytes).toString('hex')
  t.equal(response.subarray(113, 129).toString('hex'), replica)
  t.equal(response.subarray(129, 145).toString('hex'), '00'.repeat(16), 'PerUserGuid')
  requirement('MS-OXCSTOR_R163')
  requirement(
    'MS-OXCROPS_R91',
    'MS-OXCROPS_R93',
    'MS-OXCROPS_R94',
    'MS-OXCROPS_R96',
    'MS-OXCROPS_R98',
    'MS-OXCROPS_R99'
  )
  requirement('MS-OXCROPS_R100', 'MS-OXCROPS_R102', 'MS-OXCROPS_R104', 'MS-OXCROPS_R106')
  const long = await client.call(RopLongTermIdFromId, { objectId: publicFid('ipmSubtree') })
  t.same(long.value, { longTermId: { databaseGuid: world.folders.replicaGuid, globcnt: 0x108 } })
  requirement('MS-OXCSTOR_R148', 'MS-OXCSTOR_R153')
  t.same((await client.call(RopIdFromLongTermId, long.value!)).value, { objectId: publicFid('ipmSubtree') })
})

t.test('the forms registry of a language', async t => {
  const world = await PublicWorld.open()
  const registry = world.folders.openFolder(publicFid('eformsRegistry'), {}, publicOwner)
  const spec = { type: 'generic', comment: '', openExisting: false } as const
  const { folder: german } = await registry.createFolder({ ...spec, displayName: 'Formulare' }, publicOwner)
  const { folder: english } = await registry.createFolder({ ...spec, displayName: 'Library' }, publicOwner)
  const locale = (value: number) => [{ tag: 0x3fe90003, bytes: Buffer.from([value, value >> 8, 0, 0]) }]
  await german.set(locale(0x407), publicOwner)
  await english.set(locale(0x409), publicOwner)
  const client = await connectTo(world)
  t.equal((await logOnTo(client)).value!.folderIds[6], english.fid, 'the session speaks English')
})

t.test('flags that change nothing', async t => {
  const world = await PublicWorld.open()
  const client = await connectTo(world)
  const plain = await logOnTo(client)
  t.equal(plain.returnValue, 0)
  requirement('MS-OXCSTOR_R3110001')
  for (const openFlags of [USE_PER_MDB_REPLID_MAPPING, 0x4, 0x8, 0x400, IGNORE_HOME_MDB, 0x20000000]) {
    const other = await logOnTo(client, { openFlags: PUBLIC | openFlags })
    t.same(other.value, plain.value, `0x${openFlags.toString(16)}`)
  }
  requirement('MS-OXCSTOR_R3540', 'MS-OXCSTOR_R7900')
  const ghosted = await logOnTo(client, { logonFlags: 0x0c })
  t.same({ ...ghosted.value, logonFlags: 0 }, { ...plain.value, logonFlags: 0 })
  t.equal(ghosted.value!.logonFlags, 0x04, 'SpoolerProcess does not come back')
})

t.test('logons that are refused', async t => {
  const world = await PublicWorld.open()
  const client = await connectTo(world)
  t.equal((await logOnTo(client, { openFlags: 0 })).returnValue, ecLoginFailure, 'without the PUBLIC bit')
  t.equal((await logOnTo(client, { logonFlags: 0x10 })).returnValue, ecError)
  t.equal((await logOnTo(client, { openFlags: PUBLIC | 0x10 })).returnValue, ecError)
  const without = await connectTo(world, alice, { publicFolders: () => [] })
  for (const openFlags of [PUBLIC, PUBLIC | ALTERNATE_SERVER, PUBLIC | IGNORE_HOME_MDB]) {
    const refused = await logOnTo(without, { openFlags })
    t.equal(refused.returnValue, ecLoginFailure, 'there are none')
    t.equal(refused.handle, NO_HANDLE)
  }
  const gone = await connectTo(world, alice, { publicFolders: () => [otherStore] })
  t.equal((await logOnTo(gone)).returnValue, ecLoginFailure, 'the store cannot be opened')
  const wrong = await connectTo(world, alice, { publicFolders: () => [{ ...otherStore, legacyDn: bob.legacyDn }] })
  t.equal((await logOnTo(wrong)).returnValue, ecLoginFailure, 'nor is a mailbox such a store')
  t.equal((await logOnTo(client, { openFlags: PUBLIC | ALTERNATE_SERVER })).returnValue, ecLoginFailure)
  const privateLogon = await client.driver.logOn({ essdn: publicOwner.legacyDn })
  t.equal(privateLogon.returnValue, 0x3eb, 'nor can the store be opened as a mailbox')
})

t.test('public folders come and go while a session lives', async t => {
  const world = await PublicWorld.open()
  let stores = [publicStore].slice(1)
  const client = await connectTo(world, alice, { publicFolders: () => stores })
  t.equal((await logOnTo(client)).returnValue, ecLoginFailure)
  stores = [publicStore]
  t.equal((await logOnTo(client)).returnValue, 0)
})

t.test('the server that a client names', async t => {
  const world = await PublicWorld.open()
  const client = await connectTo(world, alice, { publicFolders: () => [publicStore, otherStore] })
  for (const essdn of ['', publicStore.legacyDn, publicStore.serverDn, publicStore.serverDn.toUpperCase()]) {
    t.equal((await logOnTo(client, { essdn })).returnValue, 0, essdn)
  }
  const batch = new RopBatch()
  const request = { logonFlags: 0x04, openFlags: PUBLIC, storeState: 0, essdn: otherStore.serverDn }
  batch.add(RopLogon, { output: batch.slot() }, request)
  const bytes = await rawAnswer(client, batch)
  const dn = publicStore.serverDn
  t.equal(bytes.subarray(2, 10).toString('hex'), `fe007804000004${(dn.length + 1).toString(16)}`)
  t.equal(bytes.subarray(10, 11 + dn.length).toString('latin1'), `${dn}\0`)
  requirement('MS-OXCSTOR_R1222', 'MS-OXCSTOR_R114', 'MS-OXCSTOR_R116', 'MS-OXCSTOR_R1061', 'MS-OXCSTOR_R112')
  requirement('MS-OXCSTOR_R182', 'MS-OXCSTOR_R183', 'MS-OXCSTOR_R115')
  requirement('MS-OXCROPS_R112', 'MS-OXCROPS_R114', 'MS-OXCROPS_R115', 'MS-OXCROPS_R117', 'MS-OXCROPS_R119')
  requirement('MS-OXCROPS_R120', 'MS-OXCROPS_R123', 'MS-OXCROPS_R125', 'MS-OXCROPS_R126')
  const insisting = { openFlags: PUBLIC | IGNORE_HOME_MDB, essdn: otherStore.serverDn }
  t.equal((await logOnTo(client, insisting)).returnValue, ecLoginFailure, 'that store is not here')
  const elsewhere = { openFlags: PUBLIC | IGNORE_HOME_MDB, essdn: '/o=Nowhere/cn=Servers/cn=x' }
  t.equal((await logOnTo(client, elsewhere)).returnValue, ecLoginFailure)
})

t.test('another server is told to those who ask for one', async t => {
  const world = await PublicWorld.open()
  const client = await connectTo(world, alice, { publicFolders: () => [publicStore, otherStore] })
  const raw = async (logonFlags: number): Promise<Buffer> => {
    const batch = new RopBatch()
    const openFlags = PUBLIC | ALTERNATE_SERVER
    batch.add(RopLogon, { output: batch.slot() }, { logonFlags, openFlags, storeState: 0, essdn: '' })
    return (await rawAnswer(client, batch)).subarray(2)
  }
  const [plain, ghosted] = [await raw(0), await raw(4)]
  t.equal(plain.readUInt32LE(2), ecWrongServer)
  t.ok(plain.toString('latin1').includes(otherStore.serverDn))
  requirement('MS-OXCSTOR_R833', 'MS-OXCSTOR_R837', 'MS-OXCSTOR_R90')
  plain[6] = ghosted[6]
  t.same(ghosted, plain)
  requirement('MS-OXCSTOR_R838001')
})

t.test('who does not go where he is sent has to wait', async t => {
  const world = await PublicWorld.open()
  let nowMs = 1000
  const client = await connectTo(world, alice, {
    redirect: mailbox => (mailbox === world.folders ? 'there' : undefined),
    monotonic: () => nowMs
  })
  const answers = []
  for (let attempt = 0; attempt < 7; attempt++) answers.push((await logOnTo(client)).returnValue)
  t.same(answers, [...Array(5).fill(ecWrongServer), ecServerPaused, ecServerPaused])
  requirement('MS-OXCSTOR_R3103', 'MS-OXCSTOR_R191', 'MS-OXCSTOR_R192')
  t.equal((await client.driver.logOn()).returnValue, 0, 'what is here is open to him')
  nowMs += 9999
  t.equal((await logOnTo(client)).returnValue, ecServerPaused)
  nowMs += 1
  t.equal((await logOnTo(client)).returnValue, ecWrongServer, 'after ten seconds he may ask again')
})

t.test('what folders of a public logon look like', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world)
  const opened = await client.call(RopOpenFolder, { folderId: publicFid('ipmSubtree'), openModeFlags: 0 })
  t.same(opened.value, { hasRules: false, ghost: null })
  const batch = new RopBatch([0])
  batch.add(RopOpenFolder, { input: 0, output: batch.slot() }, { folderId: publicFid('root'), openModeFlags: 0 })
  t.equal((await rawAnswer(client, batch)).readUInt16LE(0), 2 + 8, 'RopId, slot, ReturnValue, HasRules, IsGhosted')
  const folder = await client.folder(await world.createFolder('News'))
  const wanted = [tags.PidTagEntryId, tags.PidTagParentEntryId, tags.PidTagFolderFlags, tags.PidTagDisplayName]
  const [entryId, parent, flags, name] = await client.get(folder, wanted)
  const replica = Buffer.from(world.folders.replicaBytes).toString('hex')
  const provider = '1a447390aa6611cd9bc800aa002fc45a'
  t.match(entryId, new RegExp(`^00000000${provider}0300${replica}0000[0-9a-f]{8}0000$`))
  t.equal(parent, `00000000${provider}0300${replica}0000000001080000`)
  t.equal(flags, 5, 'IPM and normal')
  t.equal(name, 'News')
  t.equal(await client.one(await client.folder(publicFid('nonIpmSubtree')), tags.PidTagFolderFlags), 4)
  const mid = await client.createMessage(world.folders.tree.find(publicFid('ipmSubtree'))!.fid)
  const table = await client.contents(opened.handle, [tags.PidTagEntryId])
  const [message] = await client.column(table, [tags.PidTagEntryId])
  const globcnt = (mid % 2 ** 48).toString(16).padStart(12, '0')
  t.equal(message, `00000000${provider}0900${replica}0000000001080000${replica}${globcnt}0000`)
})

t.test('the properties of the public store', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world, bob)
  const other = await publicClient(world, alice)
  const of = (actor: Actor) => Buffer.from(world.folders.userEntryId(actor.legacyDn)).toString('hex')
  t.equal(await client.one(0, tags.PidTagUserEntryId), of(bob), 'who has logged on')
  t.equal(await other.one(0, tags.PidTagUserEntryId), of(alice))
  requirement('MS-OXCSTOR_R3077', 'MS-OXCSTOR_R59737')
  t.same(await client.one(0, tags.PidTagAddressBookMessageId), { error: ecNotFound })
  t.equal(await client.one(0, tags.PidTagDisplayName), 'Public Folders')
  const mask = (await client.one(0, tags.PidTagStoreSupportMask)) as number
  t.equal(mask & 0x4000, 0x4000, 'STORE_PUBLIC_FOLDERS')
  t.equal(await client.one(0, 0x34140102), '78b2fa70aff711cd9bc800aa002fc45a', 'the provider of public stores')
  const storeEntryId = (await client.one(0, tags.PidTagStoreEntryId)) as string
  const wrapped = '1c830210aa6611cd9bc800aa002fc45a06000000'
  t.ok(storeEntryId.startsWith('0000000038a1bb1005e5101aa1bb08002b2a56c20000454d534d44422e444c4c'))
  t.ok(storeEntryId.includes(wrapped))
  t.ok(storeEntryId.endsWith('00') && !storeEntryId.includes(Buffer.from('/o=').toString('hex')), 'no mailbox DN')
  for (const tag of [tags.PidTagSerializedReplidGuidMap, tags.PidTagMailboxOwnerName, tags.PidTagOutOfOfficeState]) {
    t.same(await client.one(0, tag), { error: ecNotFound }, `0x${tag.toString(16)} is a mailbox's`)
  }
  const list = await client.call(RopGetPropertiesList, {})
  t.ok(list.value!.propertyTags.includes(tags.PidTagLocaleId))
  t.notOk(list.value!.propertyTags.includes(tags.PidTagAddressBookMessageId))
  t.equal(await client.set(0, [[tags.PidTagLocaleId, 0x407]]), ecAccessDenied, 'nobody changes the store by the way')
  const administrator = await connectTo(world, bob, { isAdministrator: () => true })
  t.equal((await logOnTo(administrator, { openFlags: PUBLIC | 0x1 })).returnValue, 0)
  const problems = await administrator.set(0, [
    [tags.PidTagUserEntryId, Buffer.from('00', 'hex')],
    [tags.PidTagAddressBookMessageId, 5n]
  ])
  t.same(
    (problems as { error: number }[]).map(({ error }) => error),
    [ecAccessDenied, ecAccessDenied]
  )
  requirement('MS-OXCSTOR_R3093')
  t.same(await administrator.set(0, [[tags.PidTagLocaleId, 0x407]]), [], 'but an administrator can')
})

t.test('a mailbox names those who log on to it, too', async t => {
  const world = await PublicWorld.open()
  const client = await RealClient.connect({ world, actor: { ...bob, fullAccess: [alice.address] } as Actor })
  await client.driver.logOn()
  const entryId = Buffer.from(world.alices.userEntryId(bob.legacyDn)).toString('hex')
  t.equal(await client.one(0, tags.PidTagUserEntryId), entryId)
  t.equal(await client.one(0, tags.PidTagMailboxOwnerName), alice.displayName)
  const propertyTags = [tags.PidTagDeleteAfterSubmit, tags.PidTagSentMailSvrEID, tags.PidTagDisplayName]
  const { value } = await client.call(RopDeleteProperties, { propertyTags })
  t.same(
    value!.propertyProblems.map(({ tag }) => tag),
    [tags.PidTagDisplayName]
  )
  requirement('MS-OXCSTOR_R654001', 'MS-OXCSTOR_R59734')
})

t.test('rights of folders decide, whoever has logged on', async t => {
  const world = await PublicWorld.open()
  const hidden = await world.createFolder('Hidden', permissionLevels.none)
  const client = await publicClient(world, bob)
  const open = (folderId: number) => client.call(RopOpenFolder, { folderId, openModeFlags: 0 })
  t.equal((await open(hidden)).returnValue, ecNotFound)
  t.equal((await client.createFolder(await client.folder('root'), 'Mine')).returnValue, ecAccessDenied)
  const ipm = await client.folder(publicFid('ipmSubtree'))
  t.equal((await client.createFolder(ipm, 'Mine')).returnValue, ecAccessDenied, 'authors make no folders')
  const owner = await publicClient(world, { ...bob, roles: ['publicFolderOwner'] } as Actor)
  const made = await owner.createFolder(await owner.folder(publicFid('ipmSubtree')), 'Made')
  t.equal(made.returnValue, 0, 'who owns public folders does')
  t.ok(await owner.folder(hidden), 'and sees all of them')
  const administrator = await connectTo(world, bob, { isAdministrator: () => true })
  await logOnTo(administrator)
  const before = await administrator.call(RopOpenFolder, { folderId: hidden, openModeFlags: 0 })
  t.equal(before.returnValue, ecNotFound, 'an administrator has to ask for the privilege')
  const privileged = await logOnTo(administrator, { openFlags: PUBLIC | 0x1 })
  t.ok(await administrator.folder(hidden, privileged.handle))
})

t.test('names and replicas are registered by those who may write', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world, bob)
  const propertyNames = [{ guid: '00062002-0000-0000-c000-000000000046', name: 'ours' }]
  const named = await client.call(RopGetPropertyIdsFromNames, { flags: 2, propertyNames })
  t.ok(named.value!.propertyIds[0] >= 0x8000)
  const longTermId = { databaseGuid: '0f0e0d0c-0b0a-0908-0706-050403020100', globcnt: 7 }
  const mapped = await client.call(RopIdFromLongTermId, { longTermId })
  t.same(mapped.value, { objectId: makeId(2, 7) })
  requirement('MS-OXCSTOR_R950', 'MS-OXCSTOR_R1246')
  const zero = await client.call(RopIdFromLongTermId, { longTermId: { databaseGuid: NO_GUID, globcnt: 1 } })
  t.equal(zero.returnValue, 0)
})
