import { test } from 'tap'
import { Credentials, Passwords, writeScryptRecord } from '../../src/auth/index.js'
import { createLog } from '../../src/log.js'
import { newGuid, systemRuntime } from '../../src/runtime.js'

const runtime = systemRuntime
const key = Buffer.alloc(32, 7)
const passwordCost = 16
const guid = newGuid(runtime)

test('a secret shows neither password nor hash, and opens for its owner only', async t => {
  const credentials = new Credentials(runtime, { key, passwordCost })
  const secret = await credentials.make('sécret', guid)
  const twin = await credentials.make('sécret', guid)
  t.notSame(secret, twin, 'two secrets of one password are not alike')
  const owner = { guid, secret, disabled: false }
  t.equal(Buffer.from(secret).includes(Buffer.from(credentials.ntHash(owner).ntHash)), false)
  t.equal(await credentials.verify('sécret', owner), true)
  t.equal(await credentials.verify('se\u0301cret', owner), true, 'composed or not')
  t.equal(await credentials.verify('secret', owner), false)
  t.equal(credentials.ntHash(owner).isReal, true)
  t.equal(credentials.isOutdated(owner), false)
  t.equal(await credentials.verify('sécret', { ...owner, guid: guid.toUpperCase() }), true)

  const thief = { ...owner, guid: newGuid(runtime) }
  t.equal(await credentials.verify('sécret', thief), false, 'copied to somebody else')
  t.equal(credentials.ntHash(thief).isReal, false)
  for (const other of [{ ...owner, disabled: true }, { ...owner, secret: null }, null]) {
    t.equal(await credentials.verify('sécret', other), false)
    t.equal(credentials.ntHash(other).isReal, false)
    t.equal(credentials.isOutdated(other), false)
  }
})

test('another key, and damaged secrets', async t => {
  const lines: string[] = []
  const log = createLog({ format: 'json', write: line => lines.push(line) })
  const secret = await new Credentials(runtime, { key, passwordCost }).make('secret', guid)
  const sameKey = new Credentials(runtime, { key, passwordCost, log })
  t.equal(await sameKey.verify('secret', { guid, secret, disabled: false }), true, 'a later start with the same key')
  const otherKey = new Credentials(runtime, { passwordCost, log })
  t.equal(await otherKey.verify('secret', { guid, secret, disabled: false }), false)
  t.match(lines.at(-1), /auth\.secret-unreadable/)
  t.notMatch(lines.join(''), /"secret"/)
  for (let at = 0; at < secret.length; at += 7) {
    const damaged = Uint8Array.from(secret)
    damaged[at] ^= 1
    t.equal(sameKey.ntHash({ guid, secret: damaged, disabled: false }).isReal, false, `bit of byte ${at}`)
    t.equal(sameKey.ntHash({ guid, secret: secret.subarray(0, at), disabled: false }).isReal, false, `${at} bytes`)
  }
})

test('secrets of the older form', async t => {
  const credentials = new Credentials(runtime, { key, passwordCost })
  const secret = writeScryptRecord(await new Passwords(runtime, 32).hash('old'))
  const owner = { guid, secret, disabled: false }
  t.equal(await credentials.verify('old', owner), true)
  t.equal(await credentials.verify('new', owner), false)
  t.equal(credentials.ntHash(owner).isReal, false, 'has no NT hash')
  t.equal(credentials.isOutdated(owner), true)
  t.equal(await credentials.verify('old', { ...owner, disabled: true }), false)
  for (const text of ['{', '{}', '{"cost":"x"}', '{"salt":1,"hash":2,"cost":16,"blockSize":8,"parallelization":1}']) {
    const damaged = { ...owner, secret: Buffer.from(text) }
    t.equal(await credentials.verify('old', damaged), false, text)
    t.equal(credentials.isOutdated(damaged), false)
  }
})

test('a secret of another cost is outdated', async t => {
  const secret = await new Credentials(runtime, { key, passwordCost: 64 }).make('x', guid)
  t.equal(new Credentials(runtime, { key, passwordCost: 16 }).isOutdated({ guid, secret, disabled: false }), true)
  t.equal(
    await new Credentials(runtime, { key, passwordCost: 16 }).verify('x', { guid, secret, disabled: false }),
    true
  )
})
