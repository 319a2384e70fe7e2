import { AssertionError } from 'node:assert'
import type { Store } from '../../store/index.js'
import { Batch, StoreError } from '../../store/index.js'
import type { Maybe } from './domain.js'

/** What a writer turn works with: one batch, committed whole when the turn has ended without an error. */
export interface WriteTurn {
  readonly batch: Batch
  /** The next change number of the mailbox; numbers are minted inside the turn, so that their order is that of commits. */
  nextCn(): number
  /** Called when the batch has been queued: the place to change resident state. Must not throw. */
  after(callback: () => void): void
}

/**
 * One writer turn at a time. A turn runs at once when none is under way, and then its result is there synchronously;
 * else it waits in line. A turn may not begin another one, and what it awaits may only be the store.
 *
 * The turns belong to one generation of the store: what they know of it is void once a flush has failed. From then on
 * every turn fails, one that was under way included, and the mailbox is opened again from disk with turns of its own.
 */
export class WriterTurns {
  private busy = false
  /** The synchronous part of a turn is running. */
  private isRunning = false
  private readonly waiting: (() => void)[] = []
  private readonly generation: number
  private isRetired = false
  /** Number of the last commit of these turns. */
  lastSequence = 0

  constructor(
    private readonly store: Store,
    private readonly mintCn: () => number
  ) {
    this.generation = store.generation
  }

  write<T>(why: string, turn: (turn: WriteTurn) => Maybe<T>): Maybe<T> {
    if (this.isRunning) throw new AssertionError({ message: `writer turn '${why}' began inside another` })
    this.demandCurrent(why)
    const room = this.store.whenRoom()
    if (this.busy || room !== undefined) return this.later(why, turn, room)
    this.busy = true
    return this.run(why, turn)
  }

  /** From now on no turn commits, one that is under way included: the mailbox is being removed. */
  retire(): void {
    this.isRetired = true
  }

  private async later<T>(
    why: string,
    turn: (turn: WriteTurn) => Maybe<T>,
    room: Promise<void> | undefined
  ): Promise<T> {
    await room
    // Whoever ends its turn hands it on, so that nobody who comes later gets in between.
    if (this.busy) await new Promise<void>(resolve => this.waiting.push(resolve))
    this.busy = true
    return this.run(why, turn)
  }

  private run<T>(why: string, turn: (turn: WriteTurn) => Maybe<T>): Maybe<T> {
    const batch = new Batch()
    let result: Maybe<T>
    try {
      this.demandCurrent(why)
      this.isRunning = true
      try {
        result = turn({ batch, nextCn: this.mintCn, after: callback => void batch.whenCommitted(callback) })
      } finally {
        this.isRunning = false
      }
      if (!(result instanceof Promise)) this.commit(why, batch)
    } catch (error) {
      this.end()
      throw error
    }
    if (result instanceof Promise) return this.finish(why, batch, result)
    this.end()
    return result
  }

  private async finish<T>(why: string, batch: Batch, result: Promise<T>): Promise<T> {
    try {
      const value = await result
      this.commit(why, batch)
      return value
    } finally {
      this.end()
    }
  }

  private commit(why: string, batch: Batch): void {
    this.demandCurrent(why)
    this.lastSequence = this.store.commit(batch)
  }

  private demandCurrent(why: string): void {
    if (this.isRetired) throw new StoreError('closed', `${why}: the mailbox has been removed`)
    if (this.store.failed !== undefined) throw this.store.failed
    if (this.generation === this.store.generation) return
    throw new StoreError('failed', `${why}: the mailbox was opened before the store failed`)
  }

  private end(): void {
    const next = this.waiting.shift()
    if (next === undefined) this.busy = false
    else next()
  }
}
