import type { DirectoryEntry } from '../directory/index.js'
import { hasWordsStarting, searchWords } from './entry-names.js'
import type { Following } from './follower.js'
import { WordList } from './word-list.js'

/** Entries that are asked for their words before a set of all that have a word is made. */
const FEW = 200
/** Entries with a word are counted up to here, to find the rarest word of some. */
const COUNTED = 500

/** Entries by the beginnings of their words: no look-up reads more than the entries that it finds. */
export class WordIndex implements Following {
  /** The entries that have a word, in the order of their ids. */
  private readonly having = new Map<string, DirectoryEntry[]>()
  private readonly words = new WordList()

  clear(): void {
    this.having.clear()
    this.words.clear()
  }

  load(entries: readonly DirectoryEntry[]): void {
    const fresh: string[] = []
    for (const entry of entries) for (const word of searchWords(entry)) if (this.add(word, entry)) fresh.push(word)
    this.words.load(fresh)
  }

  step(isLoaded: boolean): boolean {
    return this.words.step(isLoaded)
  }

  take(entries: readonly DirectoryEntry[]): void {
    if (entries.length > FEW) {
      this.load(entries)
      while (this.words.step(true));
      return
    }
    for (const entry of entries) {
      for (const word of searchWords(entry)) if (this.add(word, entry)) this.words.insert(word)
    }
  }

  drop(entries: readonly DirectoryEntry[]): void {
    for (const entry of entries) {
      for (const word of searchWords(entry)) {
        const list = this.having.get(word)
        const at = placeIn(list ?? [], entry)
        if (list?.[at]?.id !== entry.id) continue
        list.splice(at, 1)
        if (list.length > 0) continue
        this.having.delete(word)
        this.words.remove(word)
      }
    }
  }

  /** Entries each of these texts is the beginning of a word of, each entry once. */
  *starting(texts: readonly string[]): Generator<DirectoryEntry> {
    const counted = texts.map(text => ({ text, count: this.count(text) })).sort((a, b) => a.count - b.count)
    const [rarest, ...others] = counted
    if (rarest === undefined) return
    const conditions = others.map(({ text }) => this.membership(text))
    const seen = new Set<number>()
    for (const entry of this.entriesOf(rarest.text)) {
      if (seen.has(entry.id)) continue
      seen.add(entry.id)
      if (conditions.every(condition => condition(entry))) yield entry
    }
  }

  /** True for a word that nobody had. */
  private add(word: string, entry: DirectoryEntry): boolean {
    const list = this.having.get(word)
    if (list === undefined) this.having.set(word, [entry])
    else list.splice(placeIn(list, entry), 0, entry)
    return list === undefined
  }

  private *entriesOf(text: string): Generator<DirectoryEntry> {
    for (const word of this.words.startingWith(text)) yield* this.having.get(word)!
  }

  private count(text: string): number {
    let count = 0
    for (const word of this.words.startingWith(text)) {
      count += this.having.get(word)!.length
      if (count >= COUNTED) break
    }
    return count
  }

  /** Whether entries have a word that begins with a text: the first ones are asked, later ones are looked up in a set. */
  private membership(text: string): (entry: DirectoryEntry) => boolean {
    let asked = 0
    let ids: Set<number> | undefined
    return entry => {
      if (asked++ < FEW) return hasWordsStarting(entry, [text])
      ids ??= new Set(Array.from(this.entriesOf(text), ({ id }) => id))
      return ids.has(entry.id)
    }
  }
}

/** Where an entry stands, or belongs, among others that are in the order of their ids. */
function placeIn(list: readonly DirectoryEntry[], { id }: DirectoryEntry): number {
  let low = 0
  let high = list.length
  if (high > 0 && list[high - 1].id < id) return high
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle].id < id) low = middle + 1
    else high = middle
  }
  return low
}
