import { type DirectoryEntry, isPrincipal } from './directory-entry.js'
import { matchesFilter } from './entry-filter.js'

/** GUIDs of all entries that an entry has links to. */
export function linksOf(entry: DirectoryEntry): string[] {
  const links = [...entry.delegates]
  if (entry.manager !== null) links.push(entry.manager)
  if (entry.kind === 'group') links.push(...entry.members)
  if (entry.kind === 'group' || entry.kind === 'dynamicGroup') links.push(...entry.owners)
  return links
}

/**
 * An entry without its links to one that goes; the same object when it has none. The right to open its mailbox goes too:
 * whoever gets that address later is somebody else.
 */
export function withoutLink(entry: DirectoryEntry, gone: Pick<DirectoryEntry, 'guid' | 'address'>): DirectoryEntry {
  const { guid } = gone
  const opens = isPrincipal(entry) && entry.fullAccess.includes(gone.address)
  if (!opens && !linksOf(entry).includes(guid)) return entry
  const without = (list: readonly string[]) => list.filter(other => other !== guid)
  const common = { delegates: without(entry.delegates), manager: entry.manager === guid ? null : entry.manager }
  if (entry.kind === 'group') {
    return { ...entry, ...common, members: without(entry.members), owners: without(entry.owners) }
  }
  if (entry.kind === 'dynamicGroup') return { ...entry, ...common, owners: without(entry.owners) }
  if (!opens) return { ...entry, ...common }
  return { ...entry, ...common, fullAccess: entry.fullAccess.filter(address => address !== gone.address) }
}

/** Who points at whom, computed from the links of all entries ([MS-OXOABK]: member of, reports, owner and delegate back links). */
export class BackLinks {
  readonly memberOf = new Map<string, DirectoryEntry[]>()
  readonly reports = new Map<string, DirectoryEntry[]>()
  readonly ownerOf = new Map<string, DirectoryEntry[]>()
  readonly delegateOf = new Map<string, DirectoryEntry[]>()

  constructor(entries: Iterable<DirectoryEntry>) {
    const dynamic: DirectoryEntry[] = []
    const all = [...entries]
    for (const entry of all) {
      if (entry.manager !== null) append(this.reports, entry.manager, entry)
      for (const delegate of entry.delegates) append(this.delegateOf, delegate, entry)
      if (entry.kind === 'group') for (const member of entry.members) append(this.memberOf, member, entry)
      if (entry.kind !== 'group' && entry.kind !== 'dynamicGroup') continue
      for (const owner of entry.owners) append(this.ownerOf, owner, entry)
      if (entry.kind === 'dynamicGroup') dynamic.push(entry)
    }
    for (const group of dynamic) {
      if (group.kind !== 'dynamicGroup') continue
      for (const entry of all) {
        if (entry !== group && matchesFilter(group.filter, entry)) append(this.memberOf, entry.guid, group)
      }
    }
  }
}

function append(map: Map<string, DirectoryEntry[]>, guid: string, entry: DirectoryEntry): void {
  const list = map.get(guid)
  if (list === undefined) map.set(guid, [entry])
  else list.push(entry)
}
