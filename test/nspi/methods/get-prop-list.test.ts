import { test } from 'tap'
import { tagType } from '../../../src/oxcdata/property-tag.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { sampleBook } from '../sample-book.js'

const GENERAL_FAILURE = 0x80004005
const INVALID_CODEPAGE = 0x8004011e

test('N8: the properties that an object has', async t => {
  const { book, caller, mid, list } = await sampleBook()
  const listed = (alias: string, flags = 0, codePage = 1252) =>
    book.getPropList(caller('bob'), { flags, mid: mid(alias), codePage })
  const { errorCode, tags: all } = listed('alice')
  t.equal(errorCode, 0)
  requirement('MS-OXNSPI_R828', 'MS-OXNSPI_R834', 'MS-OXNSPI_R855', 'MS-OXNSPI_R858')
  t.ok(all?.includes(0x3a17001e), 'title')
  t.notOk(
    all?.some(tag => tag >>> 16 === tags.PidTagSpouseName >>> 16),
    'no spouse'
  )
  t.equal(new Set(all?.map(tag => tag >>> 16)).size, all?.length)
  requirement('MS-OXNSPI_R854')
  t.notOk(all?.some(tag => (tagType(tag) & 0xefff) === 0x1f))
  requirement('MS-OXNSPI_R852')
  t.ok(all?.some(tag => tagType(tag) === 0x0d))
  const without = listed('alice', 1).tags
  t.notOk(without?.some(tag => tagType(tag) === 0x0d))
  requirement('MS-OXNSPI_R848')
  t.same(
    without,
    all?.filter(tag => tagType(tag) !== 0x0d)
  )
  t.same(listed('alice', 0xfffffffe).tags, all)
  requirement('MS-OXNSPI_R1924')
  const unicode = listed('alice', 0, 1200).tags
  t.notOk(unicode?.some(tag => (tagType(tag) & 0xefff) === 0x1e))
  t.equal(unicode?.length, all?.length)
  const container = book.getPropList(caller('bob'), { flags: 1, mid: list('All Users'), codePage: 1252 })
  t.same(
    container.tags?.map(tag => tag >>> 16),
    [0x0fff, 0x3600, 0x3005, 0xfffd, 0x3001, 0xfffb, 0xfffc, 0x0ffe, 0x3003]
  )
})

test('what has no list', async t => {
  const { book, caller, mid } = await sampleBook()
  for (const unknown of [0, 1, 0x0f, 0x7fffffff, 0xffffffff]) {
    const answer = book.getPropList(caller('bob'), { flags: 0, mid: unknown, codePage: 1252 })
    t.same(answer, { errorCode: GENERAL_FAILURE, tags: null })
  }
  const answer = book.getPropList(caller('bob'), { flags: 0, mid: mid('bob'), codePage: 0xffff })
  t.same(answer, { errorCode: INVALID_CODEPAGE, tags: null })
})
