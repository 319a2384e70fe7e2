/** In public folders everybody has read states of his own ([MS-OXCSTOR] 3.2.5.12.1, [MS-OXCMSG] 2.2.3.10, 2.2.3.11). */
import t from 'tap'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopHardDeleteMessages } from '../../../rops/folder/rop-hard-delete-messages.js'
import { RopMoveCopyMessages } from '../../../rops/folder/rop-move-copy-messages.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopSetMessageReadFlag } from '../../../rops/message/rop-set-message-read-flag.js'
import { RopSetReadFlags } from '../../../rops/message/rop-set-read-flags.js'
import { RopRestrict } from '../../../rops/table/rop-restrict.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import { RopSortTable } from '../../../rops/table/rop-sort-table.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import type { Actor } from '../../../src/mailbox/domain.js'
import type { MailboxEvent } from '../../../src/mailbox/events.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { everyMessage } from '../../../src/mailbox/messages/each-message.js'
import { permissionLevels, Right } from '../../../src/mailbox/permissions/rights.js'
import { publicFid } from '../../../src/mailbox/public-store/public-folders.js'
import type { Fid, Mid } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { keys } from '../../../store/index.js'
import { requirement } from '../../conformance/ledger.js'
import { carol, publicOwner } from '../../mailbox/mailbox-fixture.js'
import { PublicWorld, publicClient } from './public-world.js'
import { alice, bob, RealClient, rawAnswer } from './real-driver.js'

const CLEAR_READ_FLAG = 0x04
const MSGFLAG_READ = 0x01
const CLIENT_DATA = Uint8Array.from({ length: 24 }, (_, at) => at + 1)
const ecAccessDenied = 0x80070005

async function setUp() {
  const world = await PublicWorld.open()
  const fid = await world.createFolder('News', permissionLevels.editor)
  return { world, fid, one: await publicClient(world, alice), two: await publicClient(world, bob) }
}

async function check(t: { same(found: unknown, wanted: unknown): boolean }, { folders }: PublicWorld): Promise<void> {
  t.same((await checkMailbox(folders)).problems, [])
}

async function open(client: RealClient, folderId: Fid, messageId: Mid, openModeFlags = 1): Promise<number> {
  const request = { codePageId: 0x0fff, folderId, openModeFlags, messageId }
  return (await client.call(RopOpenMessage, request)).handle
}

async function isRead(client: RealClient, fid: Fid, mid: Mid): Promise<boolean> {
  const handle = await open(client, fid, mid, 0)
  const [flags, read] = await client.get(handle, [tags.PidTagMessageFlags, tags.PidTagRead])
  await client.release(handle)
  if ((((flags as number) & MSGFLAG_READ) !== 0) !== read) throw new Error('PidTagRead and PidTagMessageFlags differ')
  return read as boolean
}

async function mark(client: RealClient, fid: Fid, mid: Mid, readFlags = 0) {
  const handle = await open(client, fid, mid)
  const { returnValue, value } = await client.call(
    RopSetMessageReadFlag,
    { readFlags, clientData: CLIENT_DATA },
    handle
  )
  await client.release(handle)
  return returnValue === 0 ? value : returnValue
}

const unread = async (client: RealClient, fid: Fid) =>
  client.one(await client.folder(fid), tags.PidTagContentUnreadCount)

/** Unread counts of the folders below the IPM subtree, as the hierarchy table has them. */
async function listed(client: RealClient) {
  const columns = [tags.PidTagDisplayName, tags.PidTagContentUnreadCount]
  const table = await client.hierarchy(await client.folder(publicFid('ipmSubtree')), columns)
  return Object.fromEntries((await client.rows(table, columns)).rows)
}

t.test('what one reads is unread for the others', async t => {
  const { world, fid, one, two } = await setUp()
  const mid = await one.createMessage(fid, [[tags.PidTagSubject, 'a']])
  t.equal(await isRead(one, fid, mid), true, 'who writes a message has read it')
  t.equal(await isRead(two, fid, mid), false)
  t.same([await unread(one, fid), await unread(two, fid)], [0, 1])
  t.same(await mark(two, fid, mid), { changed: { logonId: 0, clientData: CLIENT_DATA } })
  requirement('MS-OXCMSG_R921', 'MS-OXCMSG_R1841')
  t.same(await mark(two, fid, mid), { changed: null }, 'once')
  t.same([await isRead(one, fid, mid), await isRead(two, fid, mid)], [true, true])
  t.same([await unread(one, fid), await unread(two, fid)], [0, 0])
  t.same(await mark(one, fid, mid, CLEAR_READ_FLAG), { changed: { logonId: 0, clientData: CLIENT_DATA } })
  t.same([await isRead(one, fid, mid), await isRead(two, fid, mid)], [false, true])
  t.same([await listed(one), await listed(two)], [{ News: 1 }, { News: 0 }])
  await world.restart()
  const [first, second] = [await publicClient(world, alice), await publicClient(world, bob)]
  t.same([await isRead(first, fid, mid), await isRead(second, fid, mid)], [false, true], 'and remembered')
  t.same([await listed(first), await listed(second)], [{ News: 1 }, { News: 0 }])
  await check(t, world)
})

t.test('the answer to a public read flag', async t => {
  const { fid, one, two } = await setUp()
  const mid = await one.createMessage(fid)
  const handle = await open(two, fid, mid)
  const batch = new RopBatch([0, handle], { publicLogon: true })
  const slots = { input: 1, response: 0 }
  batch.add(RopSetMessageReadFlag, slots, { readFlags: 0, clientData: CLIENT_DATA })
  const bytes = (await rawAnswer(two, batch)).subarray(2)
  const data = Buffer.from(CLIENT_DATA).toString('hex')
  t.equal(bytes.subarray(0, 32).toString('hex'), `1100000000000100${data}`)
  requirement('MS-OXCMSG_R846', 'MS-OXCMSG_R848', 'MS-OXCMSG_R851')
})

t.test('a changed message is unread again but for the one who changed it', async t => {
  const { world, fid, one, two } = await setUp()
  const mid = await one.createMessage(fid)
  await mark(two, fid, mid)
  const handle = await open(one, fid, mid)
  await one.set(handle, [[tags.PidTagSubject, 'better']])
  t.equal((await one.call(RopSaveChangesMessage, { saveFlags: 0x0a }, handle)).returnValue, 0)
  t.same([await isRead(one, fid, mid), await isRead(two, fid, mid)], [true, false])
  t.same([await unread(one, fid), await unread(two, fid)], [0, 1])
  await mark(one, fid, mid, CLEAR_READ_FLAG)
  await one.set(handle, [[tags.PidTagSubject, 'best']])
  t.equal((await one.call(RopSaveChangesMessage, { saveFlags: 0x0a }, handle)).returnValue, 0)
  t.equal(await isRead(one, fid, mid), false, 'what he had not read he has not read now')
  await check(t, world)
})

t.test('many at once', async t => {
  const { world, fid, one, two } = await setUp()
  const mids: Mid[] = []
  for (let n = 0; n < 12; n++) mids.push(await one.createMessage(fid))
  const fai = await world.folders
    .createMessage(fid, { associated: true, codePage: 1252 }, publicOwner)
    .save({ force: false, keepOpen: 'no' }, publicOwner)
  const folder = await two.folder(fid)
  const set = (messageIds: Mid[], readFlags: number) =>
    two.call(RopSetReadFlags, { wantAsynchronous: false, readFlags, messageIds }, folder)
  t.same((await set([...mids.slice(0, 10), fai], 0)).value, { partialCompletion: false })
  t.equal(await unread(two, fid), 2, 'messages that belong to the folder are not counted')
  t.equal(await isRead(two, fid, fai), true)
  await set([mids[3], mids[3], 99], CLEAR_READ_FLAG)
  t.equal(await unread(two, fid), 3)
  await set(mids, 0x10)
  t.equal(await unread(two, fid), 3, 'receipts are no reading')
  await check(t, world)
})

t.test('counts follow what comes and goes', async t => {
  const { world, fid, one, two } = await setUp()
  const mids: Mid[] = []
  for (let n = 0; n < 6; n++) mids.push(await one.createMessage(fid))
  for (const mid of mids.slice(0, 4)) await mark(two, fid, mid)
  t.equal(await unread(two, fid), 2)
  const folder = await one.folder(fid)
  const remove = { wantAsynchronous: false, notifyNonRead: false }
  await one.call(RopDeleteMessages, { ...remove, messageIds: [mids[0]] }, folder)
  t.equal(await unread(two, fid), 2, 'a read one is gone')
  await one.call(RopHardDeleteMessages, { ...remove, messageIds: [mids[1], mids[5]] }, folder)
  t.equal(await unread(two, fid), 1)
  const other = await world.createFolder('Other', permissionLevels.editor)
  const move = { messageIds: [mids[2], mids[4]], wantAsynchronous: false, wantCopy: false }
  await two.call(RopMoveCopyMessages, move, await two.folder(fid), { destination: await two.folder(other) })
  t.same(await listed(two), { News: 0, Other: 1 }, 'who moves a message keeps his state')
  t.same(await listed(one), { News: 0, Other: 2 }, 'for others it is a new one')
  await world.restart()
  t.same(await listed(await publicClient(world, bob)), { News: 0, Other: 1 }, 'counted anew it is the same')
  await check(t, world)
})

t.test('copies into mailboxes and back', async t => {
  const { world, fid, one } = await setUp()
  const read = await one.createMessage(fid, [[tags.PidTagSubject, 'read']])
  const other = await one.createMessage(fid, [[tags.PidTagSubject, 'unread']])
  const reader = await publicClient(world, bob)
  await mark(reader, fid, read)
  const source = world.folders.openFolder(fid, {}, bob)
  const inbox = world.bobs.openFolder(specialFid('inbox'), {}, bob)
  await source.moveCopyMessages(inbox, [read, other], { copy: true }, bob)
  const mailbox = await RealClient.connect({ world, actor: bob })
  await mailbox.driver.logOn({ essdn: bob.legacyDn })
  const columns = [tags.PidTagSubject, tags.PidTagRead]
  const table = await mailbox.contents(await mailbox.folder('inbox'), columns)
  t.same((await mailbox.rows(table, columns)).rows, [
    ['read', true],
    ['unread', false]
  ])
  const target = await world.createFolder('Back', permissionLevels.editor)
  const folder = world.folders.openFolder(target, {}, bob)
  const all: Mid[] = []
  for await (const page of everyMessage(world.bobs, specialFid('inbox'))) all.push(...page)
  await inbox.moveCopyMessages(folder, all, { copy: true }, bob)
  t.equal((await listed(reader)).Back, 1, 'each is as it was for him')
  t.equal((await listed(one)).Back, 2, 'and new for others')
})

t.test('tables show, sort and restrict by the state of their reader', async t => {
  const { fid, one, two } = await setUp()
  const mids: Mid[] = []
  for (const subject of ['a', 'b', 'c', 'd']) mids.push(await one.createMessage(fid, [[tags.PidTagSubject, subject]]))
  await mark(two, fid, mids[1])
  await mark(one, fid, mids[3], CLEAR_READ_FLAG)
  const columns = [tags.PidTagSubject, tags.PidTagRead, tags.PidTagMessageFlags]
  const states = async (client: RealClient) => {
    const { rows } = await client.rows(await client.contents(await client.folder(fid), columns), columns)
    return rows.map(([subject, read, flags]) => [subject, read, ((flags as number) & MSGFLAG_READ) !== 0])
  }
  for (let round = 0; round < 3; round++) {
    t.same(await states(one), [
      ['a', true, true],
      ['b', true, true],
      ['c', true, true],
      ['d', false, false]
    ])
    t.same(await states(two), [
      ['a', false, false],
      ['b', true, true],
      ['c', false, false],
      ['d', false, false]
    ])
  }
  const isUnread = {
    kind: 'bitmask' as const,
    relop: 0,
    tag: tags.PidTagMessageFlags,
    mask: MSGFLAG_READ
  }
  const filtered = async (client: RealClient): Promise<number> => {
    const table = await client.contents(await client.folder(fid), [tags.PidTagSubject])
    await client.call(RopRestrict, { restrictFlags: 0, restriction: isUnread }, table)
    return table
  }
  const subjects = async (client: RealClient, table: number) => {
    await client.call(RopSeekRow, { origin: 0, rowCount: 0, wantRowMovedCount: false }, table)
    return client.column(table, [tags.PidTagSubject])
  }
  const [ones, twos] = [await filtered(one), await filtered(two)]
  t.same([await subjects(one, ones), await subjects(two, twos)], [['d'], ['a', 'c', 'd']])
  await mark(two, fid, mids[2])
  await mark(one, fid, mids[0], CLEAR_READ_FLAG)
  t.same(
    [await subjects(one, ones), await subjects(two, twos)],
    [
      ['a', 'd'],
      ['a', 'd']
    ],
    'live'
  )
  const sorted = await two.contents(await two.folder(fid), [tags.PidTagSubject])
  const sortOrders = [{ tag: tags.PidTagRead, order: 0 as const }]
  await two.call(
    RopSortTable,
    { sortTableFlags: 0, sortOrderCount: 1, categoryCount: 0, expandedCount: 0, sortOrders },
    sorted
  )
  t.same(await subjects(two, sorted), ['a', 'd', 'b', 'c'])
})

t.test('who may not read a message has no state of it', async t => {
  const { world, one } = await setUp()
  const fid = await world.createFolder('Suggestions', Right.create | Right.folderVisible)
  const mid = await world.folders
    .createMessage(fid, { associated: false, codePage: 1252 }, publicOwner)
    .save({ force: false, keepOpen: 'no' }, publicOwner)
  const folder = await one.folder(fid)
  const request = { wantAsynchronous: false, readFlags: 0, messageIds: [mid] }
  t.equal((await one.call(RopSetReadFlags, request, folder)).returnValue, 0)
  const refused = await one.call(RopOpenMessage, {
    codePageId: 0x0fff,
    folderId: fid,
    openModeFlags: 0,
    messageId: mid
  })
  t.equal(refused.returnValue, ecAccessDenied)
  t.equal(world.folders.perUserInformation(longTermIdOf(world, fid), alice).byteLength, 0)
  const own = await one.createMessage(fid)
  t.equal(
    (await one.call(RopSetReadFlags, { ...request, readFlags: CLEAR_READ_FLAG, messageIds: [own] }, folder))
      .returnValue,
    0
  )
  t.equal(world.folders.perUserInformation(longTermIdOf(world, fid), alice).byteLength, 0, 'his own he may')
})

function longTermIdOf({ folders }: PublicWorld, fid: Fid) {
  return { databaseGuid: folders.replicaGuid, globcnt: fid % 2 ** 48 }
}

t.test('a set with many gaps becomes small when nothing is in them', async t => {
  const { world, fid, one } = await setUp()
  const other = await world.createFolder('Other', permissionLevels.editor)
  const mids: Mid[] = []
  for (let n = 0; n < 80; n++) {
    mids.push(await one.createMessage(fid))
    await one.createMessage(other)
  }
  const size = () => world.folders.perUserInformation(longTermIdOf(world, fid), alice).byteLength
  const before = size()
  await world.restart()
  const again = await publicClient(world, alice)
  t.equal(size(), before, 'a logon writes nothing')
  await mark(again, fid, mids[40], CLEAR_READ_FLAG)
  t.ok(size() < 60, `${size()} bytes where there were ${before}`)
  t.equal(await unread(again, fid), 1)
  await world.restart()
  const later = await publicClient(world, alice)
  t.equal(await unread(later, fid), 1)
  t.equal(await isRead(later, fid, mids[40]), false)
  t.equal(await isRead(later, fid, mids[41]), true)
  await check(t, world)
})

t.test('a folder that goes takes along what was read in it', async t => {
  const { world, fid, one } = await setUp()
  const mid = await one.createMessage(fid)
  const owner = await publicClient(world, { ...bob, roles: ['publicFolderOwner'] } as Actor)
  await mark(owner, fid, mid)
  const parent = await owner.folder(publicFid('ipmSubtree'))
  const gone = await owner.call(RopDeleteFolder, { deleteFolderFlags: 0x15, folderId: fid }, parent)
  t.same(gone.value, { partialCompletion: false })
  await check(t, world)
  const row = await world.fixture.objects.store.range(keys.perUser.range(3))
  t.same(row, [])
})

t.test('what one reads is told as his', async t => {
  const { world, fid, one } = await setUp()
  const mid = await one.createMessage(fid)
  const told: MailboxEvent[] = []
  world.folders.events.subscribe(event => void told.push(event))
  await world.folders.loadReadState(carol)
  const message = world.folders.openMessage(fid, mid, { access: 'read', softDeleted: false, codePage: 1252 }, carol)
  await message.setReadFlag(0, carol)
  message.release()
  await world.fixture.objects.store.whenDurable(world.fixture.objects.store.lastSequence)
  t.match(told, [{ kind: 'messageChanged', fid, mid, what: 'readState', reader: carol.guid }])
  t.equal(told.length, 1)
})
