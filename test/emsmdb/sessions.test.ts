import t from 'tap'
import { compareVersions, normalizeVersion, packVersion } from '../../src/emsmdb/client-version.js'
import type { ConnectResponse } from '../../src/emsmdb/index.js'
import { NotificationQueue, type QueuedNotification } from '../../src/emsmdb/notification-queue.js'
import { limits } from '../../src/limits.js'
import { exchange2016 } from '../../src/personality.js'
import { requirement } from '../conformance/ledger.js'
import {
  alice,
  bob,
  connected,
  connectRequest,
  fakeMailbox,
  fakeServer,
  journal,
  logonRop,
  NONE,
  run
} from './fakes.js'

const none = new Uint8Array(0)
const publicFolders = () => [{ legacyDn: '/o=x/cn=folders', serverDn: '/o=x/cn=server' }]

function connect(server = fakeServer(), overrides: Partial<typeof connectRequest> = {}): ConnectResponse {
  const answer = server.emsmdb.connect({ ...connectRequest, ...overrides })
  if (answer instanceof Promise) throw new Error('not answered at once')
  return answer
}

t.test('Connect answers what the documents and Exchange say', async t => {
  const server = fakeServer()
  const first = connect(server)
  const second = connect(server)
  t.equal(first.errorCode, 0)
  requirement('MS-OXCRPC_R475', 'MS-OXCRPC_R582')
  t.not(first.session?.id, second.session?.id)
  t.not(first.session?.index, second.session?.index)
  requirement('MS-OXCRPC_R477', 'MS-OXCRPC_R4790', 'MS-OXCRPC_R535')
  t.match(first, { pollsMaxMs: 60000, retryCount: 6, dnPrefix: '', displayName: 'Alice' })
  requirement('MS-OXCRPC_R540', 'MS-OXCMAPIHTTP_R216')
  t.ok(first.retryDelayMs >= 10000 && first.retryDelayMs < 15000)
})

t.test('the auxiliary buffer of Connect', async t => {
  const { auxiliary } = connect()
  const expiry = Buffer.alloc(4)
  expiry.writeUInt32LE(7 * 24 * 3600 * 1000)
  const blocks = [
    '0800011702000000',
    `0c00010a0c000000${expiry.toString('hex')}`,
    '0800014801000000',
    '0800014608000000'
  ]
  const payload = blocks.join('')
  const size = (payload.length / 2).toString(16).padStart(2, '0')
  t.equal(Buffer.from(auxiliary).toString('hex'), `00000400${size}00${size}00${payload}`)
  requirement('MS-OXCRPC_R574', 'MS-OXCRPC_R575', 'MS-OXCRPC_R747', 'MS-OXCRPC_R748', 'MS-OXCRPC_R4847')
  requirement('MS-OXCRPC_R1692', 'MS-OXCRPC_R1839', 'MS-OXCRPC_R1521', 'MS-OXCRPC_R1438', 'MS-OXCRPC_R291004')
  const withFolders = connect(fakeServer({ publicFolders })).auxiliary
  t.equal(withFolders[12], 3)
  requirement('MS-OXCRPC_R284')
})

t.test('who may not connect', async t => {
  const refusal = { session: null, pollsMaxMs: 0, retryCount: 0, retryDelayMs: 0, dnPrefix: '', displayName: '' }
  t.match(connect(undefined, { userDn: '/o=x/cn=nobody' }), { ...refusal, errorCode: 0x3eb })
  requirement('MS-OXCRPC_R600', 'MS-OXCRPC_R483')
  t.match(connect(undefined, { userDn: bob.legacyDn }), { ...refusal, errorCode: 0x3f2 })
  t.match(connect(undefined, { userDn: '' }), { ...refusal, errorCode: 0x80070005 })
  requirement('MS-OXCRPC_R4887')
  const lenient = fakeServer({ personality: { ...exchange2016, emptyUserDnIsDenied: false } })
  t.equal(connect(lenient, { userDn: '' }).displayName, 'Alice')
  t.match(connect(undefined, { flags: 1 }), { ...refusal, errorCode: 0x3f2 })
  requirement('MS-OXCRPC_R490')
  const administered = fakeServer({ isAdministrator: actor => actor === alice })
  t.equal(connect(administered, { flags: 1, userDn: bob.legacyDn }).errorCode, 0)
  t.equal(connect(undefined, { flags: 0 }).errorCode, 0)
  requirement('MS-OXCRPC_R489')
  const old = [0x0b00, 0x8000 | 8000, 0] as never
  t.equal(connect(undefined, { clientVersion: old }).errorCode, 0x4df)
  t.equal(connect(undefined, { clientVersion: old, flags: 0x8000 }).errorCode, 0)
  t.equal(connect(fakeServer({ publicFolders }), { clientVersion: old }).errorCode, 0)
  t.equal(connect(undefined, { clientVersion: [0x0f00, 0x8000 | 4420, 1000] as never }).errorCode, 0)
  requirement('MS-OXCRPC_R1560', 'MS-OXCRPC_R1561', 'MS-OXCRPC_R1562')
  t.equal(connect(undefined, { sortLocaleId: 0xdeadbeef, stringLocaleId: 0 }).errorCode, 0, 'any locale')
  t.equal(connect(undefined, { codePage: 12345 }).errorCode, 0x3ef)
})

t.test('sizes of the auxiliary buffer', async t => {
  t.equal(connect(undefined, { auxiliary: new Uint8Array(7) }).errorCode, 0x80040115)
  requirement('MS-OXCRPC_R1940')
  t.equal(connect(undefined, { auxiliary: new Uint8Array(0x1009) }).errorCode, 0x6f7)
  t.equal(
    connect(undefined, { auxiliary: new Uint8Array(0x1008) }).errorCode,
    0x4b6,
    'as long as may be, though no header'
  )
  requirement('MS-OXCRPC_R4875')
  t.equal(connect(undefined, { auxiliary: new Uint8Array(8) }).errorCode, 0x4b6, 'a header without Last')
  const unknown = Buffer.from('0000040008000800' + '08007f7f11223344', 'hex')
  t.equal(connect(undefined, { auxiliary: unknown as never }).errorCode, 0, 'an unknown block is skipped')
  const { emsmdb } = fakeServer()
  const session = connected(emsmdb)
  const rop = Buffer.from('0000040002000200' + '0200', 'hex')
  const execute = (auxiliary: Uint8Array, maxRopOut = 0x8000, bytes: Uint8Array = rop) =>
    emsmdb.execute(session, { flags: 3, rop: bytes, maxRopOut, auxiliary })
  t.match(execute(new Uint8Array(3)), { errorCode: 0x80040115 })
  requirement('MS-OXCRPC_R1381')
  t.match(execute(new Uint8Array(0x1009)), { errorCode: 0x6f7 })
  requirement('MS-OXCRPC_R4877')
  t.match(execute(none), { errorCode: 0, flags: 0, auxiliary: none })
  requirement('MS-OXCRPC_R694', 'MS-OXCRPC_R1934', 'MS-OXCMAPIHTTP_R1358')
  t.match(execute(none, 0x100001), { errorCode: 0x6f7, rop: [] })
  t.match(execute(none, 0x8000, new Uint8Array(7)), { errorCode: 0x80040115 })
  requirement('MS-OXCRPC_R1508')
  t.match(execute(none, 0x8000, new Uint8Array(0x8008)), { errorCode: 0x80040115 })
  requirement('MS-OXCRPC_R2001')
  t.match(execute(none, 0x8000, new Uint8Array(0x40001)), { errorCode: 0x6f7 })
  requirement('MS-OXCRPC_R1939')
  const small = fakeServer({ personality: { ...exchange2016, serverCapabilities: 0 } })
  const response = small.emsmdb.execute(connected(small.emsmdb), { flags: 3, rop, maxRopOut: 0x40001, auxiliary: none })
  t.match(response, { errorCode: 0x6f7 })
  requirement('MS-OXCRPC_R666')
})

t.test('versions on the wire', async t => {
  t.same(normalizeVersion([0x0f02, 0x8000 | 2562, 45]), [15, 2, 2562, 45])
  t.same(normalizeVersion([6, 6755, 0]), [6, 0, 6755, 0])
  requirement('MS-OXCRPC_R1097', 'MS-OXCRPC_R1844', 'MS-OXCRPC_R1104', 'MS-OXCRPC_R1105')
  t.same(normalizeVersion(packVersion([15, 1, 2507, 55])), [15, 1, 2507, 55])
  t.ok(compareVersions([12, 0, 4228, 0], [12, 0, 4229, 0]) < 0)
})

t.test('disconnecting releases everything', async t => {
  const { emsmdb, clock } = fakeServer()
  const session = connected(emsmdb)
  run(emsmdb, session, [...logonRop(alice), 0x02, 0, 0, 1, 1], [NONE, NONE])
  journal.length = 0
  const ends: string[] = []
  session.onEnd(why => ends.push(why))
  emsmdb.disconnect(session)
  emsmdb.disconnect(session)
  t.match(journal, [/^released folder/])
  t.same(ends, ['disconnected'])
  t.equal(emsmdb.sessionCount, 0)
  t.equal(emsmdb.find(session.id), undefined)
  t.equal(clock.timers.size, 0, 'no timer without a session')
  t.match(run(emsmdb, session, logonRop(alice), [NONE]), { errorCode: 0x80040200 })
  requirement('MS-OXCRPC_R476', 'MS-OXCRPC_R622')
})

t.test('sessions expire by idleness, not by age', async t => {
  const { emsmdb, clock } = fakeServer()
  const idle = connected(emsmdb)
  const alive = connected(emsmdb)
  const waits = connected(emsmdb)
  const waiting = emsmdb.wait(waits, new AbortController().signal)
  for (let n = 0; n < 5; n++) {
    clock.advance(exchange2016.sessionIdleMs / 4)
    run(emsmdb, alive, [], [])
  }
  t.equal(idle.ended, 'idle')
  t.equal(alive.ended, undefined)
  t.same(await waiting, { pending: false }, 'the wait ended after five minutes')
  t.equal(waits.ended, undefined)
  clock.advance(exchange2016.sessionIdleMs * 2)
  t.equal(emsmdb.sessionCount, 0)
})

t.test('sessions per user are limited', async t => {
  const server = fakeServer()
  for (let n = 0; n < limits.sessionsPerUser; n++) t.equal(connect(server).errorCode, 0)
  t.equal(connect(server).errorCode, 0x80040112)
  t.equal(connect(server, { actor: bob, userDn: bob.legacyDn }).errorCode, 0, 'another user has his own room')
  server.emsmdb.close()
  t.equal(server.emsmdb.sessionCount, 0)
  t.equal(connect(server).errorCode, 0)
})

t.test('waiting for notifications', async t => {
  const { emsmdb, clock } = fakeServer()
  const session = connected(emsmdb)
  const never = new AbortController()
  const event: QueuedNotification = { handle: 5, logonId: 0, size: 0, write() {} }
  const parked = emsmdb.wait(session, never.signal)
  session.notifications.push(event)
  t.same(await parked, { pending: true }, 'woken by an event')
  t.same(await emsmdb.wait(session, never.signal), { pending: true }, 'at once while events are queued')
  run(emsmdb, session, [], [])
  const timed = emsmdb.wait(session, never.signal)
  clock.advance(limits.notificationWaitMs - 1)
  t.equal(session.waiting, 1)
  clock.advance(1)
  t.same(await timed, { pending: false }, 'after five minutes')
  requirement('MS-OXCMAPIHTTP_R1215', 'MS-OXCRPC_R1930', 'MS-OXCNOTIF_R307')
  const aborted = emsmdb.wait(session, never.signal)
  never.abort()
  t.same(await aborted, { pending: false })
  const ending = emsmdb.wait(session, new AbortController().signal)
  emsmdb.disconnect(session)
  t.same(await ending, { pending: false }, 'the session ended')
  t.equal(session.waiting, 0)
})

t.test('a full queue says the events of a table in one', async t => {
  let woken = 0
  const queue = new NotificationQueue(4, () => woken++)
  const plain = (handle: number): QueuedNotification => ({ handle, logonId: 0, size: 0, write() {} })
  const changed = plain(7)
  const row = (): QueuedNotification => ({ ...plain(7), collapsed: changed })
  for (const event of [plain(1), row(), row(), plain(2)]) queue.push(event)
  queue.push(row())
  t.equal(queue.length, 3, 'three events of the table became one')
  queue.push(plain(3))
  queue.push(plain(4))
  t.equal(queue.length, 4)
  t.equal(queue.dropped, 1, 'nothing left to collapse')
  queue.forget(7)
  t.equal(queue.length, 3)
  t.equal(woken, 7)
  for (const event of [row(), row()]) queue.push(event)
  t.equal(queue.length, 4)
})

t.test('the sessions of a mailbox that only takes full access', async t => {
  const shared = fakeMailbox(bob)
  Object.assign(shared, { access: () => ({ owner: false, full: true }) })
  const server = fakeServer({ findMailbox: async () => shared })
  const answer = await server.emsmdb.connect(connectRequest)
  t.match(answer, { errorCode: 0, displayName: 'Bob' })
})
