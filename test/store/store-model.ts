import type { Test } from 'tap'
import { Batch } from '../../store/batch.js'
import type { RangeOptions } from '../../store/engine.js'
import { Store, type StoreReader, type StoreSnapshot } from '../../store/store.js'
import type { EngineMaker } from './contract.js'
import { bytes, hex, shown } from './hex.js'
import { Random } from './random.js'

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
