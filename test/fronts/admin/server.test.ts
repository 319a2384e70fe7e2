import t from 'tap'
import { FaultyEngine } from '../../../store/faulty-engine.js'
import { AdminServer } from './admin-server.js'

t.test('health tells how the server is', async t => {
  const engine = new FaultyEngine()
  const admin = await AdminServer.start(t, { memory: undefined, engine })
  const before = await admin.demand(200, 'GET', '/admin/health')
  t.match(before.body, {
    status: 'ok',
    store: { status: 'ok', failure: null, durability: 'power' },
    sessions: 0,
    entries: 0
  })
  t.match(before.body.version, /^\d+\.\d+\.\d+/)
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'kim@example.com', password: 'x' } })
  await admin.logOn('kim@example.com', 'x')
  const { body } = await admin.demand(200, 'GET', '/admin/health')
  t.match(body, { sessions: 1, contexts: 1, entries: 1 })
  t.ok(body.connections > 0)
  t.ok(body.store.commits > before.body.store.commits)
  t.equal(body.store.commits, body.store.commitsOnDisk)
  t.ok(body.memory.residentBytes > body.memory.heapUsedBytes)
  t.ok(body.uptimeSeconds > 0)

  engine.replan({ failAt: 1 })
  const failed = await admin.demand(503, 'POST', '/admin/users', { body: { address: 'lee@example.com' } })
  t.equal(failed.headers.get('retry-after'), '1')
  const sick = await admin.demand(503, 'GET', '/admin/health')
  t.match(sick.body, { status: 'failed', store: { status: 'failed', failure: /planned failure/ } })
  engine.replan({})
  for (let n = 0; (await admin.ask('GET', '/admin/health')).status !== 200; n++) {
    if (n > 100) return t.fail('the server does not recover')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  t.equal((await admin.demand(200, 'GET', '/admin/users')).body.count, 1, 'who was refused is not there')
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'lee@example.com' } })
})

t.test('metrics count ROPs, for programs and for Prometheus', async t => {
  const admin = await AdminServer.start(t)
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'kim@example.com', password: 'x' } })
  const session = await admin.logOn('kim@example.com', 'x')
  await t.rejects(session.listFolders(1))
  const { body } = await admin.demand(200, 'GET', '/admin/metrics')
  const logon = body.rops.find(({ name }: { name: string }) => name === 'RopLogon')
  t.match(logon, { calls: 1, errors: {}, tooSmall: 0 })
  t.equal(
    logon.histogram.reduce((sum: number, count: number) => sum + count, 0),
    1
  )
  const folder = body.rops.find(({ name }: { name: string }) => name === 'RopOpenFolder')
  t.strictSame(folder.errors, { ecNotFound: 1 })

  const accept = { headers: { Accept: 'text/plain;version=0.0.4;q=0.9,*/*;q=0.1' } }
  const { text, headers } = await admin.demand(200, 'GET', '/admin/metrics', accept)
  t.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  const samples = parsePrometheus(text)
  t.equal(samples.get('ropewalk_rop_calls_total{rop="RopLogon"}'), 1)
  t.equal(samples.get('ropewalk_rop_errors_total{rop="RopOpenFolder",error="ecNotFound"}'), 1)
  t.equal(samples.get('ropewalk_rop_duration_seconds_bucket{rop="RopLogon",le="+Inf"}'), 1)
  t.equal(samples.get('ropewalk_rop_duration_seconds_count{rop="RopLogon"}'), 1)
  t.equal(samples.get('ropewalk_sessions'), 1)
  t.equal(samples.get('ropewalk_up'), 1)
  await admin.demand(406, 'GET', '/admin/metrics', { headers: { Accept: 'image/png' } })
  await admin.demand(200, 'HEAD', '/admin/metrics')
})

/** Samples by name and labels; throws for a line that the text format (0.0.4) does not have, and for buckets that go down. */
function parsePrometheus(text: string): Map<string, number> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  let last = { series: '', value: 0 }
  for (const line of text.slice(0, -1).split('\n')) {
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line)
    if (type !== null) {
      if (types.has(type[1])) throw new Error(`${type[1]} has two types`)
      types.set(type[1], type[2])
      continue
    }
    if (/^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* \S/.test(line)) continue
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)+\})? (\S+)$/.exec(line)
    if (sample === null) throw new Error(`no line of the format: ${line}`)
    const [, name, labels = '', value] = sample
    if (!types.has(name) && !types.has(name.replace(/_(bucket|sum|count)$/, ''))) throw new Error(`${name} has no type`)
    if (samples.has(name + labels)) throw new Error(`${name}${labels} comes twice`)
    if (name.endsWith('_bucket')) {
      const series = labels.replace(/,?le="[^"]*"/, '')
      if (series === last.series && Number(value) < last.value) throw new Error(`buckets go down: ${line}`)
      last = { series, value: Number(value) }
    }
    samples.set(name + labels, Number(value))
  }
  return samples
}

t.test('sessions are listed and ended', async t => {
  const admin = await AdminServer.start(t)
  for (const address of ['kim@example.com', 'lee@example.com']) {
    await admin.demand(201, 'POST', '/admin/users', { body: { address, password: 'x' } })
  }
  const kim = await admin.logOn('kim@example.com', 'x')
  const lee = await admin.logOn('lee@example.com', 'x')
  const { body } = await admin.demand(200, 'GET', '/admin/sessions')
  t.match(body, {
    count: 2,
    sessions: [{ user: 'kim@example.com', mailboxes: ['kim@example.com'] }, { user: 'lee@example.com' }]
  })
  const [{ id }] = body.sessions
  const page = await admin.demand(200, 'GET', '/admin/sessions?limit=1')
  t.match(page.body, { next: '1', sessions: [{ id }] })
  t.match((await admin.demand(200, 'GET', '/admin/sessions?limit=1&cursor=1')).body, {
    next: null,
    sessions: [{ user: 'lee@example.com' }]
  })
  t.match((await admin.demand(200, 'GET', `/admin/sessions/${id}`)).body, {
    id,
    isBusy: false,
    isWaiting: false,
    handles: 1
  })
  await admin.demand(204, 'DELETE', `/admin/sessions/${id}`)
  await t.rejects(kim.listFolders())
  t.ok((await lee.listFolders()).length > 0, 'others go on')
  await admin.demand(404, 'GET', `/admin/sessions/${id}`)
  await admin.demand(404, 'DELETE', `/admin/sessions/${id}`)
})
