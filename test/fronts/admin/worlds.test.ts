import t from 'tap'
import { AdminServer } from './admin-server.js'

const WORLD = `ropewalk: 1
name: admin-test
domain: example.com
users:
  - address: kim@example.com
    name: Kim
    password: secret
    folders:
      - path: inbox
        messages:
          - { subject: Hello, from: Lee <lee@example.com>, body: Hi Kim }
        generate: { seed: 1, messages: 20 }
`
const YAML = { type: 'application/yaml' }

t.test('a world is checked, applied while the server serves, and applied again without harm', async t => {
  const admin = await AdminServer.start(t)
  const checked = await admin.demand(200, 'POST', '/admin/worlds?check=true', { ...YAML, body: WORLD })
  t.match(checked.body, { world: 'admin-test', checked: true })
  t.equal((await admin.demand(200, 'GET', '/admin/users')).body.count, 0, 'a check changes nothing')
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'max@example.com', password: 'x' } })
  const session = await admin.logOn('max@example.com', 'x')
  const applied = await admin.demand(200, 'POST', '/admin/worlds', { ...YAML, body: WORLD })
  t.match(applied.body, { world: 'admin-test', checked: false })
  t.ok((await session.listFolders()).length > 0, 'sessions go on')
  const kim = await admin.logOn('kim@example.com', 'secret')
  t.ok((await kim.listFolders()).length > 0)
  const count = () => {
    const user = admin.server.directory.byAddress('kim@example.com')!
    return admin.server.mailboxes.open(user.mailboxNumber).then(core => {
      return [...core!.tree.all()].reduce((sum, { counters }) => sum + counters.contentCount, 0)
    })
  }
  t.equal(await count(), 21)
  await admin.demand(200, 'POST', '/admin/worlds', { ...YAML, body: WORLD })
  t.equal(await count(), 21)
  await admin.demand(201, 'POST', '/admin/mailboxes/kim@example.com/messages', { body: { from: 'max@example.com' } })
  t.equal(await count(), 22)
})

t.test('mistakes are answered with line and column', async t => {
  const admin = await AdminServer.start(t)
  const wrong = WORLD.replace('address: kim@example.com', 'adress: kim@example.com').replace(
    'messages: 20',
    'messages: many'
  )
  const { body } = await admin.demand(422, 'POST', '/admin/worlds', { ...YAML, body: wrong })
  const places = body.errors.map(({ line, column, path }: Record<string, unknown>) => `${line}:${column} ${path}`)
  t.ok(
    places.some((place: string) => place.startsWith('5:')),
    places.join(', ')
  )
  t.ok(
    places.some((place: string) => /^12:\d+ users\.0\.folders\.0\.generate\.messages$/.test(place)),
    places.join(', ')
  )
  t.equal((await admin.demand(200, 'GET', '/admin/users')).body.count, 0)
  const broken = await admin.demand(422, 'POST', '/admin/worlds?check=true', { ...YAML, body: 'a: [1,\nb: }' })
  t.match(broken.body.errors[0], { line: Number, column: Number })
  await admin.demand(422, 'POST', '/admin/worlds', { body: '{"ropewalk": 1}' })
  await admin.demand(415, 'POST', '/admin/worlds', { type: 'text/plain', body: WORLD })
  await admin.refused(400, ['check'], 'POST', '/admin/worlds?check=maybe', { ...YAML, body: WORLD })
  await admin.demand(413, 'POST', '/admin/worlds', { ...YAML, body: Buffer.alloc((16 << 20) + 1, 0x20) })
})
