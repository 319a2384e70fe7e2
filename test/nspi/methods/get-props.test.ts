import { test } from 'tap'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { formatTag, tagType, withType } from '../../../src/oxcdata/property-tag.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { byTheText, plain, sampleBook, valueIn } from '../sample-book.js'

const ERRORS_RETURNED = 0x00040380
const NOT_FOUND = 0x8004010f
const GENERAL_FAILURE = 0x80004005
const INVALID_CODEPAGE = 0x8004011e
const INVALID_BOOKMARK = 0x80040405
const TABLE_TOO_BIG = 0x80040403
const text8 = (tag: number): number => withType(tag, 0x1e)

test('N5: asked-for order, duplicates and slots of errors', async t => {
  const { book, caller, mid } = await sampleBook()
  const asked = [
    tags.PidTagTitle,
    tags.PidTagDisplayName,
    tags.PidTagSpouseName,
    tags.PidTagTitle,
    withType(tags.PidTagObjectType, 0x102),
    0x12340003
  ]
  const stat = statAtBeginning({ currentRecord: mid('alice') })
  const { errorCode, row, codePage } = book.getProps(caller('bob'), { flags: 0, stat, tags: asked })
  t.equal(errorCode, ERRORS_RETURNED)
  requirement('MS-OXNSPI_R909', 'MS-OXCDATA_R2070', 'MS-OXCDATA_R2071')
  t.equal(codePage, 1252)
  t.same(
    row?.map(({ tag }) => formatTag(tag)),
    ['0x3a17001f', '0x3001001f', '0x3a48000a', '0x3a17001f', '0x0ffe000a', '0x1234000a']
  )
  requirement('MS-OXNSPI_R910', 'MS-OXNSPI_R911', 'MS-OXNSPI_R912', 'MS-OXNSPI_R913', 'MS-OXNSPI_R886')
  requirement('MS-OXNSPI_R1512', 'MS-OXCDATA_R2697')
  t.same(row?.map(plain), ['Head of sales', 'Alice Meyer', undefined, 'Head of sales', undefined, undefined])
  requirement('MS-OXNSPI_R859', 'MS-OXNSPI_R867', 'MS-OXNSPI_R868', 'MS-OXNSPI_R905')
  t.same(Buffer.from(row![2].bytes).readUInt32LE(), NOT_FOUND)
  requirement('MS-OXCDATA_R2054', 'MS-OXCDATA_R2055')
  const some = book.getProps(caller('bob'), { flags: 0, stat, tags: asked.slice(0, 2) })
  t.equal(some.errorCode, 0)
  requirement('MS-OXNSPI_R915')
  t.same(book.getProps(caller('bob'), { flags: 0xfffffffc, stat, tags: asked.slice(0, 2) }), some)
  requirement('MS-OXNSPI_R1925')
})

test('an object that is not there has no values', async t => {
  const { book, caller } = await sampleBook()
  const asked = [tags.PidTagDisplayName, text8(tags.PidTagTitle)]
  for (const currentRecord of [0, 1, 2, 0x0f, 0x3fffffff, 0x7fffffff, 0xffffffff]) {
    const request = { flags: 0, stat: statAtBeginning({ currentRecord }), tags: asked }
    const { errorCode, row } = book.getProps(caller('alice'), request)
    t.equal(errorCode, ERRORS_RETURNED)
    t.same(
      row?.map(({ tag }) => formatTag(tag)),
      ['0x3001000a', '0x3a17000a']
    )
  }
  requirement('MS-OXNSPI_R907', 'MS-OXNSPI_R1985')
})

test('a client that names no properties gets those that NspiGetPropList tells', async t => {
  const { book, caller, mid } = await sampleBook()
  for (const flags of [0, 1, 2, 3]) {
    const stat = statAtBeginning({ currentRecord: mid('sales') })
    const list = book.getPropList(caller('alice'), { flags, mid: mid('sales'), codePage: stat.codePage })
    const { errorCode, row } = book.getProps(caller('alice'), { flags, stat, tags: null })
    t.equal(errorCode, 0)
    t.same(
      row?.map(({ tag }) => tag),
      list.tags
    )
    t.equal(
      row!.some(({ tag }) => tagType(tag) === 0x0d),
      (flags & 1) === 0
    )
  }
  requirement('MS-OXNSPI_R1693', 'MS-OXNSPI_R104')
  const unicode = statAtBeginning({ currentRecord: mid('alice'), codePage: 1200 })
  const { row, errorCode } = book.getProps(caller('alice'), { flags: 0, stat: unicode, tags: null })
  t.equal(errorCode, 0)
  t.equal(valueIn(row, tags.PidTagDisplayName), 'Alice Meyer')
  t.notOk(row!.some(({ tag }) => (tag & 0xefff) === 0x1e))
  const nobody = book.getProps(caller('alice'), { flags: 0, stat: statAtBeginning({ currentRecord: 5 }), tags: null })
  t.same([nobody.errorCode, nobody.row], [GENERAL_FAILURE, null])
})

test('types: what the client asks for, or the native one', async t => {
  const { book, caller, mid } = await sampleBook()
  const get = (tag: number, codePage = 1252) => {
    const stat = statAtBeginning({ currentRecord: mid('alice'), codePage })
    return book.getProps(caller('alice'), { flags: 0, stat, tags: [tag] }).row![0]
  }
  const typeOf = (tag: number, codePage?: number) => tagType(get(tag, codePage).tag)
  t.equal(typeOf(tags.PidTagDisplayName), 0x1f)
  t.equal(typeOf(text8(tags.PidTagDisplayName)), 0x1e)
  t.equal(typeOf(withType(tags.PidTagDisplayName, 0)), 0x1f)
  t.equal(typeOf(withType(tags.PidTagAddressBookDisplayNamePrintable, 0)), 0x1e)
  t.equal(typeOf(withType(tags.PidTagAddressBookDisplayNamePrintable, 0), 1200), 0x1f)
  t.equal(typeOf(withType(tags.PidTagAddressBookProxyAddresses, 0x101e)), 0x101e)
  t.equal(typeOf(withType(tags.PidTagAddressBookProxyAddresses, 0)), 0x101f)
  t.equal(typeOf(withType(tags.PidTagAddressBookManager, 0)), 0x0d)
  requirement('MS-OXNSPI_R37', 'MS-OXNSPI_R433')
  const types = [
    tags.PidTagObjectType,
    tags.PidTagSendRichInfo,
    text8(tags.PidTagDisplayName),
    tags.PidTagEntryId,
    tags.PidTagDisplayName,
    tags.PidTagBirthday,
    tags.PidTagSpouseName,
    withType(tags.PidTagAddressBookProxyAddresses, 0x101e),
    tags.PidTagAddressBookX509Certificate,
    tags.PidTagAddressBookProxyAddresses,
    tags.PidTagAddressBookManager
  ].map(tag => typeOf(tag >>> 0))
  t.same(types, [0x03, 0x0b, 0x1e, 0x102, 0x1f, 0x40, 0x0a, 0x101e, 0x1102, 0x101f, 0x0d])
  requirement('MS-OXNSPI_R1656', 'MS-OXNSPI_R1658', 'MS-OXNSPI_R26', 'MS-OXNSPI_R27', 'MS-OXNSPI_R1505')
  requirement('MS-OXNSPI_R1506', 'MS-OXNSPI_R1507', 'MS-OXNSPI_R1508', 'MS-OXNSPI_R1509', 'MS-OXNSPI_R1511')
  requirement('MS-OXNSPI_R1515', 'MS-OXNSPI_R1516', 'MS-OXNSPI_R1517', 'MS-OXNSPI_R31')
})

test('a container that is not there', async t => {
  const asked = [tags.PidTagDisplayName]
  const look = async (sample: Awaited<ReturnType<typeof sampleBook>>) => {
    const stat = statAtBeginning({ containerId: 1, currentRecord: sample.mid('alice') })
    return sample.book.getProps(sample.caller('alice'), { flags: 0, stat, tags: asked })
  }
  const { errorCode, row } = await look(await sampleBook())
  t.same([errorCode, row?.map(plain)], [ERRORS_RETURNED, ['Alice Meyer']])
  requirement('MS-OXNSPI_R2003005')
  const strict = await look(await sampleBook(byTheText))
  t.same([strict.errorCode, strict.row], [INVALID_BOOKMARK, null])
  requirement('MS-OXNSPI_R877')
})

test('code pages', async t => {
  const { book, caller, mid } = await sampleBook()
  const get = (codePage: number, asked: number[]) => {
    const stat = statAtBeginning({ currentRecord: mid('alice'), codePage })
    return book.getProps(caller('alice'), { flags: 0, stat, tags: asked })
  }
  t.same(get(0xff, [tags.PidTagDisplayName]), { errorCode: INVALID_CODEPAGE, codePage: 0xff, row: null })
  const { errorCode, row } = get(1200, [text8(tags.PidTagDisplayName), tags.PidTagTitle, text8(tags.PidTagSpouseName)])
  t.equal(errorCode, ERRORS_RETURNED)
  requirement('MS-OXNSPI_R873')
  t.same(
    row?.map(value => [formatTag(value.tag), Buffer.from(value.bytes.slice(0, 4)).readUInt32LE()]),
    [
      ['0x3001000a', INVALID_CODEPAGE],
      ['0x3a17001f', 0x00650048],
      ['0x3a48000a', NOT_FOUND]
    ]
  )
  t.equal(get(1252, new Array(2001).fill(tags.PidTagTitle)).errorCode, TABLE_TOO_BIG)
})

test('R2: links as tables and as DNs', async t => {
  const { book, caller, mid, entry } = await sampleBook()
  const get = (alias: string, who: string, asked: number[]) => {
    const stat = statAtBeginning({ currentRecord: mid(alias) })
    return book.getProps(caller(who), { flags: 0, stat, tags: asked.map(tag => tag >>> 0) }).row!.map(plain)
  }
  const dns = (...aliases: string[]) => aliases.map(alias => entry(alias).legacyDn)
  const many = (tag: number): number => withType(tag, 0x101f)
  const one = (tag: number): number => withType(tag, 0x1f)
  t.same(get('alice', 'alice', [one(tags.PidTagAddressBookManager), tags.PidTagManagerName]), [
    ...dns('bob'),
    'Bob Øster'
  ])
  t.same(
    get('sales', 'alice', [many(tags.PidTagAddressBookMember)]),
    [dns('alice', 'bob', 'zoe')],
    'the hidden one is left out'
  )
  t.same(
    get('sales', 'dora', [many(tags.PidTagAddressBookMember)]),
    [dns('alice', 'bob', 'dora', 'zoe')],
    'but not for herself'
  )
  t.same(get('bob', 'alice', [many(tags.PidTagAddressBookReports)]), [dns('alice')])
  t.same(get('alice', 'bob', [many(tags.PidTagAddressBookPublicDelegates)]), [dns('carol')])
  t.same(get('carol', 'bob', [many(tags.PidTagAddressBookOwnerBackLink)]), [dns('sales')])
  t.same(get('sales', 'bob', [many(tags.PidTagAddressBookOwner), one(tags.PidTagAddressBookOwner)]), [
    dns('carol'),
    ...dns('carol')
  ])
  t.same(get('alice', 'bob', [many(tags.PidTagAddressBookIsMemberOfDistributionList)]), [dns('sales')])
  t.same(get('all', 'bob', [tags.PidTagAddressBookMember]), [undefined], 'members of a dynamic list are not told')
  t.same(
    get('staff', 'bob', [
      tags.PidTagAddressBookDistributionListMemberCount,
      tags.PidTagAddressBookDistributionListExternalMemberCount
    ]),
    [5, 1]
  )
  const tables = get('sales', 'alice', [
    tags.PidTagAddressBookMember,
    tags.PidTagContainerContents,
    tags.PidTagContainerFlags
  ])
  t.same(tables, [new Uint8Array(4), new Uint8Array(4), 9])
  requirement('MS-OXNSPI_R1737', 'MS-OXNSPI_R1738', 'MS-OXNSPI_R1707', 'MS-OXPROPS_R5798', 'MS-OXPROPS_R5799')
  requirement('MS-OXPROPS_R5800', 'MS-OXPROPS_R5806', 'MS-OXPROPS_R5807')
  t.same(get('alice', 'alice', [tags.PidTagContainerContents, tags.PidTagContainerFlags]), [undefined, undefined])
})
