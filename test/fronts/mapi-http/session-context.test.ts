import { test } from 'tap'
import type { Principal } from '../../../src/directory/principal.js'
import { SessionContexts } from '../../../src/fronts/mapi-http/session-context.js'
import { customRuntime, systemRuntime } from '../../../src/runtime.js'
import { requirement } from '../../conformance/ledger.js'
import { serve } from './fake-emsmdb.js'
import { executeBody, MapiSession } from './mapi-session.js'

const WAIT = Buffer.alloc(8)
const NONE = Buffer.alloc(4)
const rop = (...bytes: number[]) => executeBody(Buffer.from([0, 0, 4, 0, 1, 0, 1, 0, ...bytes]))

test('NotificationWait', async t => {
  const server = await serve({ personality: { pendingPeriodMs: 60 } })
  t.teardown(server.close)
  const { emsmdb, port } = server
  const session = await MapiSession.open(port, server.alice)
  t.teardown(() => session.close())
  await session.connect()
  const waiter = await session.another(port)
  waiter.write('NotificationWait', { body: WAIT })
  const text = await waiter.client.until(all => all.split('PENDING\r\n').length > 3)
  t.match(
    text,
    /^HTTP\/1\.1 200 OK\r\n[\s\S]*X-PendingPeriod: 60\r\n[\s\S]*PROCESSING\r\n\r\n9\r\nPENDING\r\n\r\n9\r\nPENDING/
  )
  requirement('MS-OXCMAPIHTTP_R1130', 'MS-OXCMAPIHTTP_R1135', 'MS-OXCMAPIHTTP_R1178', 'MS-OXCMAPIHTTP_R1241')
  t.equal((await session.post('Execute', { body: rop(1) })).code, 0, 'Execute goes on beside it')
  for (const go of emsmdb.sessions[0].wake) go()
  const woken = await waiter.read()
  t.equal(woken.inner?.body.toString('hex'), '00000000000000000100000000000000')
  requirement(
    'MS-OXCMAPIHTTP_R283',
    'MS-OXCMAPIHTTP_R1369',
    'MS-OXCMAPIHTTP_R297',
    'MS-OXCMAPIHTTP_R285',
    'MS-OXCMAPIHTTP_R1371'
  )
  requirement(
    'MS-OXCMAPIHTTP_R1256',
    'MS-OXCMAPIHTTP_R1258',
    'MS-OXCMAPIHTTP_R1261',
    'MS-OXCMAPIHTTP_R1373',
    'MS-OXCMAPIHTTP_R298'
  )

  session.cookies.set('MapiSequence', waiter.cookies.get('MapiSequence') as string)
  t.equal(
    (await session.post('Execute', { body: rop(2) })).code,
    0,
    'the sequence that a wait gave out late is taken once'
  )

  waiter.write('NotificationWait', { body: WAIT })
  await waiter.client.until(all => all.includes('PROCESSING'))
  const second = await session.another(port)
  second.write('NotificationWait', { body: WAIT })
  const replaced = await waiter.read()
  t.equal(replaced.inner?.body.readUInt32LE(8), 0, 'a further wait ends the one before')
  requirement('MS-OXCMAPIHTTP_R1372')
  await second.client.until(all => all.includes('PROCESSING'))
  second.close()
  while (emsmdb.sessions[0].wake.length < 3) await new Promise(resolve => setTimeout(resolve, 5))
  t.equal((await session.post('Disconnect', { body: NONE })).code, 0)
  waiter.close()
})

test('contexts expire, are bounded per user and end with the server', async t => {
  let offset = 0
  const runtime = customRuntime({ monotonic: () => systemRuntime.monotonic() + offset })
  const server = await serve({ runtime, contextLimitPerUser: 3 })
  t.teardown(server.close)
  const sessions = []
  for (let i = 0; i < 4; i++) {
    const session = await MapiSession.open(server.port, server.alice)
    t.teardown(() => session.close())
    await session.connect()
    sessions.push(session)
  }
  t.equal(server.endpoint.contextCount, 3, 'the idlest has made room')
  t.equal((await sessions[0].post('Execute', { body: rop(1) })).code, 10)
  t.equal((await sessions[1].post('Execute', { body: rop(1) })).code, 0)
  offset = 200_000
  const awake = await MapiSession.open(server.port, server.alice)
  t.teardown(() => awake.close())
  for (const [name, value] of sessions[2].cookies) awake.cookies.set(name, value)
  t.equal((await awake.post('PING')).header('x-expirationinfo'), '900000', 'PING tells that it refreshed the context')
  offset = 400_000
  const late = async (old: MapiSession) => {
    const session = await MapiSession.open(server.port, server.alice)
    for (const [name, value] of old.cookies) session.cookies.set(name, value)
    const { code } = await session.post('Execute', { body: rop(2) })
    session.close()
    return code
  }
  t.equal(await late(sessions[3]), 10, 'connected and never used: gone after 300 s')
  t.equal(await late(sessions[1]), 0, 'used: lives for 900 s')
  t.equal(await late(awake), 0, 'PING has kept it')
  offset = 1_400_000
  t.equal(await late(sessions[1]), 10)

  const last = await MapiSession.open(server.port, server.alice)
  await last.connect()
  last.write('NotificationWait', { body: WAIT })
  await last.client.until(all => all.includes('PROCESSING'))
  server.endpoint.shutDown()
  t.equal((await last.read()).inner?.body.readUInt32LE(8), 0)
  t.equal((await last.post('Execute', { body: rop(1) })).code, 18)
  last.close()
})

test('the context that makes room is the one that was idle longest, not the one that would expire first', async t => {
  let nowMs = 0
  const runtime = customRuntime({ monotonic: () => nowMs })
  const ended: number[] = []
  const limits = { contexts: 10, contextsPerUser: 2, answerBytes: 0 }
  const contexts = new SessionContexts<number>(runtime, limits, ({ session }) => void ended.push(session))
  const principal = { guid: 'a' } as Principal
  const used = contexts.add(principal, 'm', 1)
  used.idleLimitMs = 900_000
  contexts.begin(used)
  contexts.done(used)
  nowMs = 1000
  contexts.add(principal, 'm', 2)
  t.ok(contexts.makeRoom(principal))
  t.same(ended, [1])
})
