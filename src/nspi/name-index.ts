import type { DirectoryEntry } from '../directory/index.js'
import type { DirectoryChanges } from './directory-changes.js'
import { hasWordsStarting, searchWords } from './entry-names.js'
import { Follower } from './follower.js'
import type { SortedPairs } from './sorted-pairs.js'

/** Entries that are asked for their words before a set of all that have a word is made. */
const FEW = 200

interface Range {
  word: string
  start: number
  end: number
}

/** Entries of the global address list by the beginnings of their words: no look-up reads more than the entries that it finds. */
export class NameIndex {
  private readonly follower: Follower

  constructor(changes: DirectoryChanges, isShown: (entry: DirectoryEntry) => boolean) {
    this.follower = new Follower(changes, isShown, searchWords)
  }

  /** Takes in a part of what the index still lacks; false when it was whole. */
  step(): boolean {
    return this.follower.step()
  }

  /** Entries each of these words is the beginning of a word of, each entry once. */
  *starting(words: readonly string[]): Generator<DirectoryEntry> {
    const pairs = this.follower.current()
    const ranges = words.map(word => ({ word, start: pairs.lowerBound(word), end: pairs.prefixEnd(word) }))
    ranges.sort((a, b) => a.end - a.start - (b.end - b.start))
    const [rarest, ...others] = ranges
    if (rarest === undefined) return
    const conditions = others.map(range => membership(pairs, range))
    const seen = new Set<number>()
    for (const entry of pairs.entries(rarest.start, rarest.end)) {
      if (seen.has(entry.id)) continue
      seen.add(entry.id)
      if (conditions.every(condition => condition(entry))) yield entry
    }
  }
}

/** Whether entries stand in a range of words: the first ones are asked for their words, later ones are looked up in a set. */
function membership(pairs: SortedPairs, { word, start, end }: Range): (entry: DirectoryEntry) => boolean {
  let asked = 0
  let ids: Set<number> | undefined
  return entry => {
    if (asked++ < FEW) return hasWordsStarting(entry, [word])
    if (ids === undefined) {
      ids = new Set()
      for (const one of pairs.entries(start, end)) ids.add(one.id)
    }
    return ids.has(entry.id)
  }
}
