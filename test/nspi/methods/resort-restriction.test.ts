import { test } from 'tap'
import type { Stat } from '../../../src/nspi/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { requirement } from '../../conformance/ledger.js'
import { byTheText, type SampleBook, sampleBook } from '../sample-book.js'

const GENERAL_FAILURE = 0x80004005
const INVALID_PARAMETER = 0x80070057

function sorter(sample: SampleBook) {
  return (mids: number[] | null, over: Partial<Stat> = {}) =>
    sample.book.resortRestriction(sample.caller('alice'), { stat: statAtBeginning(over), mids })
}

test('a list of ids in the order of names', async t => {
  const sample = await sampleBook()
  const sort = sorter(sample)
  const mids = (...aliases: string[]) => aliases.map(sample.mid)
  const asked = statAtBeginning({
    currentRecord: sample.mid('bob'),
    delta: 4,
    position: 9,
    totalRecords: 77,
    sortLocale: 0x407
  })
  const { errorCode, stat, mids: sorted } = sort(mids('zoe', 'erik', 'alice', 'bob'), asked)
  t.same([errorCode, sorted], [0, mids('alice', 'bob', 'erik', 'zoe')])
  requirement('MS-OXNSPI_R1168', 'MS-OXNSPI_R1175', 'MS-OXNSPI_R1198', 'MS-OXNSPI_R1201', 'MS-OXNSPI_R1209')
  t.same(stat, { ...asked, position: 1, totalRecords: 4 })
  requirement('MS-OXNSPI_R1172', 'MS-OXNSPI_R1204', 'MS-OXNSPI_R1207')
  const gone = sort([0, 1, ...mids('zoe', 'alice'), 0xffffffff], { currentRecord: sample.mid('erik'), position: 9 })
  t.same(gone.mids, mids('alice', 'zoe'))
  requirement('MS-OXNSPI_R1197')
  t.same([gone.stat?.currentRecord, gone.stat?.position, gone.stat?.totalRecords], [0, 0, 2])
  requirement('MS-OXNSPI_R1205', 'MS-OXNSPI_R1759')
  t.same(sort([]).mids, [])
  t.same(sort(mids('alice', 'carol'), { sortType: 3 }).mids, mids('carol', 'alice'))
  requirement('MS-OXNSPI_R1194002')
  t.equal(sort(mids('alice'), { codePage: 1200 }).errorCode, 0)
  requirement('MS-OXNSPI_R1181')
})

test('what cannot be sorted', async t => {
  const sample = await sampleBook()
  t.same(sorter(sample)([], { sortType: 9 }), { errorCode: GENERAL_FAILURE, stat: null, mids: null })
  requirement('MS-OXNSPI_R1185', 'MS-OXNSPI_R1189', 'MS-OXNSPI_R1757')
  t.same(sorter(sample)(null), { errorCode: INVALID_PARAMETER, stat: null, mids: null })
  t.equal(sorter(await sampleBook(byTheText))([], { sortType: 3 }).errorCode, GENERAL_FAILURE)
})
