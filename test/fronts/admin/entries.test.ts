import t from 'tap'
import { attributeNames, attributeSpecs } from '../../../src/directory/index.js'
import { AdminServer } from './admin-server.js'

t.test('entries of every kind, with links given as addresses', async t => {
  const admin = await AdminServer.start(t)
  const add = async (body: object) => (await admin.demand(201, 'POST', '/admin/entries', { body })).body
  const kim = await add({ kind: 'user', address: 'kim@example.com', name: 'Kim', password: 'x' })
  const lee = await add({ kind: 'contact', address: 'lee@elsewhere.example', name: 'Lee', manager: 'kim@example.com' })
  t.match(lee, { kind: 'contact', manager: 'kim@example.com', address: 'lee@elsewhere.example' })
  t.notOk('mailboxGuid' in lee)
  const room = await add({ kind: 'room', address: 'room@example.com', attributes: { roomCapacity: 12 } })
  t.match(room, { kind: 'room', attributes: { roomCapacity: 12 }, hasPassword: false })
  const group = await add({
    ...{ kind: 'group', address: 'all@example.com', name: 'All', owners: ['kim@example.com'], isRoomList: false },
    members: ['KIM@example.com', 'lee@elsewhere.example']
  })
  t.match(group, { members: ['kim@example.com', 'lee@elsewhere.example'], owners: ['kim@example.com'] })
  const filter = { kinds: ['user', 'contact'], attributes: { city: 'Rome' } }
  t.match(await add({ kind: 'dynamicGroup', address: 'romans@example.com', filter }), { filter })
  t.match(await add({ kind: 'publicFolder', address: 'news@example.com', path: 'News/Today' }), { path: 'News/Today' })
  t.match(await add({ kind: 'publicFolderMailbox', address: 'folders@example.com' }), { kind: 'publicFolderMailbox' })
  await admin.refused(409, ['kind'], 'POST', '/admin/entries', {
    body: { kind: 'publicFolderMailbox', address: 'folders2@example.com' }
  })
  const { body: list } = await admin.demand(200, 'GET', '/admin/entries')
  t.equal(list.count, 7)
  t.equal((await admin.ask('GET', '/admin/entries?kind=group,dynamicGroup')).body.count, 2)
  t.equal((await admin.ask('GET', '/admin/entries?domain=elsewhere.example&limit=0')).body.count, 1)
  t.equal((await admin.ask('HEAD', '/admin/entries?text=room')).headers.get('x-total-count'), '1')
  t.equal((await admin.ask('GET', '/admin/users')).body.count, 3, 'users are those with a mailbox')

  const changed = await admin.demand(200, 'PATCH', `/admin/entries/${group.guid}`, {
    body: { members: ['room@example.com'] }
  })
  t.strictSame(changed.body.members, ['room@example.com'])
  await admin.demand(200, 'PATCH', '/admin/entries/romans@example.com', {
    body: { filter: { domains: ['example.com'] } }
  })
  await admin.refused(422, ['members'], 'PATCH', '/admin/entries/lee@elsewhere.example', { body: { members: [] } })
  await admin.refused(422, ['password'], 'PATCH', '/admin/entries/all@example.com', { body: { password: 'x' } })
  await admin.refused(422, ['members.0'], 'PATCH', '/admin/entries/all@example.com', { body: { members: ['no@x.y'] } })
  await admin.refused(409, [], 'DELETE', '/admin/entries/folders@example.com')
  await admin.demand(204, 'DELETE', '/admin/entries/news@example.com')
  await admin.demand(204, 'DELETE', '/admin/entries/folders@example.com')
  await admin.demand(204, 'DELETE', `/admin/entries/${kim.guid}`)
  const after = await admin.demand(200, 'GET', '/admin/entries/all@example.com')
  t.strictSame(after.body.owners, [], 'links go with what they lead to')
  t.equal((await admin.ask('GET', '/admin/entries/lee@elsewhere.example')).body.manager, null)
})

t.test('kinds are told apart', async t => {
  const admin = await AdminServer.start(t)
  const refused = (places: string[], body: object) => admin.refused(422, places, 'POST', '/admin/entries', { body })
  await refused(['kind'], { address: 'x@example.com' })
  await refused(['kind'], { kind: 'robot', address: 'x@example.com' })
  await refused(['password'], { kind: 'contact', address: 'x@example.com', password: 'x' })
  await refused(['filter'], { kind: 'dynamicGroup', address: 'x@example.com' })
  await refused(['filter.colour'], { kind: 'dynamicGroup', address: 'x@example.com', filter: { colour: 'red' } })
  await refused(['path'], { kind: 'publicFolder', address: 'x@example.com' })
  await refused(['members.0'], { kind: 'group', address: 'x@example.com', members: ['x@example.com'] })
})

t.test('every attribute of the directory goes in and comes out', async t => {
  const admin = await AdminServer.start(t)
  const samples = {
    ...{ text: 'Text', texts: ['one', 'two'], number: 7, boolean: true, time: '2026-01-05T09:00:00Z' },
    ...{ bytes: 'AAECAw==', bytesList: ['AAEC', 'AwQF'] }
  }
  const attributes = Object.fromEntries(attributeNames.map(name => [name, samples[attributeSpecs[name].type]]))
  const { body } = await admin.demand(201, 'POST', '/admin/entries', {
    body: { kind: 'contact', address: 'x@example.com', attributes }
  })
  t.strictSame(body.attributes, attributes)
  const none = Object.fromEntries(attributeNames.map(name => [name, null]))
  const after = await admin.demand(200, 'PATCH', '/admin/entries/x@example.com', { body: { attributes: none } })
  t.strictSame(after.body.attributes, {})
})
