import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { interpret, type Layout, Reader, Writer } from '../../../src/bufferstructs/index.js'
import {
  type AddressBookRequestType,
  addressBookBodies,
  getMatchesRequest,
  getMatchesResponse,
  getPropsResponse,
  getSpecialTableResponse
} from '../../../src/fronts/mapi-http/grammar/address-book-bodies.js'
import { decodeValue } from '../../../src/oxcdata/property-value.js'

// Bodies recorded from Outlook and from another server; the checkout of the project alone does not have them.
const outlook = join(process.cwd(), '..', 'shared', 'captures', '03-mapi-http')
const skip = existsSync(outlook) ? false : 'recorded bodies are not here'
const file = (name: string) => readFileSync(join(outlook, name))

/** Reads a whole body and demands that it has no byte more, and that it is written again as it was. */
function read<T>(layout: Layout<T>, bytes: Buffer): T {
  const reader = new Reader(bytes)
  const value = layout.read(reader)
  if (reader.remaining !== 0) throw new Error(`${reader.remaining} bytes left`)
  const writer = new Writer(layout.size(value))
  layout.write(writer, value)
  if (!bytes.equals(writer.written())) throw new Error('written bytes differ from the recorded ones')
  if (layout.size(value) !== bytes.length) throw new Error('the size is not that of the bytes')
  return value
}

test('every recorded body is read whole and written again as it was', { skip }, async t => {
  const types = new Map(
    Object.keys(addressBookBodies).map(type => [type.toLowerCase(), type as AddressBookRequestType])
  )
  let count = 0
  for (const name of readdirSync(outlook)) {
    const [, type, direction] = /^([a-z]+)_(req|resp)\d+\.bin$/.exec(name) ?? []
    const known = types.get(type)
    if (known === undefined) continue
    const { request, response } = addressBookBodies[known]
    const layout = (direction === 'req' ? request : response) as Layout<unknown>
    const value = read(layout, file(name))
    t.same(interpret.read(layout, new Reader(file(name))), value, `${name}: the interpreter agrees`)
    count++
  }
  t.equal(count, 18)
})

test('what they say', { skip }, async t => {
  const request = read(getMatchesRequest, file('getmatches_req6.bin'))
  t.match(request, { state: { totalRecords: 5000, codePage: 1252, templateLocale: 1031 }, rowCount: 5000 })
  t.match(request.filter, { kind: 'property', relop: 4, tag: 0x360c001f, value: { tag: 0x360c001f } })
  if (request.filter?.kind === 'property')
    t.equal(decodeValue(0x1f, request.filter.value.bytes), '=SMTP:t1@gromm.fritz.box')
  t.equal(request.columns?.length, 15)

  const response = read(getMatchesResponse, file('getmatches_resp6.bin'))
  t.same(response.minimalIds, [0x11])
  t.equal(response.table?.rows.length, 1)
  const [name, absent] = response.table?.rows[0] ?? []
  t.equal(decodeValue(0x1e, name.bytes), 't1')
  t.equal(absent.tag & 0xffff, 1, 'flag 0x01: not there')

  const missing = read(getPropsResponse, file('getprops_resp34.bin'))
  t.equal(missing.errorCode, 0x00040380)
  t.match(missing.propertyValues, [{ tag: 0x8170000a }])
  const addresses = read(getPropsResponse, file('getprops_resp42.bin'))
  t.same(decodeValue(0x101f, addresses.propertyValues?.[0].bytes ?? new Uint8Array(0)), ['SMTP:t1@gromm.fritz.box'])

  const special = read(getSpecialTableResponse, file('getspecialtable_resp5.bin'))
  t.equal(special.version, 1)
  t.same(
    special.rows?.map(row => row.map(({ tag }) => tag.toString(16))),
    Array(2).fill(['fff0102', '36000003', '30050003', 'fffd0003', '3001001f', 'fffb000b'])
  )
  t.equal(special.rows?.[0][4].bytes.length, 0, 'the Global Address List has no name there')
})
