import type { BlobReader } from '../../store/blob-reader.js'
import type { BlobWriter } from '../../store/blob-writer.js'
import { decodeString8, encodeString8 } from '../bufferstructs/index.js'
import { limits } from '../limits.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { PropertyTag } from '../oxcdata/property-tag.js'
import { PtypString8 } from '../oxcdata/property-type.js'
import type { Maybe, Stream } from './domain.js'

/** What a stream asks of the object whose property it is. */
export interface StreamHost {
  /** A writer for a new large value, or for a changed version of a stored one. */
  newBlob(from?: number): BlobWriter
  /** Takes over what was written: bytes of a small value, or the writer of a large one. */
  keep(tag: PropertyTag, value: Uint8Array | BlobWriter): Maybe<void>
  readonly codePage: number
}

export type StreamSource =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'reader'; reader: BlobReader; blobId: number }
  | { kind: 'writer'; writer: BlobWriter }

/** A string of the other encoding is converted whole; larger ones are refused. */
const MOST_CONVERTED_BYTES = 64 << 20
/** A stream is addressed by 31 bits ([MS-OXCPRPT] 3.2.5.13: larger is ecTooBig). */
const MOST_BYTES = 0x7fffffff

/**
 * A property value open as bytes ([MS-OXCPRPT] 3.2.5.11 ff). Small values are edited in memory, large ones in pieces at
 * constant memory; a small value that grows becomes a large one. What is written is the property's after `commit`.
 */
export class PropertyStream implements Stream {
  position = 0
  private bytes: Uint8Array | undefined
  private length = 0
  private reader: BlobReader | undefined
  private readonly blobId: number | undefined
  private writer: BlobWriter | undefined
  private isDirty = false
  private isKept = false
  private isReleased = false

  constructor(
    private readonly host: StreamHost,
    readonly tag: PropertyTag,
    readonly writable: boolean,
    source: StreamSource
  ) {
    if (source.kind === 'writer') {
      this.writer = source.writer
      this.isKept = true
    } else if (source.kind === 'reader') {
      this.reader = source.reader
      this.blobId = source.blobId
    } else {
      this.bytes = source.bytes
      this.length = source.bytes.byteLength
    }
    if (this.isString8) this.convertFromUnicode()
  }

  private get isString8(): boolean {
    return (this.tag & 0xffff) === PtypString8
  }

  get size(): number {
    return this.writer?.sizeBytes ?? this.reader?.sizeBytes ?? this.length
  }

  read(count: number): Uint8Array {
    this.demandOpen()
    const size = Math.max(0, Math.min(count, this.size - this.position))
    const at = this.position
    this.position += size
    if (size === 0) return new Uint8Array(0)
    if (this.writer !== undefined) return this.writer.read(at, size)
    if (this.reader === undefined) return this.bytes!.subarray(at, at + size)
    const first = this.reader.read(at, size)
    if (first.byteLength === size) return first
    const whole = new Uint8Array(size)
    for (let filled = 0; filled < size; ) {
      const piece = this.reader.read(at + filled, size - filled)
      whole.set(piece, filled)
      filled += piece.byteLength
    }
    return whole
  }

  write(bytes: Uint8Array): Maybe<number> {
    this.demandWritable()
    const end = this.position + bytes.byteLength
    if (end > MOST_BYTES) throw new MapiError(ErrorCode.ecTooBig)
    const at = this.position
    this.position = end
    this.isDirty = true
    this.growTo(Math.max(end, this.size))
    if (this.writer !== undefined) {
      const wait = this.writer.write(at, bytes)
      return wait === undefined ? bytes.byteLength : wait.then(() => bytes.byteLength)
    }
    this.bytes!.set(bytes, at)
    this.length = Math.max(this.length, end)
    return bytes.byteLength
  }

  setSize(size: number): void {
    this.demandWritable()
    if (size > MOST_BYTES) throw new MapiError(ErrorCode.ecTooBig)
    this.isDirty = true
    this.growTo(size)
    if (this.writer !== undefined) {
      this.writer.truncate(size)
      return
    }
    if (size < this.length) this.bytes!.fill(0, size, this.length)
    this.length = size
  }

  /** Prepares for a value of this size: own bytes, or a writer when it is too large for a record. */
  private growTo(size: number): void {
    if (this.writer !== undefined) return
    if (this.reader !== undefined) {
      this.writer = this.host.newBlob(this.blobId)
      this.reader.close()
      this.reader = undefined
      return
    }
    if (size > limits.inlineValueBytes && !this.isString8) {
      this.writer = this.host.newBlob()
      void this.writer.write(0, this.bytes!.subarray(0, this.length))
      this.bytes = undefined
      return
    }
    if (this.isString8 && size > MOST_CONVERTED_BYTES) throw new MapiError(ErrorCode.ecTooBig)
    const capacity = this.bytes!.byteLength
    // The first change also leaves the stored bytes alone, which others may be reading.
    if (size > capacity || !this.ownsBytes) {
      const larger = new Uint8Array(Math.max(size, this.ownsBytes ? capacity * 2 : capacity))
      larger.set(this.bytes!.subarray(0, this.length))
      this.bytes = larger
      this.ownsBytes = true
    }
  }

  private ownsBytes = false

  commit(): Maybe<void> {
    this.demandOpen()
    if (!this.isDirty) return undefined
    if (!this.writable) throw new MapiError(ErrorCode.ecAccessDenied)
    this.isDirty = false
    if (this.writer !== undefined) {
      const kept = this.isKept
      this.isKept = true
      return kept ? undefined : this.host.keep(this.tag, this.writer)
    }
    const bytes = this.bytes!.slice(0, this.length)
    return this.host.keep(this.tag, this.isString8 ? unicodeOf(bytes, this.host.codePage) : bytes)
  }

  release(): Maybe<void> {
    if (this.isReleased) return undefined
    // Releasing a stream commits it ([MS-OXCPRPT] 3.2.5.11).
    const committed = this.isDirty && this.writable ? this.commit() : undefined
    this.isReleased = true
    this.reader?.close()
    if (this.writer !== undefined && !this.isKept) this.writer.abandon()
    return committed
  }

  private convertFromUnicode(): void {
    if (this.size > MOST_CONVERTED_BYTES) throw new MapiError(ErrorCode.ecTooBig)
    const all = this.read(this.size)
    this.position = 0
    this.reader?.close()
    this.reader = undefined
    this.writer = undefined
    this.isKept = false
    const text = Buffer.from(all.buffer, all.byteOffset, all.byteLength).toString('utf16le')
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
