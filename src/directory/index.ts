export { type AddressList, type AddressListSpec, ALL_ADDRESS_LISTS, GLOBAL_ADDRESS_LIST } from './address-list.js'
export {
  type AttributeName,
  type AttributeSpec,
  type Attributes,
  type AttributeType,
  type AttributeValue,
  attributeNames,
  attributeProblem,
  attributeSpecs
} from './attributes.js'
export { derivedGuid } from './derived-guid.js'
export { Directory, type Organization } from './directory.js'
export {
  type CommonEntry,
  type Contact,
  type DirectoryEntry,
  type DynamicGroup,
  type EntryKind,
  entryKinds,
  type Group,
  isPrincipal,
  type MailboxKind,
  mailboxKinds,
  type PublicFolderEntry
} from './directory-entry.js'
export { DirectoryError } from './directory-error.js'
export { type EntryFilter, type FilterAttribute, filterAttributes, matchesFilter } from './entry-filter.js'
export {
  type ContactSpec,
  type DynamicGroupSpec,
  type EntryChange,
  type EntryOf,
  type EntrySpec,
  type GroupSpec,
  HOST,
  type PrincipalSpec,
  type PublicFolderSpec
} from './entry-spec.js'
export { groupsOf } from './groups-of.js'
export { recipientDn } from './new-entry.js'
export { type MailboxLimits, noLimits, type Principal, type Role, roles } from './principal.js'
