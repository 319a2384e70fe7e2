import type { Writer } from '../bufferstructs/index.js'
import { PropertyBag } from './property-bag.js'
import type { PropertyTag } from './property-tag.js'
import { MULTIVALUE_INSTANCE, PtypUnspecified, storedType } from './property-type.js'

/** Bytes of the header for each property: id u16, type u16, end u32. */
const HEADER_PER_PROPERTY = 8
const COUNT_SIZE = 2

/**
 * A set of properties as one immutable run of bytes, so that a table row is served from its record without an object per
 * value:
 *
 *     count u16 | ids u16[count], ascending | types u16[count] | ends u32[count], from the first value | values
 *
 * One object serves many records: `reset` moves it to other bytes. All numbers are little-endian.
 */
export class PackedProperties {
  bytes: Uint8Array
  private start = 0
  private values = 0
  /** How many properties the record holds. */
  count = 0

  constructor(bytes: Uint8Array = EMPTY, offset = 0) {
    this.bytes = bytes
    this.open(offset)
  }

  /** Moves to the record that begins at `offset` of `bytes`. Throws RangeError when it is cut short. */
  reset(bytes: Uint8Array, offset = 0): this {
    this.bytes = bytes
    this.open(offset)
    return this
  }

  private open(offset: number): void {
    this.count = u16At(this.bytes, offset)
    this.start = offset + COUNT_SIZE
    this.values = this.start + this.count * HEADER_PER_PROPERTY
    if (this.end > this.bytes.byteLength) throw new RangeError('packed properties are cut short')
  }

  /** Offset in `bytes` behind the record. */
  get end(): number {
    return this.count === 0 ? this.values : this.endAt(this.count - 1)
  }

  /** Position of the property with this id, or -1. */
  find(id: number): number {
    let low = 0
    let high = this.count - 1
    const bytes = this.bytes
    const start = this.start
    while (low <= high) {
      const middle = (low + high) >>> 1
      const found = u16At(bytes, start + middle * 2)
      if (found === id) return middle
      if (found < id) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  /** As `find`, looking first at the position where the property stood in a similar record. */
  findNear(id: number, hint: number): number {
    if (hint >= 0 && hint < this.count && u16At(this.bytes, this.start + hint * 2) === id) return hint
    return this.find(id)
  }

  /** Position of the property that a tag names: same id, and a type that the stored one serves. */
  findTag(tag: PropertyTag): number {
    const index = this.find(tag >>> 16)
    return index < 0 || !typeServes(tag & 0xffff, this.typeAt(index)) ? -1 : index
  }

  idAt(index: number): number {
    return u16At(this.bytes, this.start + index * 2)
  }

  typeAt(index: number): number {
    return u16At(this.bytes, this.start + (this.count + index) * 2)
  }

  tagAt(index: number): PropertyTag {
    return this.idAt(index) * 0x10000 + this.typeAt(index)
  }

  /** Offset in `bytes` of the first byte of a value. */
  startAt(index: number): number {
    return index === 0 ? this.values : this.endAt(index - 1)
  }

  /** Offset in `bytes` behind the last byte of a value. */
  endAt(index: number): number {
    return this.values + u32At(this.bytes, this.start + (this.count + index) * 4)
  }

  sizeAt(index: number): number {
    return this.endAt(index) - this.startAt(index)
  }

  /** A view of the stored bytes of a value. */
  valueAt(index: number): Uint8Array {
    return this.bytes.subarray(this.startAt(index), this.endAt(index))
  }

  /** The stored bytes of the property that a tag names, undefined when absent or of another type. */
  value(tag: PropertyTag): Uint8Array | undefined {
    const index = this.findTag(tag)
    return index < 0 ? undefined : this.valueAt(index)
  }

  /** Appends the stored bytes of a value. */
  copyTo(writer: Writer, index: number): void {
    writer.copy(this.bytes, this.startAt(index), this.endAt(index))
  }

  /** The record as a mutable bag whose values are views of it. */
  toBag(): PropertyBag {
    const bag = new PropertyBag()
    for (let i = 0; i < this.count; i++) bag.put(this.idAt(i), this.typeAt(i), this.valueAt(i))
    return bag
  }
}

/** Numbers are put together from bytes, because a view object per record would cost more than all of its reads. */
function u16At(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8)
}

function u32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0
}

/**
 * Whether a request for `asked` is served by a value of the type `stored`: PtypUnspecified by any, both widths of string by
 * either, a multivalue instance column by the multivalue.
 */
export function typeServes(asked: number, stored: number): boolean {
  return asked === stored || asked === PtypUnspecified || storedType(asked & ~MULTIVALUE_INSTANCE) === stored
}

/** Packs a bag, or those of its properties that `keep` says, into new bytes. */
export function packProperties(
  bag: PropertyBag,
  keep?: (id: number, type: number, value: Uint8Array) => boolean
): Uint8Array {
  const packed = new Uint8Array(packedSize(bag))
  const used = packInto(packed, 0, bag, keep)
  return used === packed.byteLength ? packed : packed.slice(0, used)
}

/** Bytes that a bag takes when it is packed. */
export function packedSize(bag: PropertyBag): number {
  return COUNT_SIZE + bag.size * HEADER_PER_PROPERTY + bag.sizeBytes
}

/** Packs a bag, or those of its properties that `keep` says, into `into` at `at`; returns the offset behind. */
export function packInto(
  into: Uint8Array,
  at: number,
  bag: PropertyBag,
  keep?: (id: number, type: number, value: Uint8Array) => boolean
): number {
  let count = bag.size
  if (keep !== undefined) {
    count = 0
    for (let i = 0; i < bag.size; i++) if (keeps(bag, i, keep)) count++
  }
  into[at] = count
  into[at + 1] = count >>> 8
  const ids = at + COUNT_SIZE
  const types = ids + count * 2
  const ends = types + count * 2
  const values = ids + count * HEADER_PER_PROPERTY
  let end = 0
  for (let i = 0, to = 0; i < bag.size; i++) {
    if (keep !== undefined && !keeps(bag, i, keep)) continue
    const id = bag.idAt(i)
    const { type, bytes } = bag.entryAt(i)
    into[ids + to * 2] = id
    into[ids + to * 2 + 1] = id >>> 8
    into[types + to * 2] = type
    into[types + to * 2 + 1] = type >>> 8
    if (bytes.byteLength > SMALL_VALUE) into.set(bytes, values + end)
    else for (let from = 0; from < bytes.byteLength; from++) into[values + end + from] = bytes[from]
    end += bytes.byteLength
    into[ends + to * 4] = end
    into[ends + to * 4 + 1] = end >>> 8
    into[ends + to * 4 + 2] = end >>> 16
    into[ends + to * 4 + 3] = end >>> 24
    to++
  }
  return values + end
}

function keeps(bag: PropertyBag, at: number, keep: (id: number, type: number, value: Uint8Array) => boolean): boolean {
  const { type, bytes } = bag.entryAt(at)
  return keep(bag.idAt(at), type, bytes)
}

const EMPTY = new Uint8Array(COUNT_SIZE)

/** A property that takes the place of a packed one, or comes in addition. */
export interface PackedCell {
  readonly id: number
  readonly type: number
  readonly bytes: Uint8Array
}

/**
 * Packs the properties of a record anew with those of `over`, which are ascending by id and win; the values of the record
 * are copied as they stand. The first `headroom` bytes of the result are left to the caller.
 */
export function packMerged(record: PackedProperties, over: readonly PackedCell[], headroom = 0): Uint8Array {
  let count = over.length
  let size = 0
  for (const { bytes } of over) size += bytes.byteLength
  for (let i = 0, next = 0; i < record.count; i++) {
    const id = record.idAt(i)
    while (next < over.length && over[next].id < id) next++
    if (next < over.length && over[next].id === id) continue
    count++
    size += record.sizeAt(i)
  }
  const start = headroom + COUNT_SIZE
  const values = start + count * HEADER_PER_PROPERTY
  const packed = new Uint8Array(values + size)
  const view = new DataView(packed.buffer)
  view.setUint16(headroom, count, true)
  let end = 0
  for (let at = 0, i = 0, next = 0; at < count; at++) {
    const id = i < record.count ? record.idAt(i) : 0x10000
    const cell = next < over.length && over[next].id <= id ? over[next++] : undefined
    view.setUint16(start + at * 2, cell?.id ?? id, true)
    view.setUint16(start + (count + at) * 2, cell?.type ?? record.typeAt(i), true)
    if (cell === undefined) {
      copyValue(record, i, packed, values + end)
      end += record.sizeAt(i)
    } else {
      packed.set(cell.bytes, values + end)
      end += cell.bytes.byteLength
    }
    if (cell === undefined || cell.id === id) i++
    view.setUint32(start + (count + at) * 4, end, true)
  }
  return packed
}

/** Bytes up to which a loop is faster than a view and a call. */
const SMALL_VALUE = 24

function copyValue(record: PackedProperties, index: number, into: Uint8Array, at: number): void {
  const { bytes } = record
  const end = record.endAt(index)
  let from = record.startAt(index)
  if (end - from > SMALL_VALUE) into.set(bytes.subarray(from, end), at)
  else for (let to = at; from < end; from++, to++) into[to] = bytes[from]
}
