import t from 'tap'
import type { ContentsTable } from '../../src/mailbox/tables/contents-table.js'
import { checkOrders } from '../../src/mailbox/tables/order-check.js'
import { compareBytes, sortKey } from '../../src/oxcdata/collation.js'
import { encodeValue } from '../../src/oxcdata/property-value.js'
import type { Restriction } from '../../src/oxcdata/restriction.js'
import type { SortOrder } from '../../src/oxcdata/sort-order.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { requirement } from '../conformance/ledger.js'
import { FID, MAILBOX, ModelFolder, type ModelMessage, midOf, randomNumbers, readRows } from './table-model.js'

type Compare = (a: ModelMessage, b: ModelMessage) => number

const byMid: Compare = (a, b) => a.mid - b.mid
const byText: Compare = (a, b) =>
  compareBytes(sortKey(storedString(a.subject), 0x409), sortKey(storedString(b.subject), 0x409))
const bySubject: Compare = (a, b) => byText(a, b) || byMid(a, b)
const byTime: Compare = (a, b) => {
  if (a.deliveryTime === b.deliveryTime) return byMid(a, b)
  if (a.deliveryTime === undefined) return -1
  if (b.deliveryTime === undefined) return 1
  return a.deliveryTime < b.deliveryTime ? -1 : 1
}

const important: Restriction = {
  kind: 'property',
  relop: 0x04,
  tag: tags.PidTagImportance,
  value: { tag: tags.PidTagImportance, bytes: encodeValue(3, 2) }
}

interface Case {
  name: string
  sort: SortOrder[]
  restriction: Restriction | null
  compare: Compare
  shows?: (message: ModelMessage) => boolean
}

const CASES: readonly Case[] = [
  { name: 'unsorted', sort: [], restriction: null, compare: byMid },
  {
    name: 'time ascending',
    sort: [{ tag: tags.PidTagMessageDeliveryTime, order: 0 }],
    restriction: null,
    compare: byTime
  },
  {
    name: 'time descending',
    sort: [{ tag: tags.PidTagMessageDeliveryTime, order: 1 }],
    restriction: null,
    compare: (a, b) => byTime(b, a)
  },
  { name: 'subject', sort: [{ tag: tags.PidTagSubject, order: 0 }], restriction: null, compare: bySubject },
  {
    name: 'importance descending, subject',
    sort: [
      { tag: tags.PidTagImportance, order: 1 },
      { tag: 0x0037001e, order: 0 }
    ],
    restriction: null,
    compare: (a, b) => b.importance - a.importance || bySubject(a, b)
  },
  {
    name: 'restricted, unsorted',
    sort: [],
    restriction: important,
    compare: byMid,
    shows: message => message.importance === 2
  },
  {
    name: 'restricted, by time',
    sort: [{ tag: tags.PidTagMessageDeliveryTime, order: 1 }],
    restriction: important,
    compare: (a, b) => {
      if (a.deliveryTime === b.deliveryTime) return byMid(a, b)
      return byTime(b, a)
    },
    shows: message => message.importance === 2
  }
]

function randomMessage(folder: ModelFolder, random: (limit: number) => number): ModelMessage {
  return folder.add({
    set: random(8) === 0 ? 1 : 0,
    subject: `${'aBcÄéz'[random(6)]}${random(20)}${random(30) === 0 ? 'x'.repeat(300) + random(3) : ''}`,
    importance: random(3),
    deliveryTime: random(10) === 0 ? undefined : BigInt(random(50)) * 1000n,
    keywords: []
  })
}

/** One random batch: new messages, changed ones, deleted ones, some that go to another set. */
function randomChanges(folder: ModelFolder, random: (limit: number) => number): (ModelMessage | number)[] {
  const changes = new Map<number, ModelMessage | number>()
  const mids = [...folder.messages.keys()]
  for (let left = random(6) + 1; left > 0; left--) {
    const what = random(10)
    const old = mids.length === 0 ? undefined : folder.messages.get(mids[random(mids.length)])
    if (old === undefined || what < 5) {
      const message = randomMessage(folder, random)
      changes.set(message.mid, message)
    } else if (what < 8) changes.set(old.mid, { ...randomMessage(folder, random), mid: old.mid })
    else changes.set(old.mid, old.mid)
  }
  return [...changes.values()]
}

/** What a table's cursor is in the model: the row that it is behind, as it was when it was read. */
interface OpenTable {
  table: ContentsTable
  order: Case
  behind: ModelMessage | undefined
}

function expectedRows(folder: ModelFolder, { order, behind }: Pick<OpenTable, 'order' | 'behind'>): ModelMessage[] {
  return [...folder.messages.values()]
    .filter(message => message.set === 0 && order.shows?.(message) !== false)
    .filter(message => behind === undefined || order.compare(message, behind) > 0)
    .sort(order.compare)
}

/** Unusual orders in memory; in the temporary space from the first row on, sorted in one part and in many. */
const WHERE = [{}, { residentRows: 0 }, { residentRows: 0, sortedRows: 10 }, { residentRows: 20, sortedRows: 7 }]

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  t.test(`orders and live tables follow random commits, seed ${seed}`, async t => {
    const random = randomNumbers(seed)
    const folder = new ModelFolder(4, WHERE[seed % WHERE.length])
    const tables: OpenTable[] = []
    const openAll = () => {
      for (const { table } of tables) table.release()
      tables.length = 0
      for (const order of CASES) {
        const table = folder.table()
        table.setColumns([tags.PidTagMid])
        table.sort(order.sort)
        table.restrict(order.restriction)
        tables.push({ table, order, behind: undefined })
      }
    }
    openAll()
    for (let round = 0; round < 120; round++) {
      await folder.commit(randomChanges(folder, random))
      for (const open of tables) {
        if (random(3) === 0) continue
        const expected = expectedRows(folder, open)
        const count = random(5) + 1
        const { cells, position } = await readRows(open.table, { count })
        const wanted = expected.slice(0, count)
        const got = cells.map(([mid]) => midOf(mid))
        if (got.join() !== wanted.map(({ mid }) => mid).join())
          t.same(
            got,
            wanted.map(({ mid }) => mid),
            open.order.name
          )
        if (position !== (count >= expected.length ? 'end' : 'current'))
          t.fail(`${open.order.name}: position ${position}`)
        if (wanted.length > 0) open.behind = wanted.at(-1)
        const all = expectedRows(folder, { order: open.order, behind: undefined })
        const left = expectedRows(folder, open)
        t.same(await open.table.position(), { numerator: all.length - left.length, denominator: all.length })
        if (left.length === 0 && random(2) === 0) {
          await open.table.seek('beginning', 0)
          open.behind = undefined
        }
      }
      if (round % 40 === 39) {
        t.same(await checkOrders(folder.store, MAILBOX, FID, folder.live()), [])
        folder.restart()
        openAll()
      }
    }
    requirement('MS-OXCTABL_R119', 'MS-OXCTABL_R117', 'MS-OXCTABL_R437', 'MS-OXCTABL_R451', 'MS-OXCTABL_R462')
  })
}

for (const origin of ['beginning', 'end'] as const) {
  t.test(`a run that is in memory is joined with one that is not, at the ${origin}`, async t => {
    const random = randomNumbers(5)
    const folder = new ModelFolder(8)
    for (let i = 0; i < 64; i++) await folder.commit([{ ...randomMessage(folder, random), set: 0 }])
    for (const [at, mid] of [...folder.messages.keys()].entries()) if (at % 8 > 2) await folder.commit([mid])
    while (folder.messages.size > 3) {
      folder.restart()
      const table = folder.table()
      table.setColumns([tags.PidTagMid])
      await table.seek(origin, origin === 'end' ? -1 : 0)
      const { cells } = await readRows(table, { count: 1 })
      await folder.commit([midOf(cells[0][0])])
      await table.seek('beginning', 0)
      const left = [...folder.messages.keys()].sort((a, b) => a - b)
      const rows = (await readRows(table, { count: 100 })).cells.map(([mid]) => midOf(mid))
      if (rows.join() !== left.join()) t.same(rows, left)
      table.release()
    }
    t.same(await checkOrders(folder.store, MAILBOX, FID, folder.live()), [])
  })
}

t.test('a folder that is emptied leaves no key behind', async t => {
  const folder = new ModelFolder(4)
  const random = randomNumbers(9)
  const messages = Array.from({ length: 100 }, () => randomMessage(folder, random))
  await folder.commit(messages)
  t.same(await checkOrders(folder.store, MAILBOX, FID, folder.live()), [])
  const order = messages.map(({ mid }) => mid).sort((a, b) => (a % 7) - (b % 7))
  for (const mid of order) await folder.commit([mid])
  const left = await folder.store.range({
    gte: Buffer.from([0, 0, 0, MAILBOX]),
    lt: Buffer.from([0, 0, 0, MAILBOX + 1])
  })
  t.same(left, [])
})

t.test('a batch that is not committed changes nothing', async t => {
  const folder = new ModelFolder(4)
  const random = randomNumbers(5)
  await folder.commit(Array.from({ length: 10 }, () => randomMessage(folder, random)))
  const before = [...folder.messages.values()].filter(({ set }) => set === 0).length
  const { Batch } = await import('../../store/index.js')
  const message = folder.messages.get([...folder.messages.keys()][0])!
  const { inputOf } = await import('./table-model.js')
  await folder.index.written(new Batch(), FID, message.set, message.mid, inputOf(message), null)
  t.equal(await folder.table().rowCount(), before)
  t.same(await checkOrders(folder.store, MAILBOX, FID, folder.live()), [])
})

t.test('the checker finds what is wrong', async t => {
  const folder = new ModelFolder(4)
  const random = randomNumbers(6)
  await folder.commit(Array.from({ length: 20 }, () => randomMessage(folder, random)))
  const { Batch, keys } = await import('../../store/index.js')
  const [first] = folder.live()
  folder.store.commit(new Batch().delete(keys.summary.of(MAILBOX, FID, first.mid)))
  t.match(await checkOrders(folder.store, MAILBOX, FID, folder.live()), [/has no summary row/])
})
