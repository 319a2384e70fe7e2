/** Public folders whose content other servers have, too, or have alone ([MS-OXCSTOR] 2.2.1.6, 2.2.1.7, [MS-OXCFOLD] 2.2.1.1). */
import t from 'tap'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopGetContentsTable } from '../../../rops/folder/rop-get-contents-table.js'
import { RopGetHierarchyTable } from '../../../rops/folder/rop-get-hierarchy-table.js'
import { RopMoveCopyMessages } from '../../../rops/folder/rop-move-copy-messages.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopGetOwningServers } from '../../../rops/logon/rop-get-owning-servers.js'
import { RopPublicFolderIsGhosted } from '../../../rops/logon/rop-public-folder-is-ghosted.js'
import { RopCreateMessage } from '../../../rops/message/rop-create-message.js'
import { RopGetMessageStatus } from '../../../rops/message/rop-get-message-status.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSetReadFlags } from '../../../rops/message/rop-set-read-flags.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { permissionLevels } from '../../../src/mailbox/permissions/rights.js'
import { setReplicas } from '../../../src/mailbox/public-store/replicas.js'
import type { Fid } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { PublicWorld, publicClient, publicStore } from './public-world.js'
import { RealClient, rawAnswer } from './real-driver.js'

const ecNoReplicaHere = 0x468
const ecNoReplicaAvailable = 0x469
const ecComputedValue = 0x8004011a
const OTHER = 'aaaaaaaa-0000-4000-8000-00000000000f'
const servers = '/o=Ropewalk/ou=Group/cn=Configuration/cn=Servers'

function place(world: PublicWorld, fid: Fid, ...names: string[]) {
  return setReplicas(world.folders, world.folders.tree.find(fid)!, names)
}

const hexOf = (...names: string[]) => Buffer.from(names.map(name => `${name}\0`).join('')).toString('hex')

t.test('a folder that this store alone has', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world)
  const folderId = await world.createFolder('News')
  const own = { serverCount: 1, cheapServerCount: 1, servers: [publicStore.serverDn] }
  t.same((await client.call(RopGetOwningServers, { folderId })).value, own)
  t.equal(await client.one(await client.folder(folderId), tags.PR_REPLICA_LIST), hexOf(world.folders.guid))
  const mailbox = await RealClient.logOn({ world })
  t.match(await mailbox.one(await mailbox.folder('inbox'), tags.PR_REPLICA_LIST), { error: 0x8004010f })
})

t.test('a folder that others have, too', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world)
  const folderId = await world.createFolder('News', permissionLevels.owner)
  await place(world, folderId, OTHER, 'here', 'mail2.example.test')
  const { value } = await client.call(RopGetOwningServers, { folderId })
  const others = [`${servers}/cn=${OTHER}@example.test`, `${servers}/cn=mail2.example.test`]
  t.same(value, { serverCount: 3, cheapServerCount: 1, servers: [publicStore.serverDn, ...others] })
  requirement('MS-OXCSTOR_R351', 'MS-OXCSTOR_R367', 'MS-OXCSTOR_R368', 'MS-OXCSTOR_R370', 'MS-OXCSTOR_R371')
  requirement('MS-OXCSTOR_R914', 'MS-OXCSTOR_R915', 'MS-OXCSTOR_R916')
  t.same((await client.call(RopPublicFolderIsGhosted, { folderId })).value, { ghost: null })
  t.same((await client.call(RopOpenFolder, { folderId, openModeFlags: 0 })).value, { hasRules: false, ghost: null })
  requirement('MS-OXCFOLD_R29', 'MS-OXCSTOR_R405')
  const folder = await client.folder(folderId)
  const list = hexOf(world.folders.guid, OTHER, 'mail2.example.test')
  t.equal(await client.one(folder, tags.PR_REPLICA_LIST), list)
  const problems = await client.set(folder, [[tags.PR_REPLICA_LIST, Buffer.from('x\0')]])
  t.match(problems, [{ error: ecComputedValue }], 'clients cannot say where content is')
  t.ok(await client.createMessage(folderId, [[tags.PidTagSubject, 'here']]))
  await world.restart()
  const later = await publicClient(world)
  t.equal(await later.one(await later.folder(folderId), tags.PR_REPLICA_LIST), list)
})

t.test('a folder whose content is elsewhere', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world)
  const folderId = await world.createFolder('News', permissionLevels.owner)
  const near = await world.createFolder('Near', permissionLevels.owner)
  const mid = await client.createMessage(folderId, [[tags.PidTagSubject, 'was here']])
  const other = await client.createMessage(near, [[tags.PidTagSubject, 'is here']])
  await place(world, folderId, OTHER, 'mail2.example.test')
  const ghost = {
    ...{ serverCount: 2, cheapServerCount: 2 },
    servers: [`${servers}/cn=${OTHER}@example.test`, `${servers}/cn=mail2.example.test`]
  }
  t.same((await client.call(RopGetOwningServers, { folderId })).value, ghost)
  t.same((await client.call(RopPublicFolderIsGhosted, { folderId })).value, { ghost })
  requirement('MS-OXCROPS_R307', 'MS-OXCROPS_R312', 'MS-OXCROPS_R316')
  const opened = await client.call(RopOpenFolder, { folderId, openModeFlags: 0 })
  t.same(opened.value, { hasRules: false, ghost })
  requirement('MS-OXCFOLD_R907', 'MS-OXCFOLD_R909', 'MS-OXCFOLD_R912', 'MS-OXCFOLD_R915', 'MS-OXCROPS_R560')
  requirement('MS-OXCFOLD_R908', 'MS-OXCFOLD_R911', 'MS-OXCFOLD_R913', 'MS-OXCFOLD_R914')
  requirement('MS-OXCROPS_R564', 'MS-OXCROPS_R568')
  const batch = new RopBatch([0])
  batch.add(RopOpenFolder, { input: 0, output: batch.slot() }, { folderId, openModeFlags: 0 })
  const bytes = await rawAnswer(client, batch)
  // RopSize, RopId, slot, ReturnValue, HasRules, IsGhosted, ServerCount, CheapServerCount, the first of the names.
  t.equal(bytes.subarray(2, 14).toString('hex'), '020100000000000102000200')
  t.equal(bytes.toString('latin1', 14, 14 + ghost.servers[0].length + 1), `${ghost.servers[0]}\0`)

  const { handle } = opened
  const at = await client.folder(near)
  const codes = [
    await client.call(RopGetContentsTable, { tableFlags: 0 }, handle),
    await client.call(RopCreateMessage, { codePageId: 0x0fff, folderId, associatedFlag: false }),
    await client.call(RopOpenMessage, { codePageId: 0x0fff, folderId, openModeFlags: 0, messageId: mid }),
    await client.call(RopDeleteMessages, { wantAsynchronous: false, notifyNonRead: false, messageIds: [mid] }, handle),
    await client.call(RopSetReadFlags, { wantAsynchronous: false, readFlags: 4, messageIds: [mid] }, handle),
    await client.call(RopGetMessageStatus, { messageId: mid }, handle)
  ].map(({ returnValue }) => returnValue)
  t.same(codes, Array(6).fill(ecNoReplicaHere))
  const copy = { messageIds: [mid], wantAsynchronous: false, wantCopy: true }
  const out = await client.call(RopMoveCopyMessages, copy, handle, { destination: at })
  t.equal(out.returnValue, ecNoReplicaHere)
  const into = { ...copy, messageIds: [other] }
  t.equal((await client.call(RopMoveCopyMessages, into, at, { destination: handle })).returnValue, ecNoReplicaHere)
  t.equal((await client.call(RopGetHierarchyTable, { tableFlags: 0 }, handle)).returnValue, 0, 'folders are everywhere')
  t.equal((await client.createFolder(handle, 'Below')).returnValue, 0)
  t.equal(await client.one(handle, tags.PidTagDisplayName), 'News')

  await place(world, folderId, 'here')
  t.same((await client.call(RopOpenFolder, { folderId, openModeFlags: 0 })).value, { hasRules: false, ghost: null })
  const subjects = await client.contents(handle, [tags.PidTagSubject])
  t.same(await client.column(subjects, [tags.PidTagSubject]), ['was here'], 'what was here is still there')
  t.same((await checkMailbox(world.folders)).problems, [])
})

t.test('who may not see a folder is not told where it is', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world)
  const hidden = await world.createFolder('Hidden', 0)
  await place(world, hidden, OTHER)
  const request = { codePageId: 0x0fff, folderId: hidden, openModeFlags: 0, messageId: 1 }
  t.not((await client.call(RopOpenMessage, request)).returnValue, ecNoReplicaHere)
  t.not((await client.call(RopGetOwningServers, { folderId: hidden })).returnValue, 0)
})

t.test('content that nobody has', async t => {
  const world = await PublicWorld.open()
  const client = await publicClient(world)
  const folderId = await world.createFolder('Lost')
  await place(world, folderId)
  t.equal((await client.call(RopGetOwningServers, { folderId })).returnValue, ecNoReplicaAvailable)
  requirement('MS-OXCSTOR_R908')
  const nowhere = { ghost: { serverCount: 0, cheapServerCount: 0, servers: [] } }
  t.same((await client.call(RopOpenFolder, { folderId, openModeFlags: 0 })).value, { hasRules: false, ...nowhere })
  const mailbox = await RealClient.logOn({ world })
  const ghosted = await mailbox.call(RopPublicFolderIsGhosted, { folderId: specialFid('inbox') })
  t.same(ghosted.value, { ghost: null })
})
