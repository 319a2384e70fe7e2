/** What users have read in public folders, as clients carry it about ([MS-OXCSTOR] 2.2.1.10 to 2.2.1.13, 3.2.5.10 to 3.2.5.13). */
import t from 'tap'
import { RopGetPerUserGuid } from '../../../rops/logon/rop-get-per-user-guid.js'
import { RopGetPerUserLongTermIds } from '../../../rops/logon/rop-get-per-user-long-term-ids.js'
import { RopReadPerUserInformation } from '../../../rops/logon/rop-read-per-user-information.js'
import { RopWritePerUserInformation } from '../../../rops/logon/rop-write-per-user-information.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { readIdset, writeIdset } from '../../../src/ics/idset.js'
import { NumberSet } from '../../../src/ics/number-set.js'
import { limits } from '../../../src/limits.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import type { Actor } from '../../../src/mailbox/domain.js'
import { Mailboxes } from '../../../src/mailbox/mailboxes.js'
import { permissionLevels } from '../../../src/mailbox/permissions/rights.js'
import { publicFid } from '../../../src/mailbox/public-store/public-folders.js'
import type { Fid, LongTermId, Mid } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../../src/personality.js'
import { requirement } from '../../conformance/ledger.js'
import { PublicWorld, publicClient } from './public-world.js'
import { alice, bob, RealClient, rawAnswer } from './real-driver.js'

const ecNone = 0
const ecRpcFormat = 0x4b6
const ecQuotaExceeded = 0x4d9
const ecError = 0x80004005
const ecNotFound = 0x8004010f
const ecCorruptData = 0x8004011b
const ecTooBig = 0x80040305
const ecAccessDenied = 0x80070005
const REPLICA = '0f0e0d0c-0b0a-0908-0706-050403020100'
const OTHER_REPLICA = '1f1e1d1c-1b1a-1918-1716-151413121110'

const idset = (guid: string, ...numbers: number[]): Uint8Array =>
  writeIdset(new Map([[guid, NumberSet.of(numbers.map(number => [number, number] as const))]]))

const folderAt = (globcnt: number, databaseGuid = REPLICA): LongTermId => ({ databaseGuid, globcnt })

interface Write {
  data: Uint8Array
  hasFinished?: boolean
  dataOffset?: number
  replGuid?: string
}

async function write(client: RealClient, folderId: LongTermId, { data, ...rest }: Write): Promise<number> {
  const request = { folderId, hasFinished: true, dataOffset: 0, data, ...rest }
  const isPublic = client.driver.session.logons[0]!.isPublic
  const replGuid = request.dataOffset === 0 && !isPublic ? (rest.replGuid ?? REPLICA) : undefined
  return (await client.call(RopWritePerUserInformation, { ...request, replGuid })).returnValue
}

async function read(client: RealClient, folderId: LongTermId, dataOffset = 0, maxDataSize = 0) {
  return client.call(RopReadPerUserInformation, { folderId, reserved: undefined, dataOffset, maxDataSize })
}

const readHex = async (client: RealClient, folderId: LongTermId): Promise<string> =>
  Buffer.from((await read(client, folderId)).value!.data).toString('hex')

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

t.test('a mailbox keeps what its client leaves there', async t => {
  const client = await RealClient.logOn()
  const folder = folderAt(0x1234)
  t.same((await read(client, folder)).value, { hasFinished: true, data: Buffer.alloc(0) }, 'nothing yet')
  requirement('MS-OXCSTOR_R1255', 'MS-OXCSTOR_R965')
  const first = idset(REPLICA, 5, 6, 9)
  t.equal(await write(client, folder, { data: first }), ecNone)
  requirement('MS-OXCSTOR_R560', 'MS-OXCSTOR_R597', 'MS-OXCSTOR_R598', 'MS-OXCSTOR_R1012')
  t.equal(await readHex(client, folder), hex(first))
  requirement('MS-OXCSTOR_R502', 'MS-OXCSTOR_R516', 'MS-OXCSTOR_R966', 'MS-OXCSTOR_R967', 'MS-OXCSTOR_R1025')
  requirement('MS-OXCSTOR_R552', 'MS-OXCSTOR_R553', 'MS-OXCSTOR_R545', 'MS-OXCSTOR_R59729')
  t.same((await client.call(RopGetPerUserGuid, { longTermId: folder })).value, { databaseGuid: REPLICA })
  requirement('MS-OXCSTOR_R484', 'MS-OXCSTOR_R488', 'MS-OXCSTOR_R490', 'MS-OXCSTOR_R963', 'MS-OXCSTOR_R964')
  requirement('MS-OXCSTOR_R496', 'MS-OXCSTOR_R497')
  const second = idset(OTHER_REPLICA, 77)
  t.equal(await write(client, folder, { data: second, replGuid: OTHER_REPLICA }), ecNone)
  t.equal(await readHex(client, folder), hex(second))
  t.same((await client.call(RopGetPerUserGuid, { longTermId: folder })).value, { databaseGuid: OTHER_REPLICA })
  requirement('MS-OXCSTOR_R1023', 'MS-OXCSTOR_R1024')
  await write(client, folderAt(0x77), { data: first })
  await write(client, folderAt(0x78, OTHER_REPLICA), { data: first })
  const list = async (databaseGuid: string) => (await client.call(RopGetPerUserLongTermIds, { databaseGuid })).value!
  t.same(await list(REPLICA), { longTermIds: [folderAt(0x77), folderAt(0x78, OTHER_REPLICA)] })
  t.same(await list(OTHER_REPLICA), { longTermIds: [folder] })
  requirement('MS-OXCSTOR_R468', 'MS-OXCSTOR_R474', 'MS-OXCSTOR_R475', 'MS-OXCSTOR_R956', 'MS-OXCSTOR_R957')
  await client.world.restart()
  const later = await RealClient.logOn({ world: client.world })
  t.equal(await readHex(later, folder), hex(second))
  t.same((await checkMailbox(later.mailbox)).problems, [])
  t.equal(await write(later, folder, { data: new Uint8Array(0) }), ecNone)
  t.equal(await readHex(later, folder), '', 'no numbers take away what was there')
  t.equal((await later.call(RopGetPerUserGuid, { longTermId: folder })).returnValue, ecNotFound)
})

t.test('blocks, as many as it takes', async t => {
  const client = await RealClient.logOn()
  const folder = folderAt(1)
  const numbers = Array.from({ length: 4000 }, (_, at) => at * 300 + 1)
  const whole = idset(REPLICA, ...numbers)
  t.ok(whole.byteLength > 4096 * 2)
  requirement('MS-OXCSTOR_R976')
  let at = 0
  for (const size of [1, 5000, whole.byteLength - 5001]) {
    t.equal(await readHex(client, folder), '', 'nothing counts before the last block')
    const data = whole.subarray(at, at + size)
    const hasFinished = at + size === whole.byteLength
    t.equal(await write(client, folder, { data, dataOffset: at, hasFinished }), ecNone)
    at += size
  }
  requirement('MS-OXCSTOR_R1016')
  const blocks: Buffer[] = []
  for (let offset = 0; ; ) {
    const { value } = await read(client, folder, offset)
    blocks.push(Buffer.from(value!.data))
    offset += value!.data.byteLength
    t.equal(value!.hasFinished, offset === whole.byteLength)
    if (value!.hasFinished) break
    t.equal(value!.data.byteLength, 4096)
  }
  t.equal(hex(Buffer.concat(blocks)), hex(whole))
  requirement('MS-OXCSTOR_R977', 'MS-OXCSTOR_R539', 'MS-OXCSTOR_R540', 'MS-OXCSTOR_R1284', 'MS-OXCSTOR_R982')
  requirement('MS-OXCSTOR_R984', 'MS-OXCSTOR_R986', 'MS-OXCSTOR_R1001', 'MS-OXCSTOR_R1010', 'MS-OXCSTOR_R1011')
  requirement('MS-OXCSTOR_R980', 'MS-OXCSTOR_R988', 'MS-OXCSTOR_R991', 'MS-OXCSTOR_R1356', 'MS-OXCSTOR_R542')
  const sizeOf = async (dataOffset: number, maxDataSize: number) => {
    const { value } = await read(client, folder, dataOffset, maxDataSize)
    return [value!.data.byteLength, value!.hasFinished]
  }
  t.same(await sizeOf(0, 1), [1, false])
  requirement('MS-OXCSTOR_R543', 'MS-OXCSTOR_R979', 'MS-OXCSTOR_R990', 'MS-OXCSTOR_R981', 'MS-OXCSTOR_R1000')
  t.same(await sizeOf(0, 5000), [4096, false], 'never more than 4096')
  requirement('MS-OXCSTOR_R997', 'MS-OXCSTOR_R999', 'MS-OXCSTOR_R1004')
  const end = whole.byteLength
  t.same(await sizeOf(end - 100, 4096), [100, true])
  t.same(await sizeOf(end, 4096), [0, true])
  requirement('MS-OXCSTOR_R1002', 'MS-OXCSTOR_R1003', 'MS-OXCSTOR_R1005', 'MS-OXCSTOR_R1008', 'MS-OXCSTOR_R1009')
  const batch = new RopBatch([0])
  const request = { folderId: folder, reserved: undefined, dataOffset: end - 3, maxDataSize: 4096 }
  batch.add(RopReadPerUserInformation, { input: 0 }, request)
  const bytes = (await rawAnswer(client, batch)).subarray(2, 14)
  t.equal(bytes.toString('hex'), `630000000000010300${hex(whole.subarray(end - 3))}`)
  requirement('MS-OXCSTOR_R546', 'MS-OXCROPS_R476', 'MS-OXCROPS_R478', 'MS-OXCROPS_R479', 'MS-OXCROPS_R480')
  requirement('MS-OXCROPS_R481', 'MS-OXCROPS_R483', 'MS-OXCROPS_R484', 'MS-OXCROPS_R486')
})

t.test('offsets that lead nowhere', async t => {
  const client = await RealClient.logOn()
  const folder = folderAt(1)
  const whole = idset(REPLICA, 1)
  await write(client, folder, { data: whole })
  t.equal((await read(client, folder, whole.byteLength + 1)).returnValue, ecError)
  requirement('MS-OXCSTOR_R1260', 'MS-OXCSTOR_R556', 'MS-OXCSTOR_R557')
  t.equal((await read(client, folder, 0xffffffff)).returnValue, ecError)
  requirement('MS-OXCSTOR_R1042')
  const older = await RealClient.logOn({ personality: { negativePerUserOffsetError: ecRpcFormat } })
  t.equal((await read(older, folder, 0x80000000)).returnValue, ecRpcFormat)
  requirement('MS-OXCSTOR_R554', 'MS-OXCSTOR_R555')
  const part = { data: whole.subarray(0, 4), hasFinished: false }
  t.equal(await write(client, folder, { ...part, dataOffset: 4 }), ecError, 'a block that goes on from nothing')
  requirement('MS-OXCSTOR_R1019', 'MS-OXCSTOR_R599')
  t.equal(await write(client, folder, part), ecNone)
  t.equal(await write(client, folder, { data: whole.subarray(5), dataOffset: 5 }), ecError, 'one that leaves a gap')
  requirement('MS-OXCSTOR_R600', 'MS-OXCSTOR_R1033')
  t.equal(
    await write(client, folder, { data: whole.subarray(4), dataOffset: 4 }),
    ecError,
    'what came before is given up'
  )
  t.equal(await write(client, folder, part), ecNone)
  t.equal(await write(client, folderAt(2), { data: whole.subarray(4), dataOffset: 4 }), ecError, 'another folder')
  requirement('MS-OXCSTOR_R601')
  t.equal(await readHex(client, folder), hex(whole), 'nothing of it has changed what was there')
})

t.test('what is no set of numbers', async t => {
  const client = await RealClient.logOn()
  const folder = folderAt(1)
  const bad = [new Uint8Array(1), new Uint8Array(5000), Buffer.concat([idset(REPLICA, 1), Buffer.from([7])])]
  for (const data of bad) t.equal(await write(client, folder, { data }), ecCorruptData)
  t.equal(await readHex(client, folder), '')
  requirement('MS-OXCSTOR_R602', 'MS-OXCSTOR_R1021006')
  const { objects, runtime } = client.world.fixture
  const personality = { ...exchange2016, privatePerUserDataIsChecked: false }
  const careless = await new Mailboxes({ objects, runtime, personality, ownerOf: () => alice }).find(1)
  await careless!.perUserUpload().write({ folder, offset: 0, data: bad[0], isLast: true, replGuid: REPLICA }, alice)
  t.equal(hex(careless!.perUserInformation(folder, alice)), '00', 'Exchange 2013 looked at none of it')
  const world = await PublicWorld.open()
  const folders = await publicClient(world)
  const ipm = folderAt(publicFid('ipmSubtree') % 2 ** 48, world.folders.replicaGuid)
  for (const data of bad) t.equal(await write(folders, ipm, { data }), ecCorruptData)
})

t.test('it has its limits', async t => {
  const client = await RealClient.logOn()
  const folder = folderAt(1)
  const block = new Uint8Array(20_000)
  let sent = 0
  let answer = ecNone
  while (answer === ecNone && sent < limits.perUserDataBytes * 2) {
    answer = await write(client, folder, { data: block, dataOffset: sent, hasFinished: false })
    sent += block.byteLength
  }
  t.equal(answer, ecTooBig)
  t.equal(client.mailbox.budget.used, 0, 'what was too much is given up')
  await write(client, folder, { data: block, hasFinished: false })
  t.equal(client.mailbox.budget.used, block.byteLength)
  await client.release(0)
  t.equal(client.mailbox.budget.used, 0, 'as with the logon')
  const again = await RealClient.logOn({ world: client.world })
  const information = { replGuid: REPLICA, offset: 0, isLast: true, data: idset(REPLICA, 1) }
  const upload = again.mailbox.perUserUpload()
  for (let n = 0; n < limits.perUserFolders; n++) await upload.write({ ...information, folder: folderAt(n) }, alice)
  t.equal(await write(again, folderAt(0x10000), { data: information.data }), ecQuotaExceeded)
  t.equal(await write(again, folderAt(5), { data: idset(REPLICA, 2) }), ecNone, 'what is there can be changed')
  const answers = await again.call(RopGetPerUserLongTermIds, { databaseGuid: REPLICA })
  t.equal(answers.value!.longTermIds.length, limits.perUserFolders)
  const few = await again.call(RopGetPerUserLongTermIds, { databaseGuid: REPLICA }, 0, { maxRopOut: 1000 })
  t.ok(few.value!.longTermIds.length < 42 && few.value!.longTermIds.length > 30, 'as many as there is room for')
})

t.test('nobody else reads or writes it', async t => {
  const client = await RealClient.logOn()
  const folder = folderAt(1)
  await write(client, folder, { data: idset(REPLICA, 1) })
  const stranger = await RealClient.connect({ world: client.world, actor: bob })
  await stranger.driver.logOn({ essdn: alice.legacyDn })
  t.equal((await read(stranger, folder)).returnValue, ecAccessDenied)
  t.equal(await write(stranger, folder, { data: idset(REPLICA, 2) }), ecAccessDenied)
  t.equal((await stranger.call(RopGetPerUserGuid, { longTermId: folder })).returnValue, ecAccessDenied)
  const list = await stranger.call(RopGetPerUserLongTermIds, { databaseGuid: REPLICA })
  t.equal(list.returnValue, ecAccessDenied)
  const helper = await RealClient.connect({
    world: client.world,
    actor: { ...bob, fullAccess: [alice.address] } as Actor
  })
  await helper.driver.logOn({ essdn: alice.legacyDn })
  t.equal(await readHex(helper, folder), hex(idset(REPLICA, 1)))
})

async function publicSetUp() {
  const world = await PublicWorld.open()
  const fid = await world.createFolder('News', permissionLevels.editor)
  const folder = folderAt(fid % 2 ** 48, world.folders.replicaGuid)
  const numberOf = (mid: Mid) => world.folders.messages.find(mid)!.cn
  const set = (...mids: Mid[]) => idset(world.folders.replicaGuid, ...mids.map(numberOf))
  const unread = async (client: RealClient, id: Fid = fid) =>
    client.one(await client.folder(id), tags.PidTagContentUnreadCount)
  return { world, fid, folder, set, unread, one: await publicClient(world, alice), two: await publicClient(world, bob) }
}

t.test('in the public folders it is the state itself', async t => {
  const { world, fid, folder, set, unread, one, two } = await publicSetUp()
  t.same((await read(one, folder)).value, { hasFinished: true, data: Buffer.alloc(0) })
  requirement('MS-OXCSTOR_R1257')
  const mids: Mid[] = []
  for (let n = 0; n < 5; n++) {
    mids.push(await one.createMessage(fid))
    await one.createMessage(publicFid('ipmSubtree'))
  }
  t.equal(await readHex(one, folder), hex(set(...mids)), 'what one has written one has read')
  requirement('MS-OXCSTOR_R517', 'MS-OXCSTOR_R971', 'MS-OXCSTOR_R974', 'MS-OXCSTOR_R975')
  t.equal(await readHex(two, folder), '')
  t.equal(await write(two, folder, { data: set(mids[0], mids[3]) }), ecNone)
  t.equal(await readHex(two, folder), hex(set(mids[0], mids[3])))
  t.equal(await unread(two), 3)
  t.equal(await write(two, folder, { data: set(mids[1]) }), ecNone)
  t.equal(await readHex(two, folder), hex(set(mids[1])), 'it replaces')
  requirement('MS-OXCSTOR_R1026', 'MS-OXCSTOR_R1027')
  t.same([await unread(one), await unread(two)], [0, 4])
  await world.restart()
  const later = await publicClient(world, bob)
  t.equal(await readHex(later, folder), hex(set(mids[1])))
  t.equal(await unread(later), 4)
  t.same((await checkMailbox(world.folders)).problems, [])
  t.equal(await write(later, folder, { data: new Uint8Array(0) }), ecNone)
  t.equal(await unread(later), 5)
})

t.test('nobody has read what is not written yet', async t => {
  const { world, fid, folder, unread, one, two } = await publicSetUp()
  await one.createMessage(fid)
  const everything = writeIdset(new Map([[world.folders.replicaGuid, NumberSet.of([[0, 2 ** 48 - 1]])]]))
  t.equal(await write(two, folder, { data: everything }), ecNone)
  t.equal(await unread(two), 0)
  await one.createMessage(fid)
  t.equal(await unread(two), 1)
  const kept = readIdset((await read(two, folder)).value!.data).get(world.folders.replicaGuid)!
  t.equal(kept.rangeCount, 1)
  t.ok(kept.lastOf(0) < 1000)
  t.equal(await write(two, folder, { data: idset(OTHER_REPLICA, 1, 2) }), ecNone)
  t.equal(await readHex(two, folder), '', 'numbers of another replica name nothing here')
  t.same((await checkMailbox(world.folders)).problems, [])
})

t.test('a large set is kept small', async t => {
  const { world, fid, folder, unread, one, two } = await publicSetUp()
  for (let n = 0; n < 3; n++) await one.createMessage(fid)
  const numbers = Array.from({ length: 500 }, (_, at) => at * 2)
  t.equal(await write(two, folder, { data: idset(world.folders.replicaGuid, ...numbers) }), ecNone)
  const kept = readIdset((await read(two, folder)).value!.data).get(world.folders.replicaGuid)!
  t.ok(kept.rangeCount <= 64)
  t.equal(typeof (await unread(two)), 'number')
  t.same((await checkMailbox(world.folders)).problems, [])
})

t.test('folders that are not there, or not for everybody', async t => {
  const { world, one, two } = await publicSetUp()
  const hidden = await world.createFolder('Hidden', permissionLevels.none)
  const guid = world.folders.replicaGuid
  const data = idset(guid, 1)
  for (const folder of [folderAt(0xffffff, guid), folderAt(0x108), folderAt(hidden % 2 ** 48, guid)]) {
    t.equal(await readHex(one, folder), '')
    t.equal(await write(two, folder, { data }), ecNotFound)
  }
  t.same((await checkMailbox(world.folders)).problems, [])
})
