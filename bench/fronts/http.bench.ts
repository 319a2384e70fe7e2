/**
 * Costs of the HTTP front: nanoseconds to parse the head of an Outlook request, and PING requests per second over
 * keep-alive connections on loopback. The asking side is a process of its own, so that the CPU time is the server's.
 *
 *   node .build/bench/fronts/http.bench.js [connections] [seconds] [pipelined]
 */
import { fork } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Authenticator } from '../../src/auth/index.js'
import { parseConfig } from '../../src/config.js'
import { Directory } from '../../src/directory/index.js'
import { HttpServer, httpLimits } from '../../src/fronts/http/index.js'
import { parseHead } from '../../src/fronts/http/parse-head.js'
import type { EmsmdbPort } from '../../src/fronts/mapi-http/index.js'
import { MailboxEndpoint } from '../../src/fronts/mapi-http/index.js'
import { exchange2016 } from '../../src/personality.js'
import { newGuid, systemRuntime } from '../../src/runtime.js'
import { MemoryEngine, Store } from '../../store/index.js'

interface Work {
  port: number
  request: string
  connections: number
  seconds: number
  pipelined: number
}

/** One request of the kind that Outlook sends: its cookies, its names, its counters. */
function pingRequest(mailboxId: string): string {
  return (
    `POST /mapi/emsmdb/?MailboxId=${mailboxId} HTTP/1.1\r\nHost: mail.example.com\r\n` +
    `Authorization: Basic ${Buffer.from('alice@example.com:secret').toString('base64')}\r\n` +
    'Cache-Control: no-cache\r\nConnection: Keep-Alive\r\nPragma: no-cache\r\nContent-Type: application/mapi-http\r\n' +
    'Cookie: MapiRouting=UlVNOjE; MapiSequence=0123456789abcdef0123456789abcdef; X-BackEndCookie=abc\r\n' +
    'User-Agent: Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4266; Pro)\r\n' +
    'X-MS-CookieUri-Requested: t\r\nX-FeatureVersion: 1\r\nClient-Request-Id: {2EF33C39-49C8-421C-B876-CDF7F2AC3AA0}\r\n' +
    'X-RequestType: PING\r\nX-RequestId: {E2EA6C1C-E61B-49E9-9CFB-38184F907552}:123456\r\n' +
    'X-ClientInfo: {2EF33C39-49C8-421C-B876-CDF7F2AC3AA0}:123\r\nX-ClientApplication: Outlook/16.0.4266.1001\r\nContent-Length: 0\r\n\r\n'
  )
}

const ASK = 'ask'

/** Median of `rounds` timings of `repeat` parses, in nanoseconds of CPU each. */
export function headParseNs(rounds = 9, repeat = 100_000): number {
  const bytes = Buffer.from(pingRequest('aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee@example.com'), 'latin1')
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage()
    for (let i = 0; i < repeat; i++) {
      if (typeof parseHead(bytes, 0, bytes.length) === 'number') throw new Error('refused')
    }
    times.push((process.cpuUsage(start).user * 1000) / repeat)
  }
  return times.sort((a, b) => a - b)[rounds >> 1]
}

export interface PingFigures {
  requests: number
  perSecond: number
  /** CPU microseconds of the server per request, all its threads and the kernel's work for it. */
  cpuUs: number
}

/** Serves PING and asks from another process. */
export async function pingsPerSecond(connections: number, seconds: number, pipelined: number): Promise<PingFigures> {
  const runtime = systemRuntime
  const directory = await Directory.open(new Store(new MemoryEngine()), runtime)
  const authenticator = new Authenticator(directory, runtime, { passwordCost: 16 })
  const guid = newGuid(runtime)
  const alice = await directory.add({
    address: 'alice@example.com',
    displayName: 'Alice',
    guid,
    secret: await authenticator.credentials.make('secret', guid)
  })
  const endpoint = new MailboxEndpoint({
    // PING without a context asks nothing of the sessions beneath.
    emsmdb: {} as EmsmdbPort,
    directory,
    personality: exchange2016,
    runtime,
    serverName: 'ropewalk',
    contextLimit: 10,
    contextLimitPerUser: 10,
    answerCacheBytes: 0
  })
  const server = new HttpServer({
    runtime,
    limits: httpLimits(parseConfig()),
    routes: endpoint.routes(),
    schemes: [authenticator.basicScheme('ropewalk')],
    generation: () => directory.generation
  })
  const port = await server.listen(0, '127.0.0.1')
  const request = pingRequest(`${alice.mailboxGuid}@${alice.domain}`)
  const work: Work = { port, request, connections, seconds, pipelined }
  const asking = fork(fileURLToPath(import.meta.url), [ASK])
  const before = process.cpuUsage()
  const requests = await new Promise<number>((resolve, reject) => {
    asking.once('message', count => resolve(count as number))
    asking.once('error', reject)
    asking.send(work)
  })
  const cpu = process.cpuUsage(before)
  asking.disconnect()
  await server.close(100)
  endpoint.close()
  return { requests, perSecond: requests / seconds, cpuUs: (cpu.user + cpu.system) / requests }
}

/** The asking side: counts answers by their last bytes. */
function ask({ port, request, connections, seconds, pipelined }: Work): Promise<number> {
  const bytes = Buffer.from(request.repeat(pipelined), 'latin1')
  const mark = Buffer.from('\r\n0\r\n\r\n', 'latin1')
  let answered = 0
  let stopped = false
  const loops = Array.from(
    { length: connections },
    () =>
      new Promise<void>((resolve, reject) => {
        let outstanding = 0
        const socket = connect({ port, host: '127.0.0.1', noDelay: true })
        const send = () => {
          outstanding = pipelined
          socket.write(bytes)
        }
        socket.once('connect', send)
        socket.once('error', reject)
        socket.on('data', chunk => {
          for (let at = chunk.indexOf(mark); at >= 0; at = chunk.indexOf(mark, at + mark.length)) {
            answered++
            outstanding--
          }
          if (outstanding > 0) return
          if (!stopped) return send()
          socket.destroy()
          resolve()
        })
      })
  )
  setTimeout(() => {
    stopped = true
  }, seconds * 1000)
  return Promise.all(loops).then(() => answered)
}

async function main(): Promise<void> {
  const [connections, seconds, pipelined] = [
    Number(process.argv[2] ?? 16),
    Number(process.argv[3] ?? 5),
    Number(process.argv[4] ?? 1)
  ]
  const lines = [`head parse: ${headParseNs().toFixed(0)} ns`]
  const { perSecond, cpuUs } = await pingsPerSecond(connections, seconds, pipelined)
  lines.push(
    `PING, ${connections} connections, ${pipelined} pipelined: ${perSecond.toFixed(0)} requests/s, ${cpuUs.toFixed(1)} us CPU of the server per request`
  )
  process.stdout.write(`${lines.join('\n')}\n`)
}

if (process.argv[2] === ASK) {
  process.once('message', work => void ask(work as Work).then(count => process.send?.(count)))
} else if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
