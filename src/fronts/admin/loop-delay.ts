import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { Runtime } from '../../runtime.js'

export interface LoopDelayFigures {
  readonly meanMs: number
  readonly longestMs: number
}

const WINDOW_MS = 60_000
const RESOLUTION_MS = 10
const NOTHING: LoopDelayFigures = { meanMs: 0, longestMs: 0 }

/** How long the event loop kept others waiting, in the last one to two minutes. */
export class LoopDelay {
  private readonly histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  private before = NOTHING
  private cancel: () => void = () => {}

  constructor(private readonly runtime: Pick<Runtime, 'timer'>) {
    this.histogram.enable()
    this.turn()
  }

  figures(): LoopDelayFigures {
    const now = this.current()
    return { meanMs: now.meanMs, longestMs: Math.max(now.longestMs, this.before.longestMs) }
  }

  stop(): void {
    this.cancel()
    this.histogram.disable()
  }

  private turn(): void {
    this.cancel = this.runtime.timer(WINDOW_MS, () => {
      this.before = this.current()
      this.histogram.reset()
      this.turn()
    })
  }

  /** The monitor measures the time between its own ticks: what is above their distance is delay. */
  private current(): LoopDelayFigures {
    const delay = (nanoseconds: number): number => {
      const ms = nanoseconds / 1e6 - RESOLUTION_MS
      return Number.isFinite(ms) && ms > 0 ? Math.round(ms * 1000) / 1000 : 0
    }
    return { meanMs: delay(this.histogram.mean), longestMs: delay(this.histogram.max) }
  }
}
