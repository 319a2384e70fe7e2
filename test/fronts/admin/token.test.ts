import t from 'tap'
import { operations } from '../../../src/fronts/admin/operations.js'
import { AdminServer, keepingLog } from './admin-server.js'

t.test('nothing but the token opens the API', async t => {
  const lines: string[] = []
  const admin = await AdminServer.start(t, { log: keepingLog(lines) })
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'kim@example.com', password: 'hunter2' } })
  const { adminToken } = admin.server
  const shown: [string | undefined, RegExp][] = [
    [undefined, /^Bearer realm="ropewalk-admin"$/],
    ['Bearer', /error="invalid_token"/],
    ['Bearer ', /error="invalid_token"/],
    [`Bearer ${adminToken}x`, /error="invalid_token"/],
    [`Bearer ${adminToken.slice(1)}`, /error="invalid_token"/],
    [`Bearer ${'x'.repeat(2000)}`, /error="invalid_token"/],
    [`Basic ${Buffer.from('kim@example.com:hunter2').toString('base64')}`, /error="invalid_token"/],
    [`Basic ${Buffer.from(`kim@example.com:${adminToken}`).toString('base64')}`, /error="invalid_token"/],
    [adminToken, /error="invalid_token"/]
  ]
  for (const [authorization, challenge] of shown) {
    const headers = authorization === undefined ? undefined : { Authorization: authorization }
    const answer = await admin.demand(401, 'GET', '/admin/users', { token: null, headers })
    t.match(answer.headers.get('www-authenticate'), challenge, `refused: ${authorization?.slice(0, 20)}`)
  }
  await admin.demand(200, 'GET', '/admin/users', { token: null, headers: { Authorization: `bearer ${adminToken}` } })
  t.equal(lines.filter(line => line.startsWith('admin.refused')).length, shown.length - 1, 'each wrong token is logged')
  t.notOk(
    lines.some(line => line.includes(adminToken) || line.includes('hunter2')),
    'no token and no password is in the log'
  )
})

t.test('every operation asks for the token, but the description', async t => {
  const admin = await AdminServer.start(t)
  for (const { method, path, isOpen } of operations) {
    const asked = path.replace(/\{\w+\}/g, 'x')
    const answer = await admin.ask(method, asked, { token: null })
    t.equal(answer.status, isOpen ? 200 : 401, `${method} ${asked}`)
  }
  await admin.demand(401, 'GET', '/admin/nothing', { token: null })
  await admin.demand(401, 'GET', '/admin', { token: null })
  await admin.demand(404, 'GET', '/admin')
  await admin.demand(404, 'GET', '/admin/users/a/b')
  await admin.demand(404, 'GET', '/admin/mailboxes/kim@example.com')
})

t.test('the token opens no mailbox', async t => {
  const admin = await AdminServer.start(t)
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'kim@example.com', password: 'hunter2' } })
  const { adminToken, urls } = admin.server
  const tries = [`Bearer ${adminToken}`, `Basic ${Buffer.from(`kim@example.com:${adminToken}`).toString('base64')}`]
  for (const path of ['/autodiscover/autodiscover.xml', '/mapi/emsmdb/?MailboxId=x', '/mapi/nspi/?MailboxId=x']) {
    for (const authorization of tries) {
      const { status } = await fetch(`${urls.http}${path}`, {
        method: 'POST',
        headers: { Authorization: authorization },
        body: 'x'
      })
      t.equal(status, 401, `${path} with ${authorization.slice(0, 6)}`)
    }
  }
})

t.test('wrong tokens are told to wait, the right one passes', async t => {
  const admin = await AdminServer.start(t)
  const statuses: number[] = []
  for (let n = 0; n < 30; n++) statuses.push((await admin.ask('GET', '/admin/health', { token: 'wrong' })).status)
  t.strictSame(statuses.slice(0, 20), Array(20).fill(401))
  t.ok(statuses.includes(429), 'then they are limited')
  const limited = await admin.ask('GET', '/admin/health', { token: 'wrong' })
  t.match(limited.headers.get('retry-after'), /^\d+$/)
  await admin.demand(200, 'GET', '/admin/health')
})

t.test('a web page gets nothing', async t => {
  const admin = await AdminServer.start(t)
  const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' }
  for (const [method, path] of [
    ['OPTIONS', '/admin/users'],
    ['GET', '/admin/users'],
    ['GET', '/admin/openapi.json']
  ]) {
    const answer = await admin.ask(method, path, { headers })
    t.notOk(
      [...answer.headers.keys()].some(name => name.startsWith('access-control-')),
      `${method} ${path} allows no origin`
    )
  }
  // What an HTML form can send.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
    const body = Buffer.from('{"address":"kim@example.com"}')
    const answer = await admin.demand(415, 'POST', '/admin/users', { body, type })
    t.equal(answer.headers.get('accept-post'), 'application/json')
  }
  const patch = await admin.demand(415, 'PATCH', '/admin/users/x', { body: '{}', type: 'text/plain' })
  t.equal(patch.headers.get('accept-patch'), 'application/json, application/merge-patch+json')
  const { headers: common } = await admin.ask('GET', '/admin/users')
  t.equal(common.get('cache-control'), 'no-store')
  t.equal(common.get('x-content-type-options'), 'nosniff')
})

t.test('methods: HEAD as GET, OPTIONS and 405 say what there is', async t => {
  const admin = await AdminServer.start(t)
  const paths = [...new Set(operations.map(({ path }) => path))]
  for (const path of paths) {
    const asked = path.replace(/\{\w+\}/g, 'x')
    const methods = operations.filter(operation => operation.path === path).map(({ method }) => method as string)
    const expected = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
    const sorted = (header: string | null) => (header ?? '').split(', ').sort()
    const options = await admin.ask('OPTIONS', asked)
    t.strictSame(sorted(options.headers.get('allow')), expected, `OPTIONS ${asked}`)
    const refused = await admin.demand(405, 'PUT', asked, { body: '{}' })
    t.strictSame(sorted(refused.headers.get('allow')), expected, `PUT ${asked}`)
  }
  const get = await admin.demand(200, 'GET', '/admin/users')
  const head = await admin.demand(200, 'HEAD', '/admin/users')
  t.equal(head.headers.get('content-length'), get.headers.get('content-length'))
  t.equal(head.text, '')
  t.equal((await admin.ask('HEAD', '/admin/users/nobody@x.y')).status, 404)
  await admin.demand(405, 'HEAD', '/admin/worlds')
})

t.test('contents are bounded', async t => {
  const admin = await AdminServer.start(t)
  const long = Buffer.alloc((2 << 20) + 1, ' ')
  await admin.demand(413, 'POST', '/admin/users', { body: long })
  await admin.demand(413, 'POST', '/admin/mailboxes/x/messages', { body: Buffer.alloc((4 << 20) + 1, ' ') })
  await admin.demand(400, 'DELETE', '/admin/users/kim@example.com', { body: '{}' })
  await admin.demand(406, 'GET', '/admin/users', { headers: { Accept: 'text/html' } })
  await admin.demand(200, 'GET', '/admin/users', { headers: { Accept: 'text/html, */*;q=0.1' } })
})
