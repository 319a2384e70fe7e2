import type { Principal } from '../directory/index.js'
import { type PropertyTag, tagId, tagType, withType } from '../oxcdata/property-tag.js'
import {
  PtypBinary,
  PtypBoolean,
  PtypInteger32,
  PtypMultipleString,
  PtypString,
  PtypUnspecified,
  storedType
} from '../oxcdata/property-type.js'
import { encodeValue, type PropertyValue } from '../oxcdata/property-value.js'
import * as tags from '../oxprops/property-tags.generated.js'
import type { Container } from './containers.js'
import { DisplayType, ObjectType } from './display-types.js'
import { permanentEntryId } from './entry-ids.js'
import type { NspiRow, NspiValue } from './nspi.js'
import { missingValue } from './properties/entry-cells.js'

/** [MS-OXOABK] 2.2.2.1. */
const AB_RECIPIENTS = 0x00000001
const AB_SUBCONTAINERS = 0x00000002
const AB_UNMODIFIABLE = 0x00000008

const value = (tag: PropertyTag, type: number, plain: PropertyValue): NspiValue => ({
  tag: withType(tag, type),
  bytes: encodeValue(type, plain)
})

export function containerEntryId({ dn }: Container): Uint8Array {
  return permanentEntryId(DisplayType.container, dn)
}

/** The row of a container in the hierarchy table, in the order that [MS-OXNSPI] 3.1.4.1.3, constraint 14, demands; text is Unicode. */
export function containerRow(container: Container): NspiValue[] {
  const flags = AB_RECIPIENTS | AB_UNMODIFIABLE | (container.hasChildren ? AB_SUBCONTAINERS : 0)
  const row = [
    value(tags.PidTagEntryId, PtypBinary, containerEntryId(container)),
    value(tags.PidTagContainerFlags, PtypInteger32, flags),
    value(tags.PidTagDepth, PtypInteger32, container.depth),
    value(tags.PidTagAddressBookContainerId, PtypInteger32, container.mid),
    value(tags.PidTagDisplayName, PtypString, container.list.name),
    value(tags.PidTagAddressBookIsMaster, PtypBoolean, false)
  ]
  if (container.parent === null) return row
  return [...row, value(tags.PidTagAddressBookParentEntryId, PtypBinary, containerEntryId(container.parent))]
}

/** All that a client that opens a container by its id finds there. */
export function containerProperties(container: Container): NspiValue[] {
  return [
    ...containerRow(container),
    value(tags.PidTagObjectType, PtypInteger32, ObjectType.addressBookContainer),
    value(tags.PidTagEmailAddress, PtypString, container.dn)
  ]
}

/**
 * The server of a mailbox, which clients look up by the DN in PidTagAddressBookHomeMessageDatabase. It is named after the mailbox
 * instead of a machine, and so are its network addresses.
 */
export function serverProperties(principal: Principal, dn: string): NspiValue[] {
  const name = `${principal.mailboxGuid}@${principal.domain}`
  return [
    value(tags.PidTagDisplayName, PtypString, name),
    value(tags.PidTagEmailAddress, PtypString, dn),
    value(tags.PidTagAddressBookObjectDistinguishedName, PtypString, dn),
    value(tags.PidTagAddressBookNetworkAddress, PtypMultipleString, [`ncacn_ip_tcp:${name}`, `ncacn_http:${name}`])
  ]
}

/** Some properties of an object that is not an entry, each with the type that was asked for. */
export function pickProperties(properties: NspiRow, asked: readonly PropertyTag[]): NspiValue[] {
  return asked.map(tag => {
    const found = properties.find(property => tagId(property.tag) === tagId(tag))
    if (found === undefined) return missingValue(tag)
    const type = tagType(tag)
    if (type === PtypUnspecified) return found
    return storedType(type) === tagType(found.tag) ? { ...found, tag } : missingValue(tag)
  })
}
