import type { DirectoryEntry } from '../../directory/index.js'
import { withType } from '../../oxcdata/property-tag.js'
import { PtypInteger32, PtypObject } from '../../oxcdata/property-type.js'
import { encodeValue } from '../../oxcdata/property-value.js'
import { storedString } from '../../oxcdata/stored-string.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { EntryProperty } from './entry-property.js'
import { type PropertyView, visibleTo } from './property-view.js'

/** A table as a value says nothing of its rows ([MS-OXNSPI] 2.2.2.11, lReserved). */
export const EMBEDDED_TABLE = new Uint8Array(4)

/** The container of a distribution list can hold recipients, and clients cannot change it as a container ([MS-OXOABK] 2.2.2.1). */
const LIST_CONTAINER_FLAGS = 0x00000009

function link(
  tag: number,
  of: (entry: DirectoryEntry, view: PropertyView) => readonly DirectoryEntry[]
): EntryProperty & Required<Pick<EntryProperty, 'links'>> {
  const links = (entry: DirectoryEntry, view: PropertyView): DirectoryEntry[] =>
    visibleTo(view.principal, of(entry, view))
  return { tag, links, read: (entry, view) => (links(entry, view).length === 0 ? undefined : EMBEDDED_TABLE) }
}

const isMailUser = ({ kind }: DirectoryEntry): boolean => kind !== 'group' && kind !== 'dynamicGroup'

function managerOf(entry: DirectoryEntry, { directory, principal }: PropertyView): DirectoryEntry | undefined {
  return visibleTo(principal, directory.resolve(entry.manager === null ? [] : [entry.manager]))[0]
}

/** How entries are tied to each other ([MS-OXOABK] 2.2.5, 2.2.6). Members of dynamic lists are the server's own affair. */
export const linkProperties: readonly EntryProperty[] = [
  link(tags.PidTagAddressBookManager, (entry, { directory }) =>
    directory.resolve(entry.manager === null ? [] : [entry.manager])
  ),
  link(tags.PidTagAddressBookReports, (entry, { directory }) => directory.reportsOf(entry)),
  // [MS-OXPROPS] gives it the type of text, and says that an NSPI server returns a table.
  link(withType(tags.PidTagAddressBookIsMemberOfDistributionList, PtypObject), (entry, { directory }) =>
    directory.memberOf(entry).filter(({ kind }) => kind === 'group')
  ),
  link(tags.PidTagAddressBookPublicDelegates, (entry, { directory }) =>
    isMailUser(entry) ? directory.resolve(entry.delegates) : []
  ),
  link(tags.PidTagAddressBookOwnerBackLink, (entry, { directory }) => directory.ownedBy(entry)),
  link(tags.PidTagAddressBookOwner, (entry, { directory }) =>
    entry.kind === 'group' || entry.kind === 'dynamicGroup' ? directory.resolve(entry.owners) : []
  ),
  link(tags.PidTagAddressBookMember, (entry, { directory }) =>
    entry.kind === 'group' ? directory.membersOf(entry) : []
  ),
  {
    tag: tags.PidTagManagerName,
    read: (entry, view) => {
      const manager = managerOf(entry, view)
      return manager === undefined ? undefined : storedString(manager.displayName)
    }
  },
  { tag: tags.PidTagContainerContents, read: ({ kind }) => (kind === 'group' ? EMBEDDED_TABLE : undefined) },
  {
    tag: tags.PidTagContainerFlags,
    read: ({ kind }) => (kind === 'group' ? encodeValue(PtypInteger32, LIST_CONTAINER_FLAGS) : undefined)
  }
]
