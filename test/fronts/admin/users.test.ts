import t from 'tap'
import { AdminServer } from './admin-server.js'

const noLimits = {
  ...{ warningBytes: null, sendBytes: null, receiveBytes: null },
  ...{ sendMessageBytes: null, receiveMessageBytes: null }
}

t.test('a user is added, shown, changed, removed', async t => {
  const admin = await AdminServer.start(t)
  const added = await admin.demand(201, 'POST', '/admin/users', {
    body: {
      ...{ address: 'Kim@Example.com', name: 'Kim', password: 'secret', aliases: ['k@example.com'] },
      ...{
        proxyAddresses: ['X500:/o=Old/cn=kim'],
        attributes: { title: 'Clerk', photo: 'AAEC', businessPhones: ['1', '2'] }
      },
      ...{ limits: { receiveBytes: 1000 }, roles: ['publicFolderOwner'], locale: 'de-DE' }
    }
  })
  t.equal(added.headers.get('location'), '/admin/users/kim%40example.com')
  t.match(added.body, {
    ...{ kind: 'user', address: 'kim@example.com', name: 'Kim', aliases: ['k@example.com'], hasPassword: true },
    attributes: { title: 'Clerk', photo: 'AAEC', businessPhones: ['1', '2'] },
    limits: { ...noLimits, receiveBytes: 1000 },
    ...{ roles: ['publicFolderOwner'], disabled: false, manager: null, opens: [] }
  })
  t.notMatch(added.text, /secret|scrypt|salt/i, 'nothing of the password comes out')
  const session = await admin.logOn('kim@example.com', 'secret')
  const folders = await session.listFolders()
  t.ok(
    folders.some(({ displayName }) => displayName === 'Posteingang'),
    'the mailbox is there, in the language that was asked for'
  )
  const { body: list } = await admin.demand(200, 'GET', '/admin/users')
  t.strictSame(Object.keys(list.users[0].attributes).sort(), ['businessPhones', 'title'], 'a list leaves photos out')
  for (const name of ['kim@example.com', 'KIM%40EXAMPLE.COM', 'k@example.com', added.body.guid]) {
    const { body } = await admin.demand(200, 'GET', `/admin/users/${name}`)
    t.equal(body.guid, added.body.guid, `found as ${name}`)
  }
  const changed = await admin.demand(200, 'PATCH', '/admin/users/kim@example.com', {
    type: 'application/merge-patch+json',
    body: {
      name: 'Kim Kay',
      attributes: { title: null, city: 'Rome' },
      limits: { receiveBytes: null, sendBytes: 5 },
      aliases: []
    }
  })
  t.match(changed.body, { name: 'Kim Kay', aliases: [], attributes: { photo: 'AAEC', city: 'Rome' } })
  t.notOk('title' in changed.body.attributes)
  t.same(changed.body.limits, { ...noLimits, sendBytes: 5 })
  t.equal(changed.body.legacyDn, added.body.legacyDn, 'what clients cache stays')
  await admin.demand(404, 'GET', '/admin/users/k@example.com')
  await admin.demand(204, 'DELETE', '/admin/users/kim@example.com')
  await admin.demand(404, 'GET', '/admin/users/kim@example.com')
  await admin.demand(404, 'DELETE', '/admin/users/kim@example.com')
  await admin.demand(404, 'PATCH', '/admin/users/kim@example.com', { body: { name: 'x' } })
})

t.test('what cannot be is refused with its place, and nothing changes', async t => {
  const admin = await AdminServer.start(t)
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'kim@example.com', aliases: ['k@example.com'] } })
  const post = (status: number, places: string[], body: unknown) =>
    admin.refused(status, places, 'POST', '/admin/users', { body })
  await post(422, ['address'], {})
  await post(422, ['address'], { address: 'kim' })
  await post(422, ['address'], { address: 'kim@exa mple.com' })
  await post(422, ['address'], { address: 'kim..x@example.com' })
  await post(409, ['address'], { address: 'KIM@example.com' })
  await post(409, ['address', 'aliases.1'], { address: 'k@example.com', aliases: ['l@example.com', 'kim@example.com'] })
  await post(422, ['name', 'colour'], { address: 'l@example.com', name: '', colour: 'red' })
  await post(422, ['kind'], { address: 'l@example.com', kind: 'contact' })
  await post(422, ['password'], { address: 'l@example.com', password: '' })
  await post(422, ['attributes.titel'], { address: 'l@example.com', attributes: { titel: 'x' } })
  await post(422, ['attributes.title', 'attributes.seniority', 'attributes.birthday'], {
    address: 'l@example.com',
    attributes: { title: 'x'.repeat(257), seniority: 1.5, birthday: 'yesterday' }
  })
  await post(422, ['attributes.photo'], {
    address: 'l@example.com',
    attributes: { photo: Buffer.alloc(110_000).toString('base64') }
  })
  await post(422, ['attributes.title'], { address: 'l@example.com', attributes: { title: 'a\0b' } })
  await post(422, ['attributes.photo'], { address: 'l@example.com', attributes: { photo: '!' } })
  await post(422, ['proxyAddresses.0'], { address: 'l@example.com', proxyAddresses: ['smtp:x@y.z'] })
  await post(409, [], {
    address: 'l@example.com',
    proxyAddresses: [`x500:${(await admin.ask('GET', '/admin/users/kim@example.com')).body.legacyDn}`]
  })
  await post(422, ['manager', 'delegates.0'], {
    address: 'l@example.com',
    manager: 'no@x.y',
    delegates: ['nobody@x.y']
  })
  await post(422, ['opens.1'], { address: 'l@example.com', opens: ['kim@example.com', 'no@x.y'] })
  await post(422, ['locale'], { address: 'l@example.com', locale: 'xx-XX' })
  await post(422, ['limits.receiveBytes', 'roles.0'], {
    address: 'l@example.com',
    limits: { receiveBytes: -1 },
    roles: ['king']
  })
  await post(422, [''], [])
  await post(422, [''], 'null')
  const patch = (status: number, places: string[], body: unknown) =>
    admin.refused(status, places, 'PATCH', '/admin/users/kim@example.com', { body })
  await patch(422, ['address'], { address: 'new@example.com' })
  await patch(422, ['kind', 'guid'], { kind: 'room', guid: 'x' })
  await patch(422, ['members'], { members: [] })
  await patch(422, ['aliases.0'], { aliases: ['x'] })
  const { body } = await admin.demand(200, 'GET', '/admin/users')
  t.equal(body.count, 1)
  t.match(body.users[0], { address: 'kim@example.com', aliases: ['k@example.com'] })
})

t.test('what is no JSON is refused with line and column', async t => {
  const admin = await AdminServer.start(t)
  const { body } = await admin.refused(400, [''], 'POST', '/admin/users', { body: '{\n  "address": kim\n}' })
  t.match(body.errors[0], { line: 2, column: 14 })
  t.match(body.detail, /line 2, column 14/)
  await admin.refused(400, [''], 'POST', '/admin/users', { body: '' + '[' })
  await admin.demand(400, 'POST', '/admin/users', { body: Buffer.from([0x22, 0xff, 0x22]) })
  await admin.demand(415, 'POST', '/admin/users', { body: '{}', type: 'application/json; charset=latin1' })
})

t.test('who is disabled is out at once, and in again when enabled', async t => {
  const admin = await AdminServer.start(t)
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'kim@example.com', password: 'secret' } })
  const session = await admin.logOn('kim@example.com', 'secret')
  t.equal((await admin.ask('GET', '/admin/sessions')).body.count, 1)
  await admin.demand(200, 'PATCH', '/admin/users/kim@example.com', { body: { disabled: true } })
  t.equal((await admin.ask('GET', '/admin/sessions')).body.count, 0)
  await t.rejects(session.listFolders())
  await t.rejects(admin.logOn('kim@example.com', 'secret'))
  await admin.demand(200, 'PATCH', '/admin/users/kim@example.com', { body: { disabled: false } })
  await admin.logOn('kim@example.com', 'secret')
})

t.test('a changed password is the only one', async t => {
  const admin = await AdminServer.start(t)
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'kim@example.com', password: 'old' } })
  await admin.logOn('kim@example.com', 'old')
  await admin.demand(200, 'PATCH', '/admin/users/kim@example.com', { body: { password: 'new' } })
  await t.rejects(admin.logOn('kim@example.com', 'old'))
  await admin.logOn('kim@example.com', 'new')
  const { body } = await admin.demand(200, 'PATCH', '/admin/users/kim@example.com', { body: { password: null } })
  t.equal(body.hasPassword, false)
  await t.rejects(admin.logOn('kim@example.com', 'new'))
})

t.test('who loses the right to open a mailbox loses it in open sessions, too', async t => {
  const admin = await AdminServer.start(t)
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'team@example.com', kind: 'sharedMailbox' } })
  await admin.demand(201, 'POST', '/admin/users', {
    body: { address: 'kim@example.com', password: 'secret', opens: ['TEAM@example.com'] }
  })
  const session = await admin.logOn('kim@example.com', 'secret')
  await admin.demand(200, 'PATCH', '/admin/users/kim@example.com', { body: { opens: [] } })
  await t.rejects(session.listFolders())
})

t.test('a removed user takes his rights along: the next owner of the address is somebody else', async t => {
  const admin = await AdminServer.start(t)
  await admin.demand(201, 'POST', '/admin/users', { body: { address: 'team@example.com', password: 'x' } })
  const kim = { address: 'kim@example.com', opens: ['team@example.com'], delegates: ['team@example.com'] }
  const before = await admin.demand(201, 'POST', '/admin/users', { body: kim })
  t.match(before.body, { opens: ['team@example.com'], delegates: ['team@example.com'] })
  const session = await admin.logOn('team@example.com', 'x')
  await admin.demand(204, 'DELETE', '/admin/users/team@example.com')
  await t.rejects(session.listFolders(), 'the sessions of the user have ended')
  const again = await admin.demand(201, 'POST', '/admin/users', {
    body: { address: 'team@example.com', password: 'y' }
  })
  const after = await admin.demand(200, 'GET', '/admin/users/kim@example.com')
  t.match(after.body, { opens: [], delegates: [] })
  const numbers = admin.server.directory.principals().map(({ mailboxNumber }) => mailboxNumber)
  t.strictSame(numbers, [2, 3], 'no number comes twice')
  t.not(again.body.mailboxGuid, before.body.mailboxGuid)
})

t.test('users come in pages', async t => {
  const admin = await AdminServer.start(t)
  for (const n of [1, 2, 3, 4, 5]) {
    const kind = n % 2 === 0 ? 'room' : 'user'
    await admin.demand(201, 'POST', '/admin/users', {
      body: { address: `u${n}@d${n}.example`, name: `Person ${n}`, kind }
    })
  }
  const addresses: string[] = []
  let path: string | undefined = '/admin/users?limit=2'
  while (path !== undefined) {
    const { body, headers } = await admin.demand(200, 'GET', path)
    t.equal(body.count, 5)
    t.equal(headers.get('x-total-count'), '5')
    addresses.push(...body.users.map(({ address }: { address: string }) => address))
    path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    t.equal(path === undefined, body.next === null)
  }
  t.strictSame(
    addresses,
    [1, 2, 3, 4, 5].map(n => `u${n}@d${n}.example`)
  )
  const count = async (query: string) => (await admin.demand(200, 'GET', `/admin/users?${query}`)).body.count
  t.equal(await count('kind=room'), 2)
  t.equal(await count('kind=room,user'), 5)
  t.equal(await count('text=PERSON+3'), 1)
  t.equal(await count('domain=D4.example'), 1)
  t.equal(await count('text=%40d5'), 1)
  const head = await admin.demand(200, 'HEAD', '/admin/users?limit=0')
  t.equal(head.headers.get('x-total-count'), '5')
  await admin.refused(400, ['limit'], 'GET', '/admin/users?limit=1001')
  await admin.refused(400, ['limit'], 'GET', '/admin/users?limit=x')
  await admin.refused(400, ['cursor'], 'GET', '/admin/users?cursor=-1')
  await admin.refused(400, ['kind.1'], 'GET', '/admin/users?kind=room,contact')
  await admin.refused(400, ['sort'], 'GET', '/admin/users?sort=name')
  await admin.refused(400, ['text'], 'GET', '/admin/users?text=a&text=b')
  await admin.refused(400, ['text'], 'GET', '/admin/users?text=%zz')
  await admin.refused(400, ['address'], 'GET', '/admin/users/%ff')
})
