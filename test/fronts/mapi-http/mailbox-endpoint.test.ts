import { test } from 'tap'
import { requirement } from '../../conformance/ledger.js'
import { RawClient } from '../raw-client.js'
import { SWITCHED_OFF, serve } from './fake-emsmdb.js'
import { connectBody, executeBody, MapiSession } from './mapi-session.js'

const WAIT = Buffer.alloc(8)
const NONE = Buffer.alloc(4)
const rop = (...bytes: number[]) => executeBody(Buffer.from([0, 0, 4, 0, 1, 0, 1, 0, ...bytes]))

test('connect, execute, disconnect', async t => {
  const server = await serve()
  const { alice, emsmdb } = server
  const session = await MapiSession.open(server.port, alice)
  t.teardown(server.close)
  t.teardown(() => session.close())

  const connected = await session.connect()
  t.equal(connected.status, 200)
  t.equal(connected.code, 0)
  requirement(
    'MS-OXCMAPIHTTP_R42',
    'MS-OXCMAPIHTTP_R43',
    'MS-OXCMAPIHTTP_R48',
    'MS-OXCMAPIHTTP_R133',
    'MS-OXCMAPIHTTP_R136'
  )
  requirement('MS-OXCMAPIHTTP_R1301', 'MS-OXCMAPIHTTP_R2226', 'MS-OXCMAPIHTTP_R1218', 'MS-OXCMAPIHTTP_R55')
  t.ok(connected.chunked)
  t.equal(connected.header('content-length'), undefined)
  requirement('MS-OXCMAPIHTTP_R41', 'MS-OXCMAPIHTTP_R1300', 'MS-OXCMAPIHTTP_R62', 'MS-OXCMAPIHTTP_R76')
  requirement('MS-OXCMAPIHTTP_R1229', 'MS-OXCMAPIHTTP_R1232', 'MS-OXCMAPIHTTP_R1173')
  t.equal(connected.header('content-type'), 'application/mapi-http')
  requirement('MS-OXCMAPIHTTP_R2037')
  t.equal(connected.header('x-requesttype'), 'Connect')
  t.equal(connected.header('x-requestid'), '{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:1')
  requirement('MS-OXCMAPIHTTP_R2040')
  t.equal(connected.header('x-clientinfo'), '{2EF33C39-49C8-421C-B876-CDF7F2AC3AA0}:123')
  requirement('MS-OXCMAPIHTTP_R156', 'MS-OXCMAPIHTTP_R1146')
  t.equal(connected.header('x-pendingperiod'), '30000')
  requirement('MS-OXCMAPIHTTP_R158002', 'MS-OXCMAPIHTTP_R157', 'MS-OXCMAPIHTTP_R1182', 'MS-OXCMAPIHTTP_R1242')
  t.equal(connected.header('x-expirationinfo'), '300000')
  requirement('MS-OXCMAPIHTTP_R167')
  t.equal(connected.header('x-tunnelexpirationtime'), '1800000')
  t.match(connected.header('x-serverapplication'), /^Exchange\/15\.\d\d\.\d{4}\.\d{3}$/)
  requirement('MS-OXCMAPIHTTP_R164', 'MS-OXCMAPIHTTP_R165')
  t.match(connected.header('request-id'), /^[0-9a-f-]{36}$/)
  t.equal(connected.header('x-calculatedbetarget'), 'ropewalk.example.com')
  t.same(['x-diaginfo', 'x-beserver', 'x-feserver'].map(connected.header), ['ROPEWALK', 'ROPEWALK', 'ROPEWALK'])
  t.equal(connected.header('x-deviceinfo'), undefined)
  requirement('MS-OXCMAPIHTTP_R2050')
  const cookies = connected.all('set-cookie')
  t.same(
    cookies.map(line => line.replace(/=[^;]*/, '').replace(/expires=[^;]*/, 'expires')),
    [
      'MapiRouting; path=/mapi/; HttpOnly',
      'MapiContext; path=/mapi/emsmdb; HttpOnly',
      'MapiSequence; path=/mapi/emsmdb; HttpOnly',
      'X-BackEndCookie; expires; path=/mapi; HttpOnly'
    ]
  )
  requirement(
    'MS-OXCMAPIHTTP_R68',
    'MS-OXCMAPIHTTP_R1221',
    'MS-OXCMAPIHTTP_R1147',
    'MS-OXCMAPIHTTP_R1219',
    'MS-OXCMAPIHTTP_R1236'
  )
  t.match(session.cookies.get('MapiContext'), /^[0-9a-f]{32}$/)
  t.same(connected.inner?.metaTags, ['PROCESSING', 'DONE'])
  requirement(
    'MS-OXCMAPIHTTP_R1131',
    'MS-OXCMAPIHTTP_R1134',
    'MS-OXCMAPIHTTP_R1136',
    'MS-OXCMAPIHTTP_R1238',
    'MS-OXCMAPIHTTP_R1244'
  )
  t.same([...(connected.inner?.headers.keys() ?? [])], ['x-starttime', 'x-elapsedtime'])
  requirement(
    'MS-OXCMAPIHTTP_R169',
    'MS-OXCMAPIHTTP_R171',
    'MS-OXCMAPIHTTP_R2228',
    'MS-OXCMAPIHTTP_R2231',
    'MS-OXCMAPIHTTP_R1461'
  )
  const body = connected.inner?.body ?? NONE
  t.equal(body.toString('hex', 0, 20), '0000000000000000' + '60ea0000' + '06000000' + 'c8320000')
  t.equal(body.toString('utf16le', 21, 35), 'Alice Ä')
  t.equal(body.length, 21 + 16 + 4)
  requirement(
    'MS-OXCMAPIHTTP_R209',
    'MS-OXCMAPIHTTP_R1349',
    'MS-OXCMAPIHTTP_R210',
    'MS-OXCMAPIHTTP_R211',
    'MS-OXCMAPIHTTP_R212'
  )
  requirement(
    'MS-OXCMAPIHTTP_R214',
    'MS-OXCMAPIHTTP_R215',
    'MS-OXCMAPIHTTP_R216',
    'MS-OXCMAPIHTTP_R1351',
    'MS-OXCMAPIHTTP_R2224'
  )
  t.match(emsmdb.connects[0], { userDn: alice.legacyDn, codePage: 1252, sortLocaleId: 0x409, stringLocaleId: 0x407 })
  t.same(emsmdb.connects[0].clientVersion, [0x1000, 0x8000 | 4266, 1001])
  requirement('MS-OXCMAPIHTTP_R181', 'MS-OXCMAPIHTTP_R456')

  const sequence = session.cookies.get('MapiSequence')
  const executed = await session.post('Execute', { body: rop(7) })
  t.equal(executed.code, 0)
  t.equal(executed.header('x-expirationinfo'), '900000')
  t.not(session.cookies.get('MapiSequence'), sequence, 'the sequence moves on')
  t.same(
    executed.all('set-cookie').map(line => line.split('=')[0]),
    ['MapiRouting', 'MapiSequence', 'MapiContext', 'X-BackEndCookie']
  )
  t.equal(executed.inner?.body.toString('hex'), '0000000000000000000000000900000000000400010001000700000000')
  requirement(
    'MS-OXCMAPIHTTP_R250',
    'MS-OXCMAPIHTTP_R1356',
    'MS-OXCMAPIHTTP_R251',
    'MS-OXCMAPIHTTP_R245',
    'MS-OXCMAPIHTTP_R1358'
  )
  requirement(
    'MS-OXCMAPIHTTP_R253',
    'MS-OXCMAPIHTTP_R254',
    'MS-OXCMAPIHTTP_R1360',
    'MS-OXCMAPIHTTP_R255',
    'MS-OXCMAPIHTTP_R256'
  )
  t.match(emsmdb.executes[0], { flags: 3, maxRopOut: 0x10000 })
  requirement('MS-OXCMAPIHTTP_R176', 'MS-OXCMAPIHTTP_R226', 'MS-OXCMAPIHTTP_R1431')

  const ended = await session.post('Disconnect', { body: NONE })
  t.equal(ended.code, 0)
  t.equal(ended.inner?.body.toString('hex'), '000000000000000000000000')
  requirement(
    'MS-OXCMAPIHTTP_R281',
    'MS-OXCMAPIHTTP_R1363',
    'MS-OXCMAPIHTTP_R288',
    'MS-OXCMAPIHTTP_R289',
    'MS-OXCMAPIHTTP_R290'
  )
  requirement('MS-OXCMAPIHTTP_R1250', 'MS-OXCMAPIHTTP_R2234')
  t.equal(ended.all('set-cookie').length, 4)
  requirement('MS-OXCMAPIHTTP_R1255')
  t.equal(emsmdb.sessions[0].ended, 'disconnected')
  t.equal((await session.post('Execute', { body: rop(8) })).code, 10)
  requirement('MS-OXCMAPIHTTP_R304')
  requirement('MS-OXCMAPIHTTP_R146', 'MS-OXCMAPIHTTP_R1253', 'MS-OXCMAPIHTTP_R2236')
  t.equal((await session.post('PING')).code, 0, 'PING is answered also then')
})

test('a refused Connect has the whole success layout and all cookies', async t => {
  const server = await serve()
  t.teardown(server.close)
  server.emsmdb.connectError = 0x3eb
  const session = await MapiSession.open(server.port, server.alice)
  t.teardown(() => session.close())
  const answer = await session.connect()
  t.equal(answer.code, 0)
  t.equal(answer.inner?.body.toString('hex'), `00000000eb030000${'00'.repeat(12)}00000000000000`)
  t.equal(answer.all('set-cookie').length, 4)
  t.equal((await session.post('Execute', { body: rop(1) })).code, 10)
})

test('every refusal of the envelope', async t => {
  const server = await serve()
  t.teardown(server.close)
  const { alice, bob, port } = server
  const session = await MapiSession.open(port, alice)
  t.teardown(() => session.close())
  await session.connect()
  const kept = new Map(session.cookies)
  const cookies = (context: string | undefined, sequence: string | undefined) =>
    [
      context === undefined ? '' : `MapiContext=${context}`,
      sequence === undefined ? '' : `MapiSequence=${sequence}`
    ].join('; ')
  const context = kept.get('MapiContext') as string
  const sequence = kept.get('MapiSequence') as string
  const own = `/mapi/emsmdb/?MailboxId=${session.mailboxId}`
  const cases: [number, string, Parameters<MapiSession['post']>][] = [
    [2, 'GET', ['Execute', { method: 'GET' }]],
    [2, 'another method', ['Execute', { method: 'DELETE' }]],
    [3, 'no such endpoint', ['Execute', { path: '/mapi/other/' }]],
    [4, 'X-RequestId without its form', ['Execute', { headers: { 'X-RequestId': 'abc' } }]],
    [4, 'another Content-Type', ['Execute', { headers: { 'Content-Type': 'text/plain' } }]],
    [5, 'a type that does not exist', ['Bogus', {}]],
    [5, 'a type of the other endpoint', ['Bind', {}]],
    [5, 'a name of every object', ['constructor', {}]],
    [6, 'a cookie that is none of ours', ['Execute', { body: rop(1), headers: { Cookie: cookies('zz', sequence) } }]],
    [7, 'no X-RequestId', ['Execute', { headers: { 'X-RequestId': undefined } }]],
    [7, 'no X-ClientApplication', ['Execute', { headers: { 'X-ClientApplication': undefined } }]],
    [7, 'no X-RequestType', ['Execute', { headers: { 'X-RequestType': undefined } }]],
    [7, 'no Content-Type', ['Execute', { headers: { 'Content-Type': undefined } }]],
    [8, 'nobody', ['Execute', { headers: { Authorization: `Basic ${Buffer.from(':').toString('base64')}` } }]],
    [9, 'too large', ['Execute', { body: Buffer.alloc(300_000) }]],
    [10, 'unknown context', ['Execute', { body: rop(1), headers: { Cookie: cookies('0'.repeat(32), sequence) } }]],
    [
      10,
      'unknown context on Connect',
      ['Connect', { body: connectBody('x'), headers: { Cookie: cookies('0'.repeat(32), sequence) } }]
    ],
    [
      11,
      'another mailbox',
      ['Execute', { body: rop(1), path: `/mapi/emsmdb/?MailboxId=${bob.mailboxGuid}@${bob.domain}` }]
    ],
    [12, 'a body cut short', ['Execute', { body: rop(1).subarray(0, 10) }]],
    [12, 'a count beyond the body', ['Execute', { body: Buffer.from('03000000ffffffff', 'hex') }]],
    [13, 'no cookies', ['Execute', { body: rop(1), headers: { Cookie: undefined } }]],
    [13, 'no sequence cookie', ['Execute', { body: rop(1), headers: { Cookie: cookies(context, undefined) } }]],
    [13, 'no cookies on a wait', ['NotificationWait', { body: WAIT, headers: { Cookie: undefined } }]],
    [15, 'an old sequence', ['Execute', { body: rop(1), headers: { Cookie: cookies(context, '0'.repeat(32)) } }]],
    [16, 'an endpoint that is off', ['Bind', { path: `${SWITCHED_OFF}/` }]]
  ]
  for (const [code, why, args] of cases) {
    for (const [name, value] of kept) session.cookies.set(name, value)
    const answer = await session.post(...args)
    t.equal(answer.status, 200, `${why}: HTTP 200`)
    t.equal(answer.code, code, `${why}: ${code}`)
    t.equal(answer.header('content-type'), 'text/html')
    t.ok(answer.body.toString().startsWith('<html>'), 'a page for people')
    if (![2, 3, 8, 16].includes(code)) t.equal(answer.header('x-serverapplication'), 'Exchange/15.01.2507.055')
  }
  requirement(
    'MS-OXCMAPIHTTP_R47',
    'MS-OXCMAPIHTTP_R49',
    'MS-OXCMAPIHTTP_R1459',
    'MS-OXCMAPIHTTP_R54',
    'MS-OXCMAPIHTTP_R132'
  )
  requirement(
    'MS-OXCMAPIHTTP_R2038',
    'MS-OXCMAPIHTTP_R141',
    'MS-OXCMAPIHTTP_R142',
    'MS-OXCMAPIHTTP_R143',
    'MS-OXCMAPIHTTP_R148'
  )
  requirement('MS-OXCMAPIHTTP_R149', 'MS-OXCMAPIHTTP_R151', 'MS-OXCMAPIHTTP_R36', 'MS-OXCMAPIHTTP_R1283')
  t.equal(server.emsmdb.executes.length, 0, 'none of them executed anything')
  t.match(own, /MailboxId/)

  for (const path of [
    '/mapi/emsmdb/',
    '/mapi/emsmdb/?MailboxId=x',
    `/mapi/emsmdb/?MailboxId=${alice.guid}@example.com`
  ]) {
    const answer = await session.post('Execute', { path })
    t.equal(answer.status, 400, path)
    t.equal(answer.code, undefined)
  }
  const anonymous = await session.post('PING', { headers: { Authorization: undefined } })
  t.equal(anonymous.status, 401)
  t.equal(anonymous.code, undefined)
  requirement('MS-OXCMAPIHTTP_R35', 'MS-OXCMAPIHTTP_R50', 'MS-OXCMAPIHTTP_R1331')

  for (const [name, value] of kept) session.cookies.set(name, value)
  const octets = await session.post('Execute', {
    body: rop(2),
    headers: { 'Content-Type': 'application/octet-stream', 'X-ClientInfo': undefined }
  })
  t.equal(octets.code, 0, 'the context has survived all of it; octet-stream and no X-ClientInfo are accepted')
  const secondary = await session.post('Execute', {
    body: rop(3),
    path: own.toUpperCase().replace('MAILBOXID', 'mailboxid')
  })
  t.equal(secondary.code, 0, 'path and names without regard to case')
})

test('the cookie of another user', async t => {
  const server = await serve()
  t.teardown(server.close)
  const alice = await MapiSession.open(server.port, server.alice)
  await alice.connect()
  const bob = await MapiSession.open(server.port, server.bob, server.alice)
  for (const [name, value] of alice.cookies) bob.cookies.set(name, value)
  t.equal((await bob.post('Execute', { body: rop(1) })).code, 10)
  requirement('MS-OXCMAPIHTTP_R1225')
  t.equal((await bob.post('Connect', { body: connectBody('x') })).code, 10, 'nor can it be ended by a Connect')
  t.equal((await alice.post('Execute', { body: rop(1) })).code, 0)
  alice.close()
  bob.close()
})

test('reconnecting ends the old context', async t => {
  const server = await serve()
  t.teardown(server.close)
  const session = await MapiSession.open(server.port, server.alice)
  t.teardown(() => session.close())
  await session.connect()
  const old = new Map(session.cookies)
  session.cookies.set('MapiSequence', 'rubbish')
  t.equal((await session.connect()).code, 0, 'the sequence cookie is ignored')
  requirement('MS-OXCMAPIHTTP_R1278', 'MS-OXCMAPIHTTP_R1280')
  t.not(session.cookies.get('MapiContext'), old.get('MapiContext'))
  session.cookies.delete('MapiSequence')
  t.equal((await session.connect()).code, 0)
  requirement('MS-OXCMAPIHTTP_R1329')
  t.equal(server.endpoint.contextCount, 1)
  t.same(
    server.emsmdb.sessions.map(({ ended }) => ended),
    ['disconnected', 'disconnected', undefined]
  )
  t.equal((await session.post('Execute', { body: rop(1) })).code, 0)
  for (const [name, value] of old) session.cookies.set(name, value)
  t.equal((await session.post('Execute', { body: rop(1) })).code, 10)
})

test('one request at a time; a repetition is answered and not executed', async t => {
  const server = await serve()
  t.teardown(server.close)
  const { emsmdb, port } = server
  const session = await MapiSession.open(port, server.alice)
  t.teardown(() => session.close())
  await session.connect()
  let finish: () => void = () => {}
  emsmdb.respond = request =>
    new Promise(resolve => {
      finish = () => resolve({ errorCode: 0, flags: 0, rop: [request.rop], auxiliary: new Uint8Array(0) })
    })
  const other = await session.another(port)
  t.teardown(() => other.close())
  const before = other.cookies.get('MapiSequence') as string
  session.write('Execute', { body: rop(1) })
  await session.client.until(text => text.includes('PROCESSING'))
  t.pass('PROCESSING leaves while the work goes on')
  requirement('MS-OXCMAPIHTTP_R1230', 'MS-OXCMAPIHTTP_R2227', 'MS-OXCMAPIHTTP_R1174', 'MS-OXCMAPIHTTP_R1185')
  const overlapped = await other.post('Execute', { body: rop(2) })
  t.equal(overlapped.code, 15)
  t.equal(overlapped.all('set-cookie').length, 4, 'with all cookies of the context')
  requirement('MS-OXCMAPIHTTP_R1228')
  t.equal((await other.post('PING')).code, 0, 'PING may overlap')
  const sameId = { 'X-RequestId': `{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:${session.counter}` }
  other.write('Execute', { body: rop(1), headers: sameId })
  await other.client.until(text => text.includes('PROCESSING'))
  finish()
  const [first, repeated] = [await session.read(), await other.read()]
  t.equal(first.code, 0)
  t.same(repeated.inner?.body, first.inner?.body, 'a repetition during the work shares its answer')
  t.equal(emsmdb.executes.length, 1)
  const later = await other.post('Execute', {
    body: rop(1),
    headers: { ...sameId, Cookie: `MapiContext=${session.cookies.get('MapiContext')}` }
  })
  t.equal(later.code, 0, 'and one after it gets it again, whatever its sequence')
  t.same(later.inner?.body, first.inner?.body)
  t.equal(emsmdb.executes.length, 1)

  emsmdb.respond = request => ({ errorCode: 0, flags: 0, rop: [request.rop], auxiliary: new Uint8Array(0) })
  t.equal((await session.post('Execute', { body: rop(3) })).code, 0)
  other.cookies.set('MapiSequence', before)
  t.equal(
    (await other.post('Execute', { body: rop(1), headers: sameId })).code,
    15,
    'the answer before the last is gone'
  )
})

test('an answer that is no longer kept', async t => {
  const server = await serve({ answerCacheBytes: 64 })
  t.teardown(server.close)
  const session = await MapiSession.open(server.port, server.alice)
  t.teardown(() => session.close())
  await session.connect()
  const body = executeBody(Buffer.alloc(200))
  t.equal((await session.post('Execute', { body })).code, 0)
  session.counter--
  t.equal((await session.post('Execute', { body })).code, 10, 'only the fact is known')
  t.equal(server.emsmdb.executes.length, 1)
})

test('failures of what lies beneath', async t => {
  const server = await serve()
  t.teardown(server.close)
  const session = await MapiSession.open(server.port, server.alice)
  t.teardown(() => session.close())
  await session.connect()
  server.emsmdb.respond = () => {
    throw new Error('our mistake')
  }
  t.equal((await session.post('Execute', { body: rop(1) })).code, 1)
  server.emsmdb.respond = () => new Promise((_, reject) => setTimeout(() => reject(new Error('late mistake')), 60))
  const late = await session.post('Execute', { body: rop(1) })
  t.equal(late.code, 0, 'the head was sent already')
  t.equal(late.inner?.headers.get('x-responsecode'), '1')
  t.equal(late.inner?.headers.get('content-type'), 'text/html')
  requirement('MS-OXCMAPIHTTP_R2229', 'MS-OXCMAPIHTTP_R2230', 'MS-OXCMAPIHTTP_R2232')
  server.emsmdb.respond = () => ({ errorCode: 0, flags: 0, rop: [new Uint8Array(0x2000000)], auxiliary: NONE })
  t.equal((await session.post('Execute', { body: rop(1) })).code, 17)
  server.emsmdb.respond = () => ({ errorCode: 0x4b6, flags: 0, rop: [], auxiliary: NONE.subarray(0, 0) })
  const refused = await session.post('Execute', { body: rop(1) })
  t.equal(refused.code, 0, 'the context works on')
  t.equal(refused.inner?.body.readUInt32LE(4), 0x4b6)
  server.emsmdb.sessions[0].ended = 'store'
  t.equal((await session.post('Execute', { body: rop(1) })).code, 10, 'a session that ended beneath is gone')
  t.equal(server.endpoint.contextCount, 0)
})

test('an empty answer in one write', async t => {
  const server = await serve()
  t.teardown(server.close)
  const session = await MapiSession.open(server.port, server.alice)
  t.teardown(() => session.close())
  const ping = await session.post('PING')
  t.equal(ping.code, 0)
  t.equal(ping.inner?.body.length, 0)
  requirement(
    'MS-OXCMAPIHTTP_R1124',
    'MS-OXCMAPIHTTP_R1127',
    'MS-OXCMAPIHTTP_R1460',
    'MS-OXCMAPIHTTP_R1247',
    'MS-OXCMAPIHTTP_R1249'
  )
  t.equal(ping.header('x-expirationinfo'), undefined, 'no context, nothing to expire')
  t.same(
    ping.all('set-cookie').map(line => line.split('=')[0]),
    ['MapiRouting', 'X-BackEndCookie']
  )
  const options = await RawClient.open(server.port)
  options.send('OPTIONS /mapi/emsmdb/ HTTP/1.1\r\nHost: a\r\n\r\n')
  t.equal((await options.response()).header('allow'), 'POST, OPTIONS')
  options.close()
})
