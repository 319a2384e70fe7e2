import { newGuid, type Runtime } from '../runtime.js'
import type { CommonEntry, DirectoryEntry, EntryKind } from './directory-entry.js'
import { type EntrySpec, lowerCased } from './entry-spec.js'
import { noLimits } from './principal.js'

const ADMINISTRATIVE_GROUP = 'Exchange Administrative Group (FYDIBOHF23SPDLT)'

/** DN of the administrative group, under which all objects of an organization stand. */
export function administrativeGroupDn(organization: string): string {
  return `/o=${organization}/ou=${ADMINISTRATIVE_GROUP}`
}

/** The legacy DN of a new entry, as Exchange makes it: 32 random hexadecimal digits and the alias. */
export function recipientDn(organization: string, guid: string, alias: string): string {
  return `${administrativeGroupDn(organization)}/cn=Recipients/cn=${guid.replaceAll('-', '')}-${alias}`
}

/** The entry that a spec makes, whole; its names are checked by the caller. */
export function newEntry(spec: EntrySpec, id: number, organization: string, runtime: Runtime): DirectoryEntry {
  const common = commonOf(spec, spec.kind ?? 'user', id, organization, runtime)
  switch (spec.kind) {
    case 'contact':
      return { ...common, kind: 'contact' }
    case 'group': {
      const links = { members: lowerCased(spec.members), owners: lowerCased(spec.owners) }
      return { ...common, kind: 'group', ...links, isRoomList: spec.isRoomList ?? false }
    }
    case 'dynamicGroup':
      return { ...common, kind: 'dynamicGroup', filter: spec.filter, owners: lowerCased(spec.owners) }
    case 'publicFolder':
      return { ...common, kind: 'publicFolder', path: spec.path }
    default:
      return {
        ...common,
        kind: spec.kind ?? 'user',
        mailboxGuid: (spec.mailboxGuid ?? newGuid(runtime)).toLowerCase(),
        mailboxNumber: id,
        secret: spec.secret ?? null,
        disabled: spec.disabled ?? false,
        fullAccess: lowerCased(spec.fullAccess),
        roles: spec.roles ?? [],
        limits: spec.limits ?? noLimits,
        homeServer: spec.homeServer?.toLowerCase() ?? null
      }
  }
}

function commonOf(spec: EntrySpec, kind: EntryKind, id: number, organization: string, runtime: Runtime): CommonEntry {
  const address = spec.address.toLowerCase()
  const at = address.indexOf('@')
  const alias = address.slice(0, at)
  return {
    id,
    kind,
    guid: (spec.guid ?? newGuid(runtime)).toLowerCase(),
    address,
    aliases: lowerCased(spec.aliases),
    proxyAddresses: spec.proxyAddresses ?? [],
    displayName: spec.displayName,
    alias,
    domain: address.slice(at + 1),
    legacyDn: spec.legacyDn ?? recipientDn(organization, newGuid(runtime), alias),
    hidden: spec.hidden ?? false,
    attributes: spec.attributes ?? {},
    manager: spec.manager?.toLowerCase() ?? null,
    delegates: lowerCased(spec.delegates)
  }
}
