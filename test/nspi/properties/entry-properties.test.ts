import { test } from 'tap'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { withType } from '../../../src/oxcdata/property-tag.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { PHOTO, plain, type SampleBook, sampleBook } from '../sample-book.js'

function looker(sample: SampleBook) {
  return (alias: string, ...asked: number[]) => {
    const stat = statAtBeginning({ currentRecord: sample.mid(alias) })
    const request = { flags: 0, stat, tags: asked.map(tag => tag >>> 0) }
    return sample.book.getProps(sample.caller('alice'), request).row!.map(plain)
  }
}

test('N9: how each kind of entry is shown', async t => {
  const look = looker(await sampleBook())
  const types = (alias: string) => look(alias, tags.PidTagObjectType, tags.PidTagDisplayType, tags.PidTagDisplayTypeEx)
  t.same(types('alice'), [6, 0, 0x40000000])
  requirement('MS-OXNSPI_R48')
  t.same(types('sales'), [8, 1, 0x40000009])
  requirement('MS-OXNSPI_R49', 'MS-OXOABK_R892')
  t.same(types('news'), [3, 2, 2])
  requirement('MS-OXNSPI_R50')
  t.same(types('all'), [6, 3, 3])
  requirement('MS-OXNSPI_R51')
  t.same(types('zoe'), [6, 6, 6])
  requirement('MS-OXNSPI_R55')
  t.same(types('room1'), [6, 0, 7])
  t.same(types('beamer'), [6, 0, 8])
  t.same(types('info'), [6, 0, 0])
})

test('no entry is shown as a container, a template or an organization', async t => {
  const { book, caller, directory, mid } = await sampleBook()
  const mids = directory.entries().map(({ alias }) => mid(alias))
  const asked = [tags.PidTagDisplayType, tags.PidTagEntryId]
  const { rows } = book.queryRows(caller('alice'), {
    flags: 0,
    stat: statAtBeginning(),
    mids,
    rowCount: 99,
    columns: asked
  })
  for (const [type, id] of rows.map(row => row.map(plain))) {
    t.ok([0, 1, 2, 3, 6].includes(type as number))
    t.equal(Buffer.from(id as Uint8Array).readUInt32LE(24), type)
  }
  requirement('MS-OXNSPI_R53001', 'MS-OXNSPI_R59', 'MS-OXNSPI_R63', 'MS-OXNSPI_R1999', 'MS-OXNSPI_R1997')
  requirement('MS-OXNSPI_R1662', 'MS-OXNSPI_R1663')
})

test('properties that every entry has', async t => {
  const sample = await sampleBook()
  const look = looker(sample)
  const required: [number, string][] = [
    [tags.PidTagObjectType, 'R1721'],
    [tags.PidTagInitialDetailsPane, 'R1722'],
    [tags.PidTagAddressBookDisplayNamePrintable, 'R1723'],
    [tags.PidTagAddressBookContainerId, 'R1724'],
    [tags.PidTagEntryId, 'R1725'],
    [tags.PidTagInstanceKey, 'R1726'],
    [tags.PidTagSearchKey, 'R1727'],
    [tags.PidTagRecordKey, 'R1728'],
    [tags.PidTagAddressType, 'R1729'],
    [tags.PidTagEmailAddress, 'R1730'],
    [tags.PidTagDisplayType, 'R1731'],
    [tags.PidTagTemplateid, 'R1732'],
    [tags.PidTagTransmittableDisplayName, 'R1733'],
    [tags.PidTagDisplayName, 'R1734'],
    [tags.PidTagMappingSignature, 'R1735'],
    [tags.PidTagAddressBookObjectDistinguishedName, 'R1736']
  ]
  for (const [tag, id] of required) {
    for (const { alias } of sample.directory.entries()) t.not(look(alias, tag)[0], undefined, `${alias} ${tag}`)
    requirement(`MS-OXNSPI_${id}`)
  }
  for (const { alias, legacyDn, displayName, guid } of sample.directory.entries()) {
    const [type, address, dn, pane, name, container] = look(
      alias,
      tags.PidTagAddressType,
      tags.PidTagEmailAddress,
      tags.PidTagAddressBookObjectDistinguishedName,
      tags.PidTagInitialDetailsPane,
      tags.PidTagTransmittableDisplayName,
      tags.PidTagAddressBookContainerId
    )
    t.same([type, address, dn, pane, name, container], ['EX', legacyDn, legacyDn, 0, displayName, 0])
    const [search, signature, id] = look(
      alias,
      tags.PidTagSearchKey,
      tags.PidTagMappingSignature,
      tags.PidTagAddressBookObjectGuid
    )
    t.equal(Buffer.from(search as Uint8Array).toString('latin1'), `EX:${legacyDn.toUpperCase()}\0`)
    t.equal(Buffer.from(signature as Uint8Array).toString('hex'), 'dca740c8c042101ab4b908002b2fe182')
    t.equal(
      Buffer.from(id as Uint8Array)
        .toString('hex')
        .slice(16),
      guid.replaceAll('-', '').slice(16)
    )
  }
  const ids = ['R6035', 'R6036', 'R6056', 'R6057', 'R6100', 'R6101', 'R6605', 'R6606', 'R6626', 'R6627', 'R6889']
  ids.push('R6890', 'R6891', 'R7109', 'R7110', 'R7825', 'R7826', 'R8385', 'R8386', 'R8770', 'R8771', 'R8815', 'R8816')
  ids.push('R4981', 'R4982', 'R5163', 'R5164', 'R5316', 'R5317', 'R6014', 'R6015')
  for (const id of ids) requirement(`MS-OXPROPS_${id}`)
})

test('names, addresses and attributes', async t => {
  const sample = await sampleBook()
  const look = looker(sample)
  t.same(look('alice', tags.PidTagSmtpAddress, tags.PidTagAccount, tags.PidTagThumbnailPhoto, tags.PidTagGivenName), [
    'alice@contoso.example',
    'alice',
    PHOTO,
    'Alice'
  ])
  t.same(look('alice', tags.PidTagAddressBookProxyAddresses), [
    [
      'SMTP:alice@contoso.example',
      'smtp:a.meyer@contoso.example',
      'X400:c=us;s=meyer',
      'X500:/o=Old/ou=First/cn=Recipients/cn=alice'
    ]
  ])
  t.same(look('alice', tags.PidTagBusiness2TelephoneNumbers, tags.PidTagBusiness2TelephoneNumber), [
    ['+1 555 0101', '+1 555 0102'],
    '+1 555 0101'
  ])
  t.same(look('alice', tags.PidTagPrimaryTelephoneNumber, tags.PidTagBusinessTelephoneNumber), [
    '+1 555 0100',
    '+1 555 0100'
  ])
  t.same(look('alice', tags.PidTagBirthday), [119628576000000000n], '1980-02-03 in 100 ns since 1601')
  t.same(look('alice', tags.PidTagAddressBookSenderHintTranslations), [['default:Hello']])
  t.same(look('room1', tags.PidTagAddressBookRoomCapacity), [12])
  t.same(look('zoe', tags.PidTagAddressBookTargetAddress, tags.PidTagSendRichInfo), ['SMTP:zoe@outside.example', false])
  t.same(look('alice', tags.PidTagAddressBookTargetAddress, tags.PidTagSendRichInfo), [undefined, true])
  t.same(look('news', tags.PidTagAddressBookFolderPathname), ['Company/News'])
  const database = withType(tags.PidTagAddressBookHomeMessageDatabase, 0x1f)
  const [home] = look('alice', database)
  t.match(home, /^\/o=Contoso\/ou=.*\/cn=Servers\/cn=[0-9a-f-]{36}@contoso\.example\/cn=Microsoft Private MDB$/)
  t.same(look('sales', database, tags.PidTagAddressBookOrganizationalUnitRootDistinguishedName), [undefined, undefined])
  t.same(look('alice', tags.PidTagAddressBookOrganizationalUnitRootDistinguishedName), ['/o=Contoso'])
  t.match(look('alice', tags.PidTagAddressBookRoomContainers)[0], [/^\/guid=[0-9A-F]{32}$/])
})

test('a display name that every code page can show', async t => {
  const sample = await sampleBook()
  const names: [string, string][] = [
    ['Plain Name', 'Plain Name'],
    ['Zoë Çelik', 'Zoe Celik'],
    ['Øster Ærø', 'Oster Aero'],
    ['Straße', 'Strasse'],
    ['山田 太郎', 'yamada']
  ]
  for (const [i, [displayName]] of names.entries()) {
    await sample.directory.add({ address: `${i === 4 ? 'yamada' : `n${i}`}@contoso.example`, displayName })
  }
  const look = looker(sample)
  for (const [i, [, printable]] of names.entries()) {
    t.same(look(i === 4 ? 'yamada' : `n${i}`, tags.PidTagAddressBookDisplayNamePrintable), [printable])
  }
  await sample.directory.change(sample.entry('n1').guid, { attributes: { printableName: 'ZC' } })
  t.same(look('n1', tags.PidTagAddressBookDisplayNamePrintable), ['ZC'])
})
