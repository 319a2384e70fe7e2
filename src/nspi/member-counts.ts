import type { Directory, DirectoryEntry } from '../directory/index.js'

interface Counts {
  total: number
  external: number
}

/** Recipients of distribution lists, through others too, each counted once ([MS-OXOABK] 2.2.6); counted again when the directory changes. */
export class MemberCounts {
  private generation = -1
  private readonly counted = new Map<string, Counts>()

  constructor(private readonly directory: Directory) {}

  of(list: DirectoryEntry): Counts {
    if (this.generation !== this.directory.generation) {
      this.generation = this.directory.generation
      this.counted.clear()
    }
    let counts = this.counted.get(list.guid)
    if (counts === undefined) {
      counts = this.count(list)
      this.counted.set(list.guid, counts)
    }
    return counts
  }

  private count(list: DirectoryEntry): Counts {
    const seen = new Set<DirectoryEntry>([list])
    const counts = { total: 0, external: 0 }
    const waiting = [list]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const member of this.directory.membersOf(next)) {
        if (seen.has(member)) continue
        seen.add(member)
        if (member.kind === 'group' || member.kind === 'dynamicGroup') {
          waiting.push(member)
        } else {
          counts.total++
          if (member.kind === 'contact') counts.external++
        }
      }
    }
    return counts
  }
}
