import { test } from 'tap'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { requirement } from '../../conformance/ledger.js'
import { sampleBook } from '../sample-book.js'

const SUCCESS = 0
const NOT_SUPPORTED = 0x80040102
const INVALID_CODEPAGE = 0x8004011e
const INVALID_PARAMETER = 0x80070057
const NO_GUID = '00000000-0000-0000-0000-000000000000'

test('N1: a STAT with a code page binds, and the server says its GUID', async t => {
  const { book, caller } = await sampleBook()
  const first = book.bind(caller('alice'), { flags: 0, stat: statAtBeginning() })
  t.equal(first.errorCode, SUCCESS)
  requirement('MS-OXNSPI_R668', 'MS-OXNSPI_R700', 'MS-OXCDATA_R897', 'MS-OXCDATA_R898')
  t.match(first.serverGuid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  t.not(first.serverGuid, NO_GUID)
  requirement('MS-OXNSPI_R674', 'MS-OXNSPI_R697')
  t.same(book.bind(caller('bob'), { flags: 0xffffffdf, stat: statAtBeginning({ codePage: 20261 }) }), first)
  requirement('MS-OXNSPI_R1668')
  t.same(
    book.bind(caller('bob'), { flags: 0, stat: statAtBeginning({ codePage: 0, sortLocale: 0 }) }),
    first,
    'N2: all zero'
  )
})

test('who cannot be served', async t => {
  const { book, caller } = await sampleBook()
  const refused = (flags: number, stat: ReturnType<typeof statAtBeginning> | null) =>
    book.bind(caller('alice'), { flags, stat })
  t.same(refused(0, statAtBeginning({ codePage: 1200 })), { errorCode: INVALID_CODEPAGE, serverGuid: NO_GUID })
  requirement('MS-OXNSPI_R680')
  t.same(refused(0, statAtBeginning({ codePage: 0xff })), { errorCode: INVALID_CODEPAGE, serverGuid: NO_GUID })
  requirement('MS-OXNSPI_R696', 'MS-OXCDATA_R973', 'MS-OXCDATA_R974')
  t.same(refused(0x20, statAtBeginning()), { errorCode: NOT_SUPPORTED, serverGuid: NO_GUID })
  requirement('MS-OXCDATA_R927', 'MS-OXCDATA_R928')
  t.same(refused(0, null), { errorCode: INVALID_PARAMETER, serverGuid: NO_GUID })
  requirement('MS-OXCDATA_R903', 'MS-OXCDATA_R904')
})
