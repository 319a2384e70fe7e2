/** Something that holds a piece of a large value in memory and can do without it. */
export interface PieceHolder {
  /** Lets go of the piece; what was written of it is kept in the store first. */
  giveUpPiece(): void
}

/** Bounds how many pieces of large values are in memory: whoever used his longest ago gives it up. */
export class PieceMemory {
  private readonly holders = new Set<PieceHolder>()

  constructor(private readonly most: number) {}

  /** To be called with each use. */
  used(holder: PieceHolder): void {
    this.holders.delete(holder)
    this.holders.add(holder)
    if (this.holders.size <= this.most) return
    const [oldest] = this.holders
    this.holders.delete(oldest)
    oldest.giveUpPiece()
  }

  /** The holder has nothing more to give up. */
  done(holder: PieceHolder): void {
    this.holders.delete(holder)
  }
}
