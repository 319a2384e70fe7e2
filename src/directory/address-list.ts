import { derivedGuid } from './derived-guid.js'
import type { DirectoryEntry } from './directory-entry.js'
import { type EntryFilter, matchesFilter } from './entry-filter.js'

/** A list of entries that the address book shows ([MS-OXOABK] 1.3): the global address list, one below it, or one of the organization's own. */
export interface AddressList {
  /** Stays the same for the life of the directory. */
  readonly guid: string
  readonly name: string
  /** The list that it stands below; null for those at the top. */
  readonly parent: string | null
  readonly isGlobal: boolean
  contains(entry: DirectoryEntry): boolean
}

/** An address list of the organization's own, as it is kept. */
export interface AddressListSpec {
  readonly name: string
  /** Name of another own list, or null for one at the top. */
  readonly parent: string | null
  readonly filter: EntryFilter
}

/** The lists that every organization has, in the order of their display, as Exchange makes them at its setup. */
const BUILT_IN: readonly { name: string; filter: EntryFilter }[] = [
  { name: 'All Contacts', filter: { kinds: ['contact'] } },
  { name: 'All Distribution Lists', filter: { kinds: ['group', 'dynamicGroup'] } },
  { name: 'All Rooms', filter: { kinds: ['room'] } },
  { name: 'All Users', filter: { kinds: ['user', 'sharedMailbox', 'room', 'equipment'] } },
  { name: 'Public Folders', filter: { kinds: ['publicFolder'] } }
]

/** Name of the list above the built-in ones. */
export const ALL_ADDRESS_LISTS = 'All Address Lists'
export const GLOBAL_ADDRESS_LIST = 'Global Address List'

/** Nobody looks for the mailbox behind the public folders by its name. */
function isShown(entry: DirectoryEntry): boolean {
  return !entry.hidden && entry.kind !== 'publicFolderMailbox'
}

/** All address lists: the global one first, parents before children. `scope` makes the GUIDs of this installation. */
export function addressLists(scope: string, own: readonly AddressListSpec[]): AddressList[] {
  const guidOf = (name: string): string => derivedGuid(`${scope}/address-list/${name.toLowerCase()}`)
  const list = (name: string, parent: string | null, filter: EntryFilter): AddressList => ({
    guid: guidOf(name),
    name,
    parent: parent === null ? null : guidOf(parent),
    isGlobal: false,
    contains: entry => isShown(entry) && matchesFilter(filter, entry)
  })
  const global: AddressList = { ...list(GLOBAL_ADDRESS_LIST, null, {}), isGlobal: true }
  const top: AddressList = { ...list(ALL_ADDRESS_LISTS, null, {}), contains: () => false }
  const builtIn = BUILT_IN.map(({ name, filter }) => list(name, ALL_ADDRESS_LISTS, filter))
  return [global, top, ...builtIn, ...own.map(({ name, parent, filter }) => list(name, parent, filter))]
}
