import {
  type Attributes,
  attributeNames,
  type Directory,
  type DirectoryEntry,
  type EntryChange,
  type EntryFilter,
  isPrincipal,
  type MailboxLimits,
  noLimits,
  type Role
} from '../directory/index.js'
import { digestOf } from './canonical.js'
import type { WorldDelegate } from './schema-entries.js'
import { limitKeys } from './schema-entries.js'
import { filterOf, parseLimit } from './schema-values.js'
import type { WorldEntry } from './world-entries.js'
import { attributesFrom, type WorldFiles } from './world-files.js'

/**
 * Everything that may change about an entry, each thing by itself, links as addresses in lower case. Worlds and the directory are
 * compared in this form.
 */
export interface EntryFields {
  displayName: string
  aliases: readonly string[]
  proxyAddresses: readonly string[]
  hidden: boolean
  manager: string | null
  delegates: readonly string[]
  attributes: Attributes
  disabled?: boolean
  fullAccess?: readonly string[]
  roles?: readonly Role[]
  limits?: MailboxLimits
  homeServer?: string | null
  members?: readonly string[]
  owners?: readonly string[]
  isRoomList?: boolean
  filter?: EntryFilter
  path?: string
}

const lower = (addresses: readonly string[]): string[] => addresses.map(address => address.toLowerCase())

/** What a world says of an entry. */
export function fieldsOfWorld({ kind, spec }: WorldEntry, files: WorldFiles): EntryFields {
  if (kind === 'publicFolderMailbox') {
    const { name, limits, homeServer } = spec
    return { ...noFields(name), ...noMailboxFields, limits: limitsOf(limits), homeServer: homeOf(homeServer) }
  }
  const { name, aliases, proxyAddresses, hidden, manager } = spec
  const delegates = 'delegates' in spec ? (spec.delegates as (string | WorldDelegate)[]) : []
  const common: EntryFields = {
    displayName: name,
    aliases: lower(aliases),
    proxyAddresses,
    hidden,
    manager: manager?.toLowerCase() ?? null,
    delegates: lower(
      delegates.filter(isSender).map(delegate => (typeof delegate === 'string' ? delegate : delegate.who))
    ),
    attributes: attributesFrom(spec, attributeNames, files, () => {}) as Attributes
  }
  switch (kind) {
    case 'contact':
      return common
    case 'publicFolder':
      return { ...common, path: spec.folder }
    case 'group':
      return {
        ...common,
        members: lower(spec.members ?? []),
        owners: lower(spec.managers),
        isRoomList: spec.isRoomList === true
      }
    case 'dynamicGroup':
      return { ...common, filter: filterOf(spec.filter ?? {}), owners: lower(spec.managers) }
    default: {
      const { disabled, opens, roles, limits, homeServer } = spec
      const home = homeOf(homeServer)
      return { ...common, disabled, fullAccess: lower(opens), roles, limits: limitsOf(limits), homeServer: home }
    }
  }
}

function isSender(delegate: string | WorldDelegate): boolean {
  return typeof delegate === 'string' || delegate.sendOnBehalf
}

function noFields(displayName: string): EntryFields {
  const nobody: readonly string[] = []
  return {
    ...{ displayName, aliases: nobody, proxyAddresses: nobody, hidden: false, manager: null, delegates: nobody },
    attributes: {}
  }
}

const noMailboxFields = { disabled: false, fullAccess: [], roles: [], limits: noLimits, homeServer: null } as const

function homeOf(server: string | undefined): string | null {
  return server?.toLowerCase() ?? null
}

function limitsOf(
  limits: { readonly [key in (typeof limitKeys)[number]]?: number | string | undefined } | undefined
): MailboxLimits {
  const sizes = limitKeys.map(key => {
    const size = limits?.[key]
    return [`${key}Bytes`, size === undefined ? null : (parseLimit(size) ?? null)]
  })
  return Object.fromEntries(sizes) as MailboxLimits
}

/** What the directory says of an entry. */
export function fieldsOfEntry(entry: DirectoryEntry, directory: Directory): EntryFields {
  const addresses = (guids: readonly string[]): string[] => directory.resolve(guids).map(({ address }) => address)
  const { displayName, aliases, proxyAddresses, hidden, manager, delegates, attributes } = entry
  const common: EntryFields = {
    ...{ displayName, aliases, proxyAddresses, hidden, attributes, delegates: addresses(delegates) },
    manager: manager === null ? null : (addresses([manager])[0] ?? null)
  }
  if (isPrincipal(entry)) {
    const { disabled, fullAccess, roles, limits, homeServer } = entry
    return { ...common, disabled, fullAccess, roles, limits, homeServer }
  }
  switch (entry.kind) {
    case 'group':
      return {
        ...common,
        members: addresses(entry.members),
        owners: addresses(entry.owners),
        isRoomList: entry.isRoomList
      }
    case 'dynamicGroup':
      return { ...common, filter: entry.filter, owners: addresses(entry.owners) }
    case 'publicFolder':
      return { ...common, path: entry.path }
    default:
      return common
  }
}

/** Fields that are made of several things which change one by one. */
const NESTED = ['attributes', 'limits'] as const

/**
 * A digest for each field, for attributes and limits each under a name such as `attributes.title`. What is absent, empty or
 * false has none.
 */
export function digestsOf(fields: EntryFields): Record<string, string> {
  const digests: Record<string, string> = {}
  const put = (name: string, value: unknown): void => {
    const digest = digestOfValue(value)
    if (digest !== undefined) digests[name] = digest
  }
  for (const [name, value] of Object.entries(fields)) {
    if (!(NESTED as readonly string[]).includes(name)) put(name, value)
    else for (const [part, inner] of Object.entries(value)) put(`${name}.${part}`, inner)
  }
  return digests
}

function digestOfValue(value: unknown): string | undefined {
  if (value === undefined || value === null || value === false) return undefined
  if (value instanceof Uint8Array) return digestOf(value)
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined
    // The order of addresses means nothing; neither does that of other lists that an entry has.
    const parts = value.map(one => (one instanceof Uint8Array ? digestOf(one) : JSON.stringify(one))).sort()
    return digestOf(JSON.stringify(parts))
  }
  return digestOf(JSON.stringify(value))
}

/** The change of an entry that takes the named fields over. Links to whom the directory does not know are left out. */
export function changeOf(
  names: readonly string[],
  fields: EntryFields,
  current: DirectoryEntry,
  guidOf: (address: string) => string | undefined
): EntryChange {
  const guids = (addresses: readonly string[] = []): string[] =>
    addresses.map(guidOf).filter(guid => guid !== undefined)
  const change: Record<string, unknown> = {}
  for (const name of names) {
    const [nested, part] = name.split('.')
    if (part !== undefined) {
      const before = change[nested] ?? (current as unknown as Record<string, object>)[nested]
      const inner = (fields as unknown as Record<string, Record<string, unknown>>)[nested][part]
      const { [part]: _, ...others } = before as Record<string, unknown>
      change[nested] = inner === undefined ? others : { ...others, [part]: inner }
    } else if (name === 'manager') change.manager = fields.manager === null ? null : (guidOf(fields.manager) ?? null)
    else if (name === 'delegates' || name === 'members' || name === 'owners') change[name] = guids(fields[name])
    else change[name] = fields[name as keyof EntryFields]
  }
  return change as EntryChange
}
