import t from 'tap'
import type { ContentsTable } from '../../src/mailbox/tables/contents-table.js'
import { checkOrders } from '../../src/mailbox/tables/order-check.js'
import { CacheBudget } from '../../src/mailbox/tables/row-cache.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { rangeOfMailbox, TEMPORARY_MAILBOX } from '../../store/index.js'
import { FID, MAILBOX, ModelFolder, type ModelMessage, midOf, randomNumbers, readRows } from './table-model.js'

function messages(folder: ModelFolder, count: number, subjectChars = 1): ModelMessage[] {
  return Array.from({ length: count }, (_, i) =>
    folder.add({
      set: 0,
      subject: `${(i * 7919) % 10_007}`.padStart(subjectChars, '0'),
      importance: i % 3,
      deliveryTime: BigInt((i * 31) % 997),
      keywords: []
    })
  )
}

async function allMids(table: ContentsTable, count = 50): Promise<number[]> {
  const mids: number[] = []
  await table.seek('beginning', 0)
  for (;;) {
    const { cells, position } = await readRows(table, { count })
    for (const [mid] of cells) mids.push(midOf(mid))
    if (position === 'end') return mids
  }
}

function opened(folder: ModelFolder, tag = 0, order: 0 | 1 = 0): ContentsTable {
  const table = folder.table()
  table.setColumns([tags.PidTagMid])
  if (tag !== 0) table.sort([{ tag, order }])
  return table
}

t.test('more rows than the cache holds are read in full', async t => {
  const folder = new ModelFolder(64)
  // Rows of more than a kilobyte each: several times the least budget.
  for (let part = 0; part < 8; part++) await folder.commit(messages(folder, 1000, 250))
  folder.restart({ cache: new CacheBudget(1) })
  const expected = [...folder.messages.keys()].sort((a, b) => a - b)
  const table = opened(folder)
  t.same(await allMids(table, 400), expected)
  t.same(await allMids(table, 400), expected)
  t.ok(folder.index.cache.sizeBytes <= 4 << 20)
})

t.test('many changes at once make an unusual order anew', async t => {
  const folder = new ModelFolder(16)
  await folder.commit(messages(folder, 3000))
  const table = opened(folder, tags.PidTagSubject)
  t.equal((await allMids(table)).length, 3000)
  const changed = [...folder.messages.values()]
    .slice(0, 1500)
    .map(message => ({ ...message, subject: `z${message.subject}` }))
  await folder.commit(changed)
  const mids = await allMids(table)
  t.equal(mids.length, 3000)
  const moved = new Set(changed.map(({ mid }) => mid))
  t.ok(mids.slice(0, 1500).every(mid => !moved.has(mid)))
  t.ok(mids.slice(1500).every(mid => moved.has(mid)))
})

t.test('tables of one order share it; it goes after disuse', async t => {
  const folder = new ModelFolder(16)
  await folder.commit(messages(folder, 100))
  const [first, second] = [opened(folder, tags.PidTagSubject), opened(folder, tags.PidTagSubject)]
  t.equal(folder.built.count, 1)
  const other = opened(folder, tags.PidTagSubject, 1)
  t.equal(folder.built.count, 2)
  for (const table of [first, second, other]) table.release()
  t.equal(folder.built.count, 2)
  folder.runTimers()
  t.equal(folder.built.count, 0)
  const again = opened(folder, tags.PidTagSubject)
  t.equal((await allMids(again)).length, 100)
})

t.test('tables are read while an order is still being loaded, built and written', async t => {
  const random = randomNumbers(11)
  const folder = new ModelFolder(8)
  await folder.commit(messages(folder, 500))
  for (let round = 0; round < 10; round++) {
    folder.restart()
    const tables = [
      opened(folder),
      opened(folder, tags.PidTagMessageDeliveryTime, 1),
      opened(folder, tags.PidTagSubject)
    ]
    const write = async () => {
      for (let i = 0; i < 20; i++) {
        const mids = [...folder.messages.keys()]
        const old = folder.messages.get(mids[random(mids.length)])!
        const change =
          random(3) === 0 ? old.mid : { ...old, subject: `${random(1000)}`, deliveryTime: BigInt(random(500)) }
        await folder.commit([change, ...messages(folder, random(3))])
      }
    }
    await Promise.all([write(), ...tables.map(table => allMids(table, 7))])
    const expected = [...folder.messages.keys()].sort((a, b) => a - b).join()
    for (const table of tables) {
      const mids = await allMids(table)
      if (mids.sort((a, b) => a - b).join() !== expected) t.fail('a table does not show what is there')
    }
  }
  t.same(await checkOrders(folder.store, MAILBOX, FID, folder.live()), [])
})

function temporaryKeys(folder: ModelFolder): Promise<unknown[]> {
  return folder.store.range({ ...rangeOfMailbox(TEMPORARY_MAILBOX), keysOnly: true })
}

/** What is deleted in the background is gone after some turns of the event loop. */
async function temporaryKeysEnd(folder: ModelFolder): Promise<boolean> {
  for (let turn = 0; turn < 1000; turn++) {
    if ((await temporaryKeys(folder)).length === 0) return true
    await new Promise(resolve => setImmediate(resolve))
  }
  return false
}

t.test('a long unusual order lies in the temporary space, and goes after disuse', async t => {
  const folder = new ModelFolder(16, { residentRows: 250, sortedRows: 250, cache: new CacheBudget(1) })
  await folder.commit(messages(folder, 150))
  const table = opened(folder, tags.PidTagSubject)
  t.equal((await allMids(table)).length, 150)
  t.same(await temporaryKeys(folder), [], 'a short one does not')
  await folder.commit(messages(folder, 350))
  t.equal((await allMids(table)).length, 500)
  t.same(await temporaryKeys(folder), [], 'nor one that has grown a little')
  await folder.commit(messages(folder, 1))
  const mids = await allMids(table)
  t.equal(new Set(mids).size, 501)
  t.ok((await temporaryKeys(folder)).length >= 501 / 32, 'runs and places')
  const subjects = mids.map(mid => folder.messages.get(mid)!.subject)
  t.same(subjects, [...subjects].sort(), 'in order')
  for (let round = 0; round < 20; round++) {
    const message = folder.messages.get(mids[(round * 97) % 501])!
    await folder.commit([{ ...message, subject: `z${100 + round}` }])
    t.equal((await allMids(table)).at(-1), message.mid, 'a changed message stands where it belongs')
  }
  table.release()
  folder.runTimers()
  t.ok(await temporaryKeysEnd(folder))
})

t.test('an order that nobody waits for any more is not built to its end', async t => {
  const folder = new ModelFolder(16, { residentRows: 0, sortedRows: 50 })
  await folder.commit(messages(folder, 2000))
  const table = opened(folder, tags.PidTagSubject)
  const reading = allMids(table)
  reading.catch(() => {})
  while ((await temporaryKeys(folder)).length === 0) await new Promise(resolve => setImmediate(resolve))
  table.release()
  folder.runTimers()
  await t.rejects(reading)
  t.ok(await temporaryKeysEnd(folder))
})

t.test('changes that nobody reads are not kept one by one', async t => {
  const folder = new ModelFolder(16, { residentRows: 0 })
  await folder.commit(messages(folder, 1500))
  const table = opened(folder, tags.PidTagSubject)
  t.equal((await allMids(table)).length, 1500)
  for (let round = 0; round < 3; round++) {
    const changed = [...folder.messages.values()].map(message => ({
      ...message,
      subject: `${message.subject}${round}`
    }))
    await folder.commit(changed)
  }
  const mids = await allMids(table)
  const subjects = mids.map(mid => folder.messages.get(mid)!.subject)
  t.same(subjects, [...subjects].sort())
  t.equal(subjects.filter(subject => subject.endsWith('012')).length, 1500)
})

t.test('the beginning of a kept order is read without its directory', async t => {
  const folder = new ModelFolder(64)
  await folder.commit(messages(folder, 1500))
  const byTime = (a: ModelMessage, b: ModelMessage) => Number(a.deliveryTime! - b.deliveryTime!) || a.mid - b.mid
  const all = [...folder.messages.values()]
  const orders = [
    { tag: 0, order: 0, rows: [...all].sort((a, b) => a.mid - b.mid) },
    { tag: tags.PidTagMessageDeliveryTime, order: 0, rows: [...all].sort(byTime) },
    { tag: tags.PidTagMessageDeliveryTime, order: 1, rows: [...all].sort(byTime).reverse() }
  ] as const
  for (const { tag, order, rows } of orders) {
    folder.restart()
    const expected = rows.map(({ mid }) => mid)
    const table = opened(folder, tag, order)
    t.equal(await table.rowCount(), 1500)
    const first = await readRows(table, { count: 50 })
    t.same(
      first.cells.map(([mid]) => midOf(mid)),
      expected.slice(0, 50)
    )
    t.same(await table.position(), { numerator: 50, denominator: 1500 })
    await table.seek('current', -20)
    t.same(await table.position(), { numerator: 30, denominator: 1500 })
    t.ok(folder.index.keysRead <= 128 + 50, `${folder.index.keysRead} keys`)
    t.equal(folder.index.presentDirectory(FID, 0, tag === 0 ? 0 : 1), undefined)
    t.same(await allMids(table, 100), expected, 'the rest comes with it')
    t.not(folder.index.presentDirectory(FID, 0, tag === 0 ? 0 : 1), undefined)
    folder.restart()
    const fromEnd = opened(folder, tag, order)
    await fromEnd.seek('end', -10)
    const last = await readRows(fromEnd, { count: 50 })
    t.same(
      last.cells.map(([mid]) => midOf(mid)),
      expected.slice(-10)
    )
    folder.restart()
    const changing = opened(folder, tag, order)
    await readRows(changing, { count: 1 })
    const newest = messages(folder, 1)[0]
    await folder.commit([{ ...newest, deliveryTime: order === 1 ? 99_999n : undefined }])
    await changing.seek('beginning', 0)
    const shown = await readRows(changing, { count: 2 })
    if (tag !== 0) t.equal(midOf(shown.cells[0][0]), newest.mid, 'a row that comes in is seen')
    await folder.commit([newest.mid])
  }
})
