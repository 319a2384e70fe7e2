import { test } from 'tap'
import { Directory, DirectoryError } from '../../src/directory/index.js'
import { systemRuntime } from '../../src/runtime.js'
import { MemoryEngine, Store } from '../../store/index.js'

test('principals, their names, and the restart that changes nothing', async t => {
  const engine = new MemoryEngine()
  const store = new Store(engine)
  const directory = await Directory.open(store, systemRuntime, 'Contoso')
  const alice = await directory.add({
    address: 'Alice@Example.com',
    displayName: 'Alice',
    aliases: ['A.Smith@example.com']
  })
  const record = { salt: Buffer.from([1, 2]), hash: Buffer.from([3, 4]), cost: 2, blockSize: 8, parallelization: 1 }
  const bob = await directory.add({
    address: 'bob@example.com',
    displayName: 'Bob Ö',
    passwordRecord: record,
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
  t.same(Buffer.from(again.byAddress('bob@example.com')?.passwordRecord?.hash ?? []), Buffer.from([3, 4]))
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
