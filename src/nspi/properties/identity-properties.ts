import { type DirectoryEntry, isPrincipal } from '../../directory/index.js'
import { muidEmsab } from '../../oxcdata/entry-id.js'
import { withType } from '../../oxcdata/property-tag.js'
import { PtypBoolean, PtypGuid, PtypInteger32, PtypMultipleString, PtypString8 } from '../../oxcdata/property-type.js'
import { encodeValue } from '../../oxcdata/property-value.js'
import { storedString } from '../../oxcdata/stored-string.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import { displayTypesOf } from '../display-types.js'
import { ephemeralEntryId, permanentEntryId } from '../entry-ids.js'
import { folded } from '../folded-text.js'
import type { EntryProperty } from './entry-property.js'
import type { PropertyView } from './property-view.js'

const MAPPING_SIGNATURE = encodeValue(PtypGuid, muidEmsab)
const DATABASE_NAME = '/cn=Microsoft Private MDB'
const KIB = 1024

const text = (tag: number, of: (entry: DirectoryEntry, view: PropertyView) => string | undefined): EntryProperty => ({
  tag,
  read: (entry, view) => {
    const value = of(entry, view)
    return value === undefined ? undefined : storedString(value)
  }
})

const number = (tag: number, of: (entry: DirectoryEntry, view: PropertyView) => number | undefined): EntryProperty => ({
  tag,
  read: (entry, view) => {
    const value = of(entry, view)
    return value === undefined ? undefined : encodeValue(PtypInteger32, value)
  }
})

const texts = (tag: number, of: (entry: DirectoryEntry, view: PropertyView) => readonly string[]): EntryProperty => ({
  tag,
  read: (entry, view) => {
    const values = of(entry, view)
    return values.length === 0 ? undefined : encodeValue(PtypMultipleString, [...values])
  }
})

const bytes = (tag: number, read: (entry: DirectoryEntry, view: PropertyView) => Uint8Array | undefined) => ({
  tag,
  read
})

/** The permanent entry id of an entry, whatever ids the client asked for. */
function permanentId(entry: DirectoryEntry): Uint8Array {
  return permanentEntryId(displayTypesOf(entry).displayType, entry.legacyDn)
}

/** A display name that every code page can show ([MS-OXOABK] 2.2.3.7): its letters without marks, the alias where none are left. */
function printableName({ displayName, alias, attributes }: DirectoryEntry): string {
  if (attributes.printableName !== undefined) return attributes.printableName
  if (/^[ -~]*$/.test(displayName)) return displayName
  const plain = displayName.replace(/[^ -~]/g, character => withoutMarks(character))
  return /[A-Za-z0-9]/.test(plain) ? plain : alias
}

function withoutMarks(character: string): string {
  const small = folded(character).replace(/[^ -~]/g, '?')
  return character === character.toLowerCase() ? small : `${small.charAt(0).toUpperCase()}${small.slice(1)}`
}

/** [MS-OXOABK] 2.2.3.23: the address that mail goes to from outside first, `SMTP:` in capitals, then the others. */
export function proxyAddressesOf({ address, aliases, proxyAddresses }: DirectoryEntry): string[] {
  return [`SMTP:${address}`, ...aliases.map(alias => `smtp:${alias}`), ...proxyAddresses]
}

/** DN of the database of a mailbox, which tells clients its server ([MS-OXOABK] 2.2.4.37). */
function homeDatabase(entry: DirectoryEntry, { directory }: PropertyView): string | undefined {
  return isPrincipal(entry) ? `${directory.serverDn(entry)}${DATABASE_NAME}` : undefined
}

/** Largest message that a mailbox takes, in KiB. */
function deliveryLimit(entry: DirectoryEntry): number | undefined {
  const limit = isPrincipal(entry) ? entry.limits.receiveMessageBytes : null
  return limit === null ? undefined : Math.floor(limit / KIB)
}

/** Who an entry is and how it is shown ([MS-OXOABK] 2.2.3), and what is true of its kind. */
export const identityProperties: readonly EntryProperty[] = [
  number(tags.PidTagAddressBookContainerId, () => 0),
  number(tags.PidTagObjectType, entry => displayTypesOf(entry).objectType),
  number(tags.PidTagDisplayType, entry => displayTypesOf(entry).displayType),
  number(tags.PidTagDisplayTypeEx, entry => displayTypesOf(entry).displayTypeEx),
  number(tags.PidTagAddressBookDisplayTypeExtended, entry => displayTypesOf(entry).displayTypeEx),
  text(tags.PidTagDisplayName, entry => entry.displayName),
  text(tags.PidTagTransmittableDisplayName, entry => entry.displayName),
  text(withType(tags.PidTagAddressBookDisplayNamePrintable, PtypString8), printableName),
  text(tags.PidTagAddressType, () => 'EX'),
  text(tags.PidTagEmailAddress, entry => entry.legacyDn),
  text(tags.PidTagAddressBookObjectDistinguishedName, entry => entry.legacyDn),
  text(tags.PidTagSmtpAddress, entry => entry.address),
  text(tags.PidTagAccount, entry => entry.alias),
  bytes(tags.PidTagEntryId, (entry, { ephemeralIds, identity }) =>
    ephemeralIds
      ? ephemeralEntryId(identity.serverGuid, displayTypesOf(entry).displayType, identity.midOf(entry))
      : permanentId(entry)
  ),
  bytes(tags.PidTagTemplateid, permanentId),
  bytes(tags.PidTagRecordKey, permanentId),
  // [MS-OXOABK] 2.2.3.5 prints a space behind the colon; search keys in messages that Exchange wrote have none.
  bytes(tags.PidTagSearchKey, entry => Buffer.from(`EX:${entry.legacyDn.toUpperCase()}\0`, 'latin1')),
  bytes(tags.PidTagInstanceKey, (entry, { identity }) => {
    const key = new Uint8Array(4)
    new DataView(key.buffer).setUint32(0, identity.midOf(entry), true)
    return key
  }),
  bytes(tags.PidTagMappingSignature, () => MAPPING_SIGNATURE),
  bytes(tags.PidTagAddressBookObjectGuid, entry => encodeValue(PtypGuid, entry.guid)),
  number(tags.PidTagInitialDetailsPane, () => 0),
  texts(tags.PidTagAddressBookProxyAddresses, proxyAddressesOf),
  text(tags.PidTagAddressBookTargetAddress, entry => (entry.kind === 'contact' ? `SMTP:${entry.address}` : undefined)),
  text(tags.PidTagAddressBookHomeMessageDatabase, homeDatabase),
  text(tags.PidTagAddressBookOrganizationalUnitRootDistinguishedName, (entry, { directory }) =>
    isPrincipal(entry) ? `/o=${directory.organization.name}` : undefined
  ),
  text(tags.PidTagAddressBookFolderPathname, entry => (entry.kind === 'publicFolder' ? entry.path : undefined)),
  text(tags.PidTagPrimaryTelephoneNumber, entry => entry.attributes.businessPhone),
  bytes(tags.PidTagSendRichInfo, entry =>
    encodeValue(PtypBoolean, entry.attributes.richText ?? entry.kind !== 'contact')
  ),
  number(tags.PidTagAddressBookDeliveryContentLength, deliveryLimit),
  number(tags.PidTagAddressBookDistributionListMemberCount, (entry, view) =>
    entry.kind === 'group' ? view.memberCounts(entry).total : undefined
  ),
  number(tags.PidTagAddressBookDistributionListExternalMemberCount, (entry, view) =>
    entry.kind === 'group' ? view.memberCounts(entry).external : undefined
  ),
  texts(tags.PidTagAddressBookRoomContainers, (entry, view) =>
    isPrincipal(entry) ? view.roomContainers().map(({ dn }) => dn) : []
  )
]
