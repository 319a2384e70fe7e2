import { test } from 'tap'
import { statAtBeginning } from '../../src/nspi/stat.js'
import { muidEmsab } from '../../src/oxcdata/entry-id.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../src/personality.js'
import { MemoryEngine, Store } from '../../store/index.js'
import { requirement } from '../conformance/ledger.js'
import { bookOf, sampleBook, valueIn } from './sample-book.js'

/** The header of permanent entry ids, as [MS-OXNSPI] 2.2.1.7 writes GUID_NSPI. */
const GUID_NSPI = 'dca740c8c042101ab4b908002b2fe182'
const IDS = [tags.PidTagEntryId, tags.PidTagTemplateid, tags.PidTagRecordKey, tags.PidTagInstanceKey]

function hex(value: unknown): string {
  return Buffer.from(value as Uint8Array).toString('hex')
}

function guidBytes(guid: string): string {
  const [a, b, c, ...rest] = guid.split('-')
  const turned = [a, b, c].map(part => Buffer.from(part, 'hex').reverse().toString('hex'))
  return [...turned, ...rest].join('')
}

test('N9: entry ids byte for byte', async t => {
  const { book, caller, mid, entry } = await sampleBook()
  const alice = caller('alice')
  const { serverGuid } = book.bind(alice, { flags: 0, stat: statAtBeginning() })
  const stat = statAtBeginning({ currentRecord: mid('sales') })
  const permanent = book.getProps(alice, { flags: 0, stat, tags: IDS }).row
  const ephemeral = book.getProps(alice, { flags: 2, stat, tags: IDS }).row
  const id = hex(valueIn(permanent, tags.PidTagEntryId))
  const dn = Buffer.from(`${entry('sales').legacyDn}\0`, 'latin1').toString('hex')
  t.equal(id, `00000000${GUID_NSPI}0100000001000000${dn}`)
  requirement('MS-OXNSPI_R392', 'MS-OXNSPI_R393', 'MS-OXNSPI_R395', 'MS-OXNSPI_R1717', 'MS-OXNSPI_R397')
  requirement('MS-OXNSPI_R1718', 'MS-OXNSPI_R399', 'MS-OXNSPI_R1719', 'MS-OXNSPI_R401', 'MS-OXNSPI_R403')
  requirement('MS-OXNSPI_R1720', 'MS-OXNSPI_R405', 'MS-OXNSPI_R406', 'MS-OXNSPI_R409', 'MS-OXNSPI_R411')
  requirement('MS-OXNSPI_R384', 'MS-OXNSPI_R604', 'MS-OXNSPI_R901', 'MS-OXNSPI_R1664')
  t.equal(guidBytes(muidEmsab), GUID_NSPI)

  const number = Buffer.alloc(4)
  number.writeUInt32LE(mid('sales'))
  t.equal(
    hex(valueIn(ephemeral, tags.PidTagEntryId)),
    `87000000${guidBytes(serverGuid)}0100000001000000${number.toString('hex')}`
  )
  requirement('MS-OXNSPI_R361', 'MS-OXNSPI_R362', 'MS-OXNSPI_R364', 'MS-OXNSPI_R1713', 'MS-OXNSPI_R366')
  requirement('MS-OXNSPI_R1714', 'MS-OXNSPI_R368', 'MS-OXNSPI_R1715', 'MS-OXNSPI_R370', 'MS-OXNSPI_R372')
  requirement('MS-OXNSPI_R1716', 'MS-OXNSPI_R374', 'MS-OXNSPI_R375', 'MS-OXNSPI_R378', 'MS-OXNSPI_R380')
  requirement('MS-OXNSPI_R2', 'MS-OXNSPI_R381', 'MS-OXNSPI_R105', 'MS-OXNSPI_R899', 'MS-OXNSPI_R606')
  t.equal(hex(valueIn(ephemeral, tags.PidTagTemplateid)), id, 'permanent, whatever was asked for')
  t.equal(hex(valueIn(ephemeral, tags.PidTagRecordKey)), id)
  t.equal(hex(valueIn(permanent, tags.PidTagInstanceKey)), number.toString('hex'))
})

test('N3: minimal entry ids are numbers apart from those that signal something', async t => {
  const { book, caller, mid, list, directory } = await sampleBook()
  const mids = directory.entries().map(({ alias }) => mid(alias))
  t.equal(new Set(mids).size, mids.length)
  for (const one of [...mids, list('All Users'), list('All Contacts')]) t.ok(one >= 0x10 && one <= 0xffffffff)
  requirement('MS-OXNSPI_R347', 'MS-OXNSPI_R609')
  t.equal(list('Global Address List'), 0)
  const again = book.dnToMid(caller('bob'), { names: directory.entries().map(({ legacyDn }) => legacyDn) })
  t.same(again.mids, mids)
  requirement('MS-OXNSPI_R1706')
})

test('no id changes in a restart, nor when others come and go', async t => {
  const store = new Store(new MemoryEngine())
  const specs = ['ann', 'ben', 'cat'].map(name => ({ address: `${name}@contoso.example`, displayName: name }))
  const first = await bookOf(specs, exchange2016, store)
  const look = ({ book, caller, mid, list }: typeof first) => ({
    guid: book.bind(caller('ann'), { flags: 0, stat: statAtBeginning() }).serverGuid,
    mids: ['ann', 'cat'].map(mid),
    lists: ['All Users', 'All Rooms'].map(list),
    ids: [0, 2].map(flags => {
      const stat = statAtBeginning({ currentRecord: mid('cat') })
      return hex(valueIn(book.getProps(caller('ann'), { flags, stat, tags: IDS }).row, tags.PidTagEntryId))
    })
  })
  const before = look(first)
  await first.directory.remove(first.entry('ben').guid)
  await first.directory.add({ address: 'dan@contoso.example', displayName: 'dan' })
  await first.directory.setAddressLists([{ name: 'New list', parent: null, filter: {} }])
  t.same(look(first), before)
  requirement('MS-OXNSPI_R1994', 'MS-OXNSPI_R1995', 'MS-OXNSPI_R605', 'MS-OXNSPI_R1993')
  t.same(look(await bookOf([], exchange2016, store)), before)
  requirement('MS-OXNSPI_R2001')
  const other = await bookOf(specs)
  t.not(look(other).guid, before.guid, 'another organization is another server')
})

test('R57: containers have their display type and DN in their entry ids', async t => {
  const { book, caller, directory } = await sampleBook()
  const { rows } = book.getSpecialTable(caller('alice'), { flags: 4, stat: statAtBeginning(), version: null })
  for (const [i, list] of directory.addressLists().entries()) {
    const id = hex(valueIn(rows![i], tags.PidTagEntryId))
    const dn = list.isGlobal ? '/' : `/guid=${list.guid.replaceAll('-', '').toUpperCase()}`
    t.equal(id, `00000000${GUID_NSPI}0100000000010000${Buffer.from(`${dn}\0`).toString('hex')}`)
  }
  requirement('MS-OXNSPI_R56', 'MS-OXNSPI_R1998', 'MS-OXNSPI_R1865', 'MS-OXNSPI_R1866')
  requirement('MS-OXOABK_R29', 'MS-OXOABK_R30')
})
