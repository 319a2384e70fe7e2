import type { BlobReader } from '../../store/blob-reader.js'
import type { BlobWriter } from '../../store/blob-writer.js'
import { limits } from '../limits.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import { typeServes } from '../oxcdata/packed-properties.js'
import { makeTag, type PropertyEntry, type PropertyTag, storedTag, withType } from '../oxcdata/property-tag.js'
import { isValueType, PtypBinary, PtypObject, PtypString, PtypString8 } from '../oxcdata/property-type.js'
import type { Actor, Mailbox, Maybe, PropertyObject, PropertyProblem, Stream, StreamMode } from './domain.js'
import type { MailboxCore } from './mailbox-core.js'
import type { ObjectProperties } from './object-properties.js'
import type { PendingValue } from './pending-value.js'
import { PropertyStream, type StreamHost, type StreamSource } from './property-stream.js'
import type { LargeValue } from './record-codec.js'

/** A property that the server computes; `undefined` when the object has none at the moment. */
export interface Computed<T> {
  readonly type: number
  readonly of: (object: T) => Uint8Array | undefined
  /** Shown among all properties of the object ([MS-OXCPRPT] 3.2.5.2); otherwise only when asked for by name. */
  readonly listed: boolean
  /** The property of the same id and another type (PidTagMessageSize and PidTagMessageSizeExtended). */
  readonly other?: Computed<T>
}

export type ComputedTable<T> = ReadonlyMap<number, Computed<T>>

/** Declares a table of computed properties, by tag. */
export function computedTable<T>(
  rows: readonly (readonly [PropertyTag, Computed<T>['of'], ('unlisted' | 'listed')?])[]
): ComputedTable<T> {
  const table = new Map<number, Computed<T>>()
  for (const [tag, of, listed] of rows) {
    const rule = { type: tag & 0xffff, of, listed: listed !== 'unlisted' }
    const first = table.get(tag >>> 16)
    table.set(tag >>> 16, first === undefined ? rule : { ...first, other: rule })
  }
  return table
}

/** Stands for an error code where a change is taken without a word and the save fails instead. */
export const REFUSED_AT_SAVE = -1

/** What message, attachment, folder and mailbox have in common: properties, computed or stored, and streams over them. */
export abstract class StoredObject implements PropertyObject, StreamHost {
  abstract readonly kind: PropertyObject['kind']
  abstract readonly mailbox: Mailbox
  protected abstract readonly core: MailboxCore
  protected abstract get properties(): ObjectProperties
  abstract readonly codePage: number

  protected abstract computed(id: number): Computed<this> | undefined
  protected abstract computedIds(): Iterable<number>
  /** The error that stands in the way of changing a property, undefined when there is none. */
  protected abstract refusal(tag: PropertyTag): number | undefined

  /** A folder shows what a stream wrote when it is committed; message and attachment at once ([MS-OXCPRPT] R56401, R56405). */
  readonly showsWrites: boolean = true
  protected isReleased = false
  /** Streams that hold bytes which are not among the properties yet. */
  private dirtyStreams: Set<PropertyStream> | undefined
  /** Large values that are readable as long as the object is open, whatever becomes of the stored one. */
  private held: Map<number, () => void> | undefined

  value(tag: PropertyTag): Uint8Array | number {
    this.flushStreams()
    let rule = this.computed(tag >>> 16)
    if (rule !== undefined) {
      while (rule !== undefined && !typeServes(tag & 0xffff, rule.type)) rule = rule.other
      return rule?.of(this) ?? ErrorCode.ecNotFound
    }
    const { properties } = this
    const stored = properties.get(tag)
    if (stored !== undefined) return stored
    return properties.isLarge(tag) ? ErrorCode.ecNotEnoughMemory : ErrorCode.ecNotFound
  }

  typeOf(id: number): number | undefined {
    this.flushStreams()
    const rule = this.computed(id)
    if (rule !== undefined) return rule.of(this) === undefined ? undefined : rule.type
    return this.properties.typeOf(id)
  }

  tags(): PropertyTag[] {
    this.flushStreams()
    const tags = this.properties.tags().filter(tag => this.computed(tag >>> 16) === undefined)
    for (const id of this.computedIds()) {
      for (let rule = this.computed(id); rule !== undefined; rule = rule.other) {
        if (rule.listed && rule.of(this) !== undefined) tags.push(makeTag(id, rule.type))
      }
    }
    return tags
  }

  abstract set(entries: readonly PropertyEntry[], actor: Actor): Maybe<PropertyProblem[]>
  abstract remove(tags: readonly PropertyTag[], actor: Actor): Maybe<PropertyProblem[]>

  /** Sorts entries into those that may be set and the problems of the others ([MS-OXCPRPT] 3.2.5.4). */
  protected sortOut(entries: readonly PropertyEntry[]): { good: PropertyEntry[]; problems: PropertyProblem[] } {
    const good: PropertyEntry[] = []
    const problems: PropertyProblem[] = []
    entries.forEach((entry, index) => {
      const error = isValueType(entry.tag & 0xffff) ? this.refusal(entry.tag) : ErrorCode.ecUnexpectedType
      if (error === undefined) good.push({ tag: storedTag(entry.tag), bytes: ownBytes(entry.bytes) })
      else if (error === REFUSED_AT_SAVE) this.refusedAtSave(entry)
      else problems.push({ index, tag: entry.tag, error })
    })
    return { good, problems }
  }

  /** Takes note of a change that the save is to fail for. */
  protected refusedAtSave(_entry: PropertyEntry): void {}

  /** As `sortOut`, for properties to be removed ([MS-OXCPRPT] 3.2.5.5). An absent one is no problem. */
  protected sortOutRemoval(tags: readonly PropertyTag[]): { good: PropertyTag[]; problems: PropertyProblem[] } {
    const good: PropertyTag[] = []
    const problems: PropertyProblem[] = []
    tags.forEach((tag, index) => {
      const error = this.refusal(tag)
      if (error === undefined) good.push(tag)
      else problems.push({ index, tag, error: spoken(error) })
    })
    return { good, problems }
  }

  /** Bytes that the object holds in memory because a client put them there. */
  heldBytes(): number {
    return this.properties.changedBytes
  }

  /** As `heldBytes`, with those of the object that it will be saved into. */
  protected crowdedBytes(): number {
    return this.heldBytes()
  }

  /**
   * Makes sure that a change may add so many bytes and properties, before anything is changed. Throws ecTooBig for what one
   * object cannot hold, ecNotEnoughMemory when all open objects together hold too much.
   */
  protected demandRoom(bytes: number, properties = 0): void {
    const held = this.heldBytes() + bytes
    if (held > limits.objectBytes) throw new MapiError(ErrorCode.ecTooBig)
    if (properties > 0 && this.properties.count + properties > limits.objectProperties) {
      throw new MapiError(ErrorCode.ecTooBig)
    }
    this.core.budget.change(held - this.countedBytes)
    this.countedBytes = held
  }

  protected demandRoomFor(entries: readonly PropertyEntry[]): void {
    let bytes = 0
    for (const entry of entries) bytes += entry.bytes.byteLength
    this.demandRoom(bytes, entries.length)
  }

  private countedBytes = 0

  countStream(byBytes: number): void {
    this.core.budget.change(byBytes)
  }

  /** Keeps a value: a large one goes to a blob as it would through a stream. */
  protected keepEntry({ tag, bytes }: PropertyEntry): void {
    const type = tag & 0xffff
    const mayBeLarge = type === PtypBinary || type === PtypObject || type === PtypString
    // An object with very much in it keeps only small values in its record, which has to be written in one go.
    const isFull = bytes.byteLength > limits.spilledValueBytes && this.crowdedBytes() > limits.spillFromBytes
    if (!mayBeLarge || (bytes.byteLength <= limits.inlineValueBytes && !isFull)) {
      this.properties.set(tag, bytes)
      return
    }
    const writer = this.newBlob()
    void writer.write(0, type === PtypString ? bytes.subarray(0, bytes.byteLength - 2) : bytes)
    this.properties.setPending(tag, type, writer)
  }

  openStream(tag: PropertyTag, mode: StreamMode, _actor: Actor): Maybe<Stream> {
    this.flushStreams()
    const writes = mode !== 'read'
    if (writes) {
      this.demandWritable()
      const error = this.refusal(tag)
      if (error !== undefined) throw new MapiError(spoken(error))
    }
    if (writes) this.demandRoom(0, 1)
    const source = mode === 'create' ? EMPTY : this.streamSource(tag)
    if (source === undefined) throw new MapiError(ErrorCode.ecNotFound)
    const stream = new PropertyStream(this, tag, writes, source)
    // A created value is there from the beginning, empty ([MS-OXCPRPT] 2.2.14.1: Create opens a new or emptied one).
    return mode === 'create' ? created(stream) : stream
  }

  private streamSource(tag: PropertyTag): StreamSource | undefined {
    const { properties } = this
    const asStored = withType(tag, (tag & 0xffff) === PtypString8 ? PtypString : tag & 0xffff)
    const pending = properties.pendingOf(asStored)
    if (pending !== undefined) return { kind: 'pending', value: pending }
    const large = properties.largeOf(asStored)
    if (large !== undefined) return { kind: 'reader', blobId: large.blobId }
    const value = this.value(asStored)
    if (typeof value === 'number') return undefined
    const isText = (asStored & 0xffff) === PtypString
    return { kind: 'bytes', bytes: isText ? value.subarray(0, value.byteLength - 2) : value }
  }

  newBlob(from?: number): BlobWriter {
    const { blobs } = this.core.objects
    return from === undefined ? blobs.create(this.core.number) : blobs.edit(this.core.number, from)
  }

  openBlob(id: number): BlobReader {
    return this.core.objects.blobs.open(this.core.number, id)
  }

  written(stream: PropertyStream): void {
    this.dirtyStreams ??= new Set()
    this.dirtyStreams.add(stream)
  }

  closed(stream: PropertyStream): void {
    this.dirtyStreams?.delete(stream)
  }

  owns(tag: PropertyTag, value: PendingValue): boolean {
    return value.objects === 0 || (value.objects === 1 && this.properties.pendingOf(storedTag(tag)) === value)
  }

  /** Takes over what streams wrote. On a message or an attachment that only changes memory. */
  protected flushStreams(): void {
    if (this.dirtyStreams === undefined || this.dirtyStreams.size === 0) return
    const streams = [...this.dirtyStreams]
    this.dirtyStreams.clear()
    for (const stream of streams) void stream.flush()
  }

  keep(tag: PropertyTag, value: Uint8Array | PendingValue): Maybe<void> {
    if (this.isReleased) return undefined
    const stored = storedTag(tag)
    if (!(value instanceof Uint8Array)) this.properties.keepPending(stored, value)
    else this.keepEntry({ tag: stored, bytes: (stored & 0xffff) === PtypString ? terminate(value) : value })
    return this.streamKept(stored)
  }

  /** Called when a stream was committed: a folder writes itself, a message waits for its save. */
  protected streamKept(_tag: PropertyTag): Maybe<void> {}

  /** Keeps these large values readable until the object is released. */
  protected holdLarge(values: Iterable<LargeValue>): void {
    if (this.isReleased) return
    for (const { blobId } of values) {
      if (this.held?.has(blobId)) continue
      this.held ??= new Map()
      this.held.set(blobId, this.core.objects.blobs.hold(this.core.number, blobId))
    }
  }

  /** Gives up what was not saved. Streams that are open on the object live on, and write for nobody. */
  release(): void {
    if (this.isReleased) return
    this.isReleased = true
    this.dirtyStreams = undefined
    this.core.budget.change(-this.countedBytes)
    this.countedBytes = 0
    this.abandon()
    for (const letGo of this.held?.values() ?? []) letGo()
    this.held = undefined
  }

  /** Gives up large values that were written and are in no record. */
  protected abandon(): void {}

  /** Throws ecAccessDenied when the object was opened for reading only. */
  protected abstract demandWritable(): void
}

/** A value that is no view of a larger buffer is nobody else's: values are not written into once they are made. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  // Small ones are copied without a question: asking for the buffer costs more (see plain-numbers.ts).
  const isOwn = bytes.byteLength > 64 && bytes.byteLength === bytes.buffer.byteLength
  return isOwn ? bytes : bytes.slice()
}

const EMPTY: StreamSource = { kind: 'bytes', bytes: new Uint8Array(0) }

function created(stream: PropertyStream): PropertyStream {
  stream.setSize(0)
  return stream
}

/** The text of a stream in stored form: it ends at its first NUL, which clients may have written behind it. */
function terminate(text: Uint8Array): Uint8Array {
  let size = 0
  while (size + 1 < text.byteLength && (text[size] !== 0 || text[size + 1] !== 0)) size += 2
  const stored = new Uint8Array(size + 2)
  stored.set(text.subarray(0, size))
  return stored
}

/** What a client is told where an error can be told. */
function spoken(error: number): number {
  return error === REFUSED_AT_SAVE ? ErrorCode.ecComputedValue : error
}
