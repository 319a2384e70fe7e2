import { type AttributeName, type Attributes, attributeProblem, attributeSpecs } from './attributes.js'
import type { Contact, DynamicGroup, Group, MailboxKind, PublicFolderEntry } from './directory-entry.js'
import { DirectoryError } from './directory-error.js'
import type { Principal } from './principal.js'

/** What somebody says of an entry that shall be made; what is left out is empty, or made new. */
export interface CommonSpec {
  address: string
  displayName: string
  aliases?: readonly string[]
  proxyAddresses?: readonly string[]
  hidden?: boolean
  attributes?: Attributes
  manager?: string | null
  delegates?: readonly string[]
  /** Ids to keep, for worlds and imports that fix them; new ones otherwise. */
  guid?: string
  legacyDn?: string
}

export interface PrincipalSpec
  extends CommonSpec,
    Partial<Pick<Principal, 'secret' | 'disabled' | 'fullAccess' | 'roles' | 'limits' | 'homeServer'>> {
  kind?: MailboxKind
  mailboxGuid?: string
}

export interface ContactSpec extends CommonSpec {
  kind: 'contact'
}

export interface GroupSpec extends CommonSpec, Partial<Pick<Group, 'members' | 'owners' | 'isRoomList'>> {
  kind: 'group'
}

export interface DynamicGroupSpec
  extends CommonSpec,
    Pick<DynamicGroup, 'filter'>,
    Partial<Pick<DynamicGroup, 'owners'>> {
  kind: 'dynamicGroup'
}

export interface PublicFolderSpec extends CommonSpec, Pick<PublicFolderEntry, 'path'> {
  kind: 'publicFolder'
}

export type EntrySpec = PrincipalSpec | ContactSpec | GroupSpec | DynamicGroupSpec | PublicFolderSpec

/** The entry that a spec makes. */
export type EntryOf<Spec extends EntrySpec> = Spec extends GroupSpec
  ? Group
  : Spec extends DynamicGroupSpec
    ? DynamicGroup
    : Spec extends ContactSpec
      ? Contact
      : Spec extends PublicFolderSpec
        ? PublicFolderEntry
        : Principal

/** Fields of entries that stay for ever: clients cache them. */
type Fixed = 'id' | 'kind' | 'guid' | 'address' | 'alias' | 'domain' | 'legacyDn' | 'mailboxGuid' | 'mailboxNumber'

/** What may change about an entry. A field that its kind does not have is refused. */
export type EntryChange = Partial<
  Omit<Principal, Fixed> & Omit<Group, Fixed> & Omit<DynamicGroup, Fixed> & Omit<PublicFolderEntry, Fixed>
>

const ADDRESS = /^[a-z0-9!#$%&'*+=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+=?^_`{|}~-]+)*@[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/
const PROXY = /^[A-Za-z0-9.-]{1,16}:[^\0\r\n]+$/
/** Names of hosts, with a port or without. */
export const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?$/i
const NAME_LIMIT = 256
const PROXY_LIMIT = 1123

/** Throws DirectoryError for what cannot be in a directory whoever else is in it. */
export function demandWellFormed(entry: CommonSpec & Pick<PrincipalSpec, 'homeServer'>): void {
  for (const name of [entry.address, ...(entry.aliases ?? [])]) {
    if (name.length > NAME_LIMIT || !ADDRESS.test(name.toLowerCase()))
      throw new DirectoryError(`not an e-mail address: ${name}`)
  }
  if (entry.displayName === '' || entry.displayName.length > NAME_LIMIT || entry.displayName.includes('\0')) {
    throw new DirectoryError(`a display name has 1 to ${NAME_LIMIT} characters`)
  }
  for (const proxy of entry.proxyAddresses ?? []) {
    if (proxy.length > PROXY_LIMIT || !PROXY.test(proxy) || /^smtp:/i.test(proxy))
      throw new DirectoryError(`not a proxy address of the form TYPE:address: ${proxy}`)
  }
  if (entry.homeServer != null && !HOST.test(entry.homeServer))
    throw new DirectoryError(`not the name of a server: ${entry.homeServer}`)
  for (const [name, value] of Object.entries(entry.attributes ?? {})) {
    if (!Object.hasOwn(attributeSpecs, name)) throw new DirectoryError(`there is no attribute ${name}`)
    const problem = attributeProblem(name as AttributeName, value)
    if (problem !== undefined) throw new DirectoryError(`the attribute ${name} ${problem}`)
  }
}

export function lowerCased(list: readonly string[] | undefined): string[] {
  return (list ?? []).map(text => text.toLowerCase())
}
