import type { DirectoryEntry } from '../directory/index.js'
import type { DirectoryChanges } from './directory-changes.js'

/** Entries that are loaded in one step. */
const CHUNK_ENTRIES = 512

/** Something made of entries that changes as they do. */
export interface Following {
  clear(): void
  /** Begins to take in entries of which there may be many; `step` does the rest. */
  load(entries: readonly DirectoryEntry[]): void
  /** Does a part of what loading left to do; false when nothing is left. `isLoaded` says that no more is loaded. */
  step(isLoaded: boolean): boolean
  /** Takes in entries, out those that changed or went, as they were when they were taken in. */
  take(entries: readonly DirectoryEntry[]): void
  drop(entries: readonly DirectoryEntry[]): void
}

/** Keeps something up to date with the directory: at first in steps, later change by change. */
export class Follower<T extends Following> {
  private version = -1
  private waiting: readonly DirectoryEntry[] = []
  private loaded = 0

  constructor(
    private readonly following: T,
    private readonly changes: DirectoryChanges,
    private readonly wants: (entry: DirectoryEntry) => boolean
  ) {}

  /** What follows, as the directory is now. */
  current(): T {
    this.begin()
    this.finish()
    return this.following
  }

  /** Takes one step of what is still to be done; false when there was nothing. */
  step(): boolean {
    this.begin()
    return this.work()
  }

  private begin(): void {
    const version = this.changes.look()
    if (version === this.version) return
    const changes = this.version < 0 ? undefined : this.changes.since(this.version)
    this.version = version
    if (changes === undefined) {
      this.following.clear()
      this.waiting = this.changes.entries()
      this.loaded = 0
      return
    }
    this.finish()
    for (const { removed, added } of changes) {
      this.following.drop(removed.filter(this.wants))
      this.following.take(added.filter(this.wants))
    }
  }

  private finish(): void {
    if (this.loaded === 0 && this.waiting.length > 0) {
      this.following.load(this.waiting.filter(this.wants))
      this.waiting = []
    }
    while (this.work());
  }

  private work(): boolean {
    const isLoaded = this.loaded >= this.waiting.length
    if (this.following.step(isLoaded)) return true
    if (isLoaded) return false
    const chunk = this.waiting.slice(this.loaded, this.loaded + CHUNK_ENTRIES)
    this.following.load(chunk.filter(this.wants))
    this.loaded += chunk.length
    if (this.loaded === this.waiting.length) {
      this.waiting = []
      this.loaded = 0
    }
    return true
  }
}
