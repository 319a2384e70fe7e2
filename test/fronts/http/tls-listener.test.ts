import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import type { ServerCertificate, TlsIdentity } from '../../../src/certificates/index.js'
import { makeAuthority, makeKey, makeServerCertificate } from '../../../src/certificates/make-certificate.js'
import { type HttpLimits, HttpServer, type Route, type TlsSettings } from '../../../src/fronts/http/index.js'
import { systemRuntime } from '../../../src/runtime.js'
import { run, withCurl, withOpenssl } from '../../certificates/openssl.js'
import { RawClient } from '../raw-client.js'

const authority = makeAuthority(systemRuntime)
const ca = authority.certificate

function issue(...names: string[]): TlsIdentity {
  const key = makeKey()
  const all = ['localhost', '127.0.0.1', ...names]
  return { certificates: makeServerCertificate(systemRuntime, authority, key, all) + ca, key }
}

const identity = issue()
const fixed: ServerCertificate = { current: () => identity, authority: undefined }

const limits: HttpLimits = {
  headBytes: 8192,
  bodyBytes: 1 << 20,
  headTimeMs: 500,
  bodyTimeMs: 500,
  idleTimeMs: 5000,
  sendTimeMs: 1000,
  connections: 50,
  connectionsPerSource: 50
}

const steps: (() => void)[] = []
const routes: Route[] = [
  route('/echo', (request, response) => response.send(request.body)),
  route('/secure', (request, response) => response.send(String(request.connection.secure))),
  route('/steps', async (_request, response) => {
    response.start(Buffer.from('one'))
    await new Promise<void>(resolve => steps.push(resolve))
    response.end(Buffer.from('two'))
  })
]

function route(path: string, handle: Route['handle']): Route {
  return { path, authenticate: false, bodyLimitBytes: 1 << 20, methods: ['GET', 'POST', 'OPTIONS'], handle }
}

async function serve(
  t: Test,
  { changed = {}, settings = {} }: { changed?: Partial<HttpLimits>; settings?: Partial<TlsSettings> } = {}
): Promise<{ server: HttpServer; plain: number; port: number }> {
  const server = new HttpServer({ runtime: systemRuntime, limits: { ...limits, ...changed }, routes, schemes: [] })
  const plain = await server.listen(0, '127.0.0.1')
  const port = await server.listenSecure(0, '127.0.0.1', { certificate: fixed, minVersion: 'TLSv1.2', ...settings })
  server.ready()
  t.teardown(() => server.close(100))
  return { server, plain, port }
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

t.test('requests over TLS and over plain HTTP, side by side', async t => {
  const { plain, port } = await serve(t)
  const [open, secure] = [await RawClient.open(plain), await RawClient.openTls(port, { ca, rejectUnauthorized: true })]
  t.equal((await open.send(get('/secure')).response()).body.toString(), 'false')
  t.equal((await secure.send(get('/secure')).response()).body.toString(), 'true')
  const large = 'x'.repeat(300_000)
  const post = `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${large.length}\r\n\r\n${large}`
  t.equal((await secure.send(post + post).response()).body.toString(), large)
  t.equal((await secure.response()).body.toString(), large, 'pipelined')
  open.close()
  secure.close()
})

t.test('nothing is held back', async t => {
  const { port } = await serve(t)
  const client = await RawClient.openTls(port)
  client.send(get('/steps'))
  await client.until(text => text.endsWith('\r\n3\r\none\r\n'))
  steps.shift()!()
  await client.until(text => text.endsWith('\r\n3\r\ntwo\r\n0\r\n\r\n'))
  client.close()
})

t.test('who has ended his side still gets his answers', async t => {
  const { server, port } = await serve(t)
  const client = await RawClient.openTls(port, { allowHalfOpen: true } as ConnectionOptions)
  client.send(get('/steps'))
  await client.until(text => text.endsWith('one\r\n'))
  client.socket.end()
  await sleep(50)
  steps.shift()!()
  t.match(await client.all(), /two\r\n0\r\n\r\n$/)
  await until(() => server.counted === 0)
})

t.test('the certificate is checked by Node.js as by any client', async t => {
  const { port } = await serve(t)
  const fetchWith = (options: { ca?: string; servername?: string }) =>
    new Promise<string>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/secure', agent: false, ...options }, response => {
        response.setEncoding('utf8').on('data', resolve)
      })
      asked.on('error', reject).end()
    })
  t.equal(await fetchWith({ ca }), 'true')
  t.equal(await fetchWith({ ca, servername: 'localhost' }), 'true')
  await t.rejects(fetchWith({}), { code: 'SELF_SIGNED_CERT_IN_CHAIN' })
  await t.rejects(fetchWith({ ca, servername: 'example.com' }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  await t.rejects(fetchWith({ ca: makeAuthority(systemRuntime).certificate }))
})

t.test('HTTP/1.1 is the only application protocol', async t => {
  const { port } = await serve(t)
  const client = await RawClient.openTls(port, { ALPNProtocols: ['h2', 'http/1.1'] })
  t.equal((client.socket as TLSSocket).alpnProtocol, 'http/1.1')
  client.close()
  await t.rejects(RawClient.openTls(port, { ALPNProtocols: ['h2'] }), {
    code: /ALERT_NO_APPLICATION_PROTOCOL|ECONNRESET/
  })
})

t.test('versions of TLS, asked for by OpenSSL', withOpenssl, async t => {
  const connect = (port: number, ...args: string[]) =>
    run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-cipher', 'ALL:@SECLEVEL=0', ...args])
  const { port } = await serve(t)
  for (const [version, name] of [
    ['-tls1_2', 'TLSv1.2'],
    ['-tls1_3', 'TLSv1.3']
  ])
    t.match((await connect(port, version)).text, new RegExp(`New, ${name}, Cipher is`), version)
  for (const version of ['-tls1', '-tls1_1'])
    t.match((await connect(port, version)).text, /alert protocol version/, `${version} is refused`)
  const old = (await serve(t, { settings: { minVersion: 'TLSv1' } })).port
  for (const version of ['-tls1', '-tls1_1', '-tls1_2', '-tls1_3'])
    t.match((await connect(old, version)).text, /Cipher is [A-Z]\S+/, `${version} for Outlook 2010`)
  const strict = (await serve(t, { settings: { minVersion: 'TLSv1.3' } })).port
  t.match((await connect(strict, '-tls1_2')).text, /alert protocol version/)
})

t.test('no handshake can be asked for within a connection', withOpenssl, async t => {
  const { port } = await serve(t)
  const { text } = await run('sh', [
    '-c',
    `(echo R; sleep 1) | openssl s_client -tls1_2 -connect 127.0.0.1:${port} 2>&1`
  ])
  t.match(text, /RENEGOTIATING[\s\S]*no renegotiation/)
})

t.test('curl with the authority, and without', withCurl, async t => {
  const { port } = await serve(t)
  const file = join(t.testdir(), 'ca.crt')
  writeFileSync(file, ca)
  const url = `https://localhost:${port}/secure`
  const resolve = ['--resolve', `localhost:${port}:127.0.0.1`]
  t.match(await run('curl', ['-sS', '--cacert', file, ...resolve, url]), { code: 0, text: 'true' })
  t.match(await run('curl', ['-sS', ...resolve, url]), { code: 60 })
  t.match(await run('curl', ['-sS', '--cacert', file, `http://127.0.0.1:${port}/`]), { code: /52|56/ }, 'plain HTTP')
})

t.test('what is no TLS is closed, and costs nobody anything', async t => {
  const { server, port } = await serve(t)
  for (const bytes of [
    get('/echo'),
    '\x16\x03\x01\xff\xff',
    '\0'.repeat(100_000),
    '\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00'
  ]) {
    const client = await RawClient.open(port)
    client.socket.on('error', () => {})
    await client.send(bytes).all()
    t.notMatch(client.text, /HTTP/)
  }
  const gone = await RawClient.open(port)
  gone.send('\x16\x03')
  gone.socket.resetAndDestroy()
  const client = await RawClient.openTls(port)
  t.equal((await client.send(get('/secure')).response()).status, 200)
  client.close()
  await until(() => server.counted === 0)
  t.equal(server.connectionCount, 0)
})

t.test('garbage after the handshake ends the connection', async t => {
  const { server, port } = await serve(t)
  const towardsServer: Socket[] = []
  const relay = createServer(client => {
    const upstream = connect(port, '127.0.0.1')
    towardsServer.push(upstream)
    for (const socket of [client, upstream]) socket.on('error', () => {})
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>(resolve => relay.listen(0, '127.0.0.1', resolve))
  t.teardown(() => relay.close())
  const client = await RawClient.openTls((relay.address() as AddressInfo).port)
  t.equal((await client.send(get('/secure')).response()).status, 200)
  towardsServer[0].write('this is no record of TLS')
  await client.all()
  await until(() => server.counted === 0 && server.connectionCount === 0)
})

t.test('a handshake has to be over in time', async t => {
  const { server, port } = await serve(t)
  const began = performance.now()
  const silent = await RawClient.open(port)
  const slow = await RawClient.open(port)
  slow.send('\x16\x03\x01\x02\x00\x01')
  await Promise.all([silent.all(), slow.all()])
  const took = performance.now() - began
  t.ok(took > 400 && took < 3000, `${Math.round(took)} ms`)
  await until(() => server.counted === 0)
})

t.test('handshakes count towards the limits', async t => {
  const { server, plain, port } = await serve(t, { changed: { connectionsPerSource: 3, headTimeMs: 5000 } })
  const hanging = [await RawClient.open(port), await RawClient.open(port)]
  await until(() => server.counted === 2)
  const whole = await RawClient.openTls(port)
  t.equal((await whole.send(get('/secure')).response()).status, 200)
  t.equal(server.counted, 3, 'counted once, before and after its handshake')
  const refused = await RawClient.open(port)
  t.equal(await refused.all(), '', 'closed without a word')
  t.match(await (await RawClient.open(plain)).all(), /503/)
  for (const client of hanging) client.close()
  await until(() => server.counted === 1, 1000)
  whole.close()
  await until(() => server.counted === 0)
  const again = await RawClient.openTls(port)
  t.equal((await again.send(get('/secure')).response()).status, 200)
  again.close()
})

t.test('the certificate is exchanged while connections go on', async t => {
  let shown: TlsIdentity | Promise<TlsIdentity> = identity
  let refuses = false
  const current = () => (refuses ? Promise.reject(new Error('no certificate')) : shown)
  const { port } = await serve(t, { settings: { certificate: { current, authority: undefined } } })
  // To be asked once for each connection: Node.js takes the certificate out of its list.
  const serialOf = ({ socket }: RawClient) => (socket as TLSSocket).getPeerX509Certificate()!.serialNumber
  const before = await RawClient.openTls(port)
  const next = issue('new.example')
  shown = sleep(200).then(() => next)
  const [first, second] = await Promise.all([
    RawClient.openTls(port, { ca, servername: 'new.example', rejectUnauthorized: true }),
    RawClient.openTls(port)
  ])
  const { serialNumber } = new X509Certificate(next.certificates)
  t.equal(serialOf(first), serialNumber, 'waits for the one that is being made')
  t.equal(serialOf(second), serialNumber)
  t.equal(serialOf(before), new X509Certificate(identity.certificates).serialNumber)
  refuses = true
  t.equal(await (await RawClient.open(port)).all(), '', 'closed where there is none')
  for (const client of [before, first, second]) {
    t.equal((await client.send(get('/secure')).response()).body.toString(), 'true')
    client.close()
  }
})

t.test('a session is resumed', async t => {
  const { port } = await serve(t)
  const first = await RawClient.openTls(port, { maxVersion: 'TLSv1.2' })
  const session = (first.socket as TLSSocket).getSession()!
  first.close()
  const second = await RawClient.openTls(port, { maxVersion: 'TLSv1.2', session })
  t.ok((second.socket as TLSSocket).isSessionReused())
  second.close()
})

t.test('the end of the server is the end of handshakes, too', async t => {
  const { server, port } = await serve(t, { changed: { headTimeMs: 60_000 } })
  const hanging = await RawClient.open(port)
  const idle = await RawClient.openTls(port)
  await until(() => server.counted === 2)
  const began = performance.now()
  await server.close(1000)
  t.ok(performance.now() - began < 3000)
  await hanging.all()
  await idle.all()
})

t.test('a certificate that OpenSSL refuses is told of before anything listens', async t => {
  const server = new HttpServer({ runtime: systemRuntime, limits, routes, schemes: [] })
  t.teardown(() => server.close(0))
  const wrong: ServerCertificate = { current: () => ({ ...identity, key: makeKey() }), authority: undefined }
  await t.rejects(
    server.listenSecure(0, '127.0.0.1', { certificate: wrong, minVersion: 'TLSv1.2' }),
    /key values mismatch/
  )
})

async function until(condition: () => boolean, withinMs = 5000): Promise<void> {
  for (const began = performance.now(); performance.now() - began < withinMs; ) {
    if (condition()) return
    await sleep(5)
  }
  throw new Error('never came true')
}
