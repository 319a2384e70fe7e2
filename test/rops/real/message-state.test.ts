/** Read state and status of messages through the real processor over a real mailbox: changed without a save. */
import t from 'tap'
import { RopGetMessageStatus } from '../../../rops/message/rop-get-message-status.js'
import { RopSetMessageReadFlag } from '../../../rops/message/rop-set-message-read-flag.js'
import { RopSetMessageStatus } from '../../../rops/message/rop-set-message-status.js'
import { RopSetReadFlags } from '../../../rops/message/rop-set-read-flags.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import { UNKNOWN_ID } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { inbox, MessageClient, READ_ONLY } from './message-actions.js'

const ecNotFound = 0x8004010f
const ecNullObject = 0x4b9
const ecObjectDeleted = 0x8004010a
const ecInvalidParam = 0x80070057

t.test('RopSetMessageReadFlag and RopSetReadFlags', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([[tags.PidTagMessageFlags, 0]])
  const request = (readFlags: number) => ({ readFlags, clientData: undefined })
  t.equal(
    (await client.call(RopSetMessageReadFlag, request(0), message)).returnValue,
    ecObjectDeleted,
    'not stored yet'
  )
  const mid = await client.save(message)
  const flag = async (readFlags: number) => {
    const { returnValue, value } = await client.call(RopSetMessageReadFlag, request(readFlags), message)
    t.same([returnValue, value?.changed], [0, null])
    return ((await real.one(await client.open(mid, READ_ONLY), tags.PidTagMessageFlags)) as number) & 0x401
  }
  const key = await real.one(message, tags.PidTagChangeKey)
  t.equal(await flag(0x00), 0x401)
  requirement(
    'MS-OXCMSG_R815',
    'MS-OXCMSG_R835',
    'MS-OXCMSG_R537',
    'MS-OXCMSG_R920',
    'MS-OXCMSG_R1841',
    'MS-OXCMSG_R3006'
  )
  t.equal(await flag(0x04), 0x400)
  requirement('MS-OXCMSG_R822', 'MS-OXCMSG_R849', 'MS-OXCMSG_R852')
  t.equal(await flag(0x01), 0x401)
  requirement('MS-OXCMSG_R818')
  t.equal(await flag(0x10), 0x401)
  t.equal(await flag(0x04), 0x400)
  t.equal(await flag(0x10), 0x400, 'a receipt alone changes nothing')
  requirement('MS-OXCMSG_R825')
  t.equal(await real.one(message, tags.PidTagChangeKey), key)
  t.equal(await real.one(await client.open(mid), tags.PidTagChangeKey), key)
  requirement('MS-OXCMSG_R1710')
  t.equal((await client.call(RopSetMessageReadFlag, request(0x14), message)).returnValue, ecInvalidParam)
  await real.set(message, [[tags.PidTagSubject, 'a read state is no conflict']])
  t.equal((await client.trySave(message)).returnValue, 0)
  const folder = await real.folder('inbox')
  t.equal((await client.call(RopSetMessageReadFlag, request(0), folder)).returnValue, ecNullObject)
  requirement('MS-OXCMSG_R1521')

  const many = [mid, await client.save(await client.create([[tags.PidTagMessageFlags, 0]])), UNKNOWN_ID]
  const all = { wantAsynchronous: true, readFlags: 0x01, messageIds: many }
  const answer = await client.call(RopSetReadFlags, all, folder)
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
  requirement(
    'MS-OXCMSG_R795',
    'MS-OXCMSG_R834',
    'MS-OXCMSG_R1145',
    'MS-OXCMSG_R1705',
    'MS-OXCMSG_R1706',
    'MS-OXCMSG_R1917'
  )
  requirement('MS-OXCMSG_R1510', 'MS-OXCMSG_R1512', 'MS-OXCMSG_R3012')
  t.equal(real.mailbox.tree.find(inbox)!.counters.unreadCount, 0)
  t.equal(await real.one(await client.open(many[1]), tags.PidTagRead), true)
  requirement('MS-OXCMSG_R2044', 'MS-OXCMSG_R2045')
  t.equal((await client.call(RopSetReadFlags, all, message)).returnValue, ecNullObject)
  requirement('MS-OXCMSG_R1516')
  t.same((await checkMailbox(real.mailbox)).problems, [])
})

t.test('RopSetMessageStatus and RopGetMessageStatus', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const open = await client.create([[tags.PidTagSubject, 'status']])
  const mid = await client.save(open)
  const folder = await real.folder('inbox')
  const get = async () => (await client.call(RopGetMessageStatus, { messageId: mid }, folder)).value?.messageStatusFlags
  const set = async (messageStatusFlags: number, messageStatusMask: number) => {
    const request = { messageId: mid, messageStatusFlags, messageStatusMask }
    return (await client.call(RopSetMessageStatus, request, folder)).value?.messageStatusFlags
  }
  t.equal(await get(), 0)
  const key = await real.one(open, tags.PidTagChangeKey)
  t.equal(await set(0x1000, 0x3000), 0)
  t.equal(await get(), 0x1000)
  requirement(
    'MS-OXCMSG_R773',
    'MS-OXCMSG_R784',
    'MS-OXCMSG_R786',
    'MS-OXCMSG_R793',
    'MS-OXCMSG_R421',
    'MS-OXCMSG_R2028'
  )
  t.equal(await set(0x2000, 0x2000), 0x1000)
  t.equal(await get(), 0x3000)
  t.equal(await set(0xffff_ffff, 0x1000), 0x3000)
  t.equal(await get(), 0x3000, 'bits outside the mask stay')
  t.equal(await set(0, 0x1000), 0x3000)
  t.equal(await get(), 0x2000)
  requirement('MS-OXCMSG_R416', 'MS-OXCMSG_R1500', 'MS-OXCMSG_R2030')
  t.equal(await set(0x0800, 0x0800), 0x2000)
  t.equal(await get(), 0x2000, "msInConflict is the server's")
  requirement('MS-OXCMSG_R545')
  const other = await client.open(mid)
  t.equal(await real.one(other, tags.PidTagMessageStatus), 0x2000)
  t.equal(await real.one(other, tags.PidTagChangeKey), key)
  const table = await real.contents(folder, [tags.PidTagMessageStatus])
  t.same(await real.column(table, [tags.PidTagMessageStatus]), [0x2000])
  requirement('MS-OXCMSG_R1501', 'MS-OXCMSG_R118')
  await real.set(open, [[tags.PidTagSubject, 'saved by a handle that is older']])
  t.equal((await client.trySave(open)).returnValue, 0)
  t.equal(await get(), 0x2000)
  const nowhere = { messageId: mid + 1000, messageStatusFlags: 0, messageStatusMask: 0 }
  t.equal((await client.call(RopSetMessageStatus, nowhere, folder)).returnValue, ecNotFound)
  t.equal((await client.call(RopGetMessageStatus, { messageId: UNKNOWN_ID }, folder)).returnValue, ecNotFound)
  const outbox = await real.folder('outbox')
  t.equal((await client.call(RopGetMessageStatus, { messageId: mid }, outbox)).returnValue, ecNotFound)
  t.equal((await client.call(RopSetMessageStatus, nowhere, open)).returnValue, ecNullObject)
  t.equal((await client.call(RopGetMessageStatus, { messageId: mid }, open)).returnValue, ecNullObject)
  requirement('MS-OXCMSG_R1505', 'MS-OXCMSG_R1507')
  t.same((await checkMailbox(real.mailbox)).problems, [])
})
