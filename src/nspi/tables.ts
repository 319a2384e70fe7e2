import type { Directory, DirectoryEntry } from '../directory/index.js'
import type { Container } from './containers.js'
import type { DirectoryChanges } from './directory-changes.js'
import { Follower } from './follower.js'
import { entryKey, type NameOrder } from './name-keys.js'
import { SortedPairs } from './sorted-pairs.js'

/** Sorted tables that are kept: each takes some 20 bytes and a key for each of its rows. */
const KEPT_TABLES = 24
/** Tables of the members of lists that are kept. */
const KEPT_MEMBER_TABLES = 16

interface MemberTable {
  generation: number
  pairs: SortedPairs
}

/** The containers of the address book as sorted tables ([MS-OXNSPI] 3.1.4.4.1), kept up to date as the directory changes. */
export class Tables {
  private readonly followers = new Map<string, { container: Container; follower: Follower<SortedPairs> }>()
  private readonly members = new Map<string, MemberTable>()

  constructor(
    private readonly directory: Directory,
    private readonly changes: DirectoryChanges
  ) {}

  /** The rows of a container. */
  table(container: Container, order: NameOrder): SortedPairs {
    return this.follower(container, order).current()
  }

  /** Takes in a part of what a table still lacks, so that others get their turn; false when it was whole. */
  step(container: Container, order: NameOrder): boolean {
    return this.follower(container, order).step()
  }

  /** The members of a distribution list as a table of its own. */
  membersTable(list: DirectoryEntry, order: NameOrder): SortedPairs {
    const { generation } = this.directory
    const name = `${list.id} ${order.name} ${order.localeId}`
    const kept = this.members.get(name)
    if (kept?.generation === generation) return kept.pairs
    const members = this.directory.membersOf(list).filter(entry => !entry.hidden)
    const pairs = sorted(members, order)
    this.members.delete(name)
    this.members.set(name, { generation, pairs })
    forgetOldest(this.members, KEPT_MEMBER_TABLES)
    return pairs
  }

  private follower(container: Container, order: NameOrder): Follower<SortedPairs> {
    const name = `${container.mid} ${order.name} ${order.localeId}`
    const kept = this.followers.get(name)
    this.followers.delete(name)
    const fits = kept?.container.list === container.list
    const follower = fits ? kept.follower : this.follow(container, order)
    this.followers.set(name, { container, follower })
    forgetOldest(this.followers, KEPT_TABLES)
    return follower
  }

  private follow({ list }: Container, order: NameOrder): Follower<SortedPairs> {
    const pairs = new SortedPairs(entry => entryKey(entry, order))
    return new Follower(pairs, this.changes, entry => list.contains(entry))
  }
}

/** Some entries in an order. */
export function sorted(entries: readonly DirectoryEntry[], order: NameOrder): SortedPairs {
  const pairs = new SortedPairs(entry => entryKey(entry, order))
  pairs.take(entries)
  return pairs
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const name of map.keys()) {
    if (map.size <= most) return
    map.delete(name)
  }
}
