import type { Attributes } from './attributes.js'
import type { EntryFilter } from './entry-filter.js'
import type { Principal } from './principal.js'

/** Kinds of mailbox: who logs on to them, and how the address book shows them ([MS-OXOABK] 2.2.3.11, 2.2.3.12). */
export const mailboxKinds = ['user', 'sharedMailbox', 'room', 'equipment', 'publicFolderMailbox'] as const
export type MailboxKind = (typeof mailboxKinds)[number]

export const entryKinds = [...mailboxKinds, 'contact', 'group', 'dynamicGroup', 'publicFolder'] as const
export type EntryKind = (typeof entryKinds)[number]

/** What every object of the directory has. Ids, DN and kind never change: clients cache them. Links are GUIDs of entries. */
export interface CommonEntry {
  /** Number of the object in the directory, never given twice; a mailbox has this number in the store's keys. */
  readonly id: number
  readonly kind: EntryKind
  /** GUID of the directory object. */
  readonly guid: string
  /** Primary SMTP address in lower case; of a contact the address outside. */
  readonly address: string
  /** Further SMTP addresses in lower case. */
  readonly aliases: readonly string[]
  /** Further addresses of other types, each `TYPE:address`, e.g. an `X500:` DN that the entry had elsewhere. */
  readonly proxyAddresses: readonly string[]
  readonly displayName: string
  /** Part of the primary address before and after the `@`. */
  readonly alias: string
  readonly domain: string
  /** `/o=.../ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=<32 hex>-<alias>`. */
  readonly legacyDn: string
  /** Not shown in address lists; resolvable by its exact names all the same. */
  readonly hidden: boolean
  readonly attributes: Attributes
  /** Whom the entry reports to. */
  readonly manager: string | null
  /** Who may send on its behalf ([MS-OXOABK] 2.2.5.5 PidTagAddressBookPublicDelegates). */
  readonly delegates: readonly string[]
}

/** Somebody outside the organization whom the address book knows. */
export interface Contact extends CommonEntry {
  readonly kind: 'contact'
}

/** A distribution list with a list of members. */
export interface Group extends CommonEntry {
  readonly kind: 'group'
  readonly members: readonly string[]
  /** Who manages it ([MS-OXOABK] 2.2.6 PidTagAddressBookOwner). */
  readonly owners: readonly string[]
  /** A list of rooms, which meeting planners offer as a place. */
  readonly isRoomList: boolean
}

/** A distribution list whose members are those that a condition finds. */
export interface DynamicGroup extends CommonEntry {
  readonly kind: 'dynamicGroup'
  readonly filter: EntryFilter
  readonly owners: readonly string[]
}

/** A mail-enabled public folder. */
export interface PublicFolderEntry extends CommonEntry {
  readonly kind: 'publicFolder'
  /** Names of the folder and those above it, below the IPM subtree, `/` between them. */
  readonly path: string
}

export type DirectoryEntry = Principal | Contact | Group | DynamicGroup | PublicFolderEntry

export function isPrincipal(entry: DirectoryEntry): entry is Principal {
  return (mailboxKinds as readonly string[]).includes(entry.kind)
}
