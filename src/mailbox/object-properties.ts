import type { BlobWriter } from '../../store/blob-writer.js'
import type { Batch } from '../../store/index.js'
import { type PackedProperties, typeServes } from '../oxcdata/packed-properties.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import { FIRST_NAMED_ID, isNamed, makeTag, type PropertyTag } from '../oxcdata/property-tag.js'
import { PendingValue } from './pending-value.js'
import type { LargeValue } from './record-codec.js'

const NO_LARGE = new Map<number, LargeValue>()
const NO_PENDING = new Map<number, PendingValue>()

/**
 * The properties of an open object. They stay packed as long as they are only read; the first change turns them into a
 * bag. Large values stand beside them: those of the record, and those that were written since.
 */
export class ObjectProperties {
  private packed: PackedProperties | undefined
  private bag: PropertyBag | undefined
  /** Most objects have neither large values nor pending ones: they share maps that stay empty. */
  private largeValues: Map<number, LargeValue>
  private pending: Map<number, PendingValue> = NO_PENDING

  constructor(from: PackedProperties | PropertyBag, large: ReadonlyMap<number, LargeValue> = NO_LARGE) {
    if (from instanceof PropertyBag) this.bag = from
    else this.packed = from
    this.largeValues = large.size === 0 ? NO_LARGE : new Map(large)
  }

  /** True when there is a property of the named range ([MS-OXCPRPT] 2.2.1.1). */
  get hasNamed(): boolean {
    for (const id of this.largeValues.keys()) if (id >= FIRST_NAMED_ID) return true
    for (const id of this.pending.keys()) if (id >= FIRST_NAMED_ID) return true
    if (this.bag !== undefined) return this.bag.tags().some(isNamed)
    // Ids stand in ascending order.
    const packed = this.packed!
    return packed.count > 0 && packed.idAt(packed.count - 1) >= FIRST_NAMED_ID
  }

  /** Bytes of the values in memory that are not the record's own. */
  get changedBytes(): number {
    return this.bag?.sizeBytes ?? 0
  }

  get count(): number {
    return (this.bag?.size ?? this.packed!.count) + this.largeValues.size + this.pending.size
  }

  /** Large values that are in a record, or will be with the batch that attached them. */
  get large(): ReadonlyMap<number, LargeValue> {
    this.settle()
    if (this.pending.size === 0) return this.largeValues
    const staged = new Map(this.largeValues)
    for (const [id, value] of this.pending) if (value.staged !== undefined) staged.set(id, value.staged)
    return staged
  }

  /** Stored bytes, undefined when absent, of another type, or large. */
  get(tag: PropertyTag): Uint8Array | undefined {
    return this.bag === undefined ? this.packed!.value(tag) : this.bag.get(tag)
  }

  /** The large value that a tag names. */
  largeOf(tag: PropertyTag): LargeValue | undefined {
    const large = this.large.get(tag >>> 16)
    return large !== undefined && typeServes(tag & 0xffff, large.type) ? large : undefined
  }

  /** A large value that is in no record yet. */
  pendingOf(tag: PropertyTag): PendingValue | undefined {
    this.settle()
    const found = this.pending.get(tag >>> 16)
    return found !== undefined && typeServes(tag & 0xffff, found.type) ? found : undefined
  }

  isLarge(tag: PropertyTag): boolean {
    return this.largeOf(tag) !== undefined || this.pendingOf(tag) !== undefined
  }

  has(tag: PropertyTag): boolean {
    return this.get(tag) !== undefined || this.isLarge(tag)
  }

  typeOf(id: number): number | undefined {
    const large = this.pending.get(id) ?? this.largeValues.get(id)
    if (large !== undefined) return large.type
    if (this.bag !== undefined) return this.bag.typeOf(id)
    const index = this.packed!.find(id)
    return index < 0 ? undefined : this.packed!.typeAt(index)
  }

  tags(): PropertyTag[] {
    const large = new Map<number, { type: number }>([...this.largeValues, ...this.pending])
    const tags = [...large].map(([id, { type }]) => makeTag(id, type))
    if (this.bag !== undefined) return tags.concat(this.bag.tags())
    for (let i = 0; i < this.packed!.count; i++) tags.push(this.packed!.tagAt(i))
    return tags
  }

  set(tag: PropertyTag, bytes: Uint8Array): void {
    this.dropLarge(tag >>> 16)
    this.writable().set(tag, bytes)
  }

  /** Takes over the writer of a large value; it is attached when the object's record is written. */
  setPending(tag: PropertyTag, type: number, writer: BlobWriter): void {
    this.keepPending(tag, new PendingValue(type, writer))
  }

  /** As `setPending`, for a value that a stream, too, goes on with. */
  keepPending(tag: PropertyTag, value: PendingValue): void {
    if (this.pending.get(tag >>> 16) === value) return
    value.addObject()
    this.dropLarge(tag >>> 16)
    this.writable().delete(tag)
    if (this.pending === NO_PENDING) this.pending = new Map()
    this.pending.set(tag >>> 16, value)
  }

  /** True when there was such a property. */
  delete(tag: PropertyTag): boolean {
    const wasLarge = this.dropLarge(tag >>> 16)
    return this.writable().delete(tag) || wasLarge
  }

  writable(): PropertyBag {
    this.bag ??= this.packed!.toBag()
    this.packed = undefined
    return this.bag
  }

  /** Puts what was written large under the batch's record: these are large values of the record when it is committed. */
  attachPending(batch: Batch): void {
    for (const value of this.pending.values()) value.attach(batch)
  }

  /** Takes `attachPending` back after the batch has failed. */
  unstage(): void {
    for (const value of this.pending.values()) value.unstage()
  }

  /** The first bytes of each large value that is in no record yet, for the cells of tables. */
  pendingHeads(count: number): { id: number; type: number; head: Uint8Array }[] {
    this.settle()
    return [...this.pending].map(([id, { type, writer }]) => ({ id, type, head: writer.read(0, count) }))
  }

  /** Gives up what was written and is in no record. */
  abandonPending(): void {
    for (const value of this.pending.values()) value.dropObject()
    this.pending.clear()
  }

  /** Bytes of all values, large ones included: what the object adds to PidTagMessageSize. */
  sizeBytes(): number {
    let size = 0
    for (const { sizeBytes } of this.largeValues.values()) size += sizeBytes
    for (const { sizeBytes } of this.pending.values()) size += sizeBytes
    if (this.bag !== undefined) {
      size += this.bag.sizeBytes + this.bag.size * 4
    } else {
      const { packed } = this
      for (let i = 0; i < packed!.count; i++) size += packed!.sizeAt(i) + 4
    }
    return size
  }

  /** A second set with the same values, which then goes its own way; both hold what is pending. */
  clone(): ObjectProperties {
    const copy = new ObjectProperties(this.bag?.clone() ?? this.packed!, this.largeValues)
    for (const [id, value] of this.pending) {
      value.addObject()
      if (copy.pending === NO_PENDING) copy.pending = new Map()
      copy.pending.set(id, value)
    }
    return copy
  }

  /** What another holder attached meanwhile is no longer pending here either. */
  private settle(): void {
    if (this.pending.size === 0) return
    for (const [id, value] of this.pending) {
      if (value.attached === undefined) continue
      this.pending.delete(id)
      if (this.largeValues === NO_LARGE) this.largeValues = new Map()
      this.largeValues.set(id, value.attached)
    }
  }

  private dropLarge(id: number): boolean {
    const pending = this.pending.get(id)
    pending?.dropObject()
    this.pending.delete(id)
    return this.largeValues.delete(id) || pending !== undefined
  }
}
