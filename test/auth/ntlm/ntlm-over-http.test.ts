/** NTLM as a client meets it over HTTP: three legs on one connection, which is authenticated from then on. */
import { test } from 'tap'
import { Passwords, writeScryptRecord } from '../../../src/auth/index.js'
import { HttpConnection, type HttpResponse } from '../../../src/client/http-connection.js'
import { challengeOf } from '../../../src/client/log-on.js'
import { NtlmClient } from '../../../src/client/ntlm-client.js'
import { authWorld, bothSchemes, whoServer } from '../auth-world.js'

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const basic = (text: string) => `Basic ${Buffer.from(text, 'utf8').toString('base64')}`

class Client {
  private constructor(private readonly connection: HttpConnection) {}

  static async open(port: number): Promise<Client> {
    return new Client(await HttpConnection.open({ host: '127.0.0.1', port }))
  }

  get(path: string, authorization?: string): Promise<HttpResponse> {
    return this.connection.request('GET', path, authorization === undefined ? {} : { Authorization: authorization })
  }

  post(path: string, body: string, authorization?: string): Promise<HttpResponse> {
    const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization }
    return this.connection.request('POST', path, headers, Buffer.from(body))
  }

  /** The whole handshake; the answer to its last leg. */
  async logOn(user: string, password: string, path = '/who'): Promise<HttpResponse> {
    const ntlm = new NtlmClient({ user, password })
    const first = await this.get(path, `NTLM ${base64(ntlm.negotiate)}`)
    return this.get(path, `NTLM ${base64(ntlm.authenticate(challengeOf(first.headers.get('www-authenticate'))))}`)
  }

  close(): void {
    this.connection.close()
  }
}

const offers = (answer: HttpResponse) => answer.headers.get('www-authenticate')
const OFFERS = 'NTLM, Basic realm="test"'

test('A1, A2: schemes are offered in order; three legs, then none', async t => {
  const world = await authWorld()
  const client = await Client.open(await whoServer(t, world, bothSchemes(world)))
  t.teardown(() => client.close())
  const bare = await client.get('/who')
  t.equal(bare.status, 401)
  t.equal(offers(bare), OFFERS)
  const ntlm = new NtlmClient({ user: 'EXAMPLE\\alice', password: 'pass:wörd' })
  const first = await client.post('/who', '', `NTLM ${base64(ntlm.negotiate)}`)
  t.equal(first.status, 401)
  t.equal(first.headers.get('connection'), undefined, 'the connection stays')
  t.match(offers(first), /^NTLM TlRMTVNTUAACAAAA[\w+/=]*$/, 'the challenge alone')
  t.equal(first.body.length, 0)
  const last = await client.post('/who', 'body', `NTLM ${base64(ntlm.authenticate(challengeOf(offers(first))))}`)
  t.equal(last.body.toString(), 'alice 4\n')
  t.equal(last.headers.get('persistent-auth'), 'true')
  for (let i = 0; i < 3; i++) {
    const later = await client.post('/who', 'more')
    t.equal(later.body.toString(), 'alice 4\n', 'no Authorization is needed')
    t.equal(later.headers.get('persistent-auth'), undefined)
  }
  const other = await Client.open(await whoServer(t, world, bothSchemes(world)))
  t.equal((await other.get('/who')).status, 401, 'an identity belongs to its connection')
  other.close()
})

test('names in every form', async t => {
  const world = await authWorld({ serverName: 'mail-1' })
  const port = await whoServer(t, world, bothSchemes(world))
  const good = [
    'alice',
    'alice@example.com',
    'ALICE@Example.com',
    'EXAMPLE\\alice',
    'example.com\\Alice',
    '.\\alice',
    'MAIL-1\\alice'
  ]
  for (const name of good) {
    const client = await Client.open(port)
    t.equal((await client.logOn(name, 'pass:wörd')).body.toString(), 'alice 0\n', name)
    client.close()
  }
  for (const name of ['nobody', 'OTHER\\alice', 'alice@other.com', 'room', 'bob', 'EXAMPLE\\', 'EX\\AMPLE\\alice']) {
    const client = await Client.open(port)
    const answer = await client.logOn(name, 'pass:wörd')
    t.equal(answer.status, 401, name)
    t.equal(offers(answer), OFFERS)
    t.equal(answer.headers.get('connection'), undefined)
    client.close()
  }
})

test('a handshake begins anew whenever a client wants', async t => {
  const world = await authWorld()
  const client = await Client.open(await whoServer(t, world, bothSchemes(world)))
  t.teardown(() => client.close())
  t.equal((await client.logOn('alice', 'wrong')).status, 401)
  t.equal((await client.logOn('alice', 'pass:wörd')).status, 200, 'after a failure')
  t.equal((await client.logOn('bob', 'secret')).body.toString(), 'bob 0\n', 'as somebody else')
  const ntlm = new NtlmClient({ user: 'alice', password: 'pass:wörd' })
  const offer = `NTLM ${base64(ntlm.negotiate)}`
  const old = challengeOf(offers(await client.get('/who', offer)))
  t.equal((await client.get('/who')).status, 401, 'an offer ends what was before')
  const fresh = challengeOf(offers(await client.get('/who', offer)))
  t.notSame(old, fresh, 'each has a challenge of its own')
  t.equal((await client.get('/who', `NTLM ${base64(ntlm.authenticate(old))}`)).status, 401, 'only the last one counts')
  t.equal((await client.get('/who', `NTLM ${base64(ntlm.authenticate(fresh))}`)).status, 401, 'and that is spent now')
  const again = `NTLM ${base64(ntlm.authenticate(challengeOf(offers(await client.get('/who', offer)))))}`
  t.equal((await client.get('/who', again)).status, 200)
  t.equal((await client.get('/who', again)).status, 401, 'an answer is no credential that may be shown again')
  t.equal((await client.get('/who')).status, 401)
})

test('an answer to the challenge of another connection', async t => {
  const world = await authWorld()
  const port = await whoServer(t, world, bothSchemes(world))
  const [a, b] = [await Client.open(port), await Client.open(port)]
  const ntlm = new NtlmClient({ user: 'alice', password: 'pass:wörd' })
  const challenge = challengeOf(offers(await a.get('/who', `NTLM ${base64(ntlm.negotiate)}`)))
  t.equal((await b.get('/who', `NTLM ${base64(ntlm.authenticate(challenge))}`)).status, 401)
  await b.get('/who', `NTLM ${base64(ntlm.negotiate)}`)
  t.equal((await b.get('/who', `NTLM ${base64(ntlm.authenticate(challenge))}`)).status, 401)
  t.equal((await a.get('/who', `NTLM ${base64(ntlm.authenticate(challenge))}`)).status, 200)
  a.close()
  b.close()
})

test('other credentials on the same connection count for what they are', async t => {
  const world = await authWorld()
  const client = await Client.open(await whoServer(t, world, bothSchemes(world)))
  t.teardown(() => client.close())
  t.equal((await client.get('/who', basic('bob:secret'))).body.toString(), 'bob 0\n')
  t.equal((await client.get('/who')).status, 401, 'Basic authenticates a request')
  t.equal((await client.logOn('alice', 'pass:wörd')).body.toString(), 'alice 0\n')
  t.equal((await client.get('/who', basic('bob:secret'))).body.toString(), 'bob 0\n')
  t.equal((await client.get('/who')).status, 401, 'the connection is not Alice any more')
  await client.logOn('alice', 'pass:wörd')
  t.equal((await client.get('/who', basic('bob:wrong'))).status, 401)
  t.equal((await client.get('/who')).status, 401, 'nor is it after wrong ones')
  await client.logOn('alice', 'pass:wörd')
  t.equal((await client.get('/who', 'Bearer x')).status, 401, 'or of a scheme that nobody knows')
  t.equal((await client.get('/who')).status, 401)
})

test('places that take anybody, and those that may', async t => {
  const world = await authWorld()
  const client = await Client.open(await whoServer(t, world, bothSchemes(world)))
  t.teardown(() => client.close())
  t.equal((await client.get('/maybe')).body.toString(), 'nobody 0\n')
  t.equal((await client.get('/maybe', basic('bob:wrong'))).status, 401, 'wrong credentials are refused all the same')
  t.equal((await client.get('/maybe', 'Negotiate x')).status, 401)
  t.equal((await client.get('/maybe', basic('bob:secret'))).body.toString(), 'bob 0\n')
  t.equal((await client.logOn('alice', 'pass:wörd', '/maybe')).body.toString(), 'alice 0\n')
  t.equal((await client.get('/maybe')).body.toString(), 'alice 0\n')
  t.equal((await client.get('/open')).body.toString(), 'nobody 0\n')
  t.equal((await client.get('/who')).body.toString(), 'alice 0\n', 'an open place in between changes nothing')
})

test('A4: changes of the directory do not challenge a connection, unless they are its own', async t => {
  const world = await authWorld()
  const port = await whoServer(t, world, bothSchemes(world))
  const [ntlm, withBasic] = [await Client.open(port), await Client.open(port)]
  t.teardown(() => [ntlm, withBasic].map(one => one.close()))
  await ntlm.logOn('alice', 'pass:wörd')
  await withBasic.get('/who', basic('alice:pass:wörd'))
  let derived = 0
  const { passwords } = world.authenticator.credentials
  const verify = passwords.verify.bind(passwords)
  passwords.verify = (password, record) => {
    derived++
    return verify(password, record)
  }
  await world.directory.add({ address: 'new@example.com', displayName: 'New' })
  await world.directory.change(world.alice.guid, { displayName: 'Alice Smith' })
  t.equal((await ntlm.get('/who')).body.toString(), 'Alice Smith 0\n', 'the same principal, as it is now')
  t.equal((await withBasic.get('/who', basic('alice:pass:wörd'))).body.toString(), 'Alice Smith 0\n')
  t.equal(derived, 0, 'nothing was verified anew')
  await world.directory.change(world.alice.guid, { disabled: true })
  t.equal((await ntlm.get('/who')).status, 401, 'disabled')
  t.equal((await withBasic.get('/who', basic('alice:pass:wörd'))).status, 401)
  await world.directory.change(world.alice.guid, { disabled: false })
  t.equal((await ntlm.get('/who')).status, 401, 'what was lost does not come back')
  await ntlm.logOn('alice', 'pass:wörd')
  await world.directory.change(world.alice.guid, {
    secret: await world.authenticator.credentials.make('another', world.alice.guid)
  })
  t.equal((await ntlm.get('/who')).status, 401, 'a new password')
  t.equal((await ntlm.logOn('alice', 'another')).status, 200)
  await world.directory.remove(world.alice.guid)
  t.equal((await ntlm.get('/who')).status, 401, 'removed')
})

test('anonymous, and what is no NTLM at all', async t => {
  const world = await authWorld()
  const client = await Client.open(await whoServer(t, world, bothSchemes(world)))
  t.teardown(() => client.close())
  // NEGOTIATE of any client, then an AUTHENTICATE without names and responses, LM response one zero byte ([MS-NLMP] 3.2.5.1.2).
  const offer = `NTLM ${base64(new NtlmClient({ user: '', password: '' }).negotiate)}`
  await client.get('/who', offer)
  const anonymous = Buffer.alloc(65)
  anonymous.write('NTLMSSP\0\x03', 'latin1')
  for (const [at, length] of [
    [12, 1],
    [20, 0],
    [28, 0],
    [36, 0],
    [44, 0],
    [52, 0]
  ]) {
    anonymous.writeUInt16LE(length, at)
    anonymous.writeUInt16LE(length, at + 2)
    anonymous.writeUInt32LE(64, at + 4)
  }
  anonymous.writeUInt32LE(0x00000a05, 60)
  t.equal((await client.get('/who', `NTLM ${base64(anonymous)}`)).body.toString(), 'nobody 0\n')
  t.equal((await client.get('/who')).status, 401)
  const wrong = [
    'NTLM',
    'NTLM ',
    'NTLM !',
    'NTLM AAAA',
    `NTLM ${base64(anonymous)}`,
    `NTLM ${'A'.repeat(12000)}`,
    'NTLM TlRMTVNTUAACAAAA'
  ]
  for (const authorization of wrong) {
    const answer = await client.get('/who', authorization)
    t.equal(answer.status, 401, authorization.slice(0, 40))
    t.equal(offers(answer), OFFERS)
  }
})

test('a clock that is far away, and failures that are counted', async t => {
  const world = await authWorld({ failuresPerAccount: 3, forgetFailureMs: 1000 })
  const port = await whoServer(t, world, bothSchemes(world))
  const client = await Client.open(port)
  t.teardown(() => client.close())
  for (let i = 0; i < 3; i++) t.equal((await client.logOn('EXAMPLE\\alice', 'wrong')).status, 401)
  t.equal((await client.logOn('alice@example.com', 'pass:wörd')).status, 401, 'too many failures, by whatever name')
  t.equal((await client.get('/who', basic('alice:pass:wörd'))).status, 401, 'and by whatever scheme')
  for (let i = 0; i < 4; i++) t.equal((await client.logOn('DESKTOP-1\\bob', 'secret')).status, 401)
  t.equal((await client.logOn('bob', 'secret')).status, 200, 'what Windows tries with its own account does not count')
  world.pass(5000)
  t.equal((await client.logOn('alice', 'pass:wörd')).status, 200)
})

test('a password from before there was NTLM gets its hash when it is used', async t => {
  const world = await authWorld()
  const { directory, authenticator, runtime } = world
  const client = await Client.open(await whoServer(t, world, bothSchemes(world)))
  t.teardown(() => client.close())
  const old = writeScryptRecord(await new Passwords(runtime, 16).hash('old one'))
  const carol = await directory.add({ address: 'carol@example.com', displayName: 'carol', secret: old })
  t.equal((await client.logOn('carol', 'old one')).status, 401, 'there is nothing to check NTLM against')
  t.equal((await client.get('/who', basic('carol:wrong'))).status, 401)
  t.same(directory.byGuid(carol.guid)!.secret, old)
  t.equal((await client.get('/who', basic('carol:old one'))).body.toString(), 'carol 0\n')
  t.not(directory.byGuid(carol.guid)!.secret![0], '{'.charCodeAt(0), 'sealed now')
  t.equal((await client.logOn('carol', 'old one')).status, 200)
  t.equal(authenticator.credentials.isOutdated(directory.byGuid(carol.guid)!), false)
})
