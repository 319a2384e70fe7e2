import { makeTag, type PropertyEntry, type PropertyTag } from './property-tag.js'
import { MULTIVALUE_INSTANCE, PtypUnspecified, storedType } from './property-type.js'

export interface BagEntry {
  readonly type: number
  readonly bytes: Uint8Array
}

/** Properties of an object in memory: one entry per property id, values in stored form, strings under PtypString. */
export class PropertyBag {
  private readonly map = new Map<number, BagEntry>()
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
    return this.map.size
  }

  /** Stored bytes of the property that a tag names, undefined when absent or of another type. PtypUnspecified takes any type. */
  get(tag: PropertyTag): Uint8Array | undefined {
    const entry = this.map.get(tag >>> 16)
    if (entry === undefined) return undefined
    const asked = tag & 0xffff
    const serves =
      asked === entry.type || asked === PtypUnspecified || storedType(asked & ~MULTIVALUE_INSTANCE) === entry.type
    return serves ? entry.bytes : undefined
  }

  entry(id: number): BagEntry | undefined {
    return this.map.get(id)
  }

  typeOf(id: number): number | undefined {
    return this.map.get(id)?.type
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
    this.valueBytes += bytes.byteLength - (this.map.get(id)?.bytes.byteLength ?? 0)
    this.map.set(id, { type, bytes })
  }

  /** Removes the property with the tag's id; true when there was one. */
  delete(tag: PropertyTag): boolean {
    this.valueBytes -= this.map.get(tag >>> 16)?.bytes.byteLength ?? 0
    return this.map.delete(tag >>> 16)
  }

  clear(): void {
    this.map.clear()
    this.valueBytes = 0
  }

  /** A second bag with the same values; the bytes are shared, because nobody writes into them. */
  clone(): PropertyBag {
    const copy = new PropertyBag()
    for (const [id, entry] of this.map) copy.map.set(id, entry)
    copy.valueBytes = this.valueBytes
    return copy
  }

  tags(): PropertyTag[] {
    const tags: PropertyTag[] = []
    for (const [id, entry] of this.map) tags.push(makeTag(id, entry.type))
    return tags
  }

  entries(): IterableIterator<[id: number, entry: BagEntry]> {
    return this.map.entries()
  }

  *[Symbol.iterator](): IterableIterator<PropertyEntry> {
    for (const [id, entry] of this.map) yield { tag: makeTag(id, entry.type), bytes: entry.bytes }
  }
}
