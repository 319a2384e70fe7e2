import { test } from 'tap'
import { tagType } from '../../../src/oxcdata/property-tag.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { sampleBook } from '../sample-book.js'

test('N8: all properties that the server knows', async t => {
  const { book, caller, directory, mid } = await sampleBook()
  const narrow = book.queryColumns(caller('bob'), { flags: 0 })
  const wide = book.queryColumns(caller('bob'), { flags: 0x80000000 })
  t.same([narrow.errorCode, wide.errorCode], [0, 0])
  requirement('MS-OXNSPI_R801', 'MS-OXNSPI_R802', 'MS-OXNSPI_R808', 'MS-OXNSPI_R809', 'MS-OXNSPI_R827')
  t.notOk(wide.columns!.some(tag => (tagType(tag) & 0xefff) === 0x1e))
  requirement('MS-OXNSPI_R115', 'MS-OXNSPI_R820')
  t.notOk(narrow.columns!.some(tag => (tagType(tag) & 0xefff) === 0x1f))
  requirement('MS-OXNSPI_R116', 'MS-OXNSPI_R822')
  t.same(
    narrow.columns!.map(tag => tag >>> 16),
    wide.columns!.map(tag => tag >>> 16)
  )
  t.same(book.queryColumns(caller('bob'), { flags: 0x7fffffff }), narrow)
  requirement('MS-OXNSPI_R1923')
  const known = new Set(narrow.columns)
  for (const { alias } of directory.entries()) {
    const { tags: list } = book.getPropList(caller('dora'), { flags: 0, mid: mid(alias), codePage: 1252 })
    for (const tag of list!) t.ok(known.has(tag), `${alias} ${tag.toString(16)}`)
  }
  requirement('MS-OXNSPI_R824')
  for (const tag of [tags.PidTagDepth, tags.PidTagAddressBookIsMaster, tags.PidTagAddressBookParentEntryId]) {
    t.ok(known.has(tag))
  }
})
