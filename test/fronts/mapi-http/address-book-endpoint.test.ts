import { test } from 'tap'
import { silentLog } from '../../../src/log.js'
import { customRuntime } from '../../../src/runtime.js'
import { requirement } from '../../conformance/ledger.js'
import { bytes, someStat } from './address-book-bytes.js'
import { SWITCHED_OFF, serve, type TestServer, type TestServerOptions } from './fake-emsmdb.js'
import { MapiSession } from './mapi-session.js'

const COLUMNS = bytes().u32(0, 0x80000000, 0).buffer
const UNBIND = Buffer.alloc(8)
const GUID = '24eb51e4-fdec-4a9b-8f96-cf8a0ce006d8'

interface Fixture extends TestServer {
  session: MapiSession
}

async function start(t: { teardown(end: () => unknown): void }, options: TestServerOptions = {}): Promise<Fixture> {
  const server = await serve(options)
  t.teardown(server.close)
  server.nspi.answers.set('queryColumns', { errorCode: 0, columns: [0x3001001f] })
  const session = await MapiSession.open(server.port, server.alice, server.alice, 'nspi')
  t.teardown(() => session.close())
  return { ...server, session }
}

const cookieNames = (answer: { all(name: string): string[] }) =>
  answer.all('set-cookie').map(line => line.split('=')[0])

test('bind, ask, unbind', async t => {
  const { session, nspi, addressBook, alice } = await start(t)
  const bound = await session.post('Bind', { body: bytes().u32(0x7fffffdf).u8(0xff).stat(someStat()).u32(0).buffer })
  t.equal(bound.status, 200)
  t.equal(bound.code, 0)
  t.ok(bound.chunked)
  requirement('MS-OXCMAPIHTTP_R1446', 'MS-OXCMAPIHTTP_R1229', 'MS-OXCMAPIHTTP_R1232', 'MS-OXCMAPIHTTP_R2226')
  t.same(nspi.last, {
    method: 'bind',
    caller: nspi.last.caller,
    request: { flags: 0x7fffffdf, stat: someStat() }
  })
  t.equal(nspi.last.caller.principal, alice)
  t.equal(bound.inner?.body.toString('hex'), bytes().u32(0, 0).guid(GUID).u32(0).buffer.toString('hex'))
  requirement('MS-OXCMAPIHTTP_R346', 'MS-OXCMAPIHTTP_R347', 'MS-OXCMAPIHTTP_R348', 'MS-OXCMAPIHTTP_R349')
  requirement('MS-OXCMAPIHTTP_R350', 'MS-OXCMAPIHTTP_R351', 'MS-OXCMAPIHTTP_R352', 'MS-OXCMAPIHTTP_R1441')
  t.equal(bound.header('content-type'), 'application/mapi-http')
  t.equal(bound.header('x-requesttype'), 'Bind')
  t.equal(bound.header('x-expirationinfo'), '300000')
  t.same(bound.inner?.metaTags, ['PROCESSING', 'DONE'])
  t.same(
    bound.all('set-cookie').map(line => line.replace(/=[^;]*/, '').replace(/expires=[^;]*/, 'expires')),
    [
      'MapiRouting; path=/mapi/; HttpOnly',
      'MapiContext; path=/mapi/nspi; HttpOnly',
      'MapiSequence; path=/mapi/nspi; HttpOnly',
      'X-BackEndCookie; expires; path=/mapi; HttpOnly'
    ]
  )
  requirement('MS-OXCMAPIHTTP_R324', 'MS-OXCMAPIHTTP_R1219', 'MS-OXCMAPIHTTP_R1221', 'MS-OXCMAPIHTTP_R1236')
  t.equal(addressBook.contextCount, 1)

  const sequence = session.cookies.get('MapiSequence')
  const asked = await session.post('QueryColumns', { body: COLUMNS })
  t.equal(asked.code, 0)
  t.equal(asked.header('x-expirationinfo'), '900000')
  t.equal(bound.header('x-requestid'), '{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:1')
  t.equal(asked.header('x-requestid'), '{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:2', 'what the client said')
  requirement('MS-OXCMAPIHTTP_R1330', 'MS-OXCMAPIHTTP_R1432')
  t.equal(asked.header('x-clientinfo'), '{2EF33C39-49C8-421C-B876-CDF7F2AC3AA0}:123')
  requirement('MS-OXCMAPIHTTP_R155')
  t.not(session.cookies.get('MapiSequence'), sequence, 'the sequence moves on')
  t.same(cookieNames(asked), ['MapiRouting', 'MapiSequence', 'MapiContext', 'X-BackEndCookie'])
  const ping = await session.post('PING')
  t.equal(ping.code, 0)
  t.equal(ping.inner?.body.length, 0)
  t.equal(ping.header('x-expirationinfo'), '900000')
  requirement('MS-OXCMAPIHTTP_R1128', 'MS-OXCMAPIHTTP_R1249')

  const unbound = await session.post('Unbind', { body: UNBIND })
  t.equal(unbound.code, 0)
  t.equal(unbound.inner?.body.toString('hex'), '000000000100000000000000', 'UnbindSuccess')
  requirement('MS-OXCMAPIHTTP_R353', 'MS-OXCMAPIHTTP_R367', 'MS-OXCMAPIHTTP_R1291', 'MS-OXCMAPIHTTP_R368')
  requirement('MS-OXCMAPIHTTP_R369', 'MS-OXCMAPIHTTP_R370', 'MS-OXCMAPIHTTP_R371', 'MS-OXCMAPIHTTP_R1438')
  requirement('MS-OXCMAPIHTTP_R1250')
  t.equal(unbound.all('set-cookie').length, 4)
  requirement('MS-OXCMAPIHTTP_R1255')
  t.equal(addressBook.contextCount, 0)
  t.equal((await session.post('QueryColumns', { body: COLUMNS })).code, 10)
  requirement('MS-OXCMAPIHTTP_R1253', 'MS-OXCMAPIHTTP_R2236')
  t.equal((await session.post('Unbind', { body: UNBIND })).code, 10)
  t.equal((await session.post('PING')).code, 0, 'PING is answered also then')
})

test('a refused Bind has the whole success layout and all cookies', async t => {
  const { session, nspi, addressBook } = await start(t)
  nspi.answers.set('bind', { errorCode: 0x8004011e, serverGuid: '' })
  const answer = await session.bind()
  t.equal(answer.code, 0)
  t.equal(
    answer.inner?.body.toString('hex'),
    bytes().u32(0, 0x8004011e).raw(Buffer.alloc(16)).u32(0).buffer.toString('hex')
  )
  t.equal(answer.all('set-cookie').length, 4)
  t.equal(addressBook.contextCount, 0)
  t.equal((await session.post('QueryColumns', { body: COLUMNS })).code, 10)
})

test('every refusal of the envelope', async t => {
  const { session, nspi, alice, bob } = await start(t)
  await session.bind()
  const kept = new Map(session.cookies)
  const cookies = (context: string | undefined, sequence: string | undefined) =>
    Object.entries({ MapiContext: context, MapiSequence: sequence })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ')
  const context = kept.get('MapiContext')
  const sequence = kept.get('MapiSequence')
  const ask = (options: Parameters<MapiSession['post']>[1]) =>
    ['QueryColumns', { body: COLUMNS, ...options }] as Parameters<MapiSession['post']>
  const cases: [number, string, Parameters<MapiSession['post']>][] = [
    [2, 'GET', ask({ method: 'GET' })],
    [3, 'no such endpoint', ask({ path: '/mapi/nspi/more' })],
    [4, 'X-RequestId without its form', ask({ headers: { 'X-RequestId': '1' } })],
    [4, 'another Content-Type', ask({ headers: { 'Content-Type': 'text/plain' } })],
    [5, 'a type that does not exist', ['Bogus', {}]],
    [5, 'a name of the document, which the header does not have', ['CompareMinIds', {}]],
    [5, 'a type of the other endpoint', ['Execute', {}]],
    [5, 'a name of every object', ['constructor', {}]],
    [6, 'a cookie that is none of ours', ask({ headers: { Cookie: cookies('zz', sequence) } })],
    [7, 'no X-RequestId', ask({ headers: { 'X-RequestId': undefined } })],
    [7, 'no X-RequestType', ask({ headers: { 'X-RequestType': undefined } })],
    [7, 'no X-ClientApplication', ask({ headers: { 'X-ClientApplication': undefined } })],
    [8, 'nobody', ask({ headers: { Authorization: `Basic ${Buffer.from(':').toString('base64')}` } })],
    [
      8,
      'nobody who binds anonymously',
      [
        'Bind',
        {
          body: bytes().u32(0x20).u8(0).u32(0).buffer,
          headers: { Authorization: `Basic ${Buffer.from(':').toString('base64')}` }
        }
      ]
    ],
    [9, 'too large', ask({ body: Buffer.alloc((2 << 20) + 1) })],
    [10, 'unknown context', ask({ headers: { Cookie: cookies('0'.repeat(32), sequence) } })],
    [
      10,
      'unknown context on Bind',
      ['Bind', { body: Buffer.alloc(9), headers: { Cookie: cookies('0'.repeat(32), '') } }]
    ],
    [11, 'another mailbox', ask({ path: `/mapi/nspi/?MailboxId=${bob.mailboxGuid}@${bob.domain}` })],
    [12, 'a body cut short', ask({ body: COLUMNS.subarray(0, 5) })],
    [12, 'a Bind cut short', ['Bind', { body: Buffer.alloc(8) }]],
    [12, 'a URL question cut short', ['GetMailboxUrl', { body: Buffer.from('0000000041', 'hex') }]],
    [13, 'no cookies', ask({ headers: { Cookie: undefined } })],
    [13, 'no sequence cookie', ask({ headers: { Cookie: cookies(context, undefined) } })],
    [
      13,
      'no sequence cookie on Unbind',
      ['Unbind', { body: UNBIND, headers: { Cookie: cookies(context, undefined) } }]
    ],
    [15, 'an old sequence', ask({ headers: { Cookie: cookies(context, '0'.repeat(32)) } })],
    [16, 'an endpoint that is off', ['Bind', { path: SWITCHED_OFF }]]
  ]
  const before = nspi.calls.length
  for (const [code, why, args] of cases) {
    session.cookies.clear()
    for (const [name, value] of kept) session.cookies.set(name, value)
    const answer = await session.post(...args)
    t.equal(answer.status, 200, `${why}: HTTP 200`)
    t.equal(answer.code, code, `${why}: ${code}`)
    t.equal(answer.header('content-type'), 'text/html')
  }
  t.equal(nspi.calls.length, before, 'none of them asked anything')
  for (const path of ['/mapi/nspi/', '/mapi/nspi/?MailboxId=x', `/mapi/nspi/?MailboxId=${alice.guid}@example.com`]) {
    const answer = await session.post('QueryColumns', { body: COLUMNS, path })
    t.equal(answer.status, 400, path)
    t.equal(answer.code, undefined)
  }
  t.equal((await session.post('PING', { headers: { Authorization: undefined } })).status, 401)
  for (const [name, value] of kept) session.cookies.set(name, value)
  const upper = `/MAPI/NSPI/?mailboxid=${session.mailboxId.toUpperCase()}`
  t.equal((await session.post('QueryColumns', { body: COLUMNS, path: upper })).code, 0, 'the context has survived it')
})

test('cookies of others', async t => {
  const { session, port, alice, bob } = await start(t)
  await session.bind()
  const other = await MapiSession.open(port, bob, alice, 'nspi')
  t.teardown(() => other.close())
  for (const [name, value] of session.cookies) other.cookies.set(name, value)
  t.equal((await other.post('QueryColumns', { body: COLUMNS })).code, 10)
  requirement('MS-OXCMAPIHTTP_R1225')
  t.equal((await other.bind()).code, 10, 'nor can it be ended by a Bind')
  t.equal((await other.post('PING')).header('x-expirationinfo'), undefined, 'nor refreshed')
  t.equal((await session.post('QueryColumns', { body: COLUMNS })).code, 0)

  const mailbox = await MapiSession.open(port, alice)
  t.teardown(() => mailbox.close())
  await mailbox.connect()
  for (const [name, value] of mailbox.cookies) session.cookies.set(name, value)
  t.equal((await session.post('QueryColumns', { body: COLUMNS })).code, 10, 'a context of the mailbox endpoint')

  const bobs = await MapiSession.open(port, bob, alice, 'nspi')
  t.teardown(() => bobs.close())
  t.equal((await bobs.bind()).code, 0, 'the MailboxId is a place, not a right')
})

test('binding again ends the old context', async t => {
  const { session, addressBook } = await start(t)
  await session.bind()
  const old = new Map(session.cookies)
  session.cookies.set('MapiSequence', 'rubbish')
  t.equal((await session.bind()).code, 0, 'the sequence cookie is not looked at')
  requirement('MS-OXCMAPIHTTP_R1278', 'MS-OXCMAPIHTTP_R1280', 'MS-OXCMAPIHTTP_R1329')
  t.not(session.cookies.get('MapiContext'), old.get('MapiContext'))
  t.equal(addressBook.contextCount, 1)
  t.equal((await session.post('QueryColumns', { body: COLUMNS })).code, 0)
  for (const [name, value] of old) session.cookies.set(name, value)
  t.equal((await session.post('QueryColumns', { body: COLUMNS })).code, 10)
  requirement('MS-OXCMAPIHTTP_R1283')
})

test('one request at a time; a repetition is answered and not executed', async t => {
  const { session, nspi, port } = await start(t)
  await session.bind()
  const modify = bytes().u32(0).u8(0, 0, 0).u32(0).buffer
  let finish: () => void = () => {}
  nspi.answers.set('modProps', () => new Promise(resolve => (finish = () => resolve({ errorCode: 0 }))))
  const asked = () => nspi.calls.filter(({ method }) => method === 'modProps').length
  const other = await session.another(port)
  t.teardown(() => other.close())
  session.write('ModProps', { body: modify })
  await session.client.until(text => text.includes('PROCESSING'))
  requirement('MS-OXCMAPIHTTP_R1230', 'MS-OXCMAPIHTTP_R2227')
  const overlapped = await other.post('QueryColumns', { body: COLUMNS })
  t.equal(overlapped.code, 15)
  requirement('MS-OXCMAPIHTTP_R1228')
  t.equal((await other.post('PING')).code, 0, 'PING may overlap')
  const sameId = { 'X-RequestId': `{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:${session.counter}` }
  other.write('ModProps', { body: modify, headers: sameId })
  await other.client.until(text => text.includes('PROCESSING'))
  finish()
  const [first, repeated] = [await session.read(), await other.read()]
  t.same([first.code, repeated.code], [0, 0])
  t.equal(asked(), 1, 'a repetition during the work shares its answer')
  t.equal((await other.post('ModProps', { body: modify, headers: sameId })).code, 0)
  t.equal(asked(), 1, 'and one after it gets it again')
})

test('questions for URLs need no context', async t => {
  const { session, nspi } = await start(t)
  nspi.answers.set('getMailboxUrl', { errorCode: 0, serverUrl: 'http://m/' })
  nspi.answers.set('getAddressBookUrl', { errorCode: 0, serverUrl: 'http://a/' })
  const question = bytes().u32(0).text16('/o=A').u32(0).buffer
  const unbound = await session.post('GetAddressBookUrl', { body: question })
  t.equal(unbound.code, 0)
  t.same(cookieNames(unbound), ['MapiRouting', 'X-BackEndCookie'])
  t.equal(nspi.last.caller.baseUrl, 'http://mail.example.com')
  await session.post('GetMailboxUrl', { body: question, headers: { Host: 'other.example.com:8443' } })
  t.equal(nspi.last.caller.baseUrl, 'http://other.example.com:8443')
  await session.post('GetMailboxUrl', { body: question, headers: { Host: 'a"><b>' } })
  t.equal(nspi.last.caller.baseUrl, 'http://ropewalk', 'a header that is no host is not believed')

  await session.bind()
  const before = new Map(session.cookies)
  const bound = await session.post('GetMailboxUrl', { body: question })
  t.equal(bound.all('set-cookie').length, 4)
  t.equal(session.cookies.get('MapiSequence'), before.get('MapiSequence'), 'the sequence stays')
  t.equal((await session.post('QueryColumns', { body: COLUMNS })).code, 0)

  const published = await start(t, { publicUrl: 'https://mail.example.org:8443/' })
  published.nspi.answers.set('getMailboxUrl', { errorCode: 0, serverUrl: '' })
  await published.session.post('GetMailboxUrl', { body: question })
  t.equal(published.nspi.last.caller.baseUrl, 'https://mail.example.org:8443')
})

test('failures of what lies beneath', async t => {
  const logged: string[] = []
  const put = (event: string) => void logged.push(event)
  const log = { ...silentLog, error: put, warn: put }
  const { session, nspi } = await start(t, { log })
  await session.bind()
  nspi.answers.set('queryColumns', () => {
    throw new Error('our mistake')
  })
  t.equal((await session.post('QueryColumns', { body: COLUMNS })).code, 1)
  t.same(logged, ['mapi-http.failed'])
  nspi.answers.set('modProps', () => Promise.reject(new Error('a later mistake')))
  t.equal((await session.post('ModProps', { body: bytes().u32(0).u8(0, 0, 0).u32(0).buffer })).code, 1)
  nspi.answers.set('getProps', { errorCode: 0, codePage: 1252, row: [{ tag: 0x39000003, bytes: new Uint8Array(1) }] })
  const props = bytes().u32(0).u8(0, 0).u32(0).buffer
  t.equal((await session.post('GetProps', { body: props })).code, 1, 'a value that is none of its type')
  nspi.answers.set('queryColumns', { errorCode: 0, columns: [] })
  t.equal((await session.post('QueryColumns', { body: COLUMNS })).code, 0, 'the context works on')
})

test('contexts expire, make room for others, and are refused while the server stops', async t => {
  let offset = 0
  const runtime = customRuntime({ monotonic: () => performance.now() + offset })
  const { session, addressBook, port, alice } = await start(t, { runtime, contextLimitPerUser: 2 })
  await session.bind()
  const used = await MapiSession.open(port, alice, alice, 'nspi')
  t.teardown(() => used.close())
  await used.bind()
  t.equal((await used.post('QueryColumns', { body: COLUMNS })).code, 0)
  offset = 400_000
  const late = await MapiSession.open(port, alice, alice, 'nspi')
  t.teardown(() => late.close())
  for (const [name, value] of session.cookies) late.cookies.set(name, value)
  t.equal((await late.post('QueryColumns', { body: COLUMNS })).code, 10, 'bound and never used: gone after 300 s')
  const again = await MapiSession.open(port, alice, alice, 'nspi')
  t.teardown(() => again.close())
  for (const [name, value] of used.cookies) again.cookies.set(name, value)
  t.equal((await again.post('QueryColumns', { body: COLUMNS })).code, 0, 'used: lives for 900 s')
  for (let i = 0; i < 3; i++) {
    const one = await MapiSession.open(port, alice, alice, 'nspi')
    t.equal((await one.bind()).code, 0)
    one.close()
  }
  t.equal(addressBook.contextCount, 2, 'a user has at most two')
  const last = await MapiSession.open(port, alice, alice, 'nspi')
  t.teardown(() => last.close())
  await last.bind()
  addressBook.shutDown()
  t.equal((await last.post('QueryColumns', { body: COLUMNS })).code, 18)
  addressBook.close()
  t.equal(addressBook.contextCount, 0)
})
