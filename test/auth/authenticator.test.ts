import { test } from 'tap'
import { parseBasicCredentials } from '../../src/auth/basic-credentials.js'
import { Authenticator, Credentials } from '../../src/auth/index.js'
import { RateLimit } from '../../src/auth/rate-limit.js'
import { Directory } from '../../src/directory/index.js'
import { customRuntime, newGuid, systemRuntime } from '../../src/runtime.js'
import { MemoryEngine, Store } from '../../store/index.js'

const basic = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('base64')

async function world(options: ConstructorParameters<typeof Authenticator>[2] = {}) {
  let offset = 0
  const runtime = customRuntime({ monotonic: () => systemRuntime.monotonic() + offset })
  const directory = await Directory.open(new Store(new MemoryEngine()), runtime)
  const authenticator = new Authenticator(directory, runtime, { passwordCost: 16, ...options })
  const guid = newGuid(runtime)
  const secret = await authenticator.credentials.make('pass:wörd', guid)
  const alice = await directory.add({ address: 'alice@example.com', displayName: 'Alice', guid, secret })
  await directory.add({ address: 'room@example.com', displayName: 'Room' })
  const pass = (ms: number) => {
    offset += ms
  }
  return { directory, authenticator, alice, pass }
}

test('credentials are read', async t => {
  t.same(parseBasicCredentials(basic('a@b:c:d')), { user: 'a@b', password: 'c:d' })
  t.same(parseBasicCredentials(basic('a:ö')), { user: 'a', password: 'ö' })
  t.same(parseBasicCredentials(basic('a:ö', 'latin1')), { user: 'a', password: 'ö' })
  t.same(parseBasicCredentials(basic('D\\u:')), { user: 'D\\u', password: '' })
  for (const bad of ['', '!!!', basic('no colon'), basic('a\0:b'), basic('x'.repeat(2000))])
    t.equal(parseBasicCredentials(bad), undefined)
})

test('names and passwords', async t => {
  const { authenticator, alice } = await world({ failuresPerAccount: 100 })
  for (const name of ['alice@example.com', 'ALICE@EXAMPLE.COM', 'EXAMPLE\\alice', 'alice']) {
    t.equal(await authenticator.basic(basic(`${name}:pass:wörd`), 's'), alice, name)
  }
  t.equal(await authenticator.basic(basic('alice:pass:wörd', 'latin1'), 's'), alice, 'Latin-1')
  t.equal(await authenticator.basic(basic('alice:pass:wo\u0308rd'), 's'), alice, 'composed and decomposed are the same')
  for (const wrong of ['alice:', 'alice:pass:wörd ', 'nobody:pass:wörd', 'room@example.com:', ':x']) {
    t.equal(await authenticator.basic(basic(wrong), 's'), null, wrong)
  }
  const scheme = authenticator.basicScheme('a "realm"')
  t.equal(scheme.challenge, 'Basic realm="a realm"')
  const connection = { source: 's', secure: false, state: new Map() }
  t.same(await scheme.authenticate(basic(':'), connection), { kind: 'anonymous' })
})

test('a change of password holds at once', async t => {
  const { authenticator, directory, alice } = await world()
  const header = basic('alice:pass:wörd')
  t.equal(await authenticator.basic(header, 's'), alice)
  await directory.change(alice.guid, { secret: await authenticator.credentials.make('new', alice.guid) })
  t.equal(await authenticator.basic(header, 's'), null)
  t.match(await authenticator.basic(basic('alice:new'), 's'), { guid: alice.guid })
})

test('many connections of one client cost one scrypt', async t => {
  const { authenticator, alice } = await world()
  let derived = 0
  const { passwords } = authenticator.credentials
  const verify = passwords.verify.bind(passwords)
  passwords.verify = (password, record) => {
    derived++
    return verify(password, record)
  }
  const all = await Promise.all(Array.from({ length: 200 }, () => authenticator.basic(basic('alice:pass:wörd'), 's')))
  t.ok(all.every(principal => principal === alice))
  await authenticator.basic(basic('alice:pass:wörd'), 's')
  t.equal(derived, 1)
})

test('failures are limited per account and per source', async t => {
  const { authenticator, alice, pass } = await world({
    failuresPerAccount: 3,
    failuresPerSource: 6,
    forgetFailureMs: 1000
  })
  for (let i = 0; i < 3; i++) t.equal(await authenticator.basic(basic(`alice:wrong${i}`), 'a'), null)
  t.equal(
    await authenticator.basic(basic('alice:pass:wörd'), 'a'),
    null,
    'the account is closed, also for the right password'
  )
  t.equal(await authenticator.basic(basic('alice:pass:wörd'), 'b'), null, 'from anywhere')
  pass(1500)
  t.equal(await authenticator.basic(basic('alice:pass:wörd'), 'b'), alice, 'for a while')
  for (let i = 0; i < 6; i++) await authenticator.basic(basic(`user${i}:x`), 'a')
  t.equal(await authenticator.basic(basic('EXAMPLE\\alice:pass:wörd'), 'a'), null, 'a source that tries many names')
  t.equal(await authenticator.basic(basic('EXAMPLE\\alice:pass:wörd'), 'c'), alice)
  t.equal(await authenticator.basic(basic('alice:pass:wörd'), 'a'), alice, 'what was verified before is not held up')
})

test('the table of failures is bounded', async t => {
  const limit = new RateLimit(systemRuntime, 2, 1000, 100)
  for (let i = 0; i < 1000; i++) limit.failed(`name${i}`)
  t.equal(limit.size, 100)
  limit.failed('name999')
  t.notOk(limit.allows('name999'))
  t.ok(limit.allows('name0'), 'the oldest are forgotten first')
})

test('an unknown user is checked as a wrong password is', async t => {
  const credentials = new Credentials(systemRuntime, { passwordCost: 4096 })
  const guid = newGuid(systemRuntime)
  const secret = await credentials.make('secret', guid)
  // Passwords are hashed one at a time, in the order in which they were asked for: a check that hashed nothing would
  // overtake the one before it.
  const order: string[] = []
  const note = (name: string) => (right: boolean) => {
    t.equal(right, false)
    order.push(name)
  }
  await Promise.all([
    credentials.verify('wrong', { guid, secret, disabled: false }).then(note('wrong password')),
    credentials.verify('wrong', null).then(note('unknown user')),
    credentials.verify('wrong', { guid, secret: null, disabled: false }).then(note('no password')),
    credentials.verify('secret', { guid, secret, disabled: true }).then(note('disabled user')),
    credentials.verify('wrong', { guid, secret, disabled: false }).then(note('wrong password'))
  ])
  t.same(order, ['wrong password', 'unknown user', 'no password', 'disabled user', 'wrong password'])
  t.equal(await credentials.verify('secret', { guid, secret, disabled: false }), true)
})
