/**
 * A set of counters (GLOBCNT, [MS-OXCFXICS] 2.2.2.5) as ranges: what a client has seen, what a user has read. Counters are
 * whole numbers below 2^48. What is asked costs the logarithm of the number of ranges.
 */
export class NumberSet {
  /** First and last number of each range; ranges are in ascending order and neither touch nor overlap. */
  private readonly firsts: number[] = []
  private readonly lasts: number[] = []

  /** The set of all numbers of these ranges, which may overlap and come in any order. */
  static of(ranges: Iterable<readonly [first: number, last: number]>): NumberSet {
    const set = new NumberSet()
    for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
      const end = set.lasts.length - 1
      if (end >= 0 && first <= set.lasts[end] + 1) set.lasts[end] = Math.max(set.lasts[end], last)
      else {
        set.firsts.push(first)
        set.lasts.push(last)
      }
    }
    return set
  }

  get isEmpty(): boolean {
    return this.firsts.length === 0
  }

  get rangeCount(): number {
    return this.firsts.length
  }

  firstOf(range: number): number {
    return this.firsts[range]
  }

  lastOf(range: number): number {
    return this.lasts[range]
  }

  has(number: number): boolean {
    const at = this.rangeAt(number)
    return at < this.firsts.length && this.firsts[at] <= number
  }

  add(number: number): void {
    this.addRange(number, number)
  }

  /** Adds all numbers from `first` to `last`. */
  addRange(first: number, last: number): void {
    const at = this.rangeAt(first - 1)
    let end = at
    let low = first
    let high = last
    while (end < this.firsts.length && this.firsts[end] <= last + 1) {
      low = Math.min(low, this.firsts[end])
      high = Math.max(high, this.lasts[end])
      end++
    }
    this.firsts.splice(at, end - at, low)
    this.lasts.splice(at, end - at, high)
  }

  remove(number: number): void {
    const at = this.rangeAt(number)
    if (at === this.firsts.length || this.firsts[at] > number) return
    const first = this.firsts[at]
    const last = this.lasts[at]
    const kept: [number, number][] = []
    if (first < number) kept.push([first, number - 1])
    if (last > number) kept.push([number + 1, last])
    this.firsts.splice(at, 1, ...kept.map(([low]) => low))
    this.lasts.splice(at, 1, ...kept.map(([, high]) => high))
  }

  /** Removes `number` and all that are greater. */
  removeFrom(number: number): void {
    const at = this.rangeAt(number)
    if (at === this.firsts.length) return
    const isCut = this.firsts[at] < number
    if (isCut) this.lasts[at] = number - 1
    this.firsts.length = isCut ? at + 1 : at
    this.lasts.length = this.firsts.length
  }

  *ranges(): Generator<readonly [first: number, last: number]> {
    for (let at = 0; at < this.firsts.length; at++) yield [this.firsts[at], this.lasts[at]]
  }

  clone(): NumberSet {
    const copy = new NumberSet()
    for (const first of this.firsts) copy.firsts.push(first)
    for (const last of this.lasts) copy.lasts.push(last)
    return copy
  }

  /** Index of the range that has the number; of the next one when none has it. */
  rangeAt(number: number): number {
    let low = 0
    let high = this.lasts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.lasts[middle] < number) low = middle + 1
      else high = middle
    }
    return low
  }
}
