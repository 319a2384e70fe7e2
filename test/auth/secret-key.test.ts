import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { Credentials, openSecretKey, SECRET_KEY_FILE, SecretKeyError } from '../../src/auth/index.js'
import { createLog } from '../../src/log.js'
import { newGuid, systemRuntime as runtime } from '../../src/runtime.js'
import { MemoryEngine, Store } from '../../store/index.js'

function setUp(t: Test) {
  const dataDir = mkdtempSync(join(tmpdir(), 'ropewalk-key-'))
  t.teardown(() => rmSync(dataDir, { recursive: true }))
  return { dataDir, file: join(dataDir, SECRET_KEY_FILE), store: new Store(new MemoryEngine()) }
}

test('the first start makes a key that only its owner can read; later ones read it', async t => {
  const { dataDir, file, store } = setUp(t)
  const key = await openSecretKey(store, { dataDir, runtime })
  t.equal(key.length, 32)
  if (process.platform !== 'win32') t.equal(statSync(file).mode & 0o777, 0o600)
  t.match(readFileSync(file, 'latin1'), /^ropewalk-secret-key-1 [\w-]{43}\n$/)
  t.same(readdirSync(dataDir), [SECRET_KEY_FILE], 'nothing else is left')
  t.same(await openSecretKey(store, { dataDir, runtime }), key)
  t.notSame(await openSecretKey(new Store(new MemoryEngine()), { dataDir: setUp(t).dataDir, runtime }), key)
})

test('a key file that others can read is told', async t => {
  const { dataDir, file, store } = setUp(t)
  const lines: string[] = []
  const log = createLog({ format: 'json', write: line => lines.push(line) })
  const key = await openSecretKey(store, { dataDir, runtime, log })
  t.same(lines, [])
  chmodSync(file, 0o644)
  t.same(await openSecretKey(store, { dataDir, runtime, log }), key)
  if (process.platform !== 'win32') t.match(lines[0], /auth\.key-readable-by-others/)
})

test('a lost, foreign or damaged key ends the start; a new one is made on demand only', async t => {
  const { dataDir, file, store } = setUp(t)
  const key = await openSecretKey(store, { dataDir, runtime })
  const right = readFileSync(file)
  const guid = newGuid(runtime)
  const secret = await new Credentials(runtime, { key, passwordCost: 16 }).make('secret', guid)

  rmSync(file)
  const missing = openSecretKey(store, { dataDir, runtime })
  await t.rejects(missing, {
    name: 'SecretKeyError',
    message: /secret\.key is missing/,
    hint: /backup.*--replace-secret-key/
  })
  t.equal(existsSync(file), false, 'no key was made silently')

  const foreign = setUp(t)
  await openSecretKey(foreign.store, { dataDir: foreign.dataDir, runtime })
  for (const content of [readFileSync(foreign.file), '', 'ropewalk-secret-key-1 AAAA\n', 'x'.repeat(100)]) {
    writeFileSync(file, content)
    await t.rejects(openSecretKey(store, { dataDir, runtime }), SecretKeyError)
    t.same(readFileSync(file), Buffer.from(content))
  }

  writeFileSync(file, right)
  t.same(
    await openSecretKey(store, { dataDir, runtime, replaceLost: true }),
    key,
    'a key that is right is not replaced'
  )
  writeFileSync(file, 'lost')
  const fresh = await openSecretKey(store, { dataDir, runtime, replaceLost: true })
  t.notSame(fresh, key)
  t.equal(readFileSync(`${file}.old`, 'latin1'), 'lost', 'what was there is kept aside')
  t.same(await openSecretKey(store, { dataDir, runtime }), fresh)
  const after = new Credentials(runtime, { key: fresh, passwordCost: 16 })
  t.equal(await after.verify('secret', { guid, secret, disabled: false }), false, 'old passwords are gone')
})

test('a key file without a check in the store, as when a start broke off between the two', async t => {
  const { dataDir, store } = setUp(t)
  const key = await openSecretKey(store, { dataDir, runtime })
  const later = new Store(new MemoryEngine())
  t.same(await openSecretKey(later, { dataDir, runtime }), key)
  t.same(await openSecretKey(later, { dataDir, runtime }), key)
})

test('without a data directory the engine keeps the key', async t => {
  const engine = new MemoryEngine()
  const key = await openSecretKey(new Store(engine), { dataDir: null, runtime })
  t.same(await openSecretKey(new Store(engine), { dataDir: null, runtime }), key)
  t.notSame(await openSecretKey(new Store(new MemoryEngine()), { dataDir: null, runtime }), key)
})
