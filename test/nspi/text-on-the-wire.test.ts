/** Text in the answers of MAPI over HTTP, as bytes: the widths and code pages of [MS-OXNSPI] 3.1.4.3.3 in every method that returns text. */

import { test } from 'tap'
import { addressBookOperations } from '../../src/fronts/mapi-http/address-book-operations.js'
import type { NspiCaller } from '../../src/nspi/index.js'
import { statAtBeginning } from '../../src/nspi/stat.js'
import { withType } from '../../src/oxcdata/property-tag.js'
import type { Restriction } from '../../src/oxcdata/restriction.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { requirement } from '../conformance/ledger.js'
import { type SampleBook, sampleBook } from './sample-book.js'

/** Bob's display name, natively Unicode, in three encodings. */
const UNICODE = Buffer.from('Bob Øster\0', 'utf16le')
const LATIN = Buffer.from('Bob \xd8ster\0', 'latin1')
const TELETEX = Buffer.from('Bob \xe9ster\0', 'latin1')
/** His printable name, natively 8-bit. */
const PRINTABLE = Buffer.from('Bob Oster\0', 'latin1')
const PRINTABLE_UNICODE = Buffer.from('Bob Oster\0', 'utf16le')

const NAME = tags.PidTagDisplayName
const NAME_8 = withType(NAME, 0x1e)
const SIMPLE = withType(tags.PidTagAddressBookDisplayNamePrintable, 0x1f)
const SIMPLE_8 = withType(SIMPLE, 0x1e)

type Ask = (columns: number[], codePage: number) => Promise<Buffer> | Buffer

function askers(sample: SampleBook): Record<string, { ask: Ask; ids: string[] }> {
  const caller: NspiCaller = sample.caller('alice')
  const { book, mid } = sample
  const filter: Restriction = {
    kind: 'property',
    relop: 4,
    tag: tags.PidTagAnr,
    value: { tag: tags.PidTagAnr, bytes: storedString('bob') }
  }
  const auxiliary = new Uint8Array(0)
  const at = (codePage: number, currentRecord = 0) => statAtBeginning({ codePage, currentRecord })
  const { GetProps, QueryRows, GetMatches, SeekEntries, ResolveNames } = addressBookOperations
  return {
    GetProps: {
      ids: ['R1934', 'R1942', 'R1950', 'R1958', 'R455', 'R1968', 'R1969'],
      ask: (propertyTags, codePage) =>
        GetProps.answer(book, caller, { flags: 0, state: at(codePage, mid('bob')), propertyTags, auxiliary })
    },
    QueryRows: {
      ids: ['R1935', 'R1943', 'R1951', 'R1959', 'R456', 'R1970', 'R1971'],
      ask: (columns, codePage) => {
        const state = at(codePage, mid('bob'))
        return QueryRows.answer(book, caller, { flags: 0, state, explicitTable: [], rowCount: 1, columns, auxiliary })
      }
    },
    GetMatches: {
      ids: ['R1936', 'R1944', 'R1952', 'R1960', 'R457', 'R1972', 'R1973'],
      ask: (columns, codePage) => {
        const request = { reserved: null, minimalIds: null, interfaceOptionFlags: 0, filter, propertyName: null }
        return GetMatches.answer(book, caller, {
          ...request,
          state: at(codePage),
          rowCount: 9,
          columns,
          auxiliary
        } as never)
      }
    },
    SeekEntries: {
      ids: ['R1937', 'R1945', 'R1953', 'R1961', 'R458', 'R1974', 'R1975'],
      ask: (columns, codePage) => {
        const target = { tag: NAME, bytes: storedString('bob') }
        const request = { state: at(codePage), target, explicitTable: null, columns, auxiliary }
        return SeekEntries.answer(book, caller, request as never)
      }
    },
    ResolveNames: {
      ids: ['R1939', 'R1947', 'R1955', 'R1963', 'R460', 'R1978', 'R1979'],
      ask: (propertyTags, codePage) =>
        ResolveNames.answer(book, caller, { state: at(codePage), propertyTags, names: ['bob'], auxiliary } as never)
    }
  }
}

test('widths and code pages in every method', async t => {
  for (const [name, { ask, ids }] of Object.entries(askers(await sampleBook()))) {
    const holds = async (column: number, codePage: number, text: Buffer): Promise<boolean> =>
      (await ask([column], codePage)).includes(text)
    t.ok(await holds(NAME_8, 1252, LATIN), `${name}: Unicode as 8-bit text`)
    t.ok(await holds(NAME_8, 20261, TELETEX), `${name}: and in Teletex`)
    t.ok(await holds(NAME, 1252, UNICODE), `${name}: Unicode as it is`)
    t.ok(await holds(NAME, 20261, UNICODE))
    t.ok(await holds(NAME, 1200, UNICODE))
    t.ok(await holds(SIMPLE, 20261, PRINTABLE_UNICODE), `${name}: 8-bit text as Unicode`)
    t.ok(await holds(SIMPLE_8, 1252, PRINTABLE), `${name}: 8-bit text as it is`)
    t.ok(await holds(SIMPLE_8, 20261, PRINTABLE))
    t.notOk(await holds(NAME_8, 1252, UNICODE))
    t.notOk(await holds(NAME, 1252, LATIN))
    for (const id of ids) requirement(`MS-OXNSPI_${id}`)
  }
  requirement('MS-OXNSPI_R3', 'MS-OXNSPI_R446', 'MS-OXNSPI_R447', 'MS-OXNSPI_R448', 'MS-OXNSPI_R450')
})

test('N8: no string of many is null', async t => {
  const sample = await sampleBook()
  const auxiliary = new Uint8Array(0)
  const request = { flags: 0, state: statAtBeginning({ currentRecord: sample.mid('alice') }), auxiliary }
  const propertyTags = [tags.PidTagAddressBookProxyAddresses]
  const body = await addressBookOperations.GetProps.answer(sample.book, sample.caller('bob'), {
    ...request,
    propertyTags
  })
  const head = Buffer.from([0x1f, 0x10, 0x0f, 0x80, 0xff, 4, 0, 0, 0, 0xff])
  const at = body.indexOf(head)
  t.ok(at > 0, 'a value, four strings, the first of which is there')
  const strings = body.subarray(at + head.length - 1, body.length - 4)
  const text = strings.toString('latin1').split('\0\0\0')
  t.equal(text.filter(one => one.startsWith('\xff')).length, 4)
})
