import { test } from 'tap'
import { requirement } from '../../conformance/ledger.js'
import { sampleBook } from '../sample-book.js'

const INVALID_CODEPAGE = 0x8004011e
const INVALID_LOCALE = 0x8004011f

test('there are no templates', async t => {
  const { book, caller } = await sampleBook()
  const ask = (codePage: number, more: object = {}) =>
    book.getTemplateInfo(caller('alice'), {
      flags: 1,
      displayType: 0,
      templateDn: null,
      codePage,
      localeId: 0x409,
      ...more
    })
  t.same(ask(1200), { errorCode: INVALID_CODEPAGE, codePage: 1200, row: null })
  requirement('MS-OXNSPI_R1467', 'MS-OXNSPI_R1462')
  t.same(ask(0xffffffff), { errorCode: INVALID_CODEPAGE, codePage: 0xffffffff, row: null })
  requirement('MS-OXNSPI_R1469')
  t.same(ask(1252), { errorCode: INVALID_LOCALE, codePage: 1252, row: null })
  requirement('MS-OXNSPI_R1476', 'MS-OXCDATA_R975', 'MS-OXCDATA_R976')
  const named = ask(1252, { templateDn: '/o=Contoso/cn=template' })
  t.equal(named.errorCode, INVALID_LOCALE)
  t.same(ask(1252, { templateDn: '/o=Contoso/cn=template', displayType: 5 }), named)
  requirement('MS-OXNSPI_R1982')
  t.same(ask(1252, { templateDn: '/o=Contoso/cn=template', localeId: 5 }), named)
  requirement('MS-OXNSPI_R1983')
  t.same(ask(1252, { flags: 0xffffffff }), ask(1252))
  requirement('MS-OXNSPI_R1692')
})
