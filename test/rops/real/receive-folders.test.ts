/** Where messages of which class are received, and how that is changed ([MS-OXCSTOR] 2.2.1.2 to 2.2.1.4, 3.2.5.3). */
import t from 'tap'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopGetReceiveFolder } from '../../../rops/logon/rop-get-receive-folder.js'
import { RopGetReceiveFolderTable } from '../../../rops/logon/rop-get-receive-folder-table.js'
import { RopSetReceiveFolder } from '../../../rops/logon/rop-set-receive-folder.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { limits } from '../../../src/limits.js'
import type { Actor } from '../../../src/mailbox/domain.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { makeId } from '../../../src/oxcdata/ids.js'
import { toFiletime } from '../../../src/runtime.js'
import { requirement } from '../../conformance/ledger.js'
import { alice, bob, RealClient, rawAnswer } from './real-driver.js'

const ecNone = 0
const ecQuotaExceeded = 0x4d9
const ecError = 0x80004005
const ecNotFound = 0x8004010f
const ecAccessDenied = 0x80070005
const ecInvalidParam = 0x80070057
const inbox = specialFid('inbox')
const drafts = specialFid('drafts')
const calendar = specialFid('calendar')

const set = async (client: RealClient, messageClass: string, folderId: number, logon = 0): Promise<number> =>
  (await client.call(RopSetReceiveFolder, { folderId, messageClass }, logon)).returnValue

const found = async (client: RealClient, messageClass: string): Promise<[number, string]> => {
  const { value } = await client.call(RopGetReceiveFolder, { messageClass })
  return [value!.folderId, value!.explicitMessageClass]
}

/** The rows of the table as folder id, class and time. */
async function rows(client: RealClient): Promise<[string, string, bigint][]> {
  const { value } = await client.call(RopGetReceiveFolderTable, {})
  return value!.rows.map(row => {
    const [id, messageClass, time] = (row as Uint8Array[]).map(cell => Buffer.from(cell))
    return [id.toString('hex'), messageClass.toString('utf16le').slice(0, -1), time.readBigUInt64LE(0)]
  })
}

t.test('a folder is made to receive a class', async t => {
  const client = await RealClient.logOn()
  const before = await rows(client)
  client.world.fixture.runtime.nowMs += 60_000
  const now = toFiletime(client.world.fixture.runtime.nowMs)
  t.equal(await set(client, 'IPM.Appointment', calendar), ecNone)
  requirement('MS-OXCSTOR_R241', 'MS-OXCSTOR_R59756', 'MS-OXCSTOR_R59757')
  t.same(await found(client, 'ipm.appointment.Weekly'), [calendar, 'IPM.Appointment'])
  const after = await rows(client)
  t.equal(after.length, before.length + 1)
  const row = after.find(([, messageClass]) => messageClass === 'IPM.Appointment')
  t.same(row, ['010000000000010d', 'IPM.Appointment', now])
  requirement('MS-OXCSTOR_R59754', 'MS-OXCSTOR_R866', 'MS-OXCSTOR_R868', 'MS-OXCSTOR_R870', 'MS-OXCSTOR_R872')
  requirement('MS-OXCSTOR_R314', 'MS-OXCSTOR_R306')
  client.world.fixture.runtime.nowMs += 60_000
  t.equal(await set(client, 'ipm.APPOINTMENT', drafts), ecNone, 'the same class')
  t.same(await found(client, 'IPM.Appointment'), [drafts, 'ipm.APPOINTMENT'])
  t.equal((await rows(client)).length, after.length)
  requirement('MS-OXCSTOR_R247', 'MS-OXCSTOR_R862', 'MS-OXCSTOR_R1235')
  await client.world.restart()
  const later = await RealClient.logOn({ world: client.world })
  t.same(await found(later, 'IPM.Appointment'), [drafts, 'ipm.APPOINTMENT'], 'for good')
  t.equal(await set(later, 'IPM.Appointment', 0), ecNone)
  t.same(await found(later, 'IPM.Appointment'), [inbox, 'IPM'], 'and no more')
  t.equal((await rows(later)).length, before.length)
  requirement('MS-OXCSTOR_R864')
  t.equal(await set(later, 'IPM.Nothing', 0), ecNone, 'there is nothing to take away')
})

t.test('the class of everything else', async t => {
  const client = await RealClient.logOn()
  t.equal(await set(client, '', drafts), ecNone)
  t.same(await found(client, 'Odd.Thing'), [drafts, ''])
  t.equal(await set(client, '', 0), ecError)
  requirement('MS-OXCSTOR_R860', 'MS-OXCSTOR_R275', 'MS-OXCSTOR_R277')
})

t.test('what is refused', async t => {
  const client = await RealClient.logOn()
  for (const messageClass of ['.IPM', 'IPM.', 'IPM..Note', 'a\u007f', 'a\u001f', 'a'.repeat(255)]) {
    t.equal(await set(client, messageClass, inbox), ecInvalidParam, messageClass)
  }
  requirement('MS-OXCSTOR_R845', 'MS-OXCSTOR_R858', 'MS-OXCSTOR_R273', 'MS-OXCSTOR_R274')
  for (const messageClass of ['IPM', 'ipm', 'Report.IPM', 'REPORT.ipm']) {
    t.equal(await set(client, messageClass, drafts), ecAccessDenied, messageClass)
  }
  requirement('MS-OXCSTOR_R859', 'MS-OXCSTOR_R271', 'MS-OXCSTOR_R272')
  for (const folderId of [makeId(1, 0xfffff), makeId(2, 0x10c)]) {
    t.equal(await set(client, 'IPM.Note', folderId), ecNotFound, 'no folder of the mailbox')
  }
  const stranger = await RealClient.connect({ world: client.world, actor: bob })
  const logon = await stranger.driver.logOn({ essdn: alice.legacyDn })
  t.equal(await set(stranger, 'IPM.Note', drafts, logon.handle), ecAccessDenied)
  const helper = await RealClient.connect({
    world: client.world,
    actor: { ...bob, fullAccess: [alice.address] } as Actor
  })
  const full = await helper.driver.logOn({ essdn: alice.legacyDn })
  t.equal(await set(helper, 'IPM.Note', drafts, full.handle), ecNone)
})

t.test('a class has no row any more when its folder goes', async t => {
  const client = await RealClient.logOn()
  const root = await client.folder('ipmSubtree')
  for (const deleteFolderFlags of [0x05, 0x15]) {
    const { folderId, handle } = await client.createFolder(root, `Forms ${deleteFolderFlags}`)
    const below = await client.createFolder(handle, 'Below')
    t.equal(await set(client, 'IPM.Form', folderId), ecNone)
    t.equal(await set(client, 'IPM.Form.Deep', below.folderId), ecNone)
    t.equal((await client.call(RopDeleteFolder, { deleteFolderFlags, folderId }, root)).returnValue, ecNone)
    t.same(await found(client, 'IPM.Form.Deep'), [inbox, 'IPM'])
    t.equal(await set(client, 'IPM.Form', folderId), ecNotFound, 'nor can it come back')
  }
})

t.test('a mailbox names folders for so many classes', async t => {
  const client = await RealClient.logOn()
  const room = limits.receiveFolders - (await rows(client)).length
  for (let n = 0; n < room; n++) await client.mailbox.setReceiveFolder(`IPM.Number${n}`, inbox, alice)
  t.equal(await set(client, 'IPM.TooMany', inbox), ecQuotaExceeded)
  t.equal(await set(client, 'IPM.Number0', drafts), ecNone, 'a row that is there can be changed')
  t.equal((await rows(client)).length, limits.receiveFolders)
})

t.test('classes on the wire', async t => {
  const client = await RealClient.logOn()
  await set(client, 'IPM.Weird Name~!', inbox)
  const batch = new RopBatch([0])
  batch.add(RopGetReceiveFolder, { input: 0 }, { messageClass: 'IPM.Weird Name~!' })
  const answer = (await rawAnswer(client, batch)).subarray(2)
  const text = answer.subarray(14, answer.indexOf(0, 14) + 1)
  t.equal(text.toString('latin1'), 'IPM.Weird Name~!\0')
  requirement('MS-OXCSTOR_R200', 'MS-OXCSTOR_R211', 'MS-OXCSTOR_R212', 'MS-OXCSTOR_R213', 'MS-OXCSTOR_R214')
  requirement('MS-OXCSTOR_R215', 'MS-OXCSTOR_R216', 'MS-OXCSTOR_R217')
  const table = new RopBatch([0])
  table.add(RopGetReceiveFolderTable, { input: 0 }, {})
  const bytes = (await rawAnswer(client, table)).subarray(2)
  const names: string[] = []
  for (let at = 10, left = bytes.readUInt32LE(6); left > 0; left--) {
    const end = bytes.indexOf(0, at + 9)
    names.push(bytes.subarray(at + 9, end).toString('latin1'))
    at = end + 1 + 8
  }
  t.equal(bytes.readUInt32LE(6), 5)
  t.ok(names.includes('IPM.Weird Name~!'), 'an 8-bit string with its zero')
  t.ok(names.every(name => /^([\x20-\x7e]{1,254})?$/.test(name) && !/^\.|\.$|\.\./.test(name)))
  requirement('MS-OXCSTOR_R305', 'MS-OXCSTOR_R307', 'MS-OXCSTOR_R308', 'MS-OXCSTOR_R309', 'MS-OXCSTOR_R310')
  requirement('MS-OXCSTOR_R311', 'MS-OXCSTOR_R312', 'MS-OXCSTOR_R313')
})
