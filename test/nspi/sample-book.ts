/** A small organization of every kind of entry, and its address book. */

import type { DirectoryEntry, EntrySpec, Principal } from '../../src/directory/index.js'
import { Directory } from '../../src/directory/index.js'
import { silentLog } from '../../src/log.js'
import { AddressBook, type NspiCaller, type NspiValue, type Stat } from '../../src/nspi/index.js'
import { statAtBeginning } from '../../src/nspi/stat.js'
import { type PropertyTag, tagId, tagType } from '../../src/oxcdata/property-tag.js'
import { decodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { exchange2016, type Personality } from '../../src/personality.js'
import { systemRuntime } from '../../src/runtime.js'
import { MemoryEngine, Store } from '../../store/index.js'

export const CERTIFICATE = Uint8Array.from([0x30, 0x03, 0x02, 0x01, 0x07])
export const PHOTO = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0x01])

const people: EntrySpec[] = [
  {
    address: 'alice@contoso.example',
    displayName: 'Alice Meyer',
    aliases: ['a.meyer@contoso.example'],
    proxyAddresses: ['X400:c=us;s=meyer', 'X500:/o=Old/ou=First/cn=Recipients/cn=alice'],
    attributes: {
      givenName: 'Alice',
      surname: 'Meyer',
      title: 'Head of sales',
      department: 'Sales',
      office: 'Building 5',
      businessPhone: '+1 555 0100',
      businessPhones: ['+1 555 0101', '+1 555 0102'],
      birthday: '1980-02-03T00:00:00Z',
      photo: PHOTO,
      certificates: [CERTIFICATE],
      custom1: 'one',
      mailTips: ['default:Hello']
    }
  },
  { address: 'bob@contoso.example', displayName: 'Bob Øster', attributes: { surname: 'Øster' } },
  { address: 'carol@contoso.example', displayName: 'Carol Meyer', attributes: { phoneticDisplayName: 'Aarol' } },
  { address: 'dora@contoso.example', displayName: 'Dora Hidden', hidden: true },
  { address: 'erik@contoso.example', displayName: 'Erik Zorn', roles: ['organizationAdministrator'] },
  { address: 'room1@contoso.example', displayName: 'Room 1', kind: 'room', attributes: { roomCapacity: 12 } },
  { address: 'beamer@contoso.example', displayName: 'Beamer', kind: 'equipment' },
  { address: 'info@contoso.example', displayName: 'Info', kind: 'sharedMailbox' },
  { address: 'folders@contoso.example', displayName: 'Folders', kind: 'publicFolderMailbox' },
  { address: 'zoe@outside.example', displayName: 'Zoë Outside', kind: 'contact' },
  { address: 'news@contoso.example', displayName: 'News', kind: 'publicFolder', path: 'Company/News' }
]

export interface SampleBook {
  directory: Directory
  book: AddressBook
  caller(alias: string): NspiCaller
  mid(alias: string): number
  entry(alias: string): DirectoryEntry
  /** Minimal entry id of an address list. */
  list(name: string): number
}

/** A book of these entries; `store` keeps them for a second opening. */
export async function bookOf(
  specs: readonly EntrySpec[],
  personality: Personality = exchange2016,
  store = new Store(new MemoryEngine())
): Promise<SampleBook> {
  const directory = await Directory.open(store, systemRuntime, 'Contoso')
  if (specs.length > 0) await directory.addAll(specs)
  const book = new AddressBook({ directory, runtime: systemRuntime, personality, log: silentLog })
  const entryOf = (alias: string): DirectoryEntry => {
    const entry = directory.entries().find(one => one.alias === alias)
    if (entry === undefined) throw new Error(`no ${alias}`)
    return entry
  }
  return {
    directory,
    book,
    caller: alias => ({ principal: entryOf(alias) as Principal, baseUrl: 'https://mail.contoso.example' }),
    mid: alias => book.dnToMid(NOBODY, { names: [entryOf(alias).legacyDn] }).mids![0],
    entry: entryOf,
    list: name => {
      const { rows } = book.getSpecialTable(NOBODY, { flags: 4, stat: statAtBeginning(), version: null })
      const row = rows!.find(one => valueIn(one, tags.PidTagDisplayName) === name)!
      return (valueIn(row, tags.PidTagAddressBookContainerId) as number) >>> 0
    }
  }
}

const NOBODY = null as unknown as NspiCaller

/** The organization of people above with its lists and ties. */
export async function sampleBook(personality: Personality = exchange2016): Promise<SampleBook> {
  const sample = await bookOf(people, personality)
  const { directory } = sample
  const guid = (alias: string): string => directory.entries().find(one => one.alias === alias)!.guid
  await directory.add({
    kind: 'group',
    address: 'sales@contoso.example',
    displayName: 'Sales',
    members: ['alice', 'bob', 'dora', 'zoe'].map(guid),
    owners: [guid('carol')]
  })
  await directory.add({
    kind: 'group',
    address: 'staff@contoso.example',
    displayName: 'Staff',
    members: [guid('sales'), guid('erik')]
  })
  await directory.add({
    kind: 'dynamicGroup',
    address: 'all@contoso.example',
    displayName: 'All of us',
    filter: { kinds: ['user'] }
  })
  await directory.change(guid('alice'), { manager: guid('bob'), delegates: [guid('carol')] })
  await directory.change(guid('dora'), { manager: guid('bob') })
  return sample
}

/** Exchange 2016 but for what the text of the documents says where its product notes say otherwise. */
export const byTheText: Personality = {
  ...exchange2016,
  hierarchyVersionIsIgnored: false,
  propsOfUnknownContainerSucceed: false,
  restrictionsResortByAnyType: false,
  certificatesAreOnlyRemoved: false,
  linkChangesAnswerFailure: false
}

/** Names in the order of a table, as a client reads it page by page. */
export function namesOf(book: AddressBook, caller: NspiCaller, stat: Stat): string[] {
  const columns = [tags.PidTagDisplayName]
  const { rows } = book.queryRows(caller, { flags: 0, stat, mids: [], rowCount: 1000, columns })
  return rows.map(row => plain(row[0]) as string)
}

/** A value as JavaScript has it; undefined for one that is not there. */
export function plain({ tag, bytes }: NspiValue): PropertyValue | undefined {
  const type = tagType(tag)
  return type === 0x000a ? undefined : decodeValue(type === 0x000d ? 0x0102 : type, bytes)
}

/** The value of one property in a row. */
export function valueIn(row: readonly NspiValue[] | null, tag: PropertyTag): PropertyValue | undefined {
  const found = (row ?? []).find(value => tagId(value.tag) === tagId(tag))
  return found === undefined ? undefined : plain(found)
}
