import { type BlobHead, expandRuns } from './blob-head.js'
import { keys, printableKey } from './keys.js'
import type { PieceHolder, PieceMemory } from './piece-memory.js'
import type { StoreReader } from './store.js'
import { StoreError } from './store-error.js'

const NO_PIECE = new Uint8Array(0)

/** Reads a large value; keeps one piece in memory. */
export class BlobReader implements PieceHolder {
  readonly sizeBytes: number
  private readonly sources: number[]
  private readonly pieceBytes: number
  private index = -1
  private piece: Uint8Array = NO_PIECE

  constructor(
    private readonly store: StoreReader,
    private readonly mailbox: number,
    head: BlobHead,
    private readonly memory: PieceMemory,
    private readonly unpin: () => void
  ) {
    this.sizeBytes = head.sizeBytes
    this.pieceBytes = head.pieceBytes
    this.sources = expandRuns(head.runs)
  }

  /** Up to `length` bytes from `offset`; fewer at the end. A view where they lie in one piece, not to be changed. */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.sizeBytes)
    if (offset >= end) return new Uint8Array(0)
    const first = Math.floor(offset / this.pieceBytes)
    const start = first * this.pieceBytes
    if (end <= start + this.pieceBytes) {
      const piece = this.load(first)
      if (end - start <= piece.length) return piece.subarray(offset - start, end - start)
    }
    const bytes = new Uint8Array(end - offset)
    for (let i = first; i * this.pieceBytes < end; i++) {
      const from = i * this.pieceBytes
      const piece = this.load(i)
      const skip = Math.max(0, offset - from)
      // A piece may be stored shorter than it reads: what is missing are zeros.
      const part = piece.subarray(skip, Math.min(piece.length, end - from))
      bytes.set(part, from + skip - offset)
    }
    return bytes
  }

  /** Lets go of the value: when it was released meanwhile its pieces can be deleted now. */
  close(): void {
    this.giveUpPiece()
    this.memory.done(this)
    this.unpin()
  }

  giveUpPiece(): void {
    this.piece = NO_PIECE
    this.index = -1
  }

  private load(index: number): Uint8Array {
    this.memory.used(this)
    if (this.index === index) return this.piece
    this.piece = readPiece(this.store, this.mailbox, this.sources[index] ?? 0, index)
    this.index = index
    return this.piece
  }
}

/** The bytes that are stored for a piece: none for source 0, and as many as were written else. */
export function readPiece(store: StoreReader, mailbox: number, source: number, index: number): Uint8Array {
  if (source === 0) return new Uint8Array(0)
  const key = keys.blobPiece.of(mailbox, source, index)
  const piece = store.get(key)
  if (piece === undefined) throw new StoreError('blob', `piece ${printableKey(key)} of a large value is missing`)
  return piece
}
