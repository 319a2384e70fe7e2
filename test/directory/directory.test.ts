import { test } from 'tap'
import { Directory, DirectoryError, GLOBAL_ADDRESS_LIST, noLimits } from '../../src/directory/index.js'
import { systemRuntime } from '../../src/runtime.js'
import { Batch, keys, MemoryEngine, SERVER_MAILBOX, Store } from '../../store/index.js'

test('principals, their names, and the restart that changes nothing', async t => {
  const engine = new MemoryEngine()
  const store = new Store(engine)
  const directory = await Directory.open(store, systemRuntime, 'Contoso')
  const alice = await directory.add({
    address: 'Alice@Example.com',
    displayName: 'Alice',
    aliases: ['A.Smith@example.com']
  })
  const bob = await directory.add({
    address: 'bob@example.com',
    displayName: 'Bob Ö',
    secret: Buffer.from([3, 4]),
    fullAccess: ['Alice@example.com']
  })
  const other = await directory.add({ address: 'bob@other.example', displayName: 'Other Bob' })

  t.match(
    alice.legacyDn,
    /^\/o=Contoso\/ou=Exchange Administrative Group \(FYDIBOHF23SPDLT\)\/cn=Recipients\/cn=[0-9a-f]{32}-alice$/
  )
  t.same([alice.mailboxNumber, bob.mailboxNumber, other.mailboxNumber], [1, 2, 3])
  t.equal(alice.address, 'alice@example.com')
  t.equal(directory.byAddress('ALICE@EXAMPLE.COM'), alice)
  t.equal(directory.byAddress('a.smith@example.com'), alice)
  t.equal(directory.byLegacyDn(alice.legacyDn.toUpperCase()), alice)
  t.equal(directory.byGuid(alice.guid.toUpperCase()), alice)
  t.equal(directory.byMailboxGuid(alice.mailboxGuid), alice)
  t.equal(directory.byMailboxNumber(2), bob)
  t.equal(directory.byLogonName('alice'), alice)
  t.equal(directory.byLogonName('EXAMPLE\\Alice'), alice)
  t.equal(directory.byLogonName('example.com\\alice'), alice)
  t.equal(directory.byLogonName('x\\alice@example.com'), alice)
  t.equal(directory.byLogonName('bob'), undefined, 'two have that alias')
  t.equal(directory.byLogonName('other\\bob'), other)
  t.equal(directory.byLogonName('wrong\\bob'), undefined)
  t.same(directory.domains(), ['example.com', 'other.example'])
  t.match(directory.serverDn(alice), /cn=Servers\/cn=[0-9a-f-]{36}@example\.com$/)

  const { generation } = directory
  const changed = await directory.change(alice.guid, { displayName: 'Alice B.', aliases: ['ab@example.com'] })
  t.ok(directory.generation > generation)
  t.equal(directory.byAddress('ab@example.com'), changed)
  t.equal(directory.byAddress('a.smith@example.com'), undefined)
  t.equal(directory.byLogonName('alice'), changed)
  t.equal(changed.legacyDn, alice.legacyDn)

  const again = await Directory.open(new Store(engine), systemRuntime, 'Another name')
  t.same(again.organization, directory.organization)
  t.same(
    JSON.parse(JSON.stringify(again.principals())),
    JSON.parse(JSON.stringify(directory.principals())),
    'every id, DN and name is the same'
  )
  t.same(Buffer.from(again.byAddress('bob@example.com')?.secret ?? []), Buffer.from([3, 4]))
  t.match(again.byAddress('alice@example.com'), { kind: 'user', disabled: false, hidden: false, attributes: {} })
  t.equal((await again.add({ address: 'carol@example.com', displayName: 'Carol' })).mailboxNumber, 4)
})

test('what cannot be added', async t => {
  const directory = await Directory.open(new Store(new MemoryEngine()), systemRuntime)
  const alice = await directory.add({ address: 'alice@example.com', displayName: 'Alice', aliases: ['a@example.com'] })
  const refused = [
    { address: 'alice@example.com', displayName: 'x' },
    { address: 'A@example.com', displayName: 'x' },
    { address: 'x@example.com', displayName: 'x', aliases: ['ALICE@example.com'] },
    { address: 'no-address', displayName: 'x' },
    { address: 'a/b\\c@example.com', displayName: 'x' },
    { address: 'x y@example.com', displayName: 'x' },
    { address: 'x@example.com', displayName: '' },
    { address: 'x@example.com', displayName: 'x', guid: alice.guid },
    { address: 'x@example.com', displayName: 'x', mailboxGuid: alice.mailboxGuid },
    { address: 'x@example.com', displayName: 'x', legacyDn: alice.legacyDn.toUpperCase() }
  ]
  for (const spec of refused) await t.rejects(directory.add(spec), DirectoryError, JSON.stringify(spec))
  await t.rejects(directory.change('none', {}), DirectoryError)
  t.equal(directory.principals().length, 1)
})

test('entries of every kind, their links, and what stands in the lists', async t => {
  const engine = new MemoryEngine()
  const directory = await Directory.open(new Store(engine), systemRuntime)
  const kim = await directory.add({
    address: 'kim@example.com',
    displayName: 'Kim',
    attributes: { department: 'Sales', photo: Buffer.from([0xff, 0xd8]), certificates: [Buffer.from([0x30])] },
    proxyAddresses: ['X500:/o=Old/cn=kim'],
    roles: ['organizationAdministrator']
  })
  const lee = await directory.add({
    address: 'lee@example.com',
    displayName: 'Lee',
    manager: kim.guid,
    delegates: [kim.guid]
  })
  const room = await directory.add({ kind: 'room', address: 'room@example.com', displayName: 'Room', hidden: true })
  const guest = await directory.add({ kind: 'contact', address: 'guest@elsewhere.example', displayName: 'Guest' })
  const folders = await directory.add({
    kind: 'publicFolderMailbox',
    address: 'folders@example.com',
    displayName: 'Public Folders'
  })
  const group = await directory.add({
    kind: 'group',
    address: 'all@example.com',
    displayName: 'All',
    members: [kim.guid, lee.guid, guest.guid],
    owners: [kim.guid]
  })
  const sales = await directory.add({
    kind: 'dynamicGroup',
    address: 'sales@example.com',
    displayName: 'Sales',
    filter: { kinds: ['user'], attributes: { department: 'SALES' } }
  })
  const folder = await directory.add({
    kind: 'publicFolder',
    address: 'news@example.com',
    displayName: 'News',
    path: 'News'
  })

  for (const one of [directory, await Directory.open(new Store(engine), systemRuntime)]) {
    const names = (entries: readonly { displayName: string }[]) => entries.map(({ displayName }) => displayName)
    t.same(names(one.membersOf(group)), ['Kim', 'Lee', 'Guest'])
    t.same(names(one.membersOf(sales)), ['Kim'])
    t.same(names(one.memberOf(kim)), ['All', 'Sales'])
    t.same(names(one.reportsOf(kim)), ['Lee'])
    t.same(names(one.ownedBy(kim)), ['All'])
    t.same(names(one.delegateOf(kim)), ['Lee'])
    t.equal(one.entryByLegacyDn('/O=OLD/cn=KIM')?.guid, kim.guid, 'a former DN still leads there')
    t.equal(one.byAddress('all@example.com'), undefined, 'a group is no principal')
    t.equal(one.entryByAddress('ALL@example.com')?.kind, 'group')
    t.equal(one.byLogonName('all'), undefined)
    t.equal(one.publicFolderMailbox()?.guid, folders.guid)
    t.same(one.entryByGuid(kim.guid)?.attributes.photo, Buffer.from([0xff, 0xd8]))
    t.same(one.entryByGuid(kim.guid)?.attributes.certificates, [Buffer.from([0x30])])
    const shown = (name: string) => {
      const list = one.addressLists().find(other => other.name === name)
      return names(one.entries().filter(entry => list?.contains(entry)))
    }
    t.same(
      shown(GLOBAL_ADDRESS_LIST),
      ['Kim', 'Lee', 'Guest', 'All', 'Sales', 'News'],
      'no hidden entry, no folder mailbox'
    )
    t.same(shown('All Users'), ['Kim', 'Lee'])
    t.same(shown('All Distribution Lists'), ['All', 'Sales'])
    t.same(shown('All Contacts'), ['Guest'])
    t.same(shown('All Rooms'), [], 'the only room is hidden')
    t.same(shown('Public Folders'), [folder.displayName])
  }
  t.same(room.limits, noLimits)

  await directory.setAddressLists([
    { name: 'Europe', parent: null, filter: {} },
    { name: 'Sales people', parent: 'Europe', filter: { attributes: { department: 'Sales' } } }
  ])
  const lists = (await Directory.open(new Store(engine), systemRuntime)).addressLists()
  t.equal(lists.at(-1)?.parent, lists.at(-2)?.guid)
  t.same(
    lists.map(({ guid }) => guid),
    directory.addressLists().map(({ guid }) => guid),
    'their GUIDs are the same'
  )
  await t.rejects(directory.setAddressLists([{ name: 'x', parent: 'nowhere', filter: {} }]), DirectoryError)
  await t.rejects(directory.setAddressLists([{ name: 'all users', parent: null, filter: {} }]), DirectoryError)

  const last = directory.entries().at(-1)
  await directory.remove(kim.guid)
  await directory.remove(folder.guid)
  const after = await Directory.open(new Store(engine), systemRuntime)
  t.equal(after.entryByGuid(kim.guid), undefined)
  t.equal(after.entryByLegacyDn('/o=old/cn=kim'), undefined)
  t.match(after.entryByGuid(lee.guid), { manager: null, delegates: [] })
  t.match(after.entryByGuid(group.guid), { members: [lee.guid, guest.guid], owners: [] })
  const added = await after.add({ address: 'new@example.com', displayName: 'New' })
  t.ok(added.id > (last?.id ?? 0), 'the number of a removed entry is not given again')
  t.equal(after.byLogonName('kim'), undefined)

  for (const [why, work] of [
    ['a link that leads nowhere', () => directory.change(lee.guid, { manager: kim.guid })],
    ['a field of another kind', () => directory.change(lee.guid, { members: [] })],
    ['no such attribute', () => directory.change(lee.guid, { attributes: { shoeSize: 42 } as never })],
    ['an empty attribute', () => directory.change(lee.guid, { attributes: { title: '' } })],
    ['an SMTP address among the others', () => directory.change(lee.guid, { proxyAddresses: ['smtp:x@y.example'] })],
    ['a former DN that is in use', () => directory.change(lee.guid, { proxyAddresses: [`X500:${group.legacyDn}`] })]
  ] as const) {
    await t.rejects(work(), DirectoryError, why)
  }
})

test('many entries at once: all or none', async t => {
  const store = new Store(new MemoryEngine())
  const directory = await Directory.open(store, systemRuntime)
  const specs = Array.from({ length: 2500 }, (_, i) => ({ address: `user${i}@example.com`, displayName: `User ${i}` }))
  await t.rejects(directory.addAll([...specs, specs[7]]), DirectoryError)
  t.equal(directory.size, 0)
  const added = await directory.addAll(specs)
  t.same(
    added.map(({ id }) => id),
    specs.map((_, i) => i + 1)
  )
  t.equal((await Directory.open(store, systemRuntime)).size, 2500)
})

test('a record of the first form is read', async t => {
  const store = new Store(new MemoryEngine())
  const first = {
    ...{ guid: 'a8cb4a31-0000-4000-8000-000000000001', address: 'old@example.com', aliases: [], displayName: 'Old' },
    ...{ alias: 'old', domain: 'example.com', legacyDn: '/o=x/cn=old', mailboxNumber: 3, fullAccess: [] },
    ...{ mailboxGuid: 'a8cb4a31-0000-4000-8000-000000000002' },
    password: { salt: 'AQI=', hash: 'AwQ=', cost: 2, blockSize: 8, parallelization: 1 }
  }
  const record = Buffer.concat([Buffer.from([1]), Buffer.from(JSON.stringify(first))])
  await store.whenDurable(store.commit(new Batch().put(keys.principal.of(SERVER_MAILBOX, 3), record)))
  const directory = await Directory.open(store, systemRuntime)
  t.match(directory.byAddress('old@example.com'), { id: 3, kind: 'user', disabled: false, roles: [] })
  t.same(JSON.parse(Buffer.from(directory.byMailboxNumber(3)?.secret ?? []).toString()), first.password)
})

test('those who follow the directory learn what changed', async t => {
  const directory = await Directory.open(new Store(new MemoryEngine()), systemRuntime, 'Contoso')
  const start = directory.generation
  t.same(directory.changedSince(start), [])
  const specs = ['a', 'b', 'c'].map(name => ({ address: `${name}@example.com`, displayName: name }))
  const [a, b, c] = await directory.addAll(specs)
  const added = directory.generation
  t.same(directory.changedSince(start), [a.id, b.id, c.id])
  await directory.change(b.guid, { displayName: 'B', manager: a.guid })
  t.same(directory.changedSince(added), [b.id])
  const changed = directory.generation
  await directory.remove(a.guid)
  t.same(directory.changedSince(changed), [a.id, b.id], 'who had a link to it, too')
  await directory.setAddressLists([])
  t.same(directory.changedSince(directory.generation - 1), [])
  t.same(directory.changedSince(start), [a.id, b.id, c.id, b.id, a.id, b.id])
  await directory.reload()
  t.equal(directory.changedSince(changed), undefined, 'after reading everything anew')
  t.same(directory.changedSince(directory.generation), [])
  const before = directory.generation
  const many = Array.from({ length: 6000 }, (_, i) => ({ address: `n${i}@example.com`, displayName: 'n' }))
  await directory.addAll(many)
  t.equal(directory.changedSince(before)?.length, 6000)
  await directory.addAll(many.map(({ address }) => ({ address: `x${address}`, displayName: 'x' })))
  t.equal(directory.changedSince(before), undefined, 'too long ago')
  t.equal(directory.changedSince(directory.generation - 1)?.length, 6000)
})
