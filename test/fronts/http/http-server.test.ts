import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from 'tap'
import type { AuthScheme } from '../../../src/auth/auth-scheme.js'
import type { Principal } from '../../../src/directory/principal.js'
import { type HttpLimits, type HttpRequest, HttpServer, type Route } from '../../../src/fronts/http/index.js'
import { systemRuntime } from '../../../src/runtime.js'
import { RawClient } from '../raw-client.js'

const run = promisify(execFile)

const limits: HttpLimits = {
  headBytes: 8192,
  bodyBytes: 100_000,
  headTimeMs: 300,
  bodyTimeMs: 300,
  idleTimeMs: 600,
  sendTimeMs: 1000,
  connections: 2000,
  connectionsPerSource: 2000
}

const alice = { guid: 'a', address: 'alice@example.com' } as Principal
let verified = 0
const scheme: AuthScheme = {
  name: 'Basic',
  connectionBound: false,
  challenge: 'Basic realm="test"',
  authenticate: credentials => {
    verified++
    return credentials === 'good' ? { kind: 'principal', principal: alice } : { kind: 'refused' }
  }
}

function route(path: string, handle: Route['handle'], options: Partial<Route> = {}): Route {
  return { path, authenticate: false, bodyLimitBytes: 50_000, methods: ['GET', 'POST', 'OPTIONS'], handle, ...options }
}

const waits: HttpRequest[] = []
let release: () => void = () => {}
const routes: Route[] = [
  route('/echo', (request, response) => response.send(request.body)),
  route('/large', (request, response) => response.send(request.bodyTooLarge ? 'too large' : 'kept')),
  route('/stream', (_request, response) => {
    response.start(Buffer.from('one'))
    response.write(Buffer.from('two'))
    response.end(Buffer.from('three'))
  }),
  route('/slow', async (request, response) => {
    waits.push(request)
    await new Promise<void>(resolve => {
      release = resolve
      request.signal.addEventListener('abort', () => resolve())
    })
    response.send('late')
  }),
  route('/flood', async (_request, response) => {
    response.start(Buffer.alloc(0))
    for (let i = 0; i < 1000; i++) await response.write(Buffer.alloc(65536))
    response.end()
  }),
  route('/broken', () => Promise.reject(new Error('broken'))),
  route('/throws', () => {
    throw new Error('throws')
  }),
  route('/secret', (request, response) => response.send(request.principal?.address ?? ''), { authenticate: true }),
  route('/below/*', (request, response) => response.send(request.head.path))
]

async function serve(overrides: Partial<HttpLimits> = {}): Promise<{ server: HttpServer; port: number }> {
  const server = new HttpServer({
    runtime: systemRuntime,
    limits: { ...limits, ...overrides },
    routes,
    schemes: [scheme]
  })
  const port = await server.listen(0, '127.0.0.1')
  server.ready()
  return { server, port }
}

test('requests and answers', async t => {
  const { server, port } = await serve()
  t.teardown(() => server.close(100))
  const client = await RawClient.open(port)
  t.teardown(() => client.close())

  client.send('POST /Echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc')
  const first = await client.response()
  t.equal(first.status, 200)
  t.equal(first.body.toString(), 'abc')
  t.match(first.header('date'), /GMT$/)

  client.send(
    'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x="y"\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n'
  )
  t.equal((await client.response()).body.toString(), 'abcde', 'chunks, an extension and a trailer')

  client.send('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n')
  await client.until(text => text.startsWith('HTTP/1.1 100 Continue\r\n\r\n'))
  client.received = Buffer.alloc(0)
  client.send('xyz')
  t.equal((await client.response()).body.toString(), 'xyz')

  client.send('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n')
  const stream = await client.response()
  t.ok(stream.chunked)
  t.equal(stream.body.toString(), 'onetwothree')

  client.send(
    'HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS /echo HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\n'
  )
  const text = await client.until(all => all.split('\r\n\r\n').length > 3)
  t.match(text, /200 OK[\s\S]*Allow: GET, POST, OPTIONS[\s\S]*404 Not Found/)
  client.received = Buffer.alloc(0)

  client.send('GET /below/x/Y HTTP/1.1\r\nHost: a\r\n\r\n')
  t.equal((await client.response()).body.toString(), '/below/x/y')
  client.send(`POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n${'x'.repeat(60000)}`)
  t.equal((await client.response()).body.toString(), 'too large', 'read, dropped and reported')
  client.send('GET /broken HTTP/1.1\r\nHost: a\r\n\r\n')
  t.equal((await client.response()).status, 500)
})

test('pipelined requests are answered in order, whatever takes how long', async t => {
  const { server, port } = await serve()
  t.teardown(() => server.close(100))
  const client = await RawClient.open(port)
  t.teardown(() => client.close())
  let text = ''
  for (let i = 0; i < 500; i++)
    text += `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n${String(i).padStart(4, '0')}`
  client.send(text)
  for (let i = 0; i < 500; i++) {
    const { body } = await client.response()
    if (body.toString() !== String(i).padStart(4, '0')) t.fail(`answer ${i} is ${body}`)
  }
  const before = waits.length
  client.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nz')
  while (waits.length === before) await new Promise(resolve => setTimeout(resolve, 5))
  t.equal(client.text, '', 'the second waits for the first')
  release()
  t.equal((await client.response()).body.toString(), 'late')
  t.equal((await client.response()).body.toString(), 'z')
})

test('a request dripping in byte by byte', async t => {
  const { server, port } = await serve({ headTimeMs: 5000 })
  t.teardown(() => server.close(100))
  const client = await RawClient.open(port)
  t.teardown(() => client.close())
  for (const byte of '\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n') {
    client.send(byte)
    await new Promise(resolve => setImmediate(resolve))
  }
  t.equal((await client.response()).body.toString(), 'ab')
})

test('HTTP/1.0', async t => {
  const { server, port } = await serve()
  t.teardown(() => server.close(100))
  const plain = await RawClient.open(port)
  t.match(
    await plain.send('GET /stream HTTP/1.0\r\n\r\n').all(),
    /^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\nonetwothree$/,
    'no chunks, ended by closing'
  )
  const kept = await RawClient.open(port)
  t.teardown(() => kept.close())
  kept.send('POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nq')
  const response = await kept.response()
  t.equal(response.header('connection'), 'keep-alive')
  kept.send('POST /echo HTTP/1.0\r\nContent-Length: 1\r\n\r\nr')
  t.match(await kept.all(), /r$/)
})

test('what is refused, and with what', async t => {
  const { server, port } = await serve()
  t.teardown(() => server.close(100))
  const cases: [number, string][] = [
    [400, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n'],
    [400, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n'],
    [400, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n'],
    [400, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n'],
    [400, 'POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n'],
    [400, 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    [400, 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n'],
    [400, 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\nab\r\n'],
    [501, 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    [400, 'GET /echo HTTP/1.1\r\n\r\n'],
    [400, 'GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    [411, 'POST /secret HTTP/1.1\r\nHost: a\r\n\r\n'],
    [413, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n'],
    [413, 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n'],
    [417, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: coffee\r\n\r\n'],
    [431, `GET /echo HTTP/1.1\r\nHost: a\r\nA: ${'x'.repeat(9000)}`],
    [431, `GET /echo HTTP/1.1\r\nHost: a\r\nA: ${'x'.repeat(8200)}\r\n\r\n`],
    [505, 'GET /echo HTTP/2.0\r\n\r\n'],
    [400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n']
  ]
  for (const [status, request] of cases) {
    const client = await RawClient.open(port)
    const text = await client.send(request).all()
    t.ok(
      text.startsWith(`HTTP/1.1 ${status} `),
      `${status} for ${JSON.stringify(request.slice(0, 90))}: ${text.slice(0, 30)}`
    )
    t.notMatch(text, /WWW-Authenticate/, 'and never a challenge')
    t.match(text, /Connection: close/)
  }
})

test('slow clients', async t => {
  const { server, port } = await serve()
  t.teardown(() => server.close(100))
  const loris = await RawClient.open(port)
  loris.send('GET /echo HTTP/1.1\r\n')
  const drip = setInterval(() => loris.send('A: b\r\n'), 50)
  t.match(await loris.all(), /^HTTP\/1\.1 408 /, 'a head that never ends')
  clearInterval(drip)
  const half = await RawClient.open(port)
  half.send('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
  t.match(await half.all(), /^HTTP\/1\.1 408 /, 'a body that stops')
  const silent = await RawClient.open(port)
  t.equal(await silent.all(), '', 'a connection that says nothing is closed without a word')
  const idle = await RawClient.open(port)
  idle.send('GET /echo HTTP/1.1\r\nHost: a\r\n\r\n')
  t.equal((await idle.response()).status, 200)
  t.equal(await idle.all(), '', 'so is one that says nothing more')
})

test('a client that takes no answer is cut off and memory stays bounded', async t => {
  const { server, port } = await serve({ sendTimeMs: 400 })
  t.teardown(() => server.close(100))
  const client = await RawClient.open(port)
  client.socket.pause()
  client.send('GET /flood HTTP/1.1\r\nHost: a\r\n\r\n')
  const started = performance.now()
  while (server.connectionCount > 0 && performance.now() - started < 5000)
    await new Promise(resolve => setTimeout(resolve, 20))
  t.equal(server.connectionCount, 0)
  client.close()
})

test('a wait ends when its client goes', async t => {
  const { server, port } = await serve()
  t.teardown(() => server.close(100))
  for (const leave of ['destroy', 'end'] as const) {
    const before = waits.length
    const client = await RawClient.open(port)
    client.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
    while (waits.length === before) await new Promise(resolve => setTimeout(resolve, 5))
    const { signal } = waits[before]
    const aborted = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    client.socket[leave]()
    await aborted
    t.pass(leave)
    client.close()
  }
})

test('credentials: challenged, verified once per connection', async t => {
  const { server, port } = await serve()
  t.teardown(() => server.close(100))
  const client = await RawClient.open(port)
  t.teardown(() => client.close())
  client.send('GET /secret HTTP/1.1\r\nHost: a\r\n\r\n')
  const challenge = await client.response()
  t.equal(challenge.status, 401)
  t.same(challenge.all('www-authenticate'), ['Basic realm="test"'])
  const before = verified
  for (let i = 0; i < 3; i++) {
    client.send('GET /secret HTTP/1.1\r\nHost: a\r\nAuthorization: basic good\r\n\r\n')
    t.equal((await client.response()).body.toString(), 'alice@example.com')
  }
  t.equal(verified - before, 1)
  client.send('GET /secret HTTP/1.1\r\nHost: a\r\nAuthorization: Basic bad\r\n\r\n')
  t.equal((await client.response()).status, 401)
  client.send('GET /secret HTTP/1.1\r\nHost: a\r\n\r\n')
  t.equal((await client.response()).status, 401, 'Basic belongs to the request, not to the connection')
  client.send('GET /secret HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n')
  t.equal((await client.response()).status, 401)
})

test('health, limits of connections, and a graceful end', async t => {
  const server = new HttpServer({
    runtime: systemRuntime,
    limits: { ...limits, connectionsPerSource: 3 },
    routes,
    schemes: []
  })
  const port = await server.listen(0, '127.0.0.1')
  const client = await RawClient.open(port)
  client.send('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  t.equal((await client.response()).status, 503)
  server.ready()
  client.send('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  t.equal((await client.response()).status, 200)
  const others = [await RawClient.open(port), await RawClient.open(port)]
  t.match(await (await RawClient.open(port)).all(), /^HTTP\/1\.1 503 /, 'one too many')
  others[0].close()
  const before = waits.length
  client.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
  while (waits.length === before) await new Promise(resolve => setTimeout(resolve, 5))
  const closing = server.close(2000)
  t.equal(await others[1].all(), '', 'idle connections end at once')
  release()
  const last = await client.response()
  t.equal(last.body.toString(), 'late', 'what was in flight is answered')
  t.equal(last.header('connection'), 'close')
  client.socket.end()
  await closing
  t.equal(server.connectionCount, 0)
  await t.rejects(RawClient.open(port))
})

test('1,000 connections', async t => {
  const { server, port } = await serve({ headTimeMs: 20_000, idleTimeMs: 20_000 })
  t.teardown(() => server.close(100))
  const clients = await Promise.all(Array.from({ length: 1000 }, () => RawClient.open(port)))
  const answers = await Promise.all(
    clients.map((client, i) =>
      client.send(`POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n${1000 + i}`).response(20_000)
    )
  )
  t.ok(answers.every(({ body }, i) => body.toString() === String(1000 + i)))
  t.equal(server.connectionCount, 1000)
  for (const client of clients) client.close()
})

test('an independent client: curl', async t => {
  try {
    await run('curl', ['--version'])
  } catch {
    return t.pass('skipped: curl is not installed')
  }
  const { server, port } = await serve({ headTimeMs: 5000 })
  t.teardown(() => server.close(100))
  const url = `http://127.0.0.1:${port}`
  const curl = async (...args: string[]) => (await run('curl', ['-sS', '--max-time', '10', ...args])).stdout
  t.equal(await curl('-d', 'hello', `${url}/echo`), 'hello')
  t.equal(await curl('-H', 'Transfer-Encoding: chunked', '-d', 'chunky', `${url}/echo`), 'chunky')
  t.equal(await curl('-H', 'Expect: 100-continue', '-d', 'waited', `${url}/echo`), 'waited')
  t.equal(await curl('-0', `${url}/stream`), 'onetwothree')
  t.equal(await curl(`${url}/stream`, `${url}/stream`), 'onetwothreeonetwothree')
  t.match(await curl('-I', `${url}/stream`), /^HTTP\/1\.1 200 OK\r\n/)
  t.match(await curl('-i', '-X', 'OPTIONS', `${url}/echo`), /Allow: GET, POST, OPTIONS/)
  t.match(await curl('-i', '-X', 'RPC_OUT_DATA', '-d', '', `${url}/none`), /^HTTP\/1\.1 404 /)
  const large = await curl('-d', 'x'.repeat(49_000), `${url}/echo`)
  t.equal(large.length, 49_000)
})
