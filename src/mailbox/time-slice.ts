import type { Runtime } from '../runtime.js'

/** Longest stretch of work before others get their turn. */
const SLICE_MS = 2

/** Work over many rows in slices, so that it never holds the event loop for long. */
export class TimeSlice {
  private readonly runtime: Pick<Runtime, 'monotonic'>
  private started: number

  constructor(runtime: Pick<Runtime, 'monotonic'>) {
    this.runtime = runtime
    this.started = runtime.monotonic()
  }

  /** Whether the slice is used up: then `pause` before the next step. */
  get isDue(): boolean {
    return this.runtime.monotonic() - this.started >= SLICE_MS
  }

  /** Lets everybody else run, then begins a new slice. */
  async pause(): Promise<void> {
    await new Promise<void>(resolve => setImmediate(resolve))
    this.started = this.runtime.monotonic()
  }
}
