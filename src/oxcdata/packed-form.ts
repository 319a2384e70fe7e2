import type { Writer } from '../bufferstructs/index.js'
import { putU32, u32At } from '../bufferstructs/plain-numbers.js'
import type { PropertyTag } from './property-tag.js'

const COUNT_SIZE = 2
const ID_AND_TYPE = 4
const END_SIZE = 4
/** Bytes up to which a loop is faster than a call. */
const SMALL_VALUE = 48

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

  /** Appends a record. `values` and their `sizes` stand one for each tag in the order of `tags`, with `valueBytes` bytes in all. */
  write(writer: Writer, values: readonly Uint8Array[], sizes: ArrayLike<number>, valueBytes: number): void {
    const start = writer.reserve(this.size(valueBytes))
    const { bytes } = writer
    let end = this.begin(bytes, start, sizes)
    for (let i = 0; i < values.length; i++) {
      copyValue(values[i], sizes[i], bytes, end)
      end += sizes[i]
    }
  }

  /**
   * As `write`, for a record most of whose values stand in a row in another one, from `from` of the writer's own bytes on:
   * where `values` has none, it is the next of those. With one of its own it passes over `skipped` bytes of them.
   */
  writeDerived(
    writer: Writer,
    values: readonly (Uint8Array | undefined)[],
    sizes: ArrayLike<number>,
    valueBytes: number,
    from: number,
    skipped: ArrayLike<number>
  ): void {
    const start = writer.reserve(this.size(valueBytes))
    const { bytes } = writer
    let to = this.begin(bytes, start, sizes)
    let pending = 0
    let source = from
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (value === undefined) {
        pending += sizes[i]
        continue
      }
      if (pending > 0) bytes.copyWithin(to, source, source + pending)
      source += pending + skipped[i]
      to += pending
      pending = 0
      copyValue(value, sizes[i], bytes, to)
      to += sizes[i]
    }
    if (pending > 0) bytes.copyWithin(to, source, source + pending)
  }

  /** Offset of a value in a record of this form that begins at `start` of `bytes`. */
  valueAt(bytes: Uint8Array, start: number, place: number): number {
    const ends = start + this.head.byteLength
    const first = ends + this.tags.length * END_SIZE
    return place === 0 ? first : first + u32At(bytes, ends + (place - 1) * END_SIZE)
  }

  /** Writes ids, types and ends; returns where the values begin. */
  private begin(bytes: Uint8Array, start: number, sizes: ArrayLike<number>): number {
    bytes.set(this.head, start)
    let at = start + this.head.byteLength
    let end = 0
    for (let i = 0; i < this.tags.length; i++) {
      end += sizes[i]
      putU32(bytes, at, end)
      at += END_SIZE
    }
    return at
  }
}

function copyValue(value: Uint8Array, size: number, bytes: Uint8Array, at: number): void {
  if (size > SMALL_VALUE) bytes.set(value, at)
  else for (let i = 0; i < size; i++) bytes[at + i] = value[i]
}
