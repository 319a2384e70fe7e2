/** The project's own recording, played again to other servers than the recorded one; and what a false recording is told. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { SessionListing } from '../../src/captures/listing/list-exchange.js'
import { nodesOf } from '../../src/captures/listing/tree.js'
import { readFolder } from '../../src/captures/read-session.js'
import { CaptureError, type RecordedSession } from '../../src/captures/recorded-session.js'
import { type LiveServer, openLiveServer } from '../../src/captures/replay/open-live-server.js'
import { type ReplayOptions, type ReplayReport, replaySession } from '../../src/captures/replay/replay-session.js'
import { type RopewalkServer, startServer } from '../../src/index.js'
import { worldSchema } from '../../src/world/schema.js'
import { makeFirstSteps } from './make-first-steps.js'

const FOLDER = join('captures', 'first-steps')
const session = readFolder(FOLDER)
const scratch = mkdtempSync(join(tmpdir(), 'ropewalk-replay-'))
t.teardown(() => rmSync(scratch, { recursive: true, force: true }))

type TapTest = Pick<typeof t, 'teardown'>

async function serve(test: TapTest, world: Parameters<typeof startServer>[0] = {}): Promise<RopewalkServer> {
  const options = { world: join(FOLDER, 'world.yaml'), memory: true, ports: 0, logLevel: 'silent' } as const
  const server = await startServer({ ...options, ...world })
  test.teardown(() => server.stop())
  return server
}

async function open(test: TapTest, server: RopewalkServer, more: object = {}): Promise<LiveServer> {
  const user = { user: 'kim@steps.example', password: 'kim' }
  const live = await openLiveServer({ url: server.urls.http, ...user, ...more })
  test.teardown(() => live.close())
  return live
}

async function replay(test: TapTest, recorded: RecordedSession, options?: ReplayOptions): Promise<ReplayReport> {
  return replaySession(recorded, await open(test, await serve(test)), options)
}

/** The recording with one body changed. */
function falsified(name: string, kind: 'request' | 'response', change: (bytes: Buffer) => Buffer): RecordedSession {
  const exchanges = session.exchanges.map(exchange => {
    const message = exchange[kind]
    if (exchange.name !== name || message === undefined) return exchange
    return { ...exchange, [kind]: { ...message, bytes: change(Buffer.from(message.bytes)) } }
  })
  return { ...session, exchanges }
}

function differencesOf(report: ReplayReport): string[] {
  return report.exchanges.flatMap(({ name, differences }) => differences.map(({ path }) => `${name}/${path}`))
}

t.test('the recording is listed whole', async t => {
  const listing = new SessionListing()
  for (const exchange of session.exchanges) {
    const { request, response } = listing.list(exchange)
    for (const tree of [request!, response!])
      t.same(
        [...nodesOf(tree)].flatMap(({ fault }) => fault ?? []),
        [],
        `${exchange.name} ${tree.name}`
      )
  }
})

t.test('another server with the same world answers the same, also the second time', async t => {
  const server = await serve(t)
  for (const auth of ['basic', 'ntlm'] as const) {
    const live = await open(t, server, { auth })
    const report = await replaySession(session, live)
    t.same(differencesOf(report), [])
    t.ok(report.exchanges.every(({ outcome }) => outcome === 'same'))
    t.equal(report.unexplained, 0)
    t.ok(report.exchanges.reduce((sum, { compared }) => sum + compared, 0) > 700)
  }
})

t.test('a mailbox of another name, organisation and ids answers the same', async t => {
  const text = readFileSync(join(FOLDER, 'world.yaml'), 'utf8')
  const server = await serve(t)
  const other = { organization: 'Elsewhere', domain: 'elsewhere.example' }
  t.equal(server.directory.byAddress('kim@steps.example')?.displayName, 'Kim Keeper', text.slice(0, 20))
  const world = worldSchema.parse({
    ...{ ropewalk: 1, name: 'other', ...other },
    users: [
      { address: 'aaron@elsewhere.example', name: 'Aaron', password: 'a' },
      { address: 'pat@elsewhere.example', name: 'Pat Plain', password: 'pat', folders: [{ path: 'Projects/Harbour' }] }
    ]
  })
  const live = await open(t, await serve(t, { world }), { user: 'pat@elsewhere.example', password: 'pat' })
  const logons = { ...session, exchanges: session.exchanges.slice(0, 3) }
  t.same(differencesOf(await replaySession(logons, live)), [])
  const writing = { ...session, exchanges: session.exchanges.filter(({ name }) => /^(0[123]|1[4-7])/.test(name)) }
  t.same(differencesOf(await replaySession(writing, live)), [], 'a draft is written to the folder with the live id')
})

t.test('a false answer is told exactly, with both sides', async t => {
  const subject = Buffer.from('Welcome', 'utf16le')
  const wrong = falsified('07-messages-rest', 'response', bytes => {
    const at = bytes.indexOf(subject)
    bytes.write('X', at, 'latin1')
    return bytes
  })
  const report = await replay(t, wrong)
  t.same(
    report.exchanges.filter(({ outcome }) => outcome !== 'same'),
    [
      {
        ...{ name: '07-messages-rest', type: 'Execute', outcome: 'differs' },
        ...{ compared: report.exchanges[6].compared, masked: report.exchanges[6].masked },
        differences: [
          { path: 'RopQueryRows/rows/[0]/PidTagSubject', recorded: '"Xelcome"', live: '"Welcome"', why: undefined }
        ]
      }
    ]
  )
  t.equal(report.unexplained, 1)
})

t.test('a difference that the recording explains is told and counts not', async t => {
  const wrong = falsified('03-logon', 'response', bytes => {
    const at = bytes.indexOf(Buffer.from([0xfe, 0, 0, 0, 0, 0]))
    bytes[at + 6 + 1 + 13 * 8] ^= 0x10
    return bytes
  })
  t.match(differencesOf(await replay(t, wrong)), ['03-logon/RopLogon/responseFlags'])
  const mayDiffer = [{ path: '03-logon/*/responseFlags', why: 'rights are of no interest' }]
  const report = await replay(t, { ...wrong, mayDiffer })
  t.equal(report.unexplained, 0)
  t.match(report.exchanges[2], { outcome: 'differs', differences: [{ why: 'rights are of no interest' }] })
})

t.test('ids have to stand for each other one to one', async t => {
  // The second folder of the logon gets the id of the first: no live pair can be both.
  const wrong = falsified('03-logon', 'response', bytes => {
    const at = bytes.indexOf(Buffer.from([0xfe, 0, 0, 0, 0, 0])) + 7
    bytes.copyWithin(at + 8, at, at + 8)
    return bytes
  })
  t.same(differencesOf(await replay(t, wrong, { only: '3' })), ['03-logon/RopLogon/folderIds/[1]'])
})

t.test('only one exchange, stop at a difference', async t => {
  const seen: string[] = []
  const report = await replay(t, session, { only: '18', onExchange: ({ name }) => seen.push(name) })
  t.match(report.exchanges, [{ name: '18-read-draft', outcome: 'same' }])
  t.same(seen, ['18-read-draft'])
  const wrong = falsified('04-folders', 'response', bytes => bytes.subarray(0, bytes.length - 5))
  const stopped = await replay(t, wrong, { stopOnDifference: true })
  t.equal(stopped.exchanges.at(-1)?.name, '04-folders')
  t.ok(stopped.unexplained > 0)
  await t.rejects(replay(t, session, { only: 'nothing' }), CaptureError)
})

t.test('what is not recorded is sent or skipped, and says so', async t => {
  const exchanges = session.exchanges.slice(0, 5).map(exchange => {
    if (exchange.name === '04-folders') return { ...exchange, response: undefined }
    return exchange.name === '05-folders-end' ? { ...exchange, request: undefined } : exchange
  })
  const waiting = { ...exchanges[0], name: '06-wait', type: 'NotificationWait', response: undefined }
  const { exchanges: replayed } = await replay(t, { ...session, exchanges: [...exchanges, waiting] })
  t.match(replayed.slice(3), [
    { outcome: 'sent', reason: /its answer of \d+ bytes is not recorded/ },
    { outcome: 'skipped', reason: 'its request is not recorded' },
    { outcome: 'skipped', reason: /no event was pending/ }
  ])
})

t.test('a request that is damaged is sent as it was recorded, and its answer compared', async t => {
  const reserved = falsified('04-folders', 'request', bytes => {
    bytes[bytes.indexOf(Buffer.from([0x02, 0x00, 0x00, 0x01]))] = 0x28
    return bytes
  })
  const report = await replay(t, reserved, { only: '4' })
  t.ok(differencesOf(report).some(path => path.startsWith('04-folders/errorCode')))
})

t.test('a server that cannot be reached or that refuses: what to do', async t => {
  const server = await serve(t)
  const refused = (options: object): Promise<LiveServer> =>
    openLiveServer({ url: server.urls.http, user: 'kim@steps.example', password: 'kim', ...options })
  await t.rejects(refused({ password: 'wrong' }), { message: /refused the credentials/, hint: /--auth/ })
  await t.rejects(refused({ url: 'http://127.0.0.1:9' }), { message: /does not answer/ })
  await t.rejects(refused({ url: 'gopher://x' }), { message: /not an http or https URL/ })
  await t.rejects(refused({ caFile: join(scratch, 'none.crt') }), { message: /does not exist/ })
  t.equal(server.urls.https === undefined, false)
  await t.rejects(refused({ url: server.urls.https }), { message: /not trusted/, hint: /--ca/ })
})

t.test('the recording can be made anew, and what was made is read', async t => {
  const folder = join(scratch, 'anew')
  cpSync(FOLDER, folder, { recursive: true, filter: source => !source.endsWith('.bin') })
  writeFileSync(join(folder, 'session.json'), '')
  await makeFirstSteps(folder)
  const anew = readFolder(folder)
  t.same(
    anew.exchanges.map(({ name, type }) => [name, type]),
    session.exchanges.map(({ name, type }) => [name, type])
  )
  t.same(differencesOf(await replay(t, anew)), [])
  t.notMatch(readFileSync(join(folder, 'session.json'), 'utf8'), /Basic|Authorization|MapiContext=[^;]/i)
})
