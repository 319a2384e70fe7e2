import type { ObjectStore } from '../store/open-store.js'
import type { Log } from './log.js'
import type { Runtime } from './runtime.js'

export interface StoreRecoveryOptions {
  readonly objects: ObjectStore
  readonly runtime: Runtime
  readonly log: Log
  /** Ends whatever was built on what the store had in memory. Called at once when it fails. */
  readonly forget: () => void
  /** Reads again what the server keeps in memory. Called when the store is open again, before anybody uses it. */
  readonly reload: () => Promise<void>
}

const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 30_000

/**
 * Opens the store again after a batch could not be written or flushed. Nobody was told of what was in that batch, or saw
 * anything of it that was told: all sessions end, and clients connect to what is on disk. As long as the disk refuses,
 * opening is tried again.
 */
export class StoreRecovery {
  private cancelTimer: (() => void) | undefined
  private stopped = false
  private waitMs = FIRST_WAIT_MS
  private attempt: Promise<void> | undefined
  private readonly unsubscribe: () => void

  constructor(private readonly options: StoreRecoveryOptions) {
    this.unsubscribe = options.objects.store.onFailure(error => {
      options.log.error('store.failed', { error })
      options.forget()
      this.schedule()
    })
  }

  /** No further attempt begins; resolves when one that is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true
    this.unsubscribe()
    this.cancelTimer?.()
    await this.attempt
  }

  private schedule(): void {
    if (this.stopped || this.cancelTimer !== undefined) return
    this.cancelTimer = this.options.runtime.timer(this.waitMs, () => {
      this.cancelTimer = undefined
      this.waitMs = Math.min(LONGEST_WAIT_MS, this.waitMs * 2)
      this.attempt = this.tryOnce()
    })
  }

  private async tryOnce(): Promise<void> {
    const { objects, log, reload } = this.options
    try {
      await objects.reopen()
      await reload()
      this.waitMs = FIRST_WAIT_MS
      log.warn('store.reopened')
    } catch (error) {
      log.error('store.reopen-failed', { error })
      this.schedule()
    }
  }
}
