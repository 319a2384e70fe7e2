import type { BlobWriter } from '../../store/blob-writer.js'
import type { Batch } from '../../store/index.js'
import type { LargeValue } from './record-codec.js'

/**
 * A large value that was written and is in no record yet. Several may need it: an attachment, the message that it was
 * saved into, the stream that wrote it. Whoever's record is written first attaches it, for all; when the last one lets go
 * of a value that was never attached, what was written is given up.
 */
export class PendingValue {
  /** Objects that have it among their properties. */
  objects = 0
  private streams = 0
  private attachedAs: LargeValue | undefined
  private batch: Batch | undefined
  private isCommitted = false

  constructor(
    readonly type: number,
    readonly writer: BlobWriter
  ) {}

  get sizeBytes(): number {
    return this.attachedAs?.sizeBytes ?? this.writer.sizeBytes
  }

  /** What it became in a record that has been committed. */
  get attached(): LargeValue | undefined {
    return this.isCommitted ? this.attachedAs : undefined
  }

  /** What it is in the record of the batch at hand. */
  get staged(): LargeValue | undefined {
    return this.attachedAs
  }

  attach(batch: Batch): void {
    if (this.isCommitted || this.batch === batch) return
    const { id, sizeBytes } = this.writer.attach(batch)
    this.attachedAs = { type: this.type, blobId: id, sizeBytes }
    this.batch = batch
    batch.whenCommitted(() => {
      this.isCommitted = true
    })
  }

  /** The batch that it was attached to came to nothing: it is in no record, as before. */
  unstage(): void {
    if (this.isCommitted) return
    this.attachedAs = undefined
    this.batch = undefined
  }

  addObject(): void {
    this.objects++
  }

  dropObject(): void {
    this.objects--
    this.endUnused()
  }

  addStream(): void {
    this.streams++
  }

  dropStream(): void {
    this.streams--
    this.endUnused()
  }

  private endUnused(): void {
    if (this.objects === 0 && this.streams === 0 && !this.isCommitted) this.writer.abandon()
  }
}
