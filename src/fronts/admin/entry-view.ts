import { type Directory, type DirectoryEntry, isPrincipal, type Principal } from '../../directory/index.js'
import { attributesToJson } from './attribute-values.js'
import type { EntryView, UserView } from './entry-schema.js'

/** A principal as JSON shows it; never its secret. `withBytes` false leaves out attributes that are bytes. */
export function viewUser(directory: Directory, user: Principal, withBytes = true): UserView {
  return {
    kind: user.kind,
    ...viewCommon(directory, user, withBytes),
    mailboxGuid: user.mailboxGuid,
    hasPassword: user.secret !== null,
    opens: [...user.fullAccess],
    roles: [...user.roles],
    disabled: user.disabled,
    limits: user.limits,
    homeServer: user.homeServer
  }
}

/** Any entry as JSON shows it. Links are addresses; one that leads nowhere is not shown. */
export function viewEntry(directory: Directory, entry: DirectoryEntry, withBytes = true): EntryView {
  if (isPrincipal(entry)) return viewUser(directory, entry, withBytes)
  const common = { kind: entry.kind, ...viewCommon(directory, entry, withBytes) }
  switch (entry.kind) {
    case 'group':
      return {
        ...common,
        members: addressesOf(directory, entry.members),
        owners: addressesOf(directory, entry.owners),
        isRoomList: entry.isRoomList
      }
    case 'dynamicGroup':
      return {
        ...common,
        filter: entry.filter as EntryView['filter'],
        owners: addressesOf(directory, entry.owners)
      }
    case 'publicFolder':
      return { ...common, path: entry.path }
    default:
      return common
  }
}

function viewCommon(directory: Directory, entry: DirectoryEntry, withBytes: boolean) {
  return {
    guid: entry.guid,
    address: entry.address,
    legacyDn: entry.legacyDn,
    name: entry.displayName,
    aliases: [...entry.aliases],
    proxyAddresses: [...entry.proxyAddresses],
    hidden: entry.hidden,
    manager: entry.manager === null ? null : (directory.entryByGuid(entry.manager)?.address ?? null),
    delegates: addressesOf(directory, entry.delegates),
    attributes: attributesToJson(entry.attributes, withBytes)
  }
}

function addressesOf(directory: Directory, guids: readonly string[]): string[] {
  return directory.resolve(guids).map(({ address }) => address)
}
