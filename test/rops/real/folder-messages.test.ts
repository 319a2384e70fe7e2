/** Deleting, moving and copying messages over real mailboxes ([MS-OXCFOLD] 2.2.1.6, 2.2.1.11, 2.2.1.12). */
import t from 'tap'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopHardDeleteMessages } from '../../../rops/folder/rop-hard-delete-messages.js'
import { RopMoveCopyMessages } from '../../../rops/folder/rop-move-copy-messages.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopGetPropertyIdsFromNames } from '../../../rops/property/rop-get-property-ids-from-names.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import type { Actor } from '../../../src/mailbox/domain.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { Fid, Mid } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { alice, bob, type Cell, ecNotFound, RealClient, RealWorld, rawAnswer } from './real-driver.js'

const NOT_SUPPORTED = 0x80040102
const ASSOCIATED = 0x02
const SOFT_DELETES = 0x20
const inbox = specialFid('inbox')

const removal = (messageIds: Mid[]) => ({ wantAsynchronous: false, notifyNonRead: false, messageIds })
const transfer = (messageIds: Mid[], wantCopy: boolean) => ({ messageIds, wantAsynchronous: false, wantCopy })

async function subjects(client: RealClient, folder: number, flags = 0): Promise<Cell[]> {
  const columns = [tags.PidTagSubject]
  return client.column(await client.contents(folder, columns, flags), columns)
}

async function three(client: RealClient, folderId: Fid = inbox): Promise<Mid[]> {
  const mids: Mid[] = []
  for (const subject of ['one', 'two', 'three']) {
    const unread = [tags.PidTagMessageFlags, 0] as const
    mids.push(await client.createMessage(folderId, [[tags.PidTagSubject, subject], unread]))
  }
  return mids
}

const opened = async (client: RealClient, folderId: Fid, messageId: Mid) =>
  (await client.call(RopOpenMessage, { codePageId: 0x0fff, folderId, openModeFlags: 0, messageId })).returnValue

const counts = [
  tags.PidTagContentCount,
  tags.PidTagContentUnreadCount,
  tags.PidTagAssociatedContentCount,
  tags.PidTagDeletedCountTotal
]

t.test('soft deletion', async t => {
  const client = await RealClient.logOn()
  const folder = await client.folder('inbox')
  const mids = await three(client)
  t.same(await client.get(folder, counts), [3, 3, 0, 0])
  const answer = await client.call(RopDeleteMessages, removal([mids[1]]), folder)
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
  requirement('MS-OXCFOLD_R262', 'MS-OXCFOLD_R98802', 'MS-OXCFOLD_R280', 'MS-OXCFOLD_R282', 'MS-OXCFOLD_R1143')
  t.same(await subjects(client, folder), ['one', 'three'])
  t.same(await subjects(client, folder, SOFT_DELETES), ['two'], 'it is among the soft-deleted ones')
  requirement('MS-OXCFOLD_R1017', 'MS-OXCFOLD_R665', 'MS-OXCFOLD_R271', 'MS-OXCFOLD_R436')
  t.same(await client.get(folder, counts), [2, 2, 0, 1])
  requirement('MS-OXCFOLD_R345', 'MS-OXCFOLD_R347', 'MS-OXCFOLD_R3005', 'MS-OXCFOLD_R3006')
  t.equal(await opened(client, inbox, mids[1]), ecNotFound)
  const columns = [tags.PidTagDeletedOn]
  const [when] = await client.column(await client.contents(folder, columns, SOFT_DELETES), columns)
  t.equal(typeof when, 'bigint', 'and knows since when')
  const again = await client.call(RopDeleteMessages, removal([mids[1]]), folder)
  t.same([again.returnValue, again.value], [0, { partialCompletion: true }], 'not a second time')
  const mixed = await client.call(RopDeleteMessages, removal([mids[0], mids[1], 1, mids[2]]), folder)
  t.same(mixed.value, { partialCompletion: true })
  t.same(await subjects(client, folder), [], 'the others are deleted all the same')
  requirement('MS-OXCFOLD_R991', 'MS-OXCFOLD_R1147')
})

t.test('hard deletion', async t => {
  const client = await RealClient.logOn()
  const folder = await client.folder('inbox')
  const mids = await three(client)
  const fai = await client.createMessage(inbox, [[tags.PidTagSubject, 'associated']], true)
  t.same(await subjects(client, folder, ASSOCIATED), ['associated'])
  requirement('MS-OXCFOLD_R662', 'MS-OXCFOLD_R663')
  const answer = await client.call(RopHardDeleteMessages, removal([mids[0], fai]), folder)
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
  requirement('MS-OXCFOLD_R283', 'MS-OXCFOLD_R99402', 'MS-OXCFOLD_R302', 'MS-OXCFOLD_R1153', 'MS-OXCFOLD_R437')
  t.same(await subjects(client, folder), ['two', 'three'])
  t.same(await subjects(client, folder, SOFT_DELETES), [])
  t.same(await subjects(client, folder, ASSOCIATED), [])
  t.same(await subjects(client, folder, ASSOCIATED | SOFT_DELETES), [])
  requirement('MS-OXCFOLD_R1156', 'MS-OXCFOLD_R293')
  t.same(await client.get(folder, counts), [2, 2, 0, 2])
  const partial = await client.call(RopHardDeleteMessages, removal([mids[0], mids[1]]), folder)
  t.same(partial.value, { partialCompletion: true })
  requirement('MS-OXCFOLD_R997', 'MS-OXCFOLD_R115602')
  t.same(await subjects(client, folder), ['three'])
  await client.call(RopDeleteMessages, removal([mids[2]]), folder)
  const soft = await client.call(RopHardDeleteMessages, removal([mids[2]]), folder)
  t.same(soft.value, { partialCompletion: false }, 'what is soft-deleted can still be removed for good')
  t.same(await subjects(client, folder, SOFT_DELETES), [])
  t.equal((await client.call(RopHardDeleteMessages, removal(mids), 0)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCFOLD_R644', 'MS-OXCFOLD_R645')
})

t.test('the messages of other folders are left alone', async t => {
  const client = await RealClient.logOn()
  const folder = await client.folder('drafts')
  const mids = await three(client)
  for (const rop of [RopDeleteMessages, RopHardDeleteMessages]) {
    t.same((await client.call(rop, removal(mids), folder)).value, { partialCompletion: true })
  }
  t.same(await subjects(client, await client.folder('inbox')), ['one', 'two', 'three'])
})

t.test('copying within a mailbox', async t => {
  const client = await RealClient.logOn()
  const [source, destination] = [await client.folder('inbox'), await client.folder('drafts')]
  const mids = await three(client)
  const answer = await client.call(RopMoveCopyMessages, transfer([mids[0], mids[2]], true), source, { destination })
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
  requirement('MS-OXCFOLD_R144', 'MS-OXCFOLD_R14501', 'MS-OXCFOLD_R14902', 'MS-OXCFOLD_R15102', 'MS-OXCFOLD_R159')
  requirement('MS-OXCFOLD_R161', 'MS-OXCFOLD_R1105', 'MS-OXCFOLD_R155')
  t.same(await subjects(client, source), ['one', 'two', 'three'])
  t.same(await subjects(client, destination), ['one', 'three'])
  const columns = [tags.PidTagMid, tags.PidTagSearchKey, tags.PidTagChangeKey]
  const copies = (await client.rows(await client.contents(destination, columns), columns)).rows
  const originals = (await client.rows(await client.contents(source, columns), columns)).rows
  t.notOk(
    copies.some(([mid]) => originals.some(([other]) => other === mid)),
    'each copy has an id of its own'
  )
  t.not(copies[0][2], originals[0][2], 'and a change of its own')
  const same = await client.call(RopMoveCopyMessages, transfer([mids[0]], true), source, { destination: source })
  t.same(same.value, { partialCompletion: false })
  t.same(await subjects(client, source), ['one', 'two', 'three', 'one'], 'into the same folder, too')
})

t.test('moving within a mailbox', async t => {
  const client = await RealClient.logOn()
  const [source, destination] = [await client.folder('inbox'), await client.folder('drafts')]
  const mids = await three(client)
  const searchKey = async (folder: number) => {
    const columns = [tags.PidTagSearchKey]
    return client.column(await client.contents(folder, columns), columns)
  }
  const before = await searchKey(source)
  const answer = await client.call(RopMoveCopyMessages, transfer([mids[0], mids[2]], false), source, { destination })
  t.same(answer.value, { partialCompletion: false })
  t.same(await subjects(client, source), ['two'])
  t.same(await subjects(client, destination), ['one', 'three'])
  t.same(await searchKey(destination), [before[0], before[2]], 'the search key goes along')
  requirement('MS-OXCFOLD_R14901', 'MS-OXCFOLD_R15101', 'MS-OXCFOLD_R160')
  t.equal(await opened(client, inbox, mids[0]), ecNotFound, 'the old id has gone')
  t.same(await client.get(source, counts.slice(0, 2)), [1, 1])
  t.same(await client.get(destination, counts.slice(0, 2)), [2, 2])
  const partial = await client.call(RopMoveCopyMessages, transfer([mids[0], mids[1]], false), source, { destination })
  t.same([partial.returnValue, partial.value], [0, { partialCompletion: true }])
  t.same(await subjects(client, destination), ['one', 'three', 'two'])
  requirement('MS-OXCFOLD_R10163', 'MS-OXCFOLD_R586')
})

t.test('destinations that will not do', async t => {
  const client = await RealClient.logOn()
  const source = await client.folder('inbox')
  const mids = await three(client)
  const search = await client.createFolder(await client.folder('finder'), 'Found', { folderType: 2 })
  for (const copy of [true, false]) {
    const refused = await client.call(RopMoveCopyMessages, transfer(mids, copy), source, { destination: search.handle })
    t.equal(refused.returnValue, 0x460)
    t.same(refused.value, { partialCompletion: false })
  }
  requirement('MS-OXCFOLD_R121801', 'MS-OXCFOLD_R121802')
  const table = await client.contents(source)
  const wrong = await client.call(RopMoveCopyMessages, transfer(mids, false), source, { destination: table })
  t.equal(wrong.returnValue, NOT_SUPPORTED)
  t.same(await subjects(client, source), ['one', 'two', 'three'])
})

t.test('the bytes of a null destination', async t => {
  const client = await RealClient.logOn()
  const source = await client.folder('inbox')
  const mids = await three(client)
  const batch = new RopBatch([source])
  batch.add(RopMoveCopyMessages, { source: 0, destination: batch.slot() }, transfer(mids, false))
  const bytes = await rawAnswer(client, batch)
  t.equal(bytes.subarray(2, 13).toString('hex'), '3300' + '03050000' + '01000000' + '00')
  t.same(await subjects(client, source), ['one', 'two', 'three'])
  requirement('MS-OXCROPS_R781', 'MS-OXCROPS_R783', 'MS-OXCROPS_R784', 'MS-OXCROPS_R785', 'MS-OXCROPS_R786')
  requirement('MS-OXCROPS_R789', 'MS-OXCROPS_R790', 'MS-OXCROPS_R791', 'MS-OXCROPS_R792')
})

t.test('a handle of another logon is a destination, and nothing else', async t => {
  const client = await RealClient.logOn()
  const source = await client.folder('inbox')
  const mids = await three(client)
  const elsewhere = await client.folderElsewhere(specialFid('drafts'), alice.legacyDn)
  const refused = await client.call(RopMoveCopyMessages, transfer(mids, false), elsewhere, { destination: source })
  t.equal(refused.returnValue, 0x80070005)
  requirement('MS-OXCROPS_R457303')
  t.same(await subjects(client, source), ['one', 'two', 'three'])
  const moved = await client.call(RopMoveCopyMessages, transfer(mids, false), source, { destination: elsewhere })
  t.same([moved.returnValue, moved.value], [0, { partialCompletion: false }])
  t.same(await subjects(client, source), [])
  t.same(await subjects(client, await client.folder('drafts')), ['one', 'two', 'three'])
})

t.test('moving into another mailbox translates named properties', async t => {
  const world = await RealWorld.open()
  const assistant = { ...bob, fullAccess: [alice.address] } as Actor
  const client = await RealClient.logOn({ world, actor: assistant })
  const source = await client.folder('inbox')
  const destination = await client.folderElsewhere(inbox, bob.legacyDn)
  const name = { guid: '00062002-0000-0000-c000-000000000046', lid: 0x8208 }
  const filler = { guid: name.guid, name: 'filler' }
  // Bob's mailbox gives the name another id, because it knew another one first.
  world.bobs.propertyIdsFromNames([filler], true, bob)
  const asked = await client.call(RopGetPropertyIdsFromNames, { flags: 2, propertyNames: [name] })
  const [id] = asked.value!.propertyIds
  const location = (id * 0x10000 + 0x1f) >>> 0
  const mid = await client.createMessage(inbox, [
    [tags.PidTagSubject, 'meeting'],
    [location, 'room 7']
  ])
  const move = await client.call(RopMoveCopyMessages, transfer([mid], false), source, { destination })
  t.same([move.returnValue, move.value], [0, { partialCompletion: false }])
  t.same(await subjects(client, source), [])
  const [there] = (await world.bobs.propertyIdsFromNames([name], false, bob)) as number[]
  t.not(there, id)
  const reader = await RealClient.connect({ world, actor: bob })
  const logon = await reader.driver.logOn({ essdn: bob.legacyDn })
  const columns = [tags.PidTagSubject, (there * 0x10000 + 0x1f) >>> 0]
  const table = await reader.contents(await reader.folder('inbox', logon.handle), columns)
  t.same((await reader.rows(table, columns)).rows, [['meeting', 'room 7']])
})

t.test('moving without rights at the destination moves nothing', async t => {
  const owner = await RealClient.logOn()
  const destination = owner.driver.put('folder', owner.world.bobs.openFolder(inbox, {}, bob))
  const source = await owner.folder('inbox')
  const mids = await three(owner)
  const refused = await owner.call(RopMoveCopyMessages, transfer(mids, false), source, { destination })
  t.not(refused.returnValue, 0)
  t.same(await subjects(owner, source), ['one', 'two', 'three'])
})

t.test('many at once', async t => {
  const client = await RealClient.logOn()
  const [source, destination] = [await client.folder('inbox'), await client.folder('drafts')]
  const mids: Mid[] = []
  for (let n = 0; n < 700; n++) mids.push(await client.createMessage(inbox, [[tags.PidTagSubject, `n${n}`]]))
  const moved = await client.call(RopMoveCopyMessages, transfer(mids, false), source, { destination })
  t.same(moved.value, { partialCompletion: false })
  t.same(await client.get(destination, counts.slice(0, 1)), [700])
  t.same(await subjects(client, source), [])
  const columns = [tags.PidTagSubject]
  const all = await client.column(await client.contents(destination, columns), columns)
  t.same(all, mids.map((_, n) => `n${n}`).slice(0, all.length))
})
