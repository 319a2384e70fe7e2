/** Fault sweeps: operation n fails for n = 1, 2, 3 ... until the scenario passes; after each, what survives is checked. */

import t, { type Test } from 'tap'
import { Batch } from '../../store/batch.js'
import type { Blobs } from '../../store/blobs.js'
import { Counters } from '../../store/counters.js'
import { type FaultPlan, FaultyEngine } from '../../store/faulty-engine.js'
import { keys, TEMPORARY_MAILBOX } from '../../store/keys.js'
import type { MemoryEngine } from '../../store/memory-engine.js'
import { type ObjectStore, openStore } from '../../store/open-store.js'
import { type Durability, Store } from '../../store/store.js'
import { StoreError } from '../../store/store-error.js'
import { Random } from './random.js'

const MAILBOX = 7
const PIECE_BYTES = 16

/** What the outside was told, and may therefore rely on. */
interface Told {
  /** Pairs that a wait acknowledged. */
  pairs: number[]
  /** Numbers that were handed out, whatever became of them. */
  numbers: number[]
  /** Blob slots whose content was acknowledged last, and the content that was being written when the fault came. */
  blobs: Map<number, string>
  pending: Map<number, string>
}

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value))
const slotKey = (slot: number): Uint8Array => keys.setting.of(MAILBOX, `slot${slot}`)
const pairKeys = (n: number): [Uint8Array, Uint8Array] => [
  keys.message.of(MAILBOX, n),
  keys.change.of(MAILBOX, 1, 0, n)
]

/** Points a slot at a new version of its content and releases the old one, in one commit. */
async function rewrite(object: ObjectStore, told: Told, slot: number, content: string, isEdit: boolean): Promise<void> {
  const { store, blobs } = object
  const old = store.get(slotKey(slot))
  const oldId = old === undefined ? undefined : Number(Buffer.from(old).toString())
  const isEditing = isEdit && oldId !== undefined
  told.pending.set(slot, content)
  const writer = isEditing ? blobs.edit(MAILBOX, oldId) : blobs.create(MAILBOX)
  const bytes = text(content)
  if (isEditing) {
    // Only what differs is written, so that the new version shares the other pieces.
    const before = told.blobs.get(slot) ?? ''
    let same = 0
    while (same < content.length && content[same] === before[same]) same++
    writer.truncate(content.length)
    await writer.write(same, bytes.subarray(same))
  } else {
    for (let at = 0; at < bytes.length; at += 10) await writer.append(bytes.subarray(at, at + 10))
  }
  const batch = new Batch()
  const { id } = writer.attach(batch)
  batch.put(slotKey(slot), text(String(id)))
  if (oldId !== undefined) blobs.release(batch, MAILBOX, oldId)
  await store.whenDurable(store.commit(batch))
  told.blobs.set(slot, content)
  told.pending.delete(slot)
}

async function scenario(engine: FaultyEngine, durability: Durability, told: Told): Promise<void> {
  const object = await openStore(engine, { durability, pieceBytes: PIECE_BYTES, maxWriteOperations: 8 })
  const { store, blobs } = object
  const counters = new Counters(store, { block: 3 })
  for (let round = 0; round < 4; round++) {
    const waits: Promise<void>[] = []
    for (let i = 0; i < 3; i++) {
      const n = counters.take(MAILBOX, 'id')
      told.numbers.push(n)
      const [a, b] = pairKeys(n)
      const sequence = store.commit(new Batch().put(a, text(`pair ${n}`)).put(b, text(`pair ${n}`)))
      waits.push((store.whenDurable(sequence) ?? Promise.resolve()).then(() => void told.pairs.push(n)))
    }
    store.commit(new Batch().put(keys.temporary.of(TEMPORARY_MAILBOX, 1, 0, text(`row ${round}`)), text('x')))
    // All of them, so that a rejection does not leave others unobserved.
    for (const result of await Promise.allSettled(waits)) if (result.status === 'rejected') throw result.reason
    await rewrite(object, told, 0, 'a'.repeat(20 + round * 15), false)
    await rewrite(object, told, 1, `${'b'.repeat(40)}${'c'.repeat(round * 20)}`, true)
    await rewrite(object, told, 2, 'short', false)
  }
  const abandoned = blobs.create(MAILBOX)
  await abandoned.append(text('d'.repeat(50)))
  abandoned.abandon()
  await object.close()
}

/** Opens what survived and checks it against what was told. `acknowledged` is false where the setting promises nothing. */
async function check(
  t: Test,
  label: string,
  survivors: MemoryEngine,
  told: Told,
  acknowledged: boolean
): Promise<void> {
  const problems: string[] = []
  const object = await openStore(survivors, { pieceBytes: PIECE_BYTES })
  const { store, blobs } = object
  const peek = new Counters(store).peek(MAILBOX, 'id')
  for (const n of told.numbers) {
    const [a, b] = pairKeys(n).map(key => store.get(key) !== undefined)
    if (a !== b) problems.push(`pair ${n} is torn`)
    if (acknowledged && told.pairs.includes(n) && !a) problems.push(`pair ${n} was acknowledged and is gone`)
    if (a && n >= peek) problems.push(`number ${n} would repeat`)
  }
  const counters = new Counters(store, { block: 3 })
  const next = counters.take(MAILBOX, 'id')
  if (acknowledged && told.pairs.some(n => n >= next)) problems.push(`number ${next} repeats one that was told`)
  if (store.get(keys.temporary.of(TEMPORARY_MAILBOX, 1, 0, text('row 0'))) !== undefined)
    problems.push('a temporary key')
  if (acknowledged) problems.push(...(await checkBlobs(store, blobs, told)))
  await object.close()
  if (problems.length > 0) t.fail(label, { problems })
}

async function checkBlobs(store: Store, blobs: Blobs, told: Told): Promise<string[]> {
  const problems: string[] = []
  const sources = new Set<number>()
  for (const slot of [0, 1, 2]) {
    const record = store.get(slotKey(slot))
    const possible = [told.blobs.get(slot), told.pending.get(slot)]
    if (record === undefined) {
      if (possible[0] !== undefined) problems.push(`slot ${slot} was acknowledged and is gone`)
      continue
    }
    const reader = blobs.open(MAILBOX, Number(Buffer.from(record).toString()))
    const found = Buffer.from(reader.read(0, reader.sizeBytes)).toString()
    if (!possible.includes(found)) problems.push(`slot ${slot} holds ${found} instead of ${possible.join(' or ')}`)
    reader.close()
    sources.add(Number(Buffer.from(record).toString()))
  }
  await blobs.whenIdle()
  const heads = await store.range(keys.blob.range(MAILBOX))
  if ((await store.range(keys.blobIntent.range(MAILBOX))).length > 0) problems.push('an intent is left over')
  const live = new Set(heads.map(({ key }) => keys.blob.parse(key).blobId))
  for (const { key } of await store.range({ ...keys.blobPiece.range(MAILBOX), keysOnly: true })) {
    const { blobId } = keys.blobPiece.parse(key)
    if (!live.has(blobId)) problems.push(`a piece of blob ${blobId}, which does not exist`)
  }
  // Everything released must go: what is left then is a leak.
  const batch = new Batch()
  for (const id of sources) blobs.release(batch, MAILBOX, id)
  await store.whenDurable(store.commit(batch))
  await blobs.whenIdle()
  for (const space of [keys.blob, keys.blobPiece, keys.blobIntent]) {
    const left = await store.range(space.range(MAILBOX))
    if (left.length > 0) problems.push(`${left.length} keys of space ${space.letter} are left when all is released`)
  }
  return problems
}

async function sweep(t: Test, durability: Durability, plan: FaultPlan, acknowledged: boolean): Promise<void> {
  let n = 0
  for (let isThrough = false; !isThrough; ) {
    n++
    const engine = new FaultyEngine({ ...plan, failAt: n })
    const told: Told = { pairs: [], numbers: [], blobs: new Map(), pending: new Map() }
    try {
      await scenario(engine, durability, told)
      // A failure in the background (pieces being deleted) may reach nobody.
      isThrough = !engine.hasFailed
    } catch (error) {
      if (!engine.hasFailed) throw error
      if (!(error instanceof StoreError)) t.fail(`operation ${n} failed with another error`, { error })
    }
    await check(t, `fault at operation ${n}`, engine.survivors(), told, acknowledged)
  }
  t.ok(n > 10, `${n - 1} operations, each of them failed once`)
}

const random = new Random(5)
const somehow = (): boolean => random.below(2) === 0
const policies: [string, FaultPlan['keeps']][] = [
  ['all unflushed batches lost', () => false],
  ['the failing batch kept', () => true],
  ['some lost', somehow]
]
for (const [name, keeps] of policies) {
  t.test(`power: crash at each write, ${name}`, t => sweep(t, 'power', { crash: true, keeps }, true))
  t.test(`power: error at each write, ${name}`, t => sweep(t, 'power', { keeps }, true))
  t.test(`power: success of each write not reported, ${name}`, t => sweep(t, 'power', { applied: true, keeps }, true))
}
t.test('power: crash at each operation, reads included', t =>
  sweep(t, 'power', { crash: true, counts: () => true }, true)
)
t.test('process: a kill at each write keeps what was acknowledged', t =>
  sweep(t, 'process', { crash: true, keeps: () => true }, true)
)
t.test('process: a power cut tears no batch and leaves a store that opens', t =>
  sweep(t, 'process', { crash: true, keeps: somehow }, false)
)

t.test('the faulty engine loses an unflushed batch older than a flushed one', async t => {
  const engine = new FaultyEngine({ keeps: n => n === 1 })
  const write = (key: string, flush: boolean): Promise<void> =>
    engine.write([{ key: text(key), value: text(key) }], { flush })
  await write('a', true)
  await write('b', false)
  await write('c', true)
  await write('d', false)
  const survivors = engine.survivors()
  t.same(
    ['a', 'b', 'c', 'd'].map(key => survivors.get(text(key)) !== undefined),
    [true, false, true, true]
  )
  t.ok(engine.get(text('b')), 'which was visible all the time')
  engine.crash()
  t.throws(() => engine.get(text('a')), /crashed/)
})

t.test('process: no number comes twice when the commit of its block is older than what a power cut keeps', async t => {
  const engine = new FaultyEngine({ keeps: n => n > 0 })
  const store = new Store(engine, { durability: 'process' })
  const counters = new Counters(store)
  const used = counters.take(MAILBOX, 'id')
  await store.whenDurable(store.lastSequence)
  store.commit(new Batch().put(keys.message.of(MAILBOX, 999), text('x')))
  await store.whenDurable(store.lastSequence)
  store.commit(new Batch().put(keys.message.of(MAILBOX, used), text('x')))
  await store.whenDurable(store.lastSequence)
  const survived = new Store(engine.survivors())
  t.ok(survived.get(keys.message.of(MAILBOX, used)), 'a commit that names the number survived')
  t.ok(new Counters(survived).peek(MAILBOX, 'id') > used)
})

t.test('no wait for power resolves before the flush that covers it', async t => {
  const engine = new FaultyEngine()
  const store = new Store(engine, { maxWriteOperations: 4 })
  const order: string[] = []
  const release = engine.hold()
  const waits: Promise<void>[] = []
  for (let i = 0; i < 30; i++) {
    const sequence = store.commit(new Batch().put(text(`key ${String(i).padStart(2, '0')}`), text('x')))
    waits.push(
      store.whenDurable(sequence)!.then(() => {
        const flushed = engine.trace.filter(write => write.event === 'end' && write.flush)
        const isCovered = flushed.some(write =>
          write.operations.some(({ key }) => Buffer.from(key).toString() === `key ${String(i).padStart(2, '0')}`)
        )
        order.push(isCovered ? 'flushed' : `early ${i}`)
      })
    )
    if (i % 7 === 0) await new Promise(resolve => setImmediate(resolve))
  }
  t.same(order, [], 'nothing resolves while the write is held')
  t.equal(engine.trace.length, 1, 'one write is in flight, the others wait')
  release()
  await Promise.all(waits)
  t.same([...new Set(order)], ['flushed'])
  const inFlight = engine.trace.reduce(
    ({ now, most }, { event }) => {
      const next = now + (event === 'begin' ? 1 : -1)
      return { now: next, most: Math.max(most, next) }
    },
    { now: 0, most: 0 }
  )
  t.equal(inFlight.most, 1, 'never two writes at once')
  t.ok(engine.trace.length < 2 * 30, 'commits were grouped')
  await store.close()
})
