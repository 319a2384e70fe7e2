import { makeTag, type PropertyEntry, type PropertyTag } from './property-tag.js'
import { MULTIVALUE_INSTANCE, PtypUnspecified, storedType } from './property-type.js'

export interface BagEntry {
  readonly type: number
  readonly bytes: Uint8Array
}

/**
 * Properties of an object in memory: one entry per property id, values in stored form, strings under PtypString. Entries
 * stand in two arrays, ascending by id: a map of some thirty grows four times, and would have to be sorted to be packed.
 */
export class PropertyBag {
  private ids: number[] = []
  private values: BagEntry[] = []
  private valueBytes = 0

  static of(entries: Iterable<PropertyEntry>): PropertyBag {
    const bag = new PropertyBag()
    for (const entry of entries) bag.set(entry.tag, entry.bytes)
    return bag
  }

  /** Bytes of all values. */
  get sizeBytes(): number {
    return this.valueBytes
  }

  get size(): number {
    return this.ids.length
  }

  /** Stored bytes of the property that a tag names, undefined when absent or of another type. PtypUnspecified takes any type. */
  get(tag: PropertyTag): Uint8Array | undefined {
    const entry = this.entry(tag >>> 16)
    if (entry === undefined) return undefined
    const asked = tag & 0xffff
    const serves =
      asked === entry.type || asked === PtypUnspecified || storedType(asked & ~MULTIVALUE_INSTANCE) === entry.type
    return serves ? entry.bytes : undefined
  }

  entry(id: number): BagEntry | undefined {
    const at = this.find(id)
    return this.ids[at] === id ? this.values[at] : undefined
  }

  typeOf(id: number): number | undefined {
    return this.entry(id)?.type
  }

  has(tag: PropertyTag): boolean {
    return this.get(tag) !== undefined
  }

  /** Sets a value in stored form; a property of the same id is replaced whatever its type was. */
  set(tag: PropertyTag, bytes: Uint8Array): this {
    this.put(tag >>> 16, storedType(tag & 0xffff), bytes)
    return this
  }

  /** As `set`, with the type as it shall be stored. */
  put(id: number, type: number, bytes: Uint8Array): void {
    const { ids, values } = this
    const at = this.find(id)
    this.valueBytes += bytes.byteLength
    if (at === ids.length) {
      ids.push(id)
      values.push({ type, bytes })
    } else if (ids[at] === id) {
      this.valueBytes -= values[at].bytes.byteLength
      values[at] = { type, bytes }
    } else {
      ids.splice(at, 0, id)
      values.splice(at, 0, { type, bytes })
    }
  }

  /** Removes the property with the tag's id; true when there was one. */
  delete(tag: PropertyTag): boolean {
    const at = this.find(tag >>> 16)
    if (this.ids[at] !== tag >>> 16) return false
    this.valueBytes -= this.values[at].bytes.byteLength
    this.ids.splice(at, 1)
    this.values.splice(at, 1)
    return true
  }

  clear(): void {
    this.ids = []
    this.values = []
    this.valueBytes = 0
  }

  /** A second bag with the same values; the bytes are shared, because nobody writes into them. */
  clone(): PropertyBag {
    const copy = new PropertyBag()
    copy.ids = this.ids.slice()
    copy.values = this.values.slice()
    copy.valueBytes = this.valueBytes
    return copy
  }

  /** Ascending by id, as all that follows. */
  tags(): PropertyTag[] {
    return this.ids.map((id, at) => makeTag(id, this.values[at].type))
  }

  *entries(): IterableIterator<[id: number, entry: BagEntry]> {
    for (let at = 0; at < this.ids.length; at++) yield [this.ids[at], this.values[at]]
  }

  *[Symbol.iterator](): IterableIterator<PropertyEntry> {
    for (const [id, { type, bytes }] of this.entries()) yield { tag: makeTag(id, type), bytes }
  }

  /** For those who go through a bag often: the id and the entry at a place, from 0 to `size`. */
  idAt(at: number): number {
    return this.ids[at]
  }

  entryAt(at: number): BagEntry {
    return this.values[at]
  }

  /** The place of the first property whose id is not below `id`. */
  private find(id: number): number {
    const { ids } = this
    let low = 0
    let high = ids.length
    // Values mostly come in the order of their ids, as from a record.
    if (high > 0 && ids[high - 1] < id) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (ids[middle] < id) low = middle + 1
      else high = middle
    }
    return low
  }
}
