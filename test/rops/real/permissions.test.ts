/** The permission table and its changes over real mailboxes ([MS-OXCPERM]). */
import t from 'tap'
import { RopGetHierarchyTable } from '../../../rops/folder/rop-get-hierarchy-table.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopGetPermissionsTable } from '../../../rops/permission/rop-get-permissions-table.js'
import { RopModifyPermissions } from '../../../rops/permission/rop-modify-permissions.js'
import { RopOpenStream } from '../../../rops/stream/rop-open-stream.js'
import { RopSetColumns } from '../../../rops/table/rop-set-columns.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { type SpecialFolderName, specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { permissionLevels, Right } from '../../../src/mailbox/permissions/rights.js'
import { addressBookEntryId } from '../../../src/oxcdata/entry-id.js'
import { encodeValue, type PropertyValue } from '../../../src/oxcdata/property-value.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { team } from '../../mailbox/mailbox-fixture.js'
import { outsideMissing, vectorBytes } from '../../oxcdata/outside.js'
import { alice, bob, RealClient, rawAnswer } from './real-driver.js'

const ACCESS_DENIED = 0x80070005
const INVALID_PARAM = 0x80070057
const UNKNOWN_USER = 0x3eb
const NOT_SUPPORTED = 0x80040102
const REPLACE = 0x01
const FREE_BUSY = 0x02
const [ADD, MODIFY, REMOVE] = [0x01, 0x02, 0x04]
const ANONYMOUS = -1n
const COLUMNS = [tags.PidTagMemberId, tags.PidTagMemberName, tags.PidTagMemberRights, tags.PidTagEntryId]

/** The entry id stands as hexadecimal text. */
type Row = [memberId: bigint, name: string, rights: number, entryId: string]

const entryIdOf = ({ legacyDn }: { legacyDn: string }) => addressBookEntryId({ type: 0, dn: legacyDn })

async function listOf(client: RealClient, folder: number, tableFlags = 0): Promise<Row[]> {
  const { handle, returnValue } = await client.call(RopGetPermissionsTable, { tableFlags }, folder)
  if (returnValue !== 0) throw new Error(returnValue.toString(16))
  return (await rowsOf(client, handle)).rows as unknown as Row[]
}

async function rowsOf(client: RealClient, table: number) {
  const { returnValue } = await client.call(RopSetColumns, { setColumnsFlags: 0, propertyTags: COLUMNS }, table)
  return returnValue === 0 ? client.rows(table, COLUMNS) : { returnValue, rows: [] }
}

const rightsOf = (rows: readonly Row[]) => rows.map(([, name, rights]) => [name, rights])

function change(kind: number, values: readonly (readonly [number, PropertyValue])[]) {
  const propertyValues = values.map(([tag, value]) => ({ tag, bytes: encodeValue(tag & 0xffff, value) }))
  return { permissionDataFlags: kind, propertyValues }
}

const add = (who: { legacyDn: string }, rights: number) =>
  change(ADD, [
    [tags.PidTagEntryId, entryIdOf(who)],
    [tags.PidTagMemberRights, rights]
  ])
const modify = (memberId: bigint, rights: number) =>
  change(MODIFY, [
    [tags.PidTagMemberId, memberId],
    [tags.PidTagMemberRights, rights]
  ])
const remove = (memberId: bigint) => change(REMOVE, [[tags.PidTagMemberId, memberId]])

async function apply(
  client: RealClient,
  folder: number,
  permissionsData: ReturnType<typeof change>[],
  modifyFlags = 0
): Promise<number> {
  return (await client.call(RopModifyPermissions, { modifyFlags, permissionsData }, folder)).returnValue
}

t.test('the list of a new mailbox', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  const opened = await client.call(RopGetPermissionsTable, { tableFlags: 0 }, inbox)
  t.equal(opened.returnValue, 0)
  requirement('MS-OXCPERM_R9', 'MS-OXCPERM_R27', 'MS-OXCPERM_R28', 'MS-OXCPERM_R1164', 'MS-OXCPERM_R2006')
  requirement('MS-OXCPERM_R179')
  const rows = await listOf(client, inbox)
  t.same(
    rows.map(([id, name, rights, entryId]) => [id, name, rights, entryId.length]),
    [
      [0n, '', 0, 0],
      [ANONYMOUS, 'Anonymous', 0, 0]
    ]
  )
  requirement('MS-OXCPERM_R189', 'MS-OXCPERM_R190', 'MS-OXCPERM_R1079', 'MS-OXCPERM_R1080', 'MS-OXCPERM_R1070')
  requirement('MS-OXCPERM_R1071', 'MS-OXCPERM_R1076', 'MS-OXCPERM_R1082', 'MS-OXCPERM_R1066')
  requirement('MS-OXCPERM_R154', 'MS-OXCPERM_R155', 'MS-OXCPERM_R2014', 'MS-OXCPERM_R1081')
})

t.test('adding, changing and removing', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  t.equal(await apply(client, inbox, [add(bob, permissionLevels.editor), add(team, permissionLevels.reviewer)]), 0)
  requirement('MS-OXCPERM_R65', 'MS-OXCPERM_R66', 'MS-OXCPERM_R1170')
  let rows = await listOf(client, inbox)
  t.same(rightsOf(rows), [
    ['', 0],
    ['Anonymous', 0],
    [bob.displayName, 0x47b],
    ['Team', 0x401]
  ])
  requirement('MS-OXCPERM_R47', 'MS-OXCPERM_R51', 'MS-OXCPERM_R182', 'MS-OXCPERM_R87')
  t.equal(rows[2][3], Buffer.from(entryIdOf(bob)).toString('hex'))
  requirement('MS-OXCPERM_R1068', 'MS-OXCPERM_R1069')
  const [bobs, teams] = [rows[2][0], rows[3][0]]
  t.not(bobs, teams)
  requirement('MS-OXCPERM_R74')
  t.equal(await apply(client, inbox, [modify(bobs, permissionLevels.author), remove(teams), modify(0n, 0x400)]), 0)
  rows = await listOf(client, inbox)
  t.same(rightsOf(rows), [
    ['', 0x400],
    ['Anonymous', 0],
    [bob.displayName, 0x41b]
  ])
  requirement('MS-OXCPERM_R1187', 'MS-OXCPERM_R1188', 'MS-OXCPERM_R52', 'MS-OXCPERM_R186')
  t.equal(await apply(client, inbox, [modify(99n, 1), remove(99n), remove(teams)]), 0, 'nobody of the list')
  t.same(await listOf(client, inbox), rows)
  t.equal(await apply(client, inbox, [modify(ANONYMOUS, 1)]), 0)
  t.equal(await apply(client, inbox, [add(team, permissionLevels.owner)], REPLACE), 0)
  t.same(rightsOf(await listOf(client, inbox)), [
    ['', 0x400],
    ['Anonymous', 0],
    ['Team', 0x7fb]
  ])
  requirement('MS-OXCPERM_R1197')
  t.equal(await apply(client, inbox, [remove(0n)]), 0)
  t.same(rightsOf(await listOf(client, inbox))[0], ['', 0], 'everybody stays in the list, without rights')
})

t.test('what is refused changes nothing', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  await apply(client, inbox, [add(bob, 0x401)])
  const before = await listOf(client, inbox)
  const nobody = { legacyDn: '/o=Ropewalk/cn=nobody' }
  const good = add(team, 0x401)
  t.equal(await apply(client, inbox, [good, modify(before[2][0], 1)], REPLACE), INVALID_PARAM)
  requirement('MS-OXCPERM_R45')
  t.equal(await apply(client, inbox, [good], 0x04), INVALID_PARAM)
  t.equal(await apply(client, inbox, [good, change(0x03, [])]), INVALID_PARAM)
  t.equal(await apply(client, inbox, [good, add(team, 0x4)]), INVALID_PARAM, 'a bit that is no right')
  requirement('MS-OXCPERM_R1093')
  t.equal(await apply(client, inbox, [good, change(ADD, [[tags.PidTagMemberRights, 1]])]), INVALID_PARAM)
  t.equal(await apply(client, inbox, [good, change(ADD, [[tags.PidTagEntryId, entryIdOf(bob)]])]), INVALID_PARAM)
  t.equal(await apply(client, inbox, [good, change(MODIFY, [[tags.PidTagMemberRights, 1]])]), INVALID_PARAM)
  t.equal(await apply(client, inbox, [good, add(nobody, 1)]), UNKNOWN_USER)
  t.same(await listOf(client, inbox), before)
})

t.test('who may look, and who may change', async t => {
  const owner = await RealClient.logOn()
  const inbox = await owner.folder('inbox')
  const other = await RealClient.logOn({ world: owner.world, actor: bob })
  const open = () => other.call(RopOpenFolder, { folderId: specialFid('inbox'), openModeFlags: 0 })
  t.equal((await open()).returnValue, ACCESS_DENIED)
  await apply(owner, inbox, [add(team, permissionLevels.reviewer)])
  const { handle } = await open()
  requirement('MS-OXCPERM_R173', 'MS-OXCPERM_R1192', 'MS-OXCPERM_R2016', 'MS-OXCPERM_R175')
  t.equal((await listOf(other, handle)).length, 3)
  t.equal(await apply(other, handle, [add(bob, permissionLevels.owner)]), ACCESS_DENIED)
  requirement('MS-OXCPERM_R181', 'MS-OXCPERM_R116001')
  const table = await other.call(RopGetPermissionsTable, { tableFlags: 0 }, handle)
  t.equal(await apply(owner, inbox, [add(bob, 0)]), 0)
  t.equal(
    (await rowsOf(other, table.handle)).returnValue,
    ACCESS_DENIED,
    'an own row without rights is stronger than a list'
  )
  requirement('MS-OXCPERM_R2007')
  t.equal((await open()).returnValue, ACCESS_DENIED)
  await apply(owner, inbox, [add(bob, Right.folderOwner | Right.folderVisible)])
  t.equal(await apply(other, handle, [modify(0n, permissionLevels.reviewer)]), 0)
  requirement('MS-OXCPERM_R115002')
  await apply(owner, inbox, [], REPLACE)
  t.equal((await open()).returnValue, 0, 'by what everybody may')
  requirement('MS-OXCPERM_R176')
  const calendar = await other.call(RopGetHierarchyTable, { tableFlags: 0x04 }, (await open()).handle)
  t.equal(calendar.returnValue, 0)
})

t.test('free and busy', async t => {
  const client = await RealClient.logOn()
  const listIn = async (folder: SpecialFolderName, flags: number) =>
    rightsOf(await listOf(client, await client.folder(folder), flags))
  const calendar = await client.folder('calendar')
  t.same(await listIn('calendar', FREE_BUSY), [
    ['', 0x800],
    ['Anonymous', 0]
  ])
  t.same(await listIn('calendar', 0), [
    ['', 0],
    ['Anonymous', 0]
  ])
  requirement('MS-OXCPERM_R19')
  await apply(client, calendar, [add(bob, permissionLevels.reviewer), add(team, Right.folderVisible)])
  t.same((await listIn('calendar', FREE_BUSY)).slice(2), [
    [bob.displayName, 0x1c01],
    ['Team', 0xc00]
  ])
  await apply(client, calendar, [add(bob, permissionLevels.reviewer | 0x800)], FREE_BUSY)
  t.same((await listIn('calendar', FREE_BUSY)).slice(2), [
    [bob.displayName, 0xc01],
    ['Team', 0xc00]
  ])
  requirement('MS-OXCPERM_R40')
  await apply(client, calendar, [add(bob, permissionLevels.editor)])
  t.same((await listIn('calendar', FREE_BUSY))[2], [bob.displayName, 0xc7b], 'they stay when they are not meant')
  await apply(client, await client.folder('inbox'), [add(bob, permissionLevels.reviewer | 0x1800)])
  t.same((await listIn('inbox', FREE_BUSY))[2], [bob.displayName, 0x401])
})

t.test('a restart keeps them, with their ids', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  await apply(client, inbox, [add(bob, 0x401), add(team, 0x402)])
  const bobs = (await listOf(client, inbox))[2][0]
  await apply(client, inbox, [modify(bobs, permissionLevels.author), modify(0n, 0x400)])
  const before = await listOf(client, inbox)
  t.same(
    rightsOf(before).map(([, rights]) => rights),
    [0x400, 0, permissionLevels.author, 0x402]
  )
  await client.world.restart()
  const again = await RealClient.logOn({ world: client.world, actor: alice })
  t.same(await listOf(again, await again.folder('inbox')), before)
})

t.test('the permissions as XML', { skip: outsideMissing }, async t => {
  const client = await RealClient.logOn()
  const batch = new RopBatch([0, await client.folder('inbox')])
  batch.add(RopOpenStream, { input: 1, output: 2 }, { propertyTag: 0x0e6a001f, openModeFlags: 0 })
  const bytes = await rawAnswer(client, batch)
  t.same(bytes.subarray(2, 8), vectorBytes('MS-OXCPERM', 'oxcperm-4.1-openstream-resp'))
  t.equal(bytes.readUInt32LE(4), NOT_SUPPORTED)
  requirement('MS-OXCPERM_R152', 'MS-OXCPERM_R183')
})
