import t from 'tap'
import { Batch } from '../../store/batch.js'
import type { BlobWriter } from '../../store/blob-writer.js'
import type { BlobReference } from '../../store/blobs.js'
import { FaultyEngine } from '../../store/faulty-engine.js'
import { keys } from '../../store/keys.js'
import { MemoryEngine } from '../../store/memory-engine.js'
import { type ObjectStore, openStore } from '../../store/open-store.js'
import { fails } from './fails.js'
import { Random } from './random.js'

const MAILBOX = 4
const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value))
const shown = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

const open = (pieceBytes = 8): Promise<ObjectStore> => openStore(new MemoryEngine(), { pieceBytes })

async function attach(
  { store }: ObjectStore,
  writer: BlobWriter,
  change?: (batch: Batch) => void
): Promise<BlobReference> {
  const batch = new Batch()
  const reference = writer.attach(batch)
  change?.(batch)
  await store.whenDurable(store.commit(batch))
  return reference
}

async function content({ blobs }: ObjectStore, id: number, mailbox = MAILBOX): Promise<string> {
  const reader = blobs.open(mailbox, id)
  const whole = shown(reader.read(0, reader.sizeBytes))
  reader.close()
  return whole
}

async function release(object: ObjectStore, ...ids: number[]): Promise<void> {
  const batch = new Batch()
  for (const id of ids) object.blobs.release(batch, MAILBOX, id)
  await object.store.whenDurable(object.store.commit(batch))
  await object.blobs.whenIdle()
  await object.store.whenDurable(object.store.lastSequence)
}

async function pieces({ store }: ObjectStore): Promise<string[]> {
  const found = await store.range({ ...keys.blobPiece.range(MAILBOX), keysOnly: true })
  return found.map(({ key }) => keys.blobPiece.parse(key)).map(({ blobId, piece }) => `${blobId}/${piece}`)
}

async function leftovers({ store }: ObjectStore): Promise<number> {
  let count = 0
  for (const space of [keys.blob, keys.blobPiece, keys.blobIntent])
    count += (await store.range(space.range(MAILBOX))).length
  return count
}

t.test('a value in pieces is written under an intent and read at any offset', async t => {
  const object = await open()
  const writer = object.blobs.create(MAILBOX)
  const whole = 'The quick brown fox jumps over the lazy dog'
  for (const letter of whole) await writer.append(text(letter))
  t.equal((await object.store.range(keys.blobIntent.range(MAILBOX))).length, 1)
  t.equal(shown(writer.read(4, 5)), 'quick', 'a writer reads what it wrote')
  const { id, sizeBytes } = await attach(object, writer)
  t.equal(sizeBytes, whole.length)
  t.equal((await object.store.range(keys.blobIntent.range(MAILBOX))).length, 0, 'the intent goes with the commit')
  const reader = object.blobs.open(MAILBOX, id)
  for (let offset = 0; offset <= whole.length; offset++) {
    for (let length = 0; length <= whole.length + 2; length++) {
      const found = shown(reader.read(offset, length))
      if (found !== whole.slice(offset, offset + length)) t.fail(`read ${offset} ${length}: ${found}`)
    }
  }
  reader.close()
  await release(object, id)
  t.equal(await leftovers(object), 0)
  await fails(t, () => object.blobs.open(MAILBOX, id), 'blob')
  await object.close()
})

t.test('a value of one piece goes into the referring commit alone', async t => {
  const engine = new FaultyEngine()
  const object = await openStore(engine, { pieceBytes: 64 })
  const writer = object.blobs.create(MAILBOX)
  await object.store.whenDurable(object.store.lastSequence)
  const before = engine.trace.length
  await writer.append(text('small'))
  const { id } = await attach(object, writer)
  t.equal(engine.trace.length - before, 2, 'one write, begun and ended')
  t.equal(await content(object, id), 'small')
  const empty = await attach(object, object.blobs.create(MAILBOX))
  t.equal(await content(object, empty.id), '')
  await release(object, id, empty.id)
  t.equal(await leftovers(object), 0)
})

t.test('random writes, truncations and reads agree with an array of bytes, in editions that share pieces', async t => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const random = new Random(seed)
    const object = await open()
    let model = Buffer.alloc(0)
    let current: BlobReference | undefined
    const kept: { id: number; content: string }[] = []
    for (let edition = 0; edition < 12; edition++) {
      const old = current
      const writer = old === undefined ? object.blobs.create(MAILBOX) : object.blobs.edit(MAILBOX, old.id)
      for (let step = random.below(12); step >= 0; step--) model = await randomStep(t, random, writer, model)
      const isKept = old !== undefined && random.below(3) === 0
      current = await attach(object, writer, batch => {
        if (old !== undefined && !isKept) object.blobs.release(batch, MAILBOX, old.id)
      })
      if (isKept) kept.push({ id: old.id, content: await content(object, old.id) })
      await object.blobs.whenIdle()
      t.equal(await content(object, current.id), shown(model), `edition ${edition} of seed ${seed}`)
    }
    for (const { id, content: before } of kept)
      t.equal(await content(object, id), before, 'an old edition is unchanged')
    await release(object, current!.id, ...kept.map(({ id }) => id))
    t.equal(await leftovers(object), 0, 'nothing is left')
    await object.close()
  }
})

async function randomStep(
  t: typeof import('tap').t | import('tap').Test,
  random: Random,
  writer: BlobWriter,
  model: Buffer<ArrayBuffer>
): Promise<Buffer<ArrayBuffer>> {
  const kind = random.below(10)
  if (kind < 2) {
    const size = random.below(60)
    writer.truncate(size)
    const cut = Buffer.alloc(size)
    model.copy(cut)
    return cut
  }
  if (kind < 4) {
    const [offset, length] = [random.below(70), random.below(30)]
    const wanted = shown(model.subarray(offset, offset + length))
    if (shown(writer.read(offset, length)) !== wanted) t.fail('a writer reads something else than it wrote')
    return model
  }
  const bytes = Uint8Array.from({ length: random.below(25) }, () => 0x61 + random.below(26))
  const offset = random.below(3) === 0 ? random.below(70) : writer.sizeBytes
  await writer.write(offset, bytes)
  if (bytes.length === 0) return model
  const grown = Buffer.alloc(Math.max(model.length, offset + bytes.length))
  model.copy(grown)
  grown.set(bytes, offset)
  return grown
}

t.test('copies share pieces; the last release deletes them', async t => {
  const object = await open()
  const writer = object.blobs.create(MAILBOX)
  await writer.append(text('0123456789abcdefghij'))
  const { id } = await attach(object, writer)
  const batch = new Batch()
  object.blobs.share(batch, MAILBOX, id)
  object.blobs.share(batch, MAILBOX, id)
  object.store.commit(batch)
  await release(object, id, id)
  t.equal(await content(object, id), '0123456789abcdefghij')
  const edit = object.blobs.edit(MAILBOX, id)
  await edit.write(9, text('XY'))
  const edited = await attach(object, edit)
  t.same(
    await pieces(object),
    [`${id}/0`, `${id}/1`, `${id}/2`, `${edited.id}/1`],
    'an edition keeps the pieces it did not touch'
  )
  await release(object, id)
  t.equal(await content(object, edited.id), '01234567' + '8XYbcdef' + 'ghij')
  await release(object, edited.id)
  t.equal(await leftovers(object), 0)
})

t.test('a reader and a writer outlive the release of what they stand on', async t => {
  const object = await open()
  const writer = object.blobs.create(MAILBOX)
  await writer.append(text('0123456789abcdefghij'))
  const { id } = await attach(object, writer)
  const reader = object.blobs.open(MAILBOX, id)
  const edit = object.blobs.edit(MAILBOX, id)
  await release(object, id)
  t.equal(shown(reader.read(6, 6)), '6789ab')
  reader.close()
  reader.close()
  await object.blobs.whenIdle()
  await edit.write(0, text('X'))
  const edited = await attach(object, edit)
  await object.blobs.whenIdle()
  t.equal(await content(object, edited.id), 'X123456789abcdefghij')
  await release(object, edited.id)
  t.equal(await leftovers(object), 0)
})

t.test('an abandoned value and a dropped batch leave nothing', async t => {
  const object = await open()
  const writer = object.blobs.create(MAILBOX)
  await writer.append(text('x'.repeat(50)))
  writer.attach(new Batch())
  await writer.append(text('y'))
  writer.abandon()
  await object.blobs.whenIdle()
  t.equal(await leftovers(object), 0)
  await fails(t, () => writer.append(text('z')), 'blob')
  await fails(t, () => object.blobs.create(MAILBOX).truncate(2 ** 40), 'blob')
  await fails(t, () => object.blobs.release(new Batch(), MAILBOX, 999), 'blob')
})

t.test('a value crosses mailboxes as bytes', async t => {
  const object = await open()
  const writer = object.blobs.create(MAILBOX)
  await writer.append(text('0123456789abcdefghij'))
  const { id } = await attach(object, writer)
  const copy = await attach(object, await object.blobs.copyAcross(MAILBOX, id, 5))
  await release(object, id)
  t.equal(await content(object, copy.id, 5), '0123456789abcdefghij')
})

t.test('a missing piece is an error of the store', async t => {
  const object = await open()
  const writer = object.blobs.create(MAILBOX)
  await writer.append(text('0123456789abcdefghij'))
  const { id } = await attach(object, writer)
  object.store.commit(new Batch().delete(keys.blobPiece.of(MAILBOX, id, 1)))
  const reader = object.blobs.open(MAILBOX, id)
  t.equal(shown(reader.read(0, 8)), '01234567')
  await fails(t, () => reader.read(0, 20), 'blob', /4\/b\//)
})

t.test('memory stays constant while a large value is written and read', async t => {
  const engine = new FaultyEngine()
  const object = await openStore(engine, { pieceBytes: 1 << 16, maxQueuedBytes: 1 << 18 })
  const writer = object.blobs.create(MAILBOX)
  const chunk = new Uint8Array(1 << 14).fill(7)
  let waits = 0
  let letGo = engine.hold()
  for (let written = 0, ahead = 0; written < 200; written++) {
    const room = writer.append(chunk)
    ahead += chunk.length
    if (ahead > (1 << 18) + (2 << 16)) t.fail('the writer runs ahead of the disk')
    if (room === undefined) continue
    waits++
    letGo()
    await room
    letGo = engine.hold()
    ahead = 0
  }
  letGo()
  t.ok(waits > 5, `the writer was made to wait ${waits} times`)
  const { id, sizeBytes } = await attach(object, writer)
  t.equal(sizeBytes, 200 << 14)
  await release(object, id)
  t.equal(await leftovers(object), 0)
})
