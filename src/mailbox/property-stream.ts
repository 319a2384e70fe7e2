import type { BlobReader } from '../../store/blob-reader.js'
import type { BlobWriter } from '../../store/blob-writer.js'
import { decodeString8, encodeString8 } from '../bufferstructs/index.js'
import { limits } from '../limits.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { PropertyTag } from '../oxcdata/property-tag.js'
import { PtypString, PtypString8 } from '../oxcdata/property-type.js'
import type { Maybe, Stream } from './domain.js'
import { PendingValue } from './pending-value.js'

/** What a stream asks of the object whose property it is. */
export interface StreamHost {
  readonly codePage: number
  /** A writer for a new large value, or for a changed version of a stored one. */
  newBlob(from?: number): BlobWriter
  openBlob(id: number): BlobReader
  /** What is written is the property's at once, not only with a commit: the host flushes the stream before it looks. */
  readonly showsWrites: boolean
  /** The stream holds bytes that the host does not have yet. */
  written(stream: PropertyStream): void
  closed(stream: PropertyStream): void
  /** The stream holds so many bytes more (or fewer) in memory; throws ecNotEnoughMemory when there would be too many. */
  countStream(byBytes: number): void
  /** Takes over what was written: bytes of a small value, or a large one. */
  keep(tag: PropertyTag, value: Uint8Array | PendingValue): Maybe<void>
  /** True when nobody but the host, under this tag, has the value. */
  owns(tag: PropertyTag, value: PendingValue): boolean
}

export type StreamSource =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'reader'; blobId: number }
  | { kind: 'pending'; value: PendingValue }

/** Streams end here ([MS-OXCPRPT] R582, 3.2.5.13: larger is ecTooBig). */
const MOST_BYTES = 0x80000000
/** Bytes that are copied at a time. */
const COPY_BYTES = 1 << 20

/**
 * A property value open as bytes ([MS-OXCPRPT] 3.2.5.11 ff). Small values are edited in memory, large ones in pieces at
 * constant memory; a small value that grows becomes a large one, and the other way round. A value that others have too,
 * because the object was saved meanwhile, is copied before it is changed.
 */
export class PropertyStream implements Stream {
  position = 0
  private bytes: Uint8Array | undefined
  private ownsBytes = false
  private length = 0
  private reader: BlobReader | undefined
  private blobId: number | undefined
  private pending: PendingValue | undefined
  private isDirty = false
  private countedBytes = 0
  private isReleased = false

  constructor(
    private readonly host: StreamHost,
    readonly tag: PropertyTag,
    readonly writable: boolean,
    source: StreamSource
  ) {
    if (source.kind === 'pending') this.take(source.value)
    else if (source.kind === 'reader') this.readBlob(source.blobId)
    else {
      this.bytes = source.bytes
      this.length = source.bytes.byteLength
    }
    if (this.isString8) this.convertFromUnicode()
  }

  private get isString8(): boolean {
    return (this.tag & 0xffff) === PtypString8
  }

  get size(): number {
    return this.pending?.sizeBytes ?? this.reader?.sizeBytes ?? this.length
  }

  read(count: number): Uint8Array {
    this.demandOpen()
    this.follow()
    const size = Math.max(0, Math.min(count, this.size - this.position))
    const at = this.position
    this.position += size
    return this.readAt(at, size)
  }

  private readAt(at: number, size: number): Uint8Array {
    if (size === 0) return new Uint8Array(0)
    if (this.pending !== undefined) return this.pending.writer.read(at, size)
    return this.reader?.read(at, size) ?? this.bytes!.subarray(at, at + size)
  }

  write(bytes: Uint8Array): Maybe<number> {
    this.demandWritable()
    const at = this.position
    const end = at + bytes.byteLength
    if (end > MOST_BYTES) throw new MapiError(ErrorCode.ecTooBig)
    const write = (): Maybe<number> => {
      this.position = end
      this.soil()
      if (this.pending !== undefined) {
        const wait = this.pending.writer.write(at, bytes)
        return wait === undefined ? bytes.byteLength : wait.then(() => bytes.byteLength)
      }
      this.bytes!.set(bytes, at)
      this.length = Math.max(this.length, end)
      return bytes.byteLength
    }
    const ready = this.prepare(Math.max(end, this.size))
    return ready === undefined ? write() : ready.then(write)
  }

  setSize(size: number): Maybe<void> {
    this.demandWritable()
    if (size > MOST_BYTES) throw new MapiError(ErrorCode.ecTooBig)
    const cut = (): void => {
      this.soil()
      if (this.pending !== undefined) {
        this.pending.writer.truncate(size)
        return
      }
      if (size < this.length) this.bytes!.fill(0, size, this.length)
      this.length = size
    }
    const ready = this.prepare(size)
    return ready === undefined ? cut() : ready.then(cut)
  }

  private soil(): void {
    this.isDirty = true
    if (this.host.showsWrites) this.host.written(this)
  }

  /** What was written here went into a record meanwhile: it is read from there. */
  private follow(): void {
    const attached = this.pending?.attached
    if (attached === undefined) return
    this.pending!.dropStream()
    this.pending = undefined
    this.readBlob(attached.blobId)
  }

  /** Makes ready to become a value of this size: own bytes, or a writer when it is too large for a record. */
  private prepare(size: number): Promise<void> | undefined {
    this.follow()
    if (this.pending !== undefined) {
      return this.host.owns(this.tag, this.pending) ? undefined : this.branch(this.pending)
    }
    if (this.reader !== undefined) {
      const writer = this.host.newBlob(this.blobId)
      this.reader.close()
      this.reader = undefined
      this.take(new PendingValue(this.storedType, writer))
    } else if (size > limits.inlineValueBytes && !this.isString8) {
      const writer = this.host.newBlob()
      void writer.write(0, this.bytes!.subarray(0, this.length))
      this.bytes = undefined
      this.count(0)
      this.take(new PendingValue(this.storedType, writer))
    } else this.growBytes(size)
    return undefined
  }

  private count(bytes: number): void {
    this.host.countStream(bytes - this.countedBytes)
    this.countedBytes = bytes
  }

  private growBytes(size: number): void {
    if (this.isString8 && size > limits.convertedStreamBytes) throw new MapiError(ErrorCode.ecTooBig)
    const capacity = this.bytes!.byteLength
    // The first change also leaves the stored bytes alone, which others may be reading.
    if (size <= capacity && this.ownsBytes) return
    const next = Math.max(size, this.ownsBytes ? capacity * 2 : capacity)
    this.count(next)
    const larger = new Uint8Array(next)
    larger.set(this.bytes!.subarray(0, this.length))
    this.bytes = larger
    this.ownsBytes = true
  }

  /** Another object was saved with what was written so far; from here on this stream writes a value of its own. */
  private async branch(from: PendingValue): Promise<void> {
    const writer = this.host.newBlob()
    try {
      for (let at = 0; at < from.sizeBytes; at += COPY_BYTES) await writer.write(at, from.writer.read(at, COPY_BYTES))
      writer.truncate(from.sizeBytes)
    } catch (error) {
      writer.abandon()
      throw error
    }
    this.take(new PendingValue(this.storedType, writer))
    from.dropStream()
  }

  private take(value: PendingValue): void {
    value.addStream()
    this.pending = value
  }

  private readBlob(blobId: number): void {
    this.blobId = blobId
    this.reader = this.host.openBlob(blobId)
  }

  private get storedType(): number {
    return this.isString8 ? PtypString : this.tag & 0xffff
  }

  /** Hands what was written to the host. */
  commit(): Maybe<void> {
    this.demandOpen()
    return this.flush()
  }

  flush(): Maybe<void> {
    if (!this.isDirty) return undefined
    this.isDirty = false
    const { pending } = this
    if (pending !== undefined && pending.sizeBytes > limits.inlineValueBytes) return this.host.keep(this.tag, pending)
    if (pending !== undefined) this.becomeSmall(pending)
    const bytes = this.bytes!.slice(0, this.length)
    return this.host.keep(this.tag, this.isString8 ? unicodeOf(bytes, this.host.codePage) : bytes)
  }

  /** A large value that was cut down belongs into the record again, where it can be read without a stream. */
  private becomeSmall(pending: PendingValue): void {
    this.bytes = pending.writer.read(0, pending.sizeBytes)
    this.ownsBytes = true
    this.length = this.bytes.byteLength
    this.pending = undefined
    pending.dropStream()
  }

  release(): Maybe<void> {
    if (this.isReleased) return undefined
    // Releasing a stream commits it ([MS-OXCPRPT] R56405).
    const committed = this.writable ? this.flush() : undefined
    this.isReleased = true
    this.host.closed(this)
    this.count(0)
    this.reader?.close()
    this.pending?.dropStream()
    return committed
  }

  private convertFromUnicode(): void {
    if (this.size > limits.convertedStreamBytes) throw new MapiError(ErrorCode.ecTooBig)
    const all = this.readAt(0, this.size)
    this.reader?.close()
    this.reader = undefined
    this.pending?.dropStream()
    this.pending = undefined
    const text = Buffer.from(all.buffer, all.byteOffset, all.byteLength).toString('utf16le')
    this.count(this.size)
    this.bytes = encodeString8(text, this.host.codePage)
    this.length = this.bytes.byteLength
    this.ownsBytes = true
  }

  private demandOpen(): void {
    if (this.isReleased) throw new MapiError(ErrorCode.ecNullObject)
  }

  private demandWritable(): void {
    this.demandOpen()
    if (!this.writable) throw new MapiError(ErrorCode.ecAccessDenied)
  }
}

function unicodeOf(bytes: Uint8Array, codePage: number): Uint8Array {
  return Buffer.from(decodeString8(bytes, codePage), 'utf16le')
}
