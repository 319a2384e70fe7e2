/** What a real Outlook asked another server for at the creation of a profile, asked of this one. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { Reader } from '../../src/bufferstructs/index.js'
import { isPrincipal } from '../../src/directory/index.js'
import { addressBookOperations } from '../../src/fronts/mapi-http/address-book-operations.js'
import {
  type AddressBookRequest,
  type AddressBookRequestType,
  type AddressBookResponse,
  addressBookBodies
} from '../../src/fronts/mapi-http/grammar/address-book-bodies.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { outsideMissing } from '../oxcdata/outside.js'
import { bookOf, plain, type SampleBook } from './sample-book.js'

type Asked = keyof typeof addressBookOperations

/** The mailbox of the capture, t1@gromm.fritz.box, in an organization of ours; hidden from the address book if told so. */
async function capturedBook(hidden = false): Promise<SampleBook> {
  return bookOf([
    { address: 't1@gromm.fritz.box', displayName: 't1', hidden },
    { address: 't2@gromm.fritz.box', displayName: 't2' }
  ])
}

function recorded<T extends AddressBookRequestType>(name: string, type: T): AddressBookRequest<T> {
  const bytes = readFileSync(join('..', 'shared', 'captures', '03-mapi-http', `${name}.bin`))
  return addressBookBodies[type].request.read(new Reader(new Uint8Array(bytes))) as AddressBookRequest<T>
}

async function answered<T extends Asked>(
  { book, caller }: SampleBook,
  type: T,
  request: Partial<AddressBookRequest<T>>
): Promise<AddressBookResponse<T>> {
  const operation = addressBookOperations[type] as { answer(...args: unknown[]): Promise<Buffer> | Buffer }
  const body = await operation.answer(book, caller('t1'), request)
  return addressBookBodies[type].response.read(new Reader(new Uint8Array(body))) as AddressBookResponse<T>
}

test('the profile of a user', { skip: outsideMissing }, async t => {
  for (const hidden of [false, true]) {
    const sample = await capturedBook(hidden)
    const { state } = recorded('bind_req4', 'Bind')
    t.equal(sample.book.bind(sample.caller('t1'), { flags: 0, stat: state }).errorCode, 0)

    const table = await answered(sample, 'GetSpecialTable', recorded('getspecialtable_req5', 'GetSpecialTable'))
    t.same([table.errorCode, table.rows?.length], [0, 7])

    // The name that is sought is the address of the user: `=SMTP:t1@gromm.fritz.box`.
    const matches = await answered(sample, 'GetMatches', recorded('getmatches_req6', 'GetMatches'))
    t.same([matches.errorCode, matches.minimalIds], [0, [sample.mid('t1')]])
    const [row] = matches.table!.rows
    t.equal(row.length, 15)
    t.same(row.slice(0, 9).map(plain), [
      't1',
      undefined,
      undefined,
      undefined,
      undefined,
      't1@gromm.fritz.box',
      undefined,
      't1',
      'EX'
    ])
    t.equal((plain(row[9]) as Uint8Array)[0], 0x87, 'an ephemeral id')
    t.same(row.slice(10, 13).map(plain), [6, 0, 0x40000000])
    t.equal(plain(row[14]), sample.entry('t1').legacyDn)
    t.same([matches.state?.containerId, matches.state?.totalRecords], [0, 5000])
  }
})

test('its server, and properties of it', { skip: outsideMissing }, async t => {
  const sample = await capturedBook()
  const principal = sample.entry('t1')
  if (!isPrincipal(principal)) throw new Error('no principal')
  const server = sample.directory.serverDn(principal)
  const foreign = await answered(sample, 'DNToMId', recorded('dntomid_req8', 'DNToMId'))
  t.same([foreign.errorCode, foreign.minimalIds], [0, [0]], 'the DN of another server')
  const own = await answered(sample, 'DNToMId', { names: [server.toUpperCase()] })
  const user = await answered(sample, 'DNToMId', { names: [principal.legacyDn.toUpperCase()] })
  const [[ownMid], [userMid]] = [own.minimalIds!, user.minimalIds!]
  t.ok(ownMid >= 0x10 && userMid >= 0x10)

  const props = async (name: string, currentRecord: number) => {
    const request = recorded(name, 'GetProps')
    return answered(sample, 'GetProps', { ...request, state: { ...request.state!, currentRecord } })
  }
  const home = await props('getprops_req32', userMid)
  t.same(
    [home.errorCode, home.codePage, plain(home.propertyValues![0])],
    [0, 1200, `${server}/cn=Microsoft Private MDB`]
  )
  const network = await props('getprops_req34', userMid)
  t.same([network.errorCode, network.propertyValues![0].tag], [0x00040380, 0x8170000a], 'as the other server answered')
  t.equal((await props('getprops_req34', ownMid)).errorCode, 0)
  const proxies = await props('getprops_req42', userMid)
  t.same([proxies.errorCode, plain(proxies.propertyValues![0])], [0, ['SMTP:t1@gromm.fritz.box']])
})

test('the restriction of the capture is the one that tests of names use', { skip: outsideMissing }, async t => {
  const { filter } = recorded('getmatches_req6', 'GetMatches')
  const value = { tag: tags.PidTagAnr, bytes: storedString('=SMTP:t1@gromm.fritz.box') }
  t.same(filter, { kind: 'property', relop: 4, tag: tags.PidTagAnr, value })
})
