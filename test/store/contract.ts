/** What every engine must do, and a store over it: run on memory, LevelDB and the fault-injecting engine alike. */

import type { Test } from 'tap'
import { Batch } from '../../store/batch.js'
import type { Engine, Operation, RangeOptions } from '../../store/engine.js'
import { Store } from '../../store/store.js'
import { bytes, hex, shown } from './hex.js'
import { storeModel } from './store-model.js'

const put = (key: string, value: string): Operation => ({ key: bytes(key), value: bytes(value) })
const all: RangeOptions = { gte: bytes(''), lt: bytes('ffffffff') }

/** How a test gets an engine, and the same bytes again after closing it. */
export interface EngineMaker {
  open(): Promise<Engine>
  again(engine: Engine): Promise<Engine>
}

export async function engineContract(t: Test, make: EngineMaker): Promise<void> {
  await t.test('order, bounds, limits and direction of ranges', t => orderAndBounds(t, make))
  await t.test('batches: later operations win, deletions, empty values', t => batches(t, make))
  await t.test('snapshots and pages read one moment', t => moments(t, make))
  await t.test('what was flushed is there after closing and opening', t => durability(t, make))
  await t.test('a long overlay over the engine is read in pages, as of the moment of the call', t =>
    longOverlay(t, make)
  )
  for (const seed of [1, 2, 3]) {
    await t.test(`a store over it agrees with a plain map (seed ${seed})`, t => storeModel(t, make, seed, 1500))
  }
}

async function orderAndBounds(t: Test, make: EngineMaker): Promise<void> {
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
}

async function batches(t: Test, make: EngineMaker): Promise<void> {
  const engine = await make.open()
  await engine.write([put('01', 'aa'), { key: bytes('01'), value: undefined }, put('02', ''), put('02', 'bb')], {
    flush: false
  })
  t.equal(engine.get(bytes('01')), undefined)
  t.equal(hex(engine.get(bytes('02'))), 'bb')
  await engine.write([{ key: bytes('02'), value: undefined }, put('02', ''), { key: bytes('09'), value: undefined }], {
    flush: true
  })
  t.equal(hex(engine.get(bytes('02'))), '')
  t.same((await engine.getMany([bytes('02'), bytes('03')])).map(hex), ['', undefined])
  await engine.close()
}

async function moments(t: Test, make: EngineMaker): Promise<void> {
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
}

async function durability(t: Test, make: EngineMaker): Promise<void> {
  const engine = await make.open()
  await engine.write([put('01', 'aa'), put('02', 'bb')], { flush: true })
  await engine.reopen()
  t.equal(hex(engine.get(bytes('01'))), 'aa')
  const again = await make.again(engine)
  t.same(shown(await again.range(all)), ['01=aa', '02=bb'])
  await again.close()
}

async function longOverlay(t: Test, make: EngineMaker): Promise<void> {
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
    for await (const page of store.pages(range)) found.push(...page.map(entry => Number.parseInt(hex(entry.key)!, 16)))
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
}
