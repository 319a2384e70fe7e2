import type { Writer } from '../bufferstructs/index.js'
import type { PropertyTag } from './property-tag.js'

const COUNT_SIZE = 2
const ID_AND_TYPE = 4
const END_SIZE = 4
/** Bytes up to which a loop is faster than a call. */
const SMALL_VALUE = 16

/**
 * Packs many records that have the same properties (packed-properties.ts): ids and types are encoded once, so that a record
 * is this beginning, the ends and the values.
 */
export class PackedForm {
  readonly tags: readonly PropertyTag[]
  private readonly head: Uint8Array
  private readonly places = new Map<number, number>()

  /** `tags` in any order, each property once. */
  constructor(tags: readonly PropertyTag[]) {
    const sorted = [...tags].sort((a, b) => (a >>> 16) - (b >>> 16))
    const count = sorted.length
    this.tags = sorted
    this.head = new Uint8Array(COUNT_SIZE + count * ID_AND_TYPE)
    const view = new DataView(this.head.buffer)
    view.setUint16(0, count, true)
    for (let i = 0; i < count; i++) {
      const id = sorted[i] >>> 16
      if (this.places.has(id)) throw new RangeError(`property ${id.toString(16)} twice in a form`)
      this.places.set(id, i)
      view.setUint16(COUNT_SIZE + i * 2, id, true)
      view.setUint16(COUNT_SIZE + (count + i) * 2, sorted[i] & 0xffff, true)
    }
  }

  /** Position of a property's value among those of `write`. */
  placeOf(tag: PropertyTag): number {
    const place = this.places.get(tag >>> 16)
    if (place === undefined) throw new RangeError(`property ${(tag >>> 16).toString(16)} is not in the form`)
    return place
  }

  /** Bytes of a record with values of so many bytes in all. */
  size(valueBytes: number): number {
    return this.head.byteLength + this.tags.length * END_SIZE + valueBytes
  }

  /** Appends a record whose values, one for each tag in the order of `tags`, have `valueBytes` bytes in all. */
  write(writer: Writer, values: readonly Uint8Array[], valueBytes: number): void {
    const start = writer.reserve(this.size(valueBytes))
    const { bytes } = writer
    bytes.set(this.head, start)
    let endAt = start + this.head.byteLength
    const first = endAt + values.length * END_SIZE
    let at = first
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      const size = value.byteLength
      if (size > SMALL_VALUE) bytes.set(value, at)
      else for (let from = 0; from < size; from++) bytes[at + from] = value[from]
      at += size
      const end = at - first
      bytes[endAt] = end
      bytes[endAt + 1] = end >>> 8
      bytes[endAt + 2] = end >>> 16
      bytes[endAt + 3] = end >>> 24
      endAt += END_SIZE
    }
  }

  /** Offset of a value in a record of this form that begins at `start` of `bytes`. */
  valueAt(bytes: Uint8Array, start: number, place: number): number {
    const ends = start + this.head.byteLength
    const first = ends + this.tags.length * END_SIZE
    if (place === 0) return first
    const at = ends + (place - 1) * END_SIZE
    return first + ((bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0)
  }
}
