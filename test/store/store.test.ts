import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { Batch } from '../../store/batch.js'
import { Counters } from '../../store/counters.js'
import { FaultyEngine } from '../../store/faulty-engine.js'
import { keys } from '../../store/keys.js'
import { LevelEngine } from '../../store/level-engine.js'
import { mailboxNumbers } from '../../store/mailbox-numbers.js'
import { MemoryEngine } from '../../store/memory-engine.js'
import { type Migration, migrate } from '../../store/migrate.js'
import { openStore, openStoreDirectory } from '../../store/open-store.js'
import { seal } from '../../store/records.js'
import { Store } from '../../store/store.js'
import { type StoreError, StoreLocked } from '../../store/store-error.js'
import { fails } from './fails.js'

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value))
const put = (key: string, value = key): Batch => new Batch().put(text(key), text(value))

t.test('a failed flush rejects its waiters and later ones, and the store stops until it is opened again', async t => {
  const engine = new FaultyEngine({ failAt: 2 })
  const heard: StoreError[] = []
  const store = new Store(engine, { maxWriteOperations: 1, onFailure: error => heard.push(error) })
  const stop = store.onFailure(error => heard.push(error))
  const first = store.commit(put('a'))
  const second = store.commit(put('b'))
  const third = store.commit(put('c'))
  await store.whenDurable(first)
  const waits = [store.whenDurable(second), store.whenDurable(third)]
  for (const wait of waits) await fails(t, wait, 'write')
  t.equal(heard.length, 2)
  t.equal(heard[0], store.failed)
  await fails(t, () => store.commit(put('d')), 'failed')
  await fails(t, () => store.get(text('a')), 'failed')
  await fails(t, store.range({ gte: text('a'), lt: text('z') }), 'failed')
  await fails(t, store.whenRoom(), 'failed')
  t.equal(store.whenDurable(first), undefined, 'what was durable stays so')
  stop()
  await store.reopen()
  t.ok(store.get(text('a')))
  t.equal(store.get(text('b')), undefined)
  await fails(t, store.whenDurable(third), 'write')
  t.equal(store.whenDurable(store.commit(new Batch())), undefined, 'nothing was lost of a batch without operations')
  await store.whenDurable(store.commit(put('e')))
  t.ok(store.get(text('e')))
  await store.close()
  await fails(t, () => store.commit(put('f')), 'closed')
})

t.test('room: callers wait above the bound, and far above it commits are refused', async t => {
  const engine = new FaultyEngine()
  const store = new Store(engine, { maxQueuedBytes: 100 })
  const release = engine.hold()
  t.equal(store.whenRoom(), undefined)
  store.commit(put('a', 'x'.repeat(200)))
  const room = store.whenRoom()
  t.ok(room)
  for (let i = 0; i < 10; i++) {
    try {
      store.commit(put(`b${i}`, 'x'.repeat(200)))
    } catch (error) {
      t.match(error, { kind: 'full' })
      t.ok(i >= 3)
    }
  }
  release()
  await room
  t.equal(store.whenRoom(), undefined)
  await store.close()
})

t.test('commits, sequences and hooks', async t => {
  const store = new Store(new MemoryEngine())
  const called: string[] = []
  const batch = put('a').whenCommitted(() => called.push('committed'))
  t.equal(Buffer.from(batch.find(text('a'))!).toString(), 'a')
  t.equal(batch.find(text('b')), undefined)
  t.equal(batch.delete(text('a')).find(text('a')), null)
  batch.put(text('a'), text('again'))
  t.equal(store.commit(batch), 1)
  t.same(called, ['committed'])
  t.equal(store.commit(new Batch()), 1, 'an empty batch has the number of the commit before it')
  t.throws(() => store.whenDurable(2), RangeError)
  const value = text('mine')
  store.commit(new Batch().put(text('b'), value))
  value.fill(0)
  t.equal(Buffer.from(store.get(text('b'))!).toString(), 'mine', 'a commit copies')
  await store.whenDurable(store.lastSequence)
  t.equal(store.durableSequence, 2)
  t.equal(Buffer.from(store.get(text('a'))!).toString(), 'again')
  await store.close()
})

t.test('a broken record is an error with its key, and the store lives on', async t => {
  const engine = new MemoryEngine()
  const [good, flipped, moved, old] = [1, 2, 3, 4].map(mid => keys.message.of(9, mid))
  const broken = seal(flipped, text('value'))
  broken[7] ^= 1
  const future = seal(old, text('value'))
  future[0] = 99
  engine.apply([
    { key: good, value: seal(good, text('value')) },
    { key: flipped, value: broken },
    { key: moved, value: seal(good, text('value')) },
    { key: old, value: future }
  ])
  const store = new Store(engine)
  t.equal(Buffer.from(store.get(good)!).toString(), 'value')
  for (const key of [flipped, moved, old]) {
    await fails(t, () => store.get(key), 'corrupt', /9\/e\/000000000000000[234]/)
    await fails(t, store.getMany([good, key]), 'corrupt')
  }
  await fails(t, store.range(keys.message.range(9)), 'corrupt')
  t.equal((await store.range({ ...keys.message.range(9), keysOnly: true })).length, 4, 'keys can still be listed')
  store.commit(new Batch().put(flipped, text('mended')))
  await store.whenDurable(store.lastSequence)
  t.equal(Buffer.from(store.get(flipped)!).toString(), 'mended')
})

t.test('formats: steps run once and in order, a newer format and a foreign database are refused', async t => {
  const engine = new MemoryEngine()
  const store = new Store(engine)
  await migrate(store, [])
  const ran: number[] = []
  const steps: Migration[] = [async () => void ran.push(1), async () => void ran.push(2)]
  await migrate(store, steps.slice(0, 1))
  await migrate(store, steps)
  await migrate(store, steps)
  t.same(ran, [1, 2])
  await fails(t, migrate(store, []), 'format', /format 3, this program knows formats up to 1/)
  const foreign = new Store(new MemoryEngine())
  foreign.commit(put('something'))
  await fails(t, migrate(foreign), 'format', /did not write/)
  await fails(t, openStore(engine), 'format')
})

t.test('mailbox numbers', async t => {
  const store = new Store(new MemoryEngine())
  const batch = new Batch()
  for (const mailbox of [0, 3, 4, 70000]) for (const mid of [1, 2]) batch.put(keys.message.of(mailbox, mid), text('x'))
  batch.put(keys.temporary.of(0xffffffff, 1, 0, text('x')), text('x'))
  store.commit(batch)
  const found: number[] = []
  for await (const mailbox of mailboxNumbers(store)) found.push(mailbox)
  t.same(found, [0, 3, 4, 70000])
})

t.test('counters', async t => {
  const engine = new FaultyEngine()
  const { store, counters, close } = await openStore(engine)
  t.equal(counters.take(5, 'id'), 1)
  t.equal(counters.take(5, 'id', 1000), 2)
  t.equal(counters.take(5, 'id'), 1002)
  t.equal(counters.take(5, 'cn'), 1, 'lines are apart')
  t.equal(counters.take(6, 'id'), 1, 'mailboxes too')
  counters.raise(5, 'cn', 500)
  counters.raise(5, 'cn', 20)
  t.equal(counters.peek(5, 'cn'), 501)
  t.throws(() => counters.take(5, 'id', 0), RangeError)
  await store.whenDurable(store.lastSequence)
  const afterCrash = new Counters(new Store(engine.survivors()))
  t.ok(afterCrash.peek(5, 'id') > 1002, 'a crash skips numbers')
  t.ok(afterCrash.peek(5, 'cn') > 500)
  await close()
  const afterClose = new Counters(new Store(engine.survivors()))
  t.equal(afterClose.take(5, 'id'), 1003, 'an orderly close skips none')
  t.equal(afterClose.take(5, 'cn'), 501)
})

t.test('counters do not repeat a number after a failed flush and reopening', async t => {
  const engine = new FaultyEngine({ failAt: 1 })
  const store = new Store(engine)
  const counters = new Counters(store, { block: 4 })
  t.equal(counters.take(1, 'id', 3), 1)
  await fails(t, store.whenDurable(store.lastSequence), 'write')
  await store.reopen()
  t.equal(counters.take(1, 'id'), 4)
  await store.whenDurable(store.lastSequence)
  t.ok(new Counters(new Store(engine.survivors())).peek(1, 'id') > 4)
})

const root = mkdtempSync(join(tmpdir(), 'ropewalk-store-'))
t.teardown(() => rmSync(root, { recursive: true, force: true }))
const childFile = fileURLToPath(new URL('./writing-child.js', import.meta.url))

t.test('a directory that another process has open is locked', async t => {
  const directory = join(root, 'locked')
  const child = spawn(process.execPath, [childFile, directory, 'hold'])
  await firstLine(child)
  const failure = await openStoreDirectory(directory).catch((error: unknown) => error)
  t.ok(failure instanceof StoreLocked)
  t.match(failure, { kind: 'locked', message: /in use by another process/ })
  child.kill('SIGKILL')
  await new Promise(resolve => child.once('exit', resolve))
  const object = await openStoreDirectory(directory)
  await fails(t, openStoreDirectory(directory), 'locked')
  await object.close()
})

for (const durability of ['power', 'process']) {
  t.test(`every acknowledged commit outlives a kill (${durability})`, async t => {
    const directory = join(root, `kill-${durability}`)
    let told = 0
    for (let round = 0; round < 2; round++) {
      const child = spawn(process.execPath, [childFile, directory, durability])
      let output = ''
      child.stdout!.on('data', chunk => {
        output += chunk
        // The kill comes while it writes, at another moment on each round.
        if (output.length > 3000 * (round + 1)) child.kill('SIGKILL')
      })
      await new Promise(resolve => child.once('close', resolve))
      const numbers = output.slice(0, output.lastIndexOf('\n')).split('\n').map(Number)
      const { store, counters, close } = await openStoreDirectory(directory)
      const lost = numbers.filter(n => store.get(keys.message.of(1, n)) === undefined)
      const torn = (await store.range({ ...keys.message.range(1), keysOnly: true }))
        .map(({ key }) => keys.message.parse(key).mid)
        .filter(n => store.get(keys.change.of(1, 1, 0, n)) === undefined)
      t.same(lost, [])
      t.same(torn, [])
      t.ok(Math.min(...numbers) > told, 'no number comes twice')
      told = Math.max(...numbers)
      t.ok(counters.peek(1, 'id') > told)
      await close()
      t.comment(`${numbers.length} commits acknowledged before the kill`)
    }
  })
}

t.test('a directory that cannot be opened', async t => {
  await t.rejects(LevelEngine.open('/dev/null/store'), { name: /.*Error/ })
})

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout!.once('data', chunk => resolve(String(chunk)))
    child.once('exit', code => reject(new Error(`the child ended with ${code}`)))
  })
}
