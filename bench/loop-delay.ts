import { readFileSync } from 'node:fs'
import { systemRuntime } from '../src/runtime.js'

/** How long the event loop was held at most, between two of its turns. */
export interface LoopDelays {
  longestMs: number
  /** Without the time in which the thread could have run and the machine ran something else; undefined where it does not say. */
  longestOwnMs: number | undefined
}

/** Looks at the clock in every turn of the event loop. */
export class LoopWatch {
  private longestMs = 0
  private longestOwnMs = 0
  private isRunning = true
  private readonly canTell = waitedMs() !== undefined

  constructor() {
    this.turn(systemRuntime.monotonic(), waitedMs() ?? 0)
  }

  stop(): LoopDelays {
    this.isRunning = false
    return { longestMs: this.longestMs, longestOwnMs: this.canTell ? this.longestOwnMs : undefined }
  }

  private turn(before: number, waitedBefore: number): void {
    setImmediate(() => {
      if (!this.isRunning) return
      const [now, waited] = [systemRuntime.monotonic(), waitedMs() ?? 0]
      const delay = now - before
      this.longestMs = Math.max(this.longestMs, delay)
      this.longestOwnMs = Math.max(this.longestOwnMs, delay - (waited - waitedBefore))
      this.turn(now, waited)
    })
  }
}

/** Milliseconds that this thread has waited for a processor; undefined where the system does not count them. */
function waitedMs(): number | undefined {
  try {
    // Of the main thread, which is the one that the event loop runs in.
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / 1e6
  } catch {
    return undefined
  }
}
