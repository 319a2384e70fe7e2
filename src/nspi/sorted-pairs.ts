import type { DirectoryEntry } from '../directory/index.js'
import type { Following } from './follower.js'

/** Pairs in one block at most; a block that grows beyond is cut in two. */
const BLOCK_PAIRS = 512
/** Up to this many pairs are put in one by one; more are merged with all the others. */
const FEW = 256
/** Pairs that are merged in one step. */
const STEP_PAIRS = 5000

/** Pairs in order, as two parallel arrays: a hundred thousand small objects would take twice the memory. */
interface Run {
  keys: string[]
  entries: DirectoryEntry[]
}

/**
 * Entries sorted by a key, and by id where keys are the same. They lie in blocks, so that one that comes or goes moves few
 * others. Many at once are sorted as runs, and runs are merged with one that is no longer than they are, so that each pair is
 * moved few times.
 */
export class SortedPairs implements Following {
  private blocks: Run[] = []
  /** Pairs before each block, and of all; undefined after a change. */
  private starts: number[] | undefined
  /** Runs that are to be merged, and the merge that is under way. */
  private runs: Run[] = []
  private merge: RunMerge | undefined

  constructor(private readonly keyOf: (entry: DirectoryEntry) => string) {}

  get size(): number {
    return this.startsOf()[this.blocks.length]
  }

  at(index: number): DirectoryEntry {
    const block = this.blockAt(index)
    return this.blocks[block].entries[index - this.startsOf()[block]]
  }

  /** The entries from one place to before another. */
  *entries(start = 0, end = this.size): Generator<DirectoryEntry> {
    for (const [, entry] of this.from(start, end)) yield entry
  }

  /** Pairs from one place to before another. */
  *from(start: number, end = this.size): Generator<[string, DirectoryEntry]> {
    if (start >= end) return
    let left = end - start
    let block = this.blockAt(start)
    for (let at = start - this.startsOf()[block]; left > 0; block++, at = 0) {
      const { keys, entries } = this.blocks[block]
      for (; at < keys.length && left > 0; at++, left--) yield [keys[at], entries[at]]
    }
  }

  /** The first place whose key is not below `key`. */
  lowerBound(key: string): number {
    const [block, at] = this.placeOf(key, 0)
    return this.startsOf()[block] + at
  }

  /** Where an entry stands; -1 when it does not. */
  indexOf(entry: DirectoryEntry): number {
    const key = this.keyOf(entry)
    const [block, at] = this.placeOf(key, entry.id)
    return this.isPair(block, at, key, entry) ? this.startsOf()[block] + at : -1
  }

  clear(): void {
    this.put({ keys: [], entries: [] })
    this.runs = []
    this.merge = undefined
  }

  load(entries: readonly DirectoryEntry[]): void {
    this.runs.push(this.sorted(entries))
  }

  step(isLoaded: boolean): boolean {
    const { runs } = this
    if (this.merge !== undefined) {
      if (this.merge.step(STEP_PAIRS)) {
        runs.push(this.merge.merged)
        this.merge = undefined
      }
      return true
    }
    const [before, last] = runs.slice(-2)
    if (last !== undefined && (isLoaded || before.keys.length <= last.keys.length)) {
      this.merge = new RunMerge(before, last)
      runs.length -= 2
      return true
    }
    if (!isLoaded || runs.length === 0) return false
    this.put(runs[0])
    this.runs = []
    return true
  }

  /** Takes out entries as they were when they were taken in. */
  drop(entries: readonly DirectoryEntry[]): void {
    if (entries.length > FEW) {
      const gone = new Set(entries.map(({ id }) => id))
      this.put(this.whole(entry => !gone.has(entry.id)))
      return
    }
    for (const entry of entries) {
      const key = this.keyOf(entry)
      const [block, at] = this.placeOf(key, entry.id)
      if (this.isPair(block, at, key, entry)) this.remove(block, at)
    }
  }

  take(entries: readonly DirectoryEntry[]): void {
    if (entries.length > FEW) {
      const merge = new RunMerge(this.whole(), this.sorted(entries))
      merge.step(Number.POSITIVE_INFINITY)
      this.put(merge.merged)
      return
    }
    for (const entry of entries) this.insert(this.keyOf(entry), entry)
  }

  private put(run: Run): void {
    this.blocks = blocksOf(run)
    this.starts = undefined
  }

  private sorted(entries: readonly DirectoryEntry[]): Run {
    const pairs = entries.map(entry => ({ key: this.keyOf(entry), entry }))
    pairs.sort((a, b) => (a.key === b.key ? a.entry.id - b.entry.id : a.key < b.key ? -1 : 1))
    return { keys: pairs.map(({ key }) => key), entries: pairs.map(({ entry }) => entry) }
  }

  /** All pairs of entries that meet a condition. */
  private whole(condition: (entry: DirectoryEntry) => boolean = () => true): Run {
    const run: Run = { keys: [], entries: [] }
    for (const { keys, entries } of this.blocks) {
      for (let i = 0; i < keys.length; i++) {
        if (!condition(entries[i])) continue
        run.keys.push(keys[i])
        run.entries.push(entries[i])
      }
    }
    return run
  }

  private insert(key: string, entry: DirectoryEntry): void {
    const [block, at] = this.placeOf(key, entry.id)
    this.starts = undefined
    const run = this.blocks[block] ?? { keys: [], entries: [] }
    if (block === this.blocks.length) this.blocks.push(run)
    run.keys.splice(at, 0, key)
    run.entries.splice(at, 0, entry)
    if (run.keys.length <= BLOCK_PAIRS) return
    const half = BLOCK_PAIRS >> 1
    this.blocks.splice(block + 1, 0, { keys: run.keys.splice(half), entries: run.entries.splice(half) })
  }

  private remove(block: number, at: number): void {
    const { keys, entries } = this.blocks[block]
    keys.splice(at, 1)
    entries.splice(at, 1)
    if (keys.length === 0) this.blocks.splice(block, 1)
    this.starts = undefined
  }

  private isPair(block: number, at: number, key: string, { id }: DirectoryEntry): boolean {
    const run = this.blocks[block]
    return run !== undefined && run.keys[at] === key && run.entries[at]?.id === id
  }

  /** Block and place in it of the first pair that is not below another; the end of the last block when all are. */
  private placeOf(key: string, id: number): [number, number] {
    let low = 0
    let high = this.blocks.length
    while (low < high) {
      const middle = (low + high) >> 1
      const { keys, entries } = this.blocks[middle]
      if (isBelow(keys[keys.length - 1], entries[keys.length - 1].id, key, id)) low = middle + 1
      else high = middle
    }
    const block = low
    if (block === this.blocks.length) return this.endOfLast()
    const { keys, entries } = this.blocks[block]
    low = 0
    high = keys.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (isBelow(keys[middle], entries[middle].id, key, id)) low = middle + 1
      else high = middle
    }
    return [block, low]
  }

  private endOfLast(): [number, number] {
    const last = this.blocks.length - 1
    return last < 0 ? [0, 0] : [last, this.blocks[last].keys.length]
  }

  private startsOf(): readonly number[] {
    if (this.starts !== undefined) return this.starts
    const starts = [0]
    for (const { keys } of this.blocks) starts.push(starts[starts.length - 1] + keys.length)
    this.starts = starts
    return starts
  }

  /** The block in which a place lies. */
  private blockAt(index: number): number {
    const starts = this.startsOf()
    let low = 0
    let high = this.blocks.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (starts[middle] <= index) low = middle
      else high = middle
    }
    return low
  }
}

/** Makes two runs one, in steps. */
class RunMerge {
  readonly merged: Run = { keys: [], entries: [] }
  private i = 0
  private j = 0

  constructor(
    private readonly a: Run,
    private readonly b: Run
  ) {}

  /** Moves up to so many pairs; true when all are moved. */
  step(pairs: number): boolean {
    const { a, b, merged } = this
    for (let left = pairs; left > 0; left--) {
      if (this.i === a.keys.length && this.j === b.keys.length) return true
      const fromA = this.isNextInA()
      merged.keys.push(fromA ? a.keys[this.i] : b.keys[this.j])
      merged.entries.push(fromA ? a.entries[this.i++] : b.entries[this.j++])
    }
    return false
  }

  private isNextInA(): boolean {
    const { a, b, i, j } = this
    if (j === b.keys.length) return true
    return i < a.keys.length && isBelow(a.keys[i], a.entries[i].id, b.keys[j], b.entries[j].id)
  }
}

function isBelow(key: string, id: number, otherKey: string, otherId: number): boolean {
  return key === otherKey ? id < otherId : key < otherKey
}

function blocksOf({ keys, entries }: Run): Run[] {
  const blocks: Run[] = []
  const size = BLOCK_PAIRS >> 1
  for (let at = 0; at < keys.length; at += size) {
    blocks.push({ keys: keys.slice(at, at + size), entries: entries.slice(at, at + size) })
  }
  return blocks
}
