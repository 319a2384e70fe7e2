import { test } from 'tap'
import type { Stat } from '../../../src/nspi/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { requirement } from '../../conformance/ledger.js'
import { sampleBook } from '../sample-book.js'

const BEGINNING = 0
const CURRENT = 1
const END = 2
const NOT_FOUND = 0x8004010f
const GENERAL_FAILURE = 0x80004005
const INVALID_BOOKMARK = 0x80040405
/** Rows of the global address list of the sample, in order. */
const ROWS = ['alice', 'all', 'beamer', 'bob', 'carol', 'erik', 'info', 'news', 'room1', 'sales', 'staff', 'zoe']

async function walker() {
  const sample = await sampleBook()
  const caller = sample.caller('alice')
  const from = (over: Partial<Stat>, wantsDelta = true) =>
    sample.book.updateStat(caller, { stat: statAtBeginning(over), wantsDelta })
  return { ...sample, from, midAt: (row: number) => sample.mid(ROWS[row]) }
}

test('N6: absolute positions', async t => {
  const { from, midAt } = await walker()
  const total = ROWS.length
  const at = (over: Partial<Stat>) => {
    const { stat, delta, errorCode } = from(over)
    t.equal(errorCode, 0)
    return { mid: stat!.currentRecord, position: stat!.position, total: stat!.totalRecords, moved: delta }
  }
  t.same(at({ currentRecord: BEGINNING }), { mid: midAt(0), position: 0, total, moved: 0 })
  requirement('MS-OXNSPI_R80', 'MS-OXNSPI_R542', 'MS-OXNSPI_R558', 'MS-OXNSPI_R328', 'MS-OXNSPI_R768')
  t.same(at({ currentRecord: END }), { mid: END, position: total, total, moved: 0 })
  requirement('MS-OXNSPI_R81', 'MS-OXNSPI_R1758', 'MS-OXNSPI_R79')
  t.same(at({ currentRecord: midAt(3) }), { mid: midAt(3), position: 3, total, moved: 0 })
  requirement('MS-OXNSPI_R550', 'MS-OXNSPI_R556', 'MS-OXNSPI_R561', 'MS-OXNSPI_R791', 'MS-OXNSPI_R319')
  t.same(at({ currentRecord: midAt(3), delta: 2 }), { mid: midAt(5), position: 5, total, moved: 2 })
  requirement('MS-OXNSPI_R549', 'MS-OXNSPI_R795', 'MS-OXNSPI_R796', 'MS-OXNSPI_R797', 'MS-OXNSPI_R322')
  t.same(at({ currentRecord: midAt(3), delta: -2 }), { mid: midAt(1), position: 1, total, moved: -2 })
  requirement('MS-OXNSPI_R548')
  t.same(at({ currentRecord: midAt(3), delta: -4 }), { mid: midAt(0), position: 0, total, moved: -3 })
  requirement('MS-OXNSPI_R1743', 'MS-OXNSPI_R1744')
  t.same(at({ currentRecord: BEGINNING, delta: -0x80000000 }), { mid: midAt(0), position: 0, total, moved: 0 })
  t.same(at({ currentRecord: midAt(10), delta: 2 }), { mid: END, position: total, total, moved: 2 })
  t.same(at({ currentRecord: midAt(10), delta: 0x7fffffff }), { mid: END, position: total, total, moved: 2 })
  requirement('MS-OXNSPI_R554', 'MS-OXNSPI_R1704')
  t.same(at({ currentRecord: END, delta: -1 }), { mid: midAt(11), position: 11, total, moved: -1 })
  t.same(
    at({ currentRecord: midAt(3), position: 99, totalRecords: 7 }),
    { mid: midAt(3), position: 3, total, moved: 0 },
    'what the client says of position and total counts for nothing'
  )
  requirement('MS-OXNSPI_R326001', 'MS-OXNSPI_R331001', 'MS-OXNSPI_R538', 'MS-OXNSPI_R798', 'MS-OXNSPI_R330')
  requirement('MS-OXNSPI_R332', 'MS-OXNSPI_R333', 'MS-OXNSPI_R325', 'MS-OXNSPI_R327')
})

test('N6: fractional positions', async t => {
  const { from, midAt } = await walker()
  const total = ROWS.length
  const at = (position: number, totalRecords: number, delta = 0) => {
    const { stat, delta: moved } = from({ currentRecord: CURRENT, position, totalRecords, delta })
    t.equal(stat?.totalRecords, total)
    return [stat?.currentRecord, stat?.position, moved]
  }
  t.same(at(0, 100), [midAt(0), 0, 0])
  requirement('MS-OXNSPI_R575', 'MS-OXNSPI_R598', 'MS-OXNSPI_R1742', 'MS-OXNSPI_R793', 'MS-OXNSPI_R589')
  t.same(at(50, 100), [midAt(6), 6, 0])
  requirement('MS-OXNSPI_R577', 'MS-OXNSPI_R584', 'MS-OXNSPI_R595', 'MS-OXNSPI_R601')
  t.same(at(17, 100), [midAt(2), 2, 0], '2.04 rows')
  t.same(at(99, 100), [midAt(11), 11, 0], '11.88 rows')
  requirement('MS-OXNSPI_R578')
  t.same(at(100, 100), [END, total, 0])
  t.same(at(0xffffffff, 1), [END, total, 0])
  requirement('MS-OXNSPI_R580')
  t.same(at(50, 100, 3), [midAt(9), 9, 3])
  requirement('MS-OXNSPI_R588')
  t.same(at(50, 100, -3), [midAt(3), 3, -3])
  requirement('MS-OXNSPI_R587')
  t.same(at(50, 100, -7), [midAt(0), 0, -6])
  requirement('MS-OXNSPI_R1745', 'MS-OXNSPI_R1746')
  t.same(at(50, 100, 7), [END, total, 6])
  requirement('MS-OXNSPI_R1747', 'MS-OXNSPI_R1748')
  t.same(at(5, 0), [midAt(0), 0, 0], 'a client that says of the table that it is empty')
})

test('what the server changes in a STAT', async t => {
  const { from, midAt, list } = await walker()
  const asked = statAtBeginning({
    sortType: 3,
    containerId: list('All Users'),
    currentRecord: midAt(3),
    delta: 1,
    position: 9,
    codePage: 1250,
    templateLocale: 0x407,
    sortLocale: 0x415
  })
  const { stat, errorCode } = from(asked)
  t.equal(errorCode, 0)
  t.same(stat, {
    ...asked,
    ...{ currentRecord: stat?.currentRecord, position: stat?.position },
    delta: 0,
    totalRecords: 7
  })
  requirement('MS-OXNSPI_R314', 'MS-OXNSPI_R318', 'MS-OXNSPI_R324', 'MS-OXNSPI_R337', 'MS-OXNSPI_R340')
  requirement('MS-OXNSPI_R344', 'MS-OXNSPI_R799', 'MS-OXNSPI_R92', 'MS-OXNSPI_R311', 'MS-OXNSPI_R315')
  requirement('MS-OXNSPI_R334', 'MS-OXNSPI_R338', 'MS-OXNSPI_R341', 'MS-OXNSPI_R773', 'MS-OXNSPI_R800')
  t.equal(from({ delta: 2 }, false).delta, null)
  requirement('MS-OXNSPI_R1868')
})

test('places that are not there', async t => {
  const { from, midAt, mid, list } = await walker()
  const refused = (errorCode: number) => ({ errorCode, stat: null, delta: null })
  t.same(from({ currentRecord: 0xffffffff }), refused(NOT_FOUND))
  requirement('MS-OXNSPI_R792', 'MS-OXNSPI_R784', 'MS-OXCDATA_R949', 'MS-OXCDATA_R950')
  t.same(from({ currentRecord: mid('dora') }), refused(NOT_FOUND), 'a hidden entry is in no table')
  t.same(from({ currentRecord: midAt(3), containerId: list('All Contacts') }), refused(NOT_FOUND))
  for (const containerId of [CURRENT, END, 0x7fffffff, 0x80000000, midAt(0)]) {
    t.same(from({ containerId }), refused(INVALID_BOOKMARK), `container ${containerId}`)
  }
  requirement('MS-OXNSPI_R789', 'MS-OXCDATA_R991', 'MS-OXCDATA_R992')
  t.equal(from({ codePage: 1200 }).errorCode, 0)
  requirement('MS-OXNSPI_R780')
  t.same(from({ sortType: 7 }), refused(GENERAL_FAILURE))
  requirement('MS-OXCDATA_R899', 'MS-OXCDATA_R900')
})

test('an empty table', async t => {
  const { from, list } = await walker()
  const containerId = list('All Address Lists')
  for (const over of [
    {},
    { currentRecord: END },
    { delta: 5 },
    { delta: -5 },
    { currentRecord: CURRENT, position: 3, totalRecords: 9 }
  ]) {
    const { stat, delta, errorCode } = from({ containerId, ...over })
    t.same([errorCode, stat?.currentRecord, stat?.position, stat?.totalRecords, delta], [0, END, 0, 0, 0])
  }
})

test('the members of a distribution list are a table, too', async t => {
  const { from, mid } = await walker()
  const { stat } = from({ containerId: mid('sales'), delta: 1 })
  t.same([stat?.currentRecord, stat?.totalRecords], [mid('bob'), 3], 'without the hidden one')
  t.equal(from({ containerId: mid('all') }).errorCode, INVALID_BOOKMARK, 'whom a dynamic list reaches is not told')
})
