import type { DirectoryEntry } from '../directory/index.js'
import type { DirectoryChanges } from './directory-changes.js'
import { type Run, RunMerge, SortedPairs, sortedRun } from './sorted-pairs.js'

/** Entries that are sorted in one go. */
const CHUNK_ENTRIES = 512
/** Pairs that are merged in one go. */
const STEP_PAIRS = 10_000

/**
 * Sorted entries that follow the directory. The first sorting of many is done in steps: chunks are sorted, and merged with
 * the one before as soon as that is no longer than they are, so that each pair is moved few times.
 */
export class Follower {
  private readonly pairs: SortedPairs
  private version = -1
  private waiting: readonly DirectoryEntry[] = []
  private taken = 0
  private runs: Run[] = []
  private merge: RunMerge | undefined

  constructor(
    private readonly changes: DirectoryChanges,
    private readonly wants: (entry: DirectoryEntry) => boolean,
    private readonly keysOf: (entry: DirectoryEntry) => readonly string[]
  ) {
    this.pairs = new SortedPairs(keysOf)
  }

  /** The entries as they are now. */
  current(): SortedPairs {
    this.begin()
    this.finish()
    return this.pairs
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
      this.pairs.clear()
      this.runs = []
      this.merge = undefined
      this.waiting = this.changes.entries()
      this.taken = 0
      return
    }
    this.finish()
    for (const { removed, added } of changes) {
      this.pairs.drop(removed.filter(this.wants))
      this.pairs.take(added.filter(this.wants))
    }
  }

  private finish(): void {
    if (this.taken === 0 && this.waiting.length > 0) {
      this.pairs.put(sortedRun(this.waiting.filter(this.wants), this.keysOf))
      this.waiting = []
    }
    while (this.work());
  }

  private work(): boolean {
    const { runs } = this
    if (this.merge !== undefined) {
      if (this.merge.step(STEP_PAIRS)) {
        runs.push(this.merge.merged)
        this.merge = undefined
      }
      return true
    }
    const isWhole = this.taken >= this.waiting.length
    const last = runs[runs.length - 1]
    const before = runs[runs.length - 2]
    if (before !== undefined && (isWhole || before.keys.length <= last.keys.length)) {
      this.merge = new RunMerge(before, last)
      runs.length -= 2
      return true
    }
    if (!isWhole) {
      const chunk = this.waiting.slice(this.taken, this.taken + CHUNK_ENTRIES)
      this.taken += chunk.length
      runs.push(sortedRun(chunk.filter(this.wants), this.keysOf))
      return true
    }
    if (last === undefined) return false
    this.pairs.put(last)
    this.runs = []
    this.waiting = []
    this.taken = 0
    return true
  }
}
