import { limits } from '../src/limits.js'
import { Batch } from './batch.js'
import { type BlobHead, foreignSources, readBlobHead, writeBlobHead } from './blob-head.js'
import { BlobReader } from './blob-reader.js'
import { BlobWriter } from './blob-writer.js'
import type { Counters } from './counters.js'
import { deleteRange } from './delete-range.js'
import { keys } from './keys.js'
import { PieceMemory } from './piece-memory.js'
import type { Store } from './store.js'
import { StoreError } from './store-error.js'

/** What a record keeps of a large value. */
export interface BlobReference {
  id: number
  sizeBytes: number
}

export interface BlobsOptions {
  /** Bytes of a piece of blobs made from now on (default limits.blobPieceBytes). */
  pieceBytes?: number
}

/** Pieces that all readers and writers together keep in memory. */
const PIECES_IN_MEMORY = 64

/** Pieces deleted with one commit. */
const DELETE_SLICE = 64

/**
 * Large values, in pieces, for one store.
 *
 * A blob is never changed once a record refers to it. Copies of a message share the blob: `share` counts the new
 * reference in the copy's own batch. A change makes a new blob whose piece table points at the untouched pieces of the
 * old one, which it counts as a reference too. `release` counts down; at zero an intent is left in the same batch, and
 * the pieces go later, in slices, once nobody in this process reads them. An intent over a blob with references is
 * void, so that whichever of two batches comes last is right after a crash as well.
 *
 * Blobs belong to one mailbox. All numbers change in the batch of the record that refers to the blob.
 */
export class Blobs {
  private readonly pieceBytes: number
  private readonly memory = new PieceMemory(PIECES_IN_MEMORY)
  private readonly pins = new Map<string, number>()
  private readonly writing = new Map<string, BlobWriter>()
  private readonly retired = new Set<number>()
  private readonly sweeps = new Map<string, Promise<void>>()

  constructor(
    private readonly store: Store,
    private readonly counters: Counters,
    options: BlobsOptions = {}
  ) {
    this.pieceBytes = options.pieceBytes ?? limits.blobPieceBytes
  }

  /** Begins a new, empty large value. */
  create(mailbox: number): BlobWriter {
    return this.writer(mailbox, undefined)
  }

  /** Begins a changed version of a large value; the old one stays as it is. */
  edit(mailbox: number, id: number): BlobWriter {
    return this.writer(mailbox, { id, head: this.demandHead(mailbox, id) })
  }

  /** Opens a large value for reading. The reader stays right when the value is released meanwhile; close it. */
  open(mailbox: number, id: number): BlobReader {
    const head = this.demandHead(mailbox, id)
    const unpin = this.pin(mailbox, [id, ...foreignSources(head, id)])
    return new BlobReader(this.store, mailbox, head, this.memory, unpin)
  }

  /** Keeps a large value readable, though it be released meanwhile, until the returned function is called. */
  hold(mailbox: number, id: number): () => void {
    return this.pin(mailbox, [id])
  }

  /** Counts one more reference, in the batch that writes the record which holds it. */
  share(batch: Batch, mailbox: number, id: number): void {
    this.count(batch, mailbox, id, 1)
  }

  /** Counts one reference less, in the batch that removes it. Pieces that nobody needs are deleted after the commit. */
  release(batch: Batch, mailbox: number, id: number): void {
    const head = this.count(batch, mailbox, id, -1)
    if (head.references > 0) return
    batch.put(keys.blobIntent.of(mailbox, id), new Uint8Array(0))
    batch.whenCommitted(() => this.sweepLater(mailbox, id))
  }

  /** Copies a large value into another mailbox, at constant memory; the caller attaches or abandons the writer. */
  async copyAcross(mailbox: number, id: number, toMailbox: number): Promise<BlobWriter> {
    const reader = this.open(mailbox, id)
    const writer = this.create(toMailbox)
    try {
      for (let at = 0; at < reader.sizeBytes; ) {
        const bytes = reader.read(at, this.pieceBytes)
        await writer.write(at, bytes)
        at += bytes.length
      }
      return writer
    } catch (error) {
      writer.abandon()
      throw error
    } finally {
      reader.close()
    }
  }

  /** Finishes what the last run of the server began: every intent of a mailbox that no writer of this run holds. */
  async sweep(mailbox: number): Promise<void> {
    for await (const page of this.store.pages({ ...keys.blobIntent.range(mailbox), keysOnly: true })) {
      for (const { key } of page) await this.sweepLater(mailbox, keys.blobIntent.parse(key).blobId)
    }
  }

  /** Ends what is being written into a mailbox, and takes no more: it is being removed. */
  retire(mailbox: number): void {
    this.retired.add(mailbox)
    for (const [name, writer] of this.writing) if (name.startsWith(`${mailbox}/`)) writer.abandon()
  }

  /** Gives up every value that is being written, after the store has been opened again: none of them can be attached. */
  forgetWriters(): void {
    this.writing.clear()
  }

  /** Resolves when no deletion is going on. */
  async whenIdle(): Promise<void> {
    while (this.sweeps.size > 0) await Promise.all(this.sweeps.values())
  }

  private writer(mailbox: number, base: { id: number; head: BlobHead } | undefined): BlobWriter {
    if (this.retired.has(mailbox)) throw new StoreError('closed', `mailbox ${mailbox} has been removed`)
    const id = this.counters.take(mailbox, 'blob')
    const name = nameOf(mailbox, id)
    const sources = base === undefined ? [] : [base.id, ...foreignSources(base.head, base.id)]
    const unpin = this.pin(mailbox, sources)
    const writer = new BlobWriter(this.store, mailbox, id, base?.head ?? emptyHead(this.pieceBytes), this.memory, {
      refer: (batch, source) => this.count(batch, mailbox, source, 1),
      ended: isAttached => {
        this.writing.delete(name)
        unpin()
        if (!isAttached) void this.sweepLater(mailbox, id)
      }
    })
    this.writing.set(name, writer)
    return writer
  }

  /** The head as a batch leaves it, so that several changes in one batch add up. */
  private count(batch: Batch, mailbox: number, id: number, by: number): BlobHead {
    const key = keys.blob.of(mailbox, id)
    const found = batch.find(key)
    const head = found ? readBlobHead(found) : found === null ? undefined : this.head(mailbox, id)
    if (head === undefined || head.references + by < 0) throw missing(mailbox, id)
    head.references += by
    batch.put(key, writeBlobHead(head))
    return head
  }

  private head(mailbox: number, id: number): BlobHead | undefined {
    const record = this.store.get(keys.blob.of(mailbox, id))
    return record === undefined ? undefined : readBlobHead(record)
  }

  private demandHead(mailbox: number, id: number): BlobHead {
    const head = this.head(mailbox, id)
    if (head === undefined) throw missing(mailbox, id)
    return head
  }

  private pin(mailbox: number, ids: readonly number[]): () => void {
    for (const id of ids) {
      const name = nameOf(mailbox, id)
      this.pins.set(name, (this.pins.get(name) ?? 0) + 1)
    }
    let isPinned = true
    return () => {
      if (!isPinned) return
      isPinned = false
      for (const id of ids) {
        const name = nameOf(mailbox, id)
        const left = (this.pins.get(name) ?? 1) - 1
        if (left > 0) {
          this.pins.set(name, left)
          continue
        }
        this.pins.delete(name)
        void this.sweepLater(mailbox, id)
      }
    }
  }

  /** Deletes a blob if an intent says so and nobody needs it. A call during another one looks again behind it. */
  private sweepLater(mailbox: number, id: number): Promise<void> {
    const name = nameOf(mailbox, id)
    // What fails here fails because the store failed: the intent stands, and the next opening goes on.
    const sweep: Promise<void> = (this.sweeps.get(name) ?? Promise.resolve())
      .then(() => this.sweepOne(mailbox, id, name))
      .catch(() => {})
      .finally(() => {
        if (this.sweeps.get(name) === sweep) this.sweeps.delete(name)
      })
    this.sweeps.set(name, sweep)
    return sweep
  }

  private async sweepOne(mailbox: number, id: number, name: string): Promise<void> {
    if (this.pins.has(name) || this.writing.has(name)) return
    const intent = keys.blobIntent.of(mailbox, id)
    if (this.store.get(intent) === undefined) return
    const head = this.head(mailbox, id)
    if (head !== undefined && head.references > 0) {
      this.store.commit(new Batch().delete(intent))
      return
    }
    if (head !== undefined) {
      // The head goes first and at once: from here on nobody can open, share or edit the blob.
      const batch = new Batch().delete(keys.blob.of(mailbox, id))
      for (const source of foreignSources(head, id)) this.release(batch, mailbox, source)
      this.store.commit(batch)
    }
    await deleteRange(this.store, keys.blobPiece.range(mailbox, id), DELETE_SLICE)
    this.store.commit(new Batch().delete(intent))
  }
}

function nameOf(mailbox: number, id: number): string {
  return `${mailbox}/${id}`
}

function emptyHead(pieceBytes: number): BlobHead {
  return { sizeBytes: 0, pieceBytes, references: 0, runs: [] }
}

function missing(mailbox: number, id: number): StoreError {
  return new StoreError('blob', `large value ${id} of mailbox ${mailbox} does not exist`)
}
