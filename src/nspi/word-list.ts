/** Words in one block at most. */
const BLOCK_WORDS = 512
/** Words that are merged in one step. */
const STEP_WORDS = 5000

/** Different words in the order of their code units. They lie in blocks, so that one that comes or goes moves few others. */
export class WordList {
  private blocks: string[][] = []
  private runs: string[][] = []
  private merge: { a: string[]; b: string[]; i: number; j: number; merged: string[] } | undefined

  clear(): void {
    this.blocks = []
    this.runs = []
    this.merge = undefined
  }

  /** Takes in words that the list does not have; `step` puts them in their places. */
  load(words: string[]): void {
    if (words.length > 0) this.runs.push(words.sort((a, b) => (a < b ? -1 : 1)))
  }

  /** Does a part of the merging; false when nothing is left. The last merge waits until `isLoaded`. */
  step(isLoaded: boolean): boolean {
    if (this.merge !== undefined) {
      this.stepMerge()
      return true
    }
    const { runs } = this
    const [before, last] = runs.slice(-2)
    if (last !== undefined && (isLoaded || before.length <= last.length)) {
      this.merge = { a: before, b: last, i: 0, j: 0, merged: [] }
      runs.length -= 2
      return true
    }
    if (!isLoaded || runs.length === 0) return false
    if (this.blocks.length > 0) {
      runs.unshift(this.blocks.flat())
      this.blocks = []
      return true
    }
    const [all] = runs
    for (let at = 0; at < all.length; at += BLOCK_WORDS >> 1) this.blocks.push(all.slice(at, at + (BLOCK_WORDS >> 1)))
    this.runs = []
    return true
  }

  insert(word: string): void {
    const at = this.blockOf(word)
    const block = this.blocks[at] ?? this.blocks[at - 1] ?? []
    if (this.blocks.length === 0) this.blocks.push(block)
    block.splice(placeIn(block, word), 0, word)
    if (block.length <= BLOCK_WORDS) return
    this.blocks.splice(this.blocks.indexOf(block) + 1, 0, block.splice(BLOCK_WORDS >> 1))
  }

  remove(word: string): void {
    const at = this.blockOf(word)
    const block = this.blocks[at]
    const place = block === undefined ? -1 : placeIn(block, word)
    if (place < 0 || block[place] !== word) return
    block.splice(place, 1)
    if (block.length === 0) this.blocks.splice(at, 1)
  }

  /** The words that begin with a text, in order. */
  *startingWith(text: string): Generator<string> {
    for (let at = this.blockOf(text); at < this.blocks.length; at++) {
      const block = this.blocks[at]
      for (let i = placeIn(block, text); i < block.length; i++) {
        if (!block[i].startsWith(text)) return
        yield block[i]
      }
    }
  }

  /** The first block that has a word not below another. */
  private blockOf(word: string): number {
    let low = 0
    let high = this.blocks.length
    while (low < high) {
      const middle = (low + high) >> 1
      const block = this.blocks[middle]
      if (block[block.length - 1] < word) low = middle + 1
      else high = middle
    }
    return low
  }

  private stepMerge(): void {
    const merge = this.merge!
    const { a, b, merged } = merge
    for (let left = STEP_WORDS; left > 0 && merged.length < a.length + b.length; left--) {
      const fromA = merge.j === b.length || (merge.i < a.length && a[merge.i] < b[merge.j])
      merged.push(fromA ? a[merge.i++] : b[merge.j++])
    }
    if (merged.length < a.length + b.length) return
    this.runs.push(merged)
    this.merge = undefined
  }
}

/** Place of the first word of a block that is not below another. */
function placeIn(block: readonly string[], word: string): number {
  let low = 0
  let high = block.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (block[middle] < word) low = middle + 1
    else high = middle
  }
  return low
}
