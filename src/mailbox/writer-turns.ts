import { AssertionError } from 'node:assert'
import type { Store } from '../../store/index.js'
import { Batch } from '../../store/index.js'
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
 * else it waits. A turn may not begin another one, and what it awaits may only be the store.
 */
export class WriterTurns {
  private busy = false
  private readonly waiting: (() => void)[] = []
  /** Number of the last commit of these turns. */
  lastSequence = 0

  constructor(
    private readonly store: Store,
    private readonly mintCn: () => number
  ) {}

  write<T>(why: string, turn: (turn: WriteTurn) => Maybe<T>): Maybe<T> {
    const room = this.store.whenRoom()
    if (this.busy || room !== undefined) return this.later(why, turn, room)
    return this.run(why, turn)
  }

  private async later<T>(
    why: string,
    turn: (turn: WriteTurn) => Maybe<T>,
    room: Promise<void> | undefined
  ): Promise<T> {
    await room
    while (this.busy) await new Promise<void>(resolve => this.waiting.push(resolve))
    return this.run(why, turn)
  }

  private run<T>(why: string, turn: (turn: WriteTurn) => Maybe<T>): Maybe<T> {
    if (this.busy) throw new AssertionError({ message: `writer turn '${why}' began inside another` })
    this.busy = true
    const batch = new Batch()
    let result: Maybe<T>
    try {
      result = turn({ batch, nextCn: this.mintCn, after: callback => void batch.whenCommitted(callback) })
      if (!(result instanceof Promise)) {
        this.commit(batch)
        return result
      }
    } catch (error) {
      this.end()
      throw error
    }
    return result.then(
      value => {
        try {
          this.commit(batch)
        } catch (error) {
          this.end()
          throw error
        }
        return value
      },
      error => {
        this.end()
        throw error
      }
    )
  }

  private commit(batch: Batch): void {
    this.lastSequence = this.store.commit(batch)
    this.end()
  }

  private end(): void {
    this.busy = false
    this.waiting.shift()?.()
  }
}
