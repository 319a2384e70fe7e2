import { test } from 'tap'
import { isPrincipal } from '../../../src/directory/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { plain, sampleBook } from '../sample-book.js'

const INVALID_PARAMETER = 0x80070057

test('N3: ids in the order of the DNs, 0 for a DN of nobody', async t => {
  const { book, caller, entry, mid, directory, list } = await sampleBook()
  const look = (...names: string[]) => book.dnToMid(caller('alice'), { names }).mids!
  const dn = (alias: string) => entry(alias).legacyDn
  t.same(book.dnToMid(caller('alice'), { names: [dn('zoe'), '/o=nobody', dn('alice').toUpperCase(), '', dn('zoe')] }), {
    errorCode: 0,
    mids: [mid('zoe'), 0, mid('alice'), 0, mid('zoe')]
  })
  requirement('MS-OXNSPI_R1243', 'MS-OXNSPI_R1249', 'MS-OXNSPI_R1260', 'MS-OXNSPI_R1262', 'MS-OXNSPI_R1263')
  requirement('MS-OXNSPI_R1264', 'MS-OXNSPI_R1266')
  t.same(look('/o=Old/ou=First/cn=Recipients/cn=alice'), [mid('alice')], 'a DN that the entry had elsewhere')
  t.ok(look(dn('dora'))[0] >= 0x10, 'hidden entries can be written to')
  t.same(look('/'), [0])
  const [all] = directory.addressLists().filter(({ name }) => name === 'All Users')
  t.same(look(`/guid=${all.guid.replaceAll('-', '')}`), [list('All Users')])
  t.same(book.dnToMid(caller('alice'), { names: [] }).mids, [])
  t.same(book.dnToMid(caller('alice'), { names: null }), { errorCode: INVALID_PARAMETER, mids: null })
})

test('the servers that mailboxes name', async t => {
  const { book, caller, entry, directory, mid } = await sampleBook()
  const alice = entry('alice')
  if (!isPrincipal(alice)) throw new Error('no principal')
  const dn = directory.serverDn(alice)
  const [server, upper, database, wrong] = book.dnToMid(caller('bob'), {
    names: [dn, dn.toUpperCase(), `${dn}/cn=Microsoft Private MDB`, dn.replace('contoso', 'tosocon')]
  }).mids!
  t.same([upper, database, wrong], [server, server, 0])
  t.not(server, mid('alice'))
  const asked = [
    tags.PidTagEmailAddress,
    tags.PidTagAddressBookNetworkAddress,
    tags.PidTagTitle,
    tags.PidTagDisplayName & 0xffff0000,
    (tags.PidTagDisplayName & 0xffff0000) | 0x102
  ].map(tag => tag >>> 0)
  const { row, errorCode } = book.getProps(caller('bob'), {
    flags: 0,
    stat: statAtBeginning({ currentRecord: server }),
    tags: asked
  })
  const name = `${alice.mailboxGuid}@contoso.example`
  t.equal(errorCode, 0x00040380)
  t.same(row?.map(plain), [dn, [`ncacn_ip_tcp:${name}`, `ncacn_http:${name}`], undefined, name, undefined])
  const { tags: list } = book.getPropList(caller('bob'), { flags: 0, mid: server, codePage: 1252 })
  t.ok(list!.includes(0x8170101e))
})
