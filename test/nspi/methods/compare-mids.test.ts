import { test } from 'tap'
import type { Stat } from '../../../src/nspi/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { requirement } from '../../conformance/ledger.js'
import { sampleBook } from '../sample-book.js'

const GENERAL_FAILURE = 0x80004005
const INVALID_BOOKMARK = 0x80040405

test('which of two objects stands first', async t => {
  const { book, caller, mid, list } = await sampleBook()
  const compare = (a: number, b: number, over: Partial<Stat> = {}) =>
    book.compareMids(caller('alice'), { stat: statAtBeginning(over), mid1: a, mid2: b })
  t.same(compare(mid('alice'), mid('zoe')), { errorCode: 0, result: -1 })
  requirement('MS-OXNSPI_R1210', 'MS-OXNSPI_R1217', 'MS-OXNSPI_R1236', 'MS-OXNSPI_R1242')
  t.same(compare(mid('zoe'), mid('alice')), { errorCode: 0, result: 1 })
  requirement('MS-OXNSPI_R1238')
  t.same(compare(mid('zoe'), mid('zoe')), { errorCode: 0, result: 0 })
  requirement('MS-OXNSPI_R1240')
  t.same(compare(mid('alice'), mid('carol'), { sortType: 3 }), { errorCode: 0, result: 1 }, 'Aarol is before Alice')
  const users = { containerId: list('All Users') }
  t.same(compare(mid('alice'), mid('bob'), users), { errorCode: 0, result: -1 })
  for (const other of [mid('zoe'), mid('dora'), 0, 1, 2, 0xffffffff]) {
    t.same(compare(mid('alice'), other, users), { errorCode: GENERAL_FAILURE, result: 0 })
    t.same(compare(other, mid('alice'), users), { errorCode: GENERAL_FAILURE, result: 0 })
  }
  requirement('MS-OXNSPI_R1234')
  t.same(compare(mid('alice'), mid('bob'), { containerId: 1 }), { errorCode: INVALID_BOOKMARK, result: 0 })
  requirement('MS-OXNSPI_R1230')
  t.same(compare(mid('alice'), mid('bob'), { codePage: 1200 }), { errorCode: 0, result: -1 })
  requirement('MS-OXNSPI_R1223')
})
