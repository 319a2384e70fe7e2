import { test } from 'tap'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { withType } from '../../../src/oxcdata/property-tag.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { byTheText, type SampleBook, sampleBook, valueIn } from '../sample-book.js'

const ACCESS_DENIED = 0x80070005
const NOT_FOUND = 0x8004010f
const GENERAL_FAILURE = 0x80004005
const INVALID_PARAMETER = 0x80070057
const MEMBER = tags.PidTagAddressBookMember >>> 0
const DELEGATES = tags.PidTagAddressBookPublicDelegates >>> 0
const ADD = 0
const DELETE = 1

function entryId(sample: SampleBook, alias: string, flags = 0): Uint8Array {
  const stat = statAtBeginning({ currentRecord: sample.mid(alias) })
  const { row } = sample.book.getProps(sample.caller('bob'), { flags, stat, tags: [tags.PidTagEntryId] })
  return valueIn(row, tags.PidTagEntryId) as Uint8Array
}

function linker(sample: SampleBook, who: string) {
  return async (flags: number, of: string | number, entryIds: Uint8Array[] | null, tag = MEMBER) => {
    const mid = typeof of === 'string' ? sample.mid(of) : of
    return (await sample.book.modLinkAtt(sample.caller(who), { flags, tag, mid, entryIds })).errorCode
  }
}

function members(sample: SampleBook, alias: string, tag = MEMBER): string[] {
  const stat = statAtBeginning({ currentRecord: sample.mid(alias) })
  const asked = [withType(tag, 0x101f)]
  const { row } = sample.book.getProps(sample.caller('dora'), { flags: 0, stat, tags: asked })
  const dns = (valueIn(row, tag) ?? []) as string[]
  return dns.map(dn => sample.directory.entryByLegacyDn(dn)!.alias)
}

test('N11: members of a list, by whoever manages it', async t => {
  const sample = await sampleBook(byTheText)
  const asCarol = linker(sample, 'carol')
  t.equal(await asCarol(ADD, 'sales', [entryId(sample, 'erik'), entryId(sample, 'room1', 2)]), 0)
  t.same(members(sample, 'sales'), ['alice', 'bob', 'dora', 'zoe', 'erik', 'room1'])
  requirement('MS-OXNSPI_R1306', 'MS-OXNSPI_R1893', 'MS-OXNSPI_R1335', 'MS-OXNSPI_R129', 'MS-OXNSPI_R1340')
  t.equal(await asCarol(ADD, 'sales', [entryId(sample, 'erik')]), 0)
  t.equal(members(sample, 'sales').length, 6, 'whoever is a member stays one')
  t.equal(await asCarol(DELETE, 'sales', [entryId(sample, 'room1'), entryId(sample, 'beamer'), new Uint8Array(7)]), 0)
  t.same(members(sample, 'sales'), ['alice', 'bob', 'dora', 'zoe', 'erik'])
  requirement('MS-OXNSPI_R1332', 'MS-OXNSPI_R128')
  const [permanent, ephemeral] = [entryId(sample, 'info'), entryId(sample, 'beamer', 2)]
  permanent[24] = 5
  ephemeral[24] = 5
  t.equal(await asCarol(ADD, 'sales', [permanent, ephemeral]), 0)
  t.same(members(sample, 'sales').slice(5), ['info', 'beamer'], 'the display type in an id says nothing')
  t.equal(await asCarol(0xffffffff, 'sales', [permanent, ephemeral]), 0)
  t.equal(members(sample, 'sales').length, 5)
  requirement('MS-OXNSPI_R1665', 'MS-OXNSPI_R1666', 'MS-OXNSPI_R1927')
  t.equal(await linker(sample, 'erik')(ADD, 'staff', [entryId(sample, 'bob')]), 0, 'an administrator')
  t.same(members(sample, 'staff'), ['sales', 'erik', 'bob'])
})

test('N11: delegates, by the user himself', async t => {
  const sample = await sampleBook(byTheText)
  const asAlice = linker(sample, 'alice')
  t.equal(await asAlice(ADD, 'alice', [entryId(sample, 'bob')], DELEGATES), 0)
  t.same(members(sample, 'alice', DELEGATES), ['carol', 'bob'])
  requirement('MS-OXNSPI_R2002')
  t.equal(await asAlice(DELETE, 'alice', [entryId(sample, 'carol')], withType(DELEGATES, 0x101e)), 0)
  t.same(members(sample, 'alice', DELEGATES), ['bob'])
  t.equal(await linker(sample, 'bob')(ADD, 'alice', [entryId(sample, 'erik')], DELEGATES), ACCESS_DENIED)
  t.same(members(sample, 'alice', DELEGATES), ['bob'])
})

test('as Exchange 2016: changed, and GeneralFailure all the same', async t => {
  const sample = await sampleBook()
  t.equal(await linker(sample, 'carol')(ADD, 'sales', [entryId(sample, 'erik')]), GENERAL_FAILURE)
  requirement('MS-OXNSPI_R2003009')
  t.ok(members(sample, 'sales').includes('erik'))
})

test('what cannot be changed, and changes nothing', async t => {
  const sample = await sampleBook()
  const before = sample.directory.generation
  const asBob = linker(sample, 'bob')
  const asErik = linker(sample, 'erik')
  const erik = [entryId(sample, 'erik')]
  t.equal(await asErik(ADD, 'sales', erik, 0x12340102), NOT_FOUND)
  requirement('MS-OXNSPI_R1326')
  t.equal(await asErik(ADD, 0xfffff, erik), INVALID_PARAMETER)
  t.equal(await asErik(ADD, 0, erik), INVALID_PARAMETER)
  requirement('MS-OXNSPI_R1328')
  t.equal(await asErik(ADD, 'sales', null), INVALID_PARAMETER)
  t.equal(await asErik(ADD, 'alice', erik), ACCESS_DENIED, 'members of somebody')
  t.equal(await asErik(ADD, 'all', erik), ACCESS_DENIED, 'members of a dynamic list')
  t.equal(await asErik(ADD, 'sales', erik, DELEGATES), ACCESS_DENIED, 'delegates of a list')
  t.equal(sample.directory.generation, before)
  requirement('MS-OXNSPI_R1646', 'MS-OXNSPI_R1647')
  t.equal(await asErik(ADD, 'sales', erik, tags.PidTagAddressBookOwner >>> 0), ACCESS_DENIED)
  t.equal(await asBob(ADD, 'sales', erik), ACCESS_DENIED, 'without the right')
  requirement('MS-OXNSPI_R1338')
  for (const bytes of [new Uint8Array(0), new Uint8Array(40), entryId(sample, 'alice', 2).map(byte => byte ^ 1)]) {
    t.equal(await asErik(ADD, 'sales', [bytes, ...erik]), ACCESS_DENIED, 'an id of nobody')
  }
  t.equal(await asErik(ADD, 'sales', [entryId(sample, 'sales')]), GENERAL_FAILURE, 'a list may hold itself')
  t.same(members(sample, 'sales'), ['alice', 'bob', 'dora', 'zoe', 'sales'])
})
