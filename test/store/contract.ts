/** What every engine must do, and a store over it: run on memory, LevelDB and the fault-injecting engine alike. */

import type { Test } from 'tap'
import { Batch } from '../../store/batch.js'
import type { Engine, Entry, Operation, RangeOptions } from '../../store/engine.js'
import { Store, type StoreReader, type StoreSnapshot } from '../../store/store.js'
import { Random } from './random.js'

export const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('hex')

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
const put = (key: string, value: string): Operation => ({ key: bytes(key), value: bytes(value) })
const shown = (entries: Entry[]): string[] => entries.map(({ key, value }) => `${hex(key)}=${hex(value)}`)
const all: RangeOptions = { gte: bytes(''), lt: bytes('ffffffff') }

/** How a test gets an engine, and the same bytes again after closing it. */
export interface EngineMaker {
  open(): Promise<Engine>
  again(engine: Engine): Promise<Engine>
}

export async function engineContract(t: Test, make: EngineMaker): Promise<void> {
  await t.test('order, bounds, limits and direction of ranges', async t => {
    const engine = await make.open()
    await engine.write([put('ff', '05'), put('00', '01'), put('0000', '02'), put('7f', '03'), put('80', '04')], {
      flush: true
    })
    t.same(shown(await engine.range(all)), ['00=01', '0000=02', '7f=03', '80=04', 'ff=05'])
    t.same(shown(await engine.range({ gte: bytes('0000'), lt: bytes('80') })), ['0000=02', '7f=03'])
    t.same(shown(await engine.range({ ...all, reverse: true, limit: 2 })), ['ff=05', '80=04'])
    t.same(shown(await engine.range({ gte: bytes('0001'), lt: bytes('ff'), reverse: true })), ['80=04', '7f=03'])
    t.same(shown(await engine.range({ ...all, limit: 1, keysOnly: true })), ['00='])
    t.same(await engine.range({ ...all, limit: 0 }), [])
    t.same(await engine.range({ gte: bytes('90'), lt: bytes('20') }), [], 'an empty range')
    await engine.close()
  })

  await t.test('batches: later operations win, deletions, empty values', async t => {
    const engine = await make.open()
    await engine.write([put('01', 'aa'), { key: bytes('01'), value: undefined }, put('02', ''), put('02', 'bb')], {
      flush: false
    })
    t.equal(engine.get(bytes('01')), undefined)
    t.equal(hex(engine.get(bytes('02'))), 'bb')
    await engine.write(
      [{ key: bytes('02'), value: undefined }, put('02', ''), { key: bytes('09'), value: undefined }],
      {
        flush: true
      }
    )
    t.equal(hex(engine.get(bytes('02'))), '')
    t.same((await engine.getMany([bytes('02'), bytes('03')])).map(hex), ['', undefined])
    await engine.close()
  })

  await t.test('snapshots and pages read one moment', async t => {
    const engine = await make.open()
    const numbers = Array.from({ length: 300 }, (_, i) => put(i.toString(16).padStart(4, '0'), '01'))
    await engine.write(numbers, { flush: true })
    const snapshot = engine.snapshot()
    const pages = engine.pages({ ...all, pageEntries: 70 })
    const backward = engine.pages({ ...all, pageEntries: 70, reverse: true, limit: 100 })
    await engine.write([put('0005', '02'), put('0005ff', '03'), { key: bytes('0101'), value: undefined }], {
      flush: true
    })
    const sizes: number[] = []
    const values = new Set<string | undefined>()
    for await (const page of pages) {
      sizes.push(page.length)
      for (const { value } of page) values.add(hex(value))
    }
    t.same(sizes, [70, 70, 70, 70, 20])
    t.same([...values], ['01'])
    const keys: string[] = []
    for await (const page of backward) keys.push(...page.map(({ key }) => hex(key)!))
    t.equal(keys.length, 100)
    t.same(
      keys,
      numbers
        .slice(200)
        .reverse()
        .map(({ key }) => hex(key))
    )
    t.equal(hex(snapshot.get(bytes('0005'))), '01')
    t.same((await snapshot.getMany([bytes('0101'), bytes('0005ff')])).map(hex), ['01', undefined])
    t.equal((await snapshot.range(all)).length, 300)
    let inPages = 0
    for await (const page of snapshot.pages(all)) inPages += page.length
    t.equal(inPages, 300)
    snapshot.close()
    t.equal(hex(engine.get(bytes('0005'))), '02')
    for await (const page of engine.pages({ ...all, pageEntries: 10 })) {
      t.equal(page.length, 10)
      break
    }
    await engine.close()
  })

  await t.test('what was flushed is there after closing and opening', async t => {
    const engine = await make.open()
    await engine.write([put('01', 'aa'), put('02', 'bb')], { flush: true })
    await engine.reopen()
    t.equal(hex(engine.get(bytes('01'))), 'aa')
    const again = await make.again(engine)
    t.same(shown(await again.range(all)), ['01=aa', '02=bb'])
    await again.close()
  })

  await t.test('a long overlay over the engine is read in pages, as of the moment of the call', async t => {
    const engine = await make.open()
    const store = new Store(engine, { maxWriteOperations: 100 })
    const key = (n: number): Uint8Array => bytes(n.toString(16).padStart(8, '0'))
    const fill = (from: number, to: number, step: number, value?: Uint8Array): void => {
      for (let n = from; n < to; n += step) {
        store.commit(value === undefined ? new Batch().delete(key(n)) : new Batch().put(key(n), value))
      }
    }
    fill(0, 3000, 3, bytes('01'))
    await store.whenDurable(store.lastSequence)
    fill(1, 3000, 3, bytes('02'))
    fill(0, 1500, 3)
    const wanted = Array.from({ length: 3000 }, (_, n) => n).filter(n => n % 3 === 1 || (n % 3 === 0 && n >= 1500))
    const reads = [false, true].map(async reverse => {
      const found: number[] = []
      const range = { gte: key(0), lt: key(9999), reverse, pageEntries: 50 }
      for await (const page of store.pages(range))
        found.push(...page.map(entry => Number.parseInt(hex(entry.key)!, 16)))
      t.same(found, reverse ? wanted.slice().reverse() : wanted)
    })
    const first = store.range({ gte: key(1), lt: key(9999), limit: 2 })
    // What is committed after the call is not seen, though it stands in the same overlay.
    fill(0, 3000, 1, bytes('03'))
    fill(0, 3000, 2)
    await Promise.all(reads)
    t.same(
      (await first).map(entry => hex(entry.key)),
      ['00000001', '00000004']
    )
    await store.close()
  })

  for (const seed of [1, 2, 3]) {
    await t.test(`a store over it agrees with a plain map (seed ${seed})`, t => storeModel(t, make, seed, 1500))
  }
}

type Model = Map<string, string>

/** Random commits, reads and reopenings against a plain map. Reads are started and checked later, while commits go on. */
export async function storeModel(t: Test, make: EngineMaker, seed: number, steps: number): Promise<void> {
  const random = new Random(seed)
  let engine = await make.open()
  const options = { maxWriteBytes: 200, maxWriteOperations: 10 }
  let store = new Store(engine, options)
  let model: Model = new Map()
  const snapshots: { snapshot: StoreSnapshot; model: Model }[] = []
  const checks: Promise<void>[] = []
  const problems: string[] = []
  const check = (what: string, found: unknown, wanted: unknown): void => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      problems.push(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`)
    }
  }
  for (let step = 0; step < steps && problems.length === 0; step++) {
    const kind = random.below(100)
    if (kind < 45) {
      model = new Map(model)
      store.commit(randomBatch(random, model))
    } else if (kind < 60) {
      const key = randomKey(random)
      check(`get ${hex(key)}`, hex(store.get(key)), model.get(hex(key)!))
    } else if (kind < 85) {
      checks.push(checkRange(`step ${step}`, store, model, random, check))
    } else if (kind < 90 && snapshots.length < 4) {
      snapshots.push({ snapshot: store.snapshot(), model })
    } else if (kind < 93 && snapshots.length > 0) {
      const [{ snapshot, model: then }] = snapshots.splice(random.below(snapshots.length), 1)
      const key = randomKey(random)
      check('get in a snapshot', hex(snapshot.get(key)), then.get(hex(key)!))
      await checkRange(`snapshot at step ${step}`, snapshot, then, random, check)
      snapshot.close()
    } else if (kind < 98) {
      await store.whenDurable(store.lastSequence)
      check('durable', store.whenDurable(store.lastSequence), undefined)
    } else if (random.below(4) === 0) {
      await Promise.all(checks.splice(0))
      for (const { snapshot } of snapshots.splice(0)) snapshot.close()
      await store.whenDurable(store.lastSequence)
      engine = await make.again(engine)
      store = new Store(engine, options)
    }
  }
  await Promise.all(checks)
  for (const { snapshot } of snapshots) snapshot.close()
  await store.close()
  t.same(problems, [])
}

function randomKey(random: Random): Uint8Array {
  // Few keys, so that they meet; the bytes are those where order goes wrong.
  return Uint8Array.from({ length: random.below(4) + 1 }, () => [0x00, 0x01, 0x7f, 0x80, 0xff][random.below(5)])
}

function randomBatch(random: Random, model: Model): Batch {
  const batch = new Batch()
  for (let i = random.below(6); i >= 0; i--) {
    const key = randomKey(random)
    if (random.below(3) === 0) {
      batch.delete(key)
      model.delete(hex(key)!)
    } else {
      const value = random.bytes(random.below(12))
      batch.put(key, value)
      model.set(hex(key)!, hex(value)!)
    }
  }
  return batch
}

async function checkRange(
  what: string,
  reader: StoreReader,
  model: Model,
  random: Random,
  check: (what: string, found: unknown, wanted: unknown) => void
): Promise<void> {
  const options: RangeOptions = {
    gte: random.below(3) === 0 ? new Uint8Array(0) : randomKey(random),
    lt: random.below(3) === 0 ? bytes('ffffffffff') : randomKey(random),
    reverse: random.below(2) === 0,
    limit: random.below(2) === 0 ? undefined : random.below(20),
    keysOnly: random.below(4) === 0
  }
  const from = hex(options.gte)!
  const to = hex(options.lt)!
  let wanted = [...model].filter(([key]) => key >= from && key < to).sort(([a], [b]) => (a < b ? -1 : 1))
  if (options.reverse) wanted = wanted.reverse()
  const expected = wanted.slice(0, options.limit).map(([key, value]) => `${key}=${options.keysOnly ? '' : value}`)
  const found: string[] = []
  if (random.below(2) === 0) {
    found.push(...shown(await reader.range(options)))
  } else {
    const pageEntries = random.below(9) + 1
    for await (const page of reader.pages({ ...options, pageEntries })) {
      if (page.length === 0 || page.length > pageEntries) check(`${what} page`, page.length, pageEntries)
      found.push(...shown(page))
    }
  }
  check(`${what} ${from}..${to} ${JSON.stringify(options)}`, found, expected)
}
