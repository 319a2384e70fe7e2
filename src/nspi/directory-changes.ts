import type { Directory, DirectoryEntry } from '../directory/index.js'

export interface DirectoryChange {
  removed: readonly DirectoryEntry[]
  added: readonly DirectoryEntry[]
}

/** Changes that are kept for those who follow, and entries in one of them; whoever is further behind begins anew. */
const KEPT_CHANGES = 16
const KEPT_ENTRIES = 10_000

/** What changed in the directory from one look to the next. Entries never change, they are replaced, so that the old ones can be kept. */
export class DirectoryChanges {
  private generation = -1
  private version = 0
  private readonly known = new Map<number, DirectoryEntry>()
  /** The changes that led to the versions up to the present one. */
  private kept: DirectoryChange[] = []

  constructor(private readonly directory: Directory) {}

  /** Looks at the directory; the number of what is there now. */
  look(): number {
    const { generation } = this.directory
    if (this.generation === generation) return this.version
    const ids = this.directory.changedSince(this.generation) ?? this.allIds()
    this.generation = generation
    const added: DirectoryEntry[] = []
    const removed: DirectoryEntry[] = []
    for (const id of ids) {
      const before = this.known.get(id)
      const now = this.directory.entryById(id)
      if (before === now) continue
      if (before !== undefined) removed.push(before)
      if (now === undefined) {
        this.known.delete(id)
      } else {
        added.push(now)
        this.known.set(id, now)
      }
    }
    this.version++
    this.keep({ removed, added })
    return this.version
  }

  /** The changes after a version, in order; undefined when they are not kept. */
  since(version: number): readonly DirectoryChange[] | undefined {
    const first = this.version - this.kept.length
    return version < first ? undefined : this.kept.slice(version - first)
  }

  entries(): DirectoryEntry[] {
    return [...this.known.values()]
  }

  private allIds(): number[] {
    const ids = this.directory.entries().map(({ id }) => id)
    for (const id of this.known.keys()) if (this.directory.entryById(id) === undefined) ids.push(id)
    return ids
  }

  private keep(change: DirectoryChange): void {
    if (change.removed.length + change.added.length > KEPT_ENTRIES) this.kept = []
    else this.kept.push(change)
    if (this.kept.length > KEPT_CHANGES) this.kept.shift()
  }
}
