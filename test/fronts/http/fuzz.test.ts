import { test } from 'tap'
import { Random } from '../../../src/bufferstructs/index.js'
import { parseConfig } from '../../../src/config.js'
import { HttpServer, httpLimits, type Route } from '../../../src/fronts/http/index.js'
import { createLog } from '../../../src/log.js'
import { systemRuntime } from '../../../src/runtime.js'
import { RawClient } from '../raw-client.js'

const seeds = [
  'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nT: v\r\n\r\n',
  'GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\nHEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok'
]

const route = (path: string, handle: Route['handle']): Route => ({
  path,
  authenticate: false,
  bodyLimitBytes: 4096,
  methods: ['POST'],
  handle
})

test('seeded fuzz: whatever comes in, in whatever pieces, the server answers the next client', async t => {
  const defects: string[] = []
  const server = new HttpServer({
    runtime: systemRuntime,
    limits: { ...httpLimits(parseConfig()), headTimeMs: 200, bodyTimeMs: 200, idleTimeMs: 200 },
    routes: [
      route('/echo', (request, response) => response.send(request.body)),
      route('/stream', (_request, response) => {
        response.start(Buffer.from('a'))
        response.end(Buffer.from('b'))
      })
    ],
    schemes: [],
    log: createLog({ level: 'error', format: 'json', write: line => void defects.push(line) })
  })
  const port = await server.listen(0, '127.0.0.1')
  t.teardown(() => server.close(100))
  server.ready()
  const statuses = new Map<string, number>()
  const one = async (seed: number) => {
    const random = new Random(seed)
    let text = seeds[random.below(seeds.length)] + seeds[random.below(seeds.length)]
    for (let edits = random.below(5); edits > 0; edits--) {
      const at = random.below(text.length)
      text =
        text.slice(0, at) +
        String.fromCharCode(random.below(256)).repeat(random.below(3)) +
        text.slice(at + random.below(3))
    }
    const client = await RawClient.open(port)
    for (let at = 0; at < text.length; ) {
      const size = 1 + random.below(60)
      client.send(text.slice(at, at + size))
      at += size
      await new Promise(resolve => setImmediate(resolve))
    }
    client.socket.end()
    const answer = await client.all(5000)
    client.close()
    // Only whole answers of known kinds, never half of one.
    for (const [, status] of answer.matchAll(/HTTP\/1\.1 (\d{3}) /g))
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (answer !== '' && !answer.startsWith('HTTP/1.1 ')) t.fail(`seed ${seed}: ${JSON.stringify(answer.slice(0, 80))}`)
  }
  for (let block = 0; block < 20; block++) {
    await Promise.all(Array.from({ length: 40 }, (_, i) => one(1 + block * 40 + i)))
  }
  t.ok((statuses.get('200') ?? 0) > 400, `answers by status: ${JSON.stringify([...statuses])}`)
  t.ok((statuses.get('400') ?? 0) > 50)
  t.equal(statuses.get('500'), undefined)
  t.same(defects, [])
  for (let i = 0; i < 200 && server.connectionCount > 0; i++) await new Promise(resolve => setTimeout(resolve, 10))
  t.equal(server.connectionCount, 0)
  const healthy = await RawClient.open(port)
  healthy.send('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  t.equal((await healthy.response()).status, 200)
  healthy.close()
})
