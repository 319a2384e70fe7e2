import { Batch } from './batch.js'
import { type BlobHead, collapseRuns, expandRuns, foreignSources, writeBlobHead } from './blob-head.js'
import { readPiece } from './blob-reader.js'
import type { BlobReference } from './blobs.js'
import { keys } from './keys.js'
import type { PieceHolder, PieceMemory } from './piece-memory.js'
import type { Store } from './store.js'
import { StoreError } from './store-error.js'

/** Bounds the piece table; 64 GiB at the usual size of a piece. */
const MAX_PIECES = 65536

/** What a writer asks of the blobs that it belongs to. */
export interface BlobWriterHooks {
  /** Counts a reference to another blob whose pieces the new one uses. */
  refer(batch: Batch, source: number): void
  /** The writer is done: attached to a record by a commit, or given up. */
  ended(isAttached: boolean): void
}

/**
 * Writes a large value, or a changed version of one. One piece is in memory; each other piece is committed as it is
 * left, under an intent that the commit of the referring record deletes. A value that fits into one piece is written
 * with that commit alone.
 */
export class BlobWriter implements PieceHolder {
  private readonly sources: number[]
  private readonly pieceBytes: number
  private readonly generation: number
  private size: number
  private index = -1
  /** Room for the current piece, growing up to a whole one; `pieceLength` bytes of it count, what follows reads as zeros. */
  private piece = new Uint8Array(0)
  private pieceLength = 0
  private isDirty = false
  private hasIntent = false
  private hasEnded = false

  constructor(
    private readonly store: Store,
    private readonly mailbox: number,
    readonly id: number,
    base: BlobHead,
    private readonly memory: PieceMemory,
    private readonly hooks: BlobWriterHooks
  ) {
    this.size = base.sizeBytes
    this.pieceBytes = base.pieceBytes
    this.sources = expandRuns(base.runs)
    this.generation = store.generation
  }

  get sizeBytes(): number {
    return this.size
  }

  /** Writes at the end. A promise means that the store wants the caller to wait before it writes more. */
  append(bytes: Uint8Array): Promise<void> | undefined {
    return this.write(this.size, bytes)
  }

  /** Overwrites and extends; a gap between the old end and `offset` reads as zeros. */
  write(offset: number, bytes: Uint8Array): Promise<void> | undefined {
    this.demandLive()
    this.demandSize(offset + bytes.length)
    for (let done = 0; done < bytes.length; ) {
      const at = offset + done
      const index = Math.floor(at / this.pieceBytes)
      const inPiece = at - index * this.pieceBytes
      const count = Math.min(bytes.length - done, this.pieceBytes - inPiece)
      this.turnTo(index)
      this.grow(inPiece + count)
      this.piece.set(bytes.subarray(done, done + count), inPiece)
      this.isDirty = true
      done += count
    }
    this.size = Math.max(this.size, bytes.length === 0 ? 0 : offset + bytes.length)
    return this.store.whenRoom()
  }

  /** Cuts the value, or extends it with zeros, which are not stored. */
  truncate(sizeBytes: number): void {
    this.demandLive()
    this.demandSize(sizeBytes)
    if (sizeBytes < this.size) {
      const pieces = Math.ceil(sizeBytes / this.pieceBytes)
      const within = sizeBytes - (pieces - 1) * this.pieceBytes
      if (this.index >= pieces) this.forget()
      this.dropPieces(pieces)
      if (pieces > 0 && within < this.pieceBytes) {
        this.turnTo(pieces - 1)
        if (this.pieceLength > within) {
          this.piece.fill(0, within, this.pieceLength)
          this.pieceLength = within
          this.isDirty = true
        }
      }
    }
    this.size = sizeBytes
  }

  /** Up to `length` bytes from `offset`, as written so far; a copy. */
  read(offset: number, length: number): Uint8Array {
    this.demandLive()
    const end = Math.min(offset + length, this.size)
    if (offset >= end) return new Uint8Array(0)
    const bytes = new Uint8Array(end - offset)
    for (let i = Math.floor(offset / this.pieceBytes); i * this.pieceBytes < end; i++) {
      const from = i * this.pieceBytes
      const skip = Math.max(0, offset - from)
      this.turnTo(i)
      if (skip < this.pieceLength) {
        bytes.set(this.piece.subarray(skip, Math.min(this.pieceLength, end - from)), from + skip - offset)
      }
    }
    return bytes
  }

  /**
   * Puts the value into the batch of the record that refers to it, with one reference. The writer ends when the batch
   * is committed; while it is not, it can be attached again or abandoned.
   */
  attach(batch: Batch): BlobReference {
    this.demandLive()
    if (this.isDirty && !this.hasIntent) {
      batch.put(this.pieceKey(this.index), this.piece.slice(0, this.pieceLength))
      this.assign(this.index)
    } else {
      this.flush()
    }
    while (this.sources.length < Math.ceil(this.size / this.pieceBytes)) this.sources.push(0)
    const head: BlobHead = {
      sizeBytes: this.size,
      pieceBytes: this.pieceBytes,
      references: 1,
      runs: collapseRuns(this.sources)
    }
    for (const source of foreignSources(head, this.id)) this.hooks.refer(batch, source)
    batch.put(keys.blob.of(this.mailbox, this.id), writeBlobHead(head))
    if (this.hasIntent) batch.delete(keys.blobIntent.of(this.mailbox, this.id))
    batch.whenCommitted(() => this.end(true))
    return { id: this.id, sizeBytes: this.size }
  }

  /** Gives the value up; pieces that were written are deleted in the background. */
  abandon(): void {
    this.end(false)
  }

  /** Commits what is in memory as it would be on the way to another piece. A store that has failed takes nothing more. */
  giveUpPiece(): void {
    if (this.hasEnded || this.generation !== this.store.generation || this.store.failed !== undefined) return
    this.flush()
    this.forget()
    this.piece = new Uint8Array(0)
  }

  private turnTo(index: number): void {
    this.memory.used(this)
    if (this.index === index) return
    this.flush()
    const stored = readPiece(this.store, this.mailbox, this.sources[index] ?? 0, index)
    this.piece.fill(0)
    this.pieceLength = 0
    this.index = index
    if (stored.length === 0) return
    this.grow(stored.length)
    this.piece.set(stored)
  }

  /** Makes the current piece at least this long. */
  private grow(length: number): void {
    if (length > this.piece.length) {
      const larger = new Uint8Array(Math.min(this.pieceBytes, Math.max(length, this.piece.length * 2, 4096)))
      larger.set(this.piece)
      this.piece = larger
    }
    this.pieceLength = Math.max(this.pieceLength, length)
  }

  private flush(): void {
    if (!this.isDirty) return
    const batch = new Batch().put(this.pieceKey(this.index), this.piece.subarray(0, this.pieceLength))
    if (!this.hasIntent) batch.put(keys.blobIntent.of(this.mailbox, this.id), new Uint8Array(0))
    this.store.commit(batch)
    this.hasIntent = true
    this.assign(this.index)
    this.isDirty = false
  }

  private assign(index: number): void {
    while (this.sources.length < index) this.sources.push(0)
    this.sources[index] = this.id
  }

  private forget(): void {
    this.index = -1
    this.piece.fill(0)
    this.pieceLength = 0
    this.isDirty = false
  }

  /** Drops the pieces from number `pieces` on; those of other blobs are merely no longer pointed at. */
  private dropPieces(pieces: number): void {
    const batch = new Batch()
    for (let i = pieces; i < this.sources.length; i++) {
      if (this.sources[i] === this.id) batch.delete(this.pieceKey(i))
    }
    if (this.sources.length > pieces) this.sources.length = pieces
    this.store.commit(batch)
  }

  private pieceKey(index: number): Uint8Array {
    return keys.blobPiece.of(this.mailbox, this.id, index)
  }

  private end(isAttached: boolean): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.piece = new Uint8Array(0)
    this.memory.done(this)
    this.hooks.ended(isAttached)
  }

  private demandSize(sizeBytes: number): void {
    if (sizeBytes >= 0 && sizeBytes <= this.pieceBytes * MAX_PIECES) return
    throw new StoreError('blob', `a large value cannot have ${sizeBytes} bytes`)
  }

  private demandLive(): void {
    if (this.hasEnded) throw new StoreError('blob', `the writer of large value ${this.id} has ended`)
    if (this.generation !== this.store.generation) {
      throw new StoreError('failed', `large value ${this.id} was begun before the store failed`)
    }
  }
}
