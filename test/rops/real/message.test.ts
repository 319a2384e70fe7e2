/** Messages through the real processor over a real mailbox: opening, creating, saving, read state. */
import t from 'tap'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopCreateMessage } from '../../../rops/message/rop-create-message.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopReloadCachedInformation } from '../../../rops/message/rop-reload-cached-information.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopGetPropertiesSpecific } from '../../../rops/property/rop-get-properties-specific.js'
import { RopSetProperties } from '../../../rops/property/rop-set-properties.js'
import { NO_HANDLE, RopBatch } from '../../../src/client/rop-batch.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { MessageFlag } from '../../../src/mailbox/messages/message-flags.js'
import { UNKNOWN_ID } from '../../../src/oxcdata/ids.js'
import { storedString } from '../../../src/oxcdata/stored-string.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import {
  BEST_ACCESS,
  FORCE_SAVE,
  inbox,
  KEEP_OPEN_READ_ONLY,
  KEEP_OPEN_READ_WRITE,
  MessageClient,
  READ_ONLY,
  READ_WRITE
} from './message-actions.js'
import { alice, bob, cellsOf, RealClient } from './real-driver.js'

const ecError = 0x80004005
const ecNotFound = 0x8004010f
const ecNullObject = 0x4b9
const ecAccessDenied = 0x80070005
const ecNotSupported = 0x80040102
const ecObjectModified = 0x80040109
const ecObjectDeleted = 0x8004010a
const ecComputedValue = 0x8004011a
const NONE = { error: ecNotFound }

t.test('RopCreateMessage: what a new message begins with', async t => {
  const client = await MessageClient.logOn({ localeId: 0x407 })
  const { real } = client
  const created = await client.call(RopCreateMessage, { codePageId: 0x0fff, folderId: inbox, associatedFlag: false })
  t.same(created.value, { messageId: null })
  requirement('MS-OXCMSG_R687', 'MS-OXCMSG_R698', 'MS-OXCMSG_R991')
  const message = created.handle
  const one = (tag: number) => real.one(message, tag)
  t.equal(await one(tags.PidTagImportance), 1)
  t.equal(await one(tags.PidTagMessageClass), 'IPM.Note')
  t.equal(await one(tags.PidTagSensitivity), 0)
  requirement('MS-OXCMSG_R341', 'MS-OXCMSG_R342', 'MS-OXCMSG_R343')
  t.same(await one(tags.PidTagDisplayTo), NONE)
  t.same(await one(tags.PidTagDisplayCc), NONE)
  t.same(await one(tags.PidTagDisplayBcc), NONE)
  requirement('MS-OXCMSG_R164101')
  t.equal(await one(tags.PidTagMessageFlags), 0x409)
  requirement('MS-OXCMSG_R1480', 'MS-OXCMSG_R3016')
  t.ok(((await one(tags.PidTagMessageSize)) as number) > 0)
  t.equal(await one(tags.PidTagHasAttachments), false)
  requirement('MS-OXCMSG_R349', 'MS-OXCMSG_R497')
  t.same(await one(tags.PidTagTrustSender), NONE)
  requirement('MS-OXCMSG_R1635')
  t.equal(await one(tags.PidTagAccess), 3)
  t.equal(await one(tags.PidTagAccessLevel), 1)
  requirement('MS-OXCMSG_R353', 'MS-OXCMSG_R354', 'MS-OXCMSG_R1097', 'MS-OXCMSG_R1098')
  const createdAt = await one(tags.PidTagCreationTime)
  t.type(createdAt, 'bigint')
  t.equal(await one(tags.PidTagLastModificationTime), createdAt)
  requirement('MS-OXCMSG_R2034', 'MS-OXCMSG_R357', 'MS-OXCMSG_R1100', 'MS-OXCMSG_R1101')
  t.match(await one(tags.PidTagSearchKey), /^[0-9a-f]{32}$/)
  requirement('MS-OXCMSG_R358', 'MS-OXCMSG_R1105')
  t.equal(await one(tags.PidTagMessageLocaleId), 0x407)
  t.equal(await one(tags.PidTagLocaleId), 0x407)
  requirement('MS-OXCMSG_R359', 'MS-OXCMSG_R365', 'MS-OXCMSG_R505')
  t.equal(await one(tags.PidTagCreatorName), alice.displayName)
  t.equal(await one(tags.PidTagLastModifierName), alice.displayName)
  requirement('MS-OXCMSG_R360', 'MS-OXCMSG_R362', 'MS-OXCMSG_R1102', 'MS-OXCMSG_R2040')
  const creator = Buffer.from((await one(tags.PidTagCreatorEntryId)) as string, 'hex')
  t.equal(creator.subarray(0, 28).toString('hex'), '00000000dca740c8c042101ab4b908002b2fe1820100000000000000')
  t.equal(creator.subarray(28).toString('latin1'), `${alice.legacyDn}\0`)
  t.equal(await one(tags.PidTagLastModifierEntryId), creator.toString('hex'))
  requirement('MS-OXCMSG_R361', 'MS-OXCMSG_R363', 'MS-OXCMSG_R1181', 'MS-OXCMSG_R1182', 'MS-OXCMSG_R1184')
  t.equal(await one(tags.PidTagHasNamedProperties), false)
  requirement('MS-OXCMSG_R364', 'MS-OXCMSG_R1203')
  t.same(await one(tags.PidTagObjectType), NONE)
  t.same(await one(tags.PidTagRecordKey), NONE)
  requirement('MS-OXCMSG_R3001', 'MS-OXCMSG_R3003')
  t.equal(real.mailbox.tree.find(inbox)!.counters.contentCount, 0, 'nobody else sees it before it is saved')
  requirement('MS-OXCMSG_R339')
  await client.save(message)
  t.equal(real.mailbox.tree.find(inbox)!.counters.contentCount, 1)
  t.equal(await one(tags.PidTagAccess), 7)
  t.equal(await one(tags.PidTagDisplayTo), '')
})

t.test('RopCreateMessage: folder-associated messages, and where none can be made', async t => {
  const client = await MessageClient.logOn()
  const message = await client.create([[tags.PidTagSubject, 'settings']], { associated: true })
  await client.save(message)
  t.equal(((await client.real.one(message, tags.PidTagMessageFlags)) as number) & MessageFlag.associated, 0x40)
  requirement('MS-OXCMSG_R988', 'MS-OXCMSG_R527')
  const { counters } = client.real.mailbox.tree.find(inbox)!
  t.same([counters.contentCount, counters.associatedCount], [0, 1])
  const plain = await client.create()
  t.equal(((await client.real.one(plain, tags.PidTagMessageFlags)) as number) & MessageFlag.associated, 0)
  requirement('MS-OXCMSG_R987')
  const request = { codePageId: 0x0fff, associatedFlag: false }
  const nowhere = await client.call(RopCreateMessage, { ...request, folderId: UNKNOWN_ID })
  t.same([nowhere.returnValue, nowhere.handle], [ecNotFound, NO_HANDLE])
  const onMessage = await client.call(RopCreateMessage, { ...request, folderId: inbox }, plain)
  t.equal(onMessage.returnValue, ecNotSupported)
})

t.test('RopOpenMessage: what it answers, access, and what it does not open', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([
    [tags.PidTagSubject, 'RE: the plan'],
    [tags.PidTagBody, 'text']
  ])
  await client.addRecipients(message, [
    [2, 1, 'Bob Brown'],
    [1, 2, 'Cat Cole']
  ])
  const mid = await client.save(message)
  const { value, handle } = await client.tryOpen(mid, READ_ONLY)
  t.equal(value!.hasNamedProperties, false)
  t.equal(value!.subjectPrefix, 'RE: ')
  t.equal(value!.normalizedSubject, 'the plan')
  requirement('MS-OXCMSG_R672', 'MS-OXCMSG_R676', 'MS-OXCMSG_R678')
  t.equal(value!.recipientCount, 2)
  t.same(
    value!.recipientRows.map(({ recipientType, row }) => [recipientType, row.displayName]),
    [
      [2, 'Cat Cole'],
      [1, 'Bob Brown']
    ]
  )
  requirement(
    'MS-OXCMSG_R679',
    'MS-OXCMSG_R328',
    'MS-OXCMSG_R684',
    'MS-OXCMSG_R685',
    'MS-OXCMSG_R977',
    'MS-OXCMSG_R978'
  )
  t.equal(await real.one(handle, tags.PidTagAccessLevel), 0)
  t.equal(await real.set(handle, [[tags.PidTagBody, 'new']]), ecAccessDenied)
  requirement('MS-OXCMSG_R661', 'MS-OXCPRPT_R26')
  for (const mode of [READ_WRITE, BEST_ACCESS]) {
    const opened = await client.open(mid, mode)
    t.equal(await real.one(opened, tags.PidTagAccessLevel), 1)
    t.same(await real.set(opened, [[tags.PidTagBody, 'new']]), [])
  }
  requirement('MS-OXCMSG_R663', 'MS-OXCMSG_R665', 'MS-OXCMSG_R321')
  const odd = await client.tryOpen(mid, 0x08)
  const other = await client.tryOpen(mid, 0x10)
  t.same(odd.value, other.value)
  requirement('MS-OXCMSG_R1838')
  t.equal((await client.tryOpen(mid + 1000)).returnValue, ecNotFound)
  t.equal((await client.tryOpen(UNKNOWN_ID)).returnValue, ecNotFound)
  requirement('MS-OXCMSG_R323', 'MS-OXCMSG_R333')
  const request = { codePageId: 0x0fff, folderId: inbox, openModeFlags: READ_WRITE, messageId: mid }
  t.equal((await client.call(RopOpenMessage, request, handle)).returnValue, ecNullObject)
  requirement('MS-OXCMSG_R1478')
  // A message that holds a named property says so.
  await real.set(message, [[0x8005001f, 'named']])
  await client.save(message)
  t.equal((await client.tryOpen(mid)).value!.hasNamedProperties, true)
  requirement('MS-OXCMSG_R1668', 'MS-OXCMSG_R1799')
})

t.test('RopOpenMessage: a soft-deleted message, a wrong folder, and somebody without rights', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([[tags.PidTagSubject, 'gone']])
  const mid = await client.save(message)
  const kept = await client.save(await client.create([[tags.PidTagSubject, 'here']]))
  const folder = await real.folder('inbox')
  const request = { wantAsynchronous: false, notifyNonRead: false, messageIds: [mid] }
  t.same((await client.call(RopDeleteMessages, request, folder)).value, { partialCompletion: false })
  t.equal((await client.tryOpen(mid)).returnValue, ecNotFound)
  requirement('MS-OXCMSG_R326', 'MS-OXCMSG_R335')
  t.equal((await client.tryOpen(mid, READ_WRITE | 0x04)).returnValue, 0)
  t.equal((await client.tryOpen(kept, READ_WRITE, { folderId: UNKNOWN_ID })).returnValue, ecNotFound)
  const elsewhere = await client.tryOpen(kept, READ_WRITE, { folderId: specialFid('outbox') })
  t.equal(elsewhere.returnValue, ecNotFound)
  requirement('MS-OXCMSG_R1477')
  const stranger = await RealClient.connect({ world: real.world, actor: bob })
  await stranger.driver.logOn({ essdn: alice.legacyDn })
  const request2 = { codePageId: 0x0fff, folderId: inbox, openModeFlags: READ_ONLY, messageId: kept }
  const denied = await stranger.call(RopOpenMessage, request2)
  t.same([denied.returnValue, denied.handle], [ecAccessDenied, NO_HANDLE])
  const create = { codePageId: 0x0fff, folderId: inbox, associatedFlag: false }
  t.equal((await stranger.call(RopCreateMessage, create)).returnValue, ecAccessDenied)
  requirement('MS-OXCMSG_R2184', 'MS-OXCMSG_R3018')
  requirement('MS-OXCMSG_R324')
})

t.test('RopSaveChangesMessage: flags, identifiers, the response', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([[tags.PidTagSubject, 'one']])
  for (const tag of [tags.PidTagChangeKey, tags.PidTagMid, tags.PidTagEntryId, tags.PidTagLocalCommitTime]) {
    t.same(await real.one(message, tag), NONE, 'not before the first save')
  }
  const saved = await client.call(RopSaveChangesMessage, { saveFlags: KEEP_OPEN_READ_WRITE }, message)
  t.equal(saved.returnValue, 0)
  t.equal(saved.value!.inputHandleIndex, 0)
  const mid = saved.value!.messageId
  requirement('MS-OXCMSG_R372', 'MS-OXCMSG_R700', 'MS-OXCMSG_R728', 'MS-OXCMSG_R719')
  const wireMid = Buffer.from(
    ((await real.one(message, tags.PidTagMid)) as bigint).toString(16).padStart(16, '0'),
    'hex'
  )
  t.equal(wireMid.reverse().readUInt16LE(0), 1, 'of the mailbox itself')
  const firstKey = await real.one(message, tags.PidTagChangeKey)
  t.match(firstKey, /^[0-9a-f]{44}$/)
  requirement('MS-OXCMSG_R1099')
  const firstCommit = await real.one(message, tags.PidTagLocalCommitTime)
  t.type(firstCommit, 'bigint')
  real.world.fixture.runtime.nowMs += 5000
  for (const flags of [KEEP_OPEN_READ_ONLY, KEEP_OPEN_READ_WRITE, FORCE_SAVE, 0x09, 0x0a, 0x0c, 0, 0x10, 0x20]) {
    await real.set(message, [[tags.PidTagSubject, `with ${flags}`]])
    t.equal(await client.save(message, flags), mid)
    t.equal(await real.one(message, tags.PidTagAccessLevel), 1)
  }
  requirement('MS-OXCMSG_R2192', 'MS-OXCMSG_R723', 'MS-OXCMSG_R1907', 'MS-OXCMSG_R3022')
  t.not(await real.one(message, tags.PidTagChangeKey), firstKey)
  t.equal(((await real.one(message, tags.PidTagLocalCommitTime)) as bigint) - (firstCommit as bigint), 50_000_000n)
  requirement('MS-OXCMSG_R1890', 'MS-OXCMSG_R1887')
  const folder = await real.folder('inbox')
  t.equal((await client.trySave(folder)).returnValue, ecNotSupported)
  const readOnly = await client.open(mid, READ_ONLY)
  const nothing = await client.trySave(readOnly)
  t.same([nothing.returnValue, nothing.value!.messageId], [0, mid])
  requirement('MS-OXCMSG_R3020')
})

t.test('RopSaveChangesMessage and a read of the change key in one buffer', async t => {
  const client = await MessageClient.logOn()
  const batch = new RopBatch([0])
  const set = { propertyValues: [{ tag: tags.PidTagSubject, bytes: storedString('at once') }] }
  batch.add(RopCreateMessage, { input: 0, output: 1 }, { codePageId: 0x0fff, folderId: inbox, associatedFlag: false })
  batch.add(RopSetProperties, { input: 1 }, set)
  const saved = batch.add(RopSaveChangesMessage, { response: 2, input: 1 }, { saveFlags: KEEP_OPEN_READ_WRITE })
  const columns = [tags.PidTagChangeKey, tags.PidTagMessageSize, tags.PidTagSubject, tags.PidTagMid]
  const got = batch.add(
    RopGetPropertiesSpecific,
    { input: 1 },
    { propertySizeLimit: 0, wantUnicode: true, propertyTags: columns }
  )
  await client.real.driver.run(batch)
  t.equal(saved.returnValue, 0)
  t.equal(saved.value!.inputHandleIndex, 1)
  const [key, size, subject, mid] = cellsOf(got.value!.row, columns)
  t.match(key, /^[0-9a-f]{44}$/)
  t.equal(subject, 'at once')
  const again = await client.open(saved.value!.messageId)
  t.same(await client.real.get(again, columns), [key, size, subject, mid], 'as it is in the store')
  requirement('MS-OXCPRPT_R457', 'MS-OXCPRPT_R457003', 'MS-OXCPRPT_R45701', 'MS-OXCPRPT_R45702')
})

t.test('handles are transactions of their own, and the first to save wins', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const mid = await client.save(await client.create([[tags.PidTagSubject, 'one']]))
  const [first, second] = [await client.open(mid), await client.open(mid)]
  t.not(first, second)
  requirement('MS-OXCMSG_R1475', 'MS-OXCMSG_R703')
  await real.set(first, [[tags.PidTagSubject, 'of the first']])
  t.equal(await real.one(second, tags.PidTagSubject), 'one')
  t.equal(await real.one(await client.open(mid), tags.PidTagSubject), 'one')
  requirement('MS-OXCMSG_R704', 'MS-OXCPRPT_R478')
  await client.save(first)
  await real.set(second, [[tags.PidTagSubject, 'of the second']])
  const lost = await client.trySave(second)
  t.same([lost.returnValue, lost.value!.messageId], [0, mid], 'a success, as Exchange 2010 to 2016 say')
  t.equal(await real.one(await client.open(mid), tags.PidTagSubject), 'of the first')
  requirement('MS-OXCMSG_R1643')
  t.equal(await client.save(second, FORCE_SAVE), mid)
  t.equal(await real.one(await client.open(mid), tags.PidTagSubject), 'of the second')
  requirement('MS-OXCMSG_R724')
  const strict = await MessageClient.logOn({ world: real.world, personality: { saveConflictSucceeds: false } })
  const [third, fourth] = [await strict.open(mid), await strict.open(mid)]
  await strict.real.set(third, [[tags.PidTagSubject, 'of the third']])
  await strict.save(third)
  await strict.real.set(fourth, [[tags.PidTagSubject, 'of the fourth']])
  t.equal((await strict.trySave(fourth)).returnValue, ecObjectModified)
  t.equal((await strict.trySave(fourth, KEEP_OPEN_READ_ONLY)).returnValue, ecObjectModified)
  t.equal(await strict.real.one(fourth, tags.PidTagAccessLevel), 1, 'as open as before')
  requirement('MS-OXCMSG_R1053', 'MS-OXCMSG_R718')
  t.equal((await strict.trySave(fourth, FORCE_SAVE)).returnValue, 0)
  t.same((await checkMailbox(real.mailbox)).problems, [])
})

t.test('a message that is deleted while it is open', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const mid = await client.save(await client.create([[tags.PidTagSubject, 'one']]))
  const message = await client.open(mid)
  const folder = await real.folder('inbox')
  await client.call(RopDeleteMessages, { wantAsynchronous: false, notifyNonRead: false, messageIds: [mid] }, folder)
  t.equal(await real.one(message, tags.PidTagSubject), 'one', 'what was opened can still be read')
  await real.set(message, [[tags.PidTagSubject, 'two']])
  t.equal((await client.trySave(message)).returnValue, ecObjectDeleted)
  t.equal((await client.trySave(message, FORCE_SAVE)).returnValue, ecObjectDeleted)
  t.equal(await real.one(message, tags.PidTagAccessLevel), 1)
  requirement('MS-OXCMSG_R722')
  t.same((await checkMailbox(real.mailbox)).problems, [])
})

t.test('changes of read-only properties fail the save', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const mid = await client.save(await client.create([[tags.PidTagSubject, 'one']]))
  const cases: (readonly [tag: number, value: number | boolean | bigint, claim: string])[] = [
    [tags.PidTagHasAttachments, true, 'MS-OXCMSG_R1869'],
    [tags.PidTagMessageSize, 2, 'MS-OXCMSG_R1883'],
    [tags.PidTagCreationTime, 1n, 'MS-OXCMSG_R1867'],
    [tags.PidTagLastModificationTime, 1n, 'MS-OXCMSG_R1868'],
    [tags.PidTagAccess, 1, 'MS-OXCMSG_R1644'],
    [tags.PidTagMessageStatus, 0x800, 'MS-OXCMSG_R1884']
  ]
  const flagsNow = (await real.one(await client.open(mid), tags.PidTagMessageFlags)) as number
  const bits: readonly (readonly [name: keyof typeof MessageFlag, claim: string])[] = [
    ['read', 'R1870'],
    ['unsent', 'R1871'],
    ['resend', 'R1872'],
    ['unmodified', 'R1873'],
    ['submitted', 'R1874'],
    ['hasAttachments', 'R1875'],
    ['fromMe', 'R1876'],
    ['associated', 'R1877'],
    ['notifyRead', 'R1878'],
    ['notifyUnread', 'R1879'],
    ['everRead', 'R1880'],
    ['internet', 'R1881'],
    ['untrusted', 'R1882']
  ]
  for (const [name, claim] of bits) {
    cases.push([tags.PidTagMessageFlags, flagsNow ^ MessageFlag[name], `MS-OXCMSG_${claim}`])
  }
  for (const [tag, value, claim] of cases) {
    const message = await client.open(mid)
    const before = await real.one(message, tag)
    t.same(await real.set(message, [[tag, value]]), [], 'no problem yet')
    t.same(await real.one(message, tag), before, 'nor a change')
    const failed = await client.trySave(message, KEEP_OPEN_READ_ONLY)
    t.equal(failed.returnValue, ecError, claim)
    t.equal(await real.one(message, tags.PidTagAccessLevel), 1)
    t.equal((await client.trySave(message)).returnValue, ecError, 'and again')
    await client.release(message)
    requirement(claim)
  }
  requirement('MS-OXCMSG_R15', 'MS-OXCMSG_R31', 'MS-OXCMSG_R47', 'MS-OXCMSG_R516', 'MS-OXCMSG_R545', 'MS-OXCMSG_R1670')
  const message = await client.open(mid)
  t.same(await real.set(message, [[tags.PidTagMessageFlags, flagsNow]]), [])
  t.equal((await client.trySave(message)).returnValue, 0, 'the value that it has is no change')
  const told = await real.set(message, [[tags.PidTagChangeKey, Uint8Array.of(1)]])
  t.same(told, [{ index: 0, tag: tags.PidTagChangeKey, error: ecComputedValue }])
  requirement('MS-OXCMSG_R1724')
})

t.test('PidTagMessageFlags before the first save', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const flags = async (asked: number) => {
    const message = await client.create([[tags.PidTagMessageFlags, asked]])
    const before = await real.one(message, tags.PidTagMessageFlags)
    await client.save(message)
    return [before, ((await real.one(message, tags.PidTagMessageFlags)) as number) & ~MessageFlag.unmodified]
  }
  t.same(await flags(0), [0, 0])
  t.same(await flags(MessageFlag.read), [0x401, 0x401])
  requirement('MS-OXCMSG_R3006', 'MS-OXCMSG_R1140', 'MS-OXCMSG_R510')
  t.same(await flags(MessageFlag.unsent | MessageFlag.resend), [0x88, 0x88])
  requirement('MS-OXCMSG_R512', 'MS-OXCMSG_R515')
  t.same(await flags(0xffff), [0x489, 0x489], "no other bit is the client's")
  const { unreadCount, contentCount } = real.mailbox.tree.find(inbox)!.counters
  t.same([unreadCount, contentCount], [2, 4])
  t.same((await checkMailbox(real.mailbox)).problems, [])
})

t.test('RopReloadCachedInformation tells again what the handle has', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([[tags.PidTagSubject, 'RE: one']])
  await client.addRecipients(message, [[0, 1, 'Bob Brown']])
  const mid = await client.save(message)
  const opened = await client.tryOpen(mid)
  const reloaded = await client.call(RopReloadCachedInformation, { reserved: 0 }, opened.handle)
  t.same(reloaded.value, opened.value)
  requirement('MS-OXCMSG_R279', 'MS-OXCMSG_R766')
  await client.addRecipients(opened.handle, [[1, 2, 'Cat Cole']])
  await real.set(opened.handle, [[tags.PidTagSubject, 'FW: two']])
  const changed = (await client.call(RopReloadCachedInformation, { reserved: 0 }, opened.handle)).value!
  t.same([changed.subjectPrefix, changed.normalizedSubject, changed.recipientCount], ['FW: ', 'two', 2])
  requirement('MS-OXCMSG_R394')
  t.equal((await client.call(RopReloadCachedInformation, { reserved: 0 })).returnValue, ecNullObject)
  requirement('MS-OXCMSG_R1498')
})
