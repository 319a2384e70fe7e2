import type { SingleBar } from 'cli-progress'
import { systemRuntime } from '../runtime.js'
import type { WorldProgress } from '../world/apply-world.js'

/** Whoever waits for less than this sees no bar. */
const SHOWN_AFTER_MS = 500

/** A terminal, or what stands for one in a test. */
export type ProgressOutput = NodeJS.WritableStream & { readonly isTTY?: boolean }

/**
 * A progress bar for a world that is being brought in: only on a terminal, only when it takes a while. The package that
 * draws it is loaded when it is needed.
 */
export class WorldProgressBar {
  private readonly startMs: number
  private bar: SingleBar | undefined
  private loading: Promise<void> | undefined
  private progress: WorldProgress = { done: 0, total: 0 }
  private hasStopped = false

  constructor(
    private readonly output: ProgressOutput = process.stderr,
    private readonly monotonic: () => number = systemRuntime.monotonic
  ) {
    this.startMs = monotonic()
  }

  update(progress: WorldProgress): void {
    this.progress = progress
    if (this.bar !== undefined) this.bar.update(progress.done)
    else if (this.isDue) this.loading ??= this.show()
  }

  /** Takes the bar away; what is printed next begins on its line. */
  async stop(): Promise<void> {
    this.hasStopped = true
    await this.loading
    this.bar?.stop()
  }

  private get isDue(): boolean {
    const { done, total } = this.progress
    return this.output.isTTY === true && done < total && this.monotonic() - this.startMs >= SHOWN_AFTER_MS
  }

  private async show(): Promise<void> {
    const { default: cliProgress } = await import('cli-progress')
    if (this.hasStopped) return
    const format = 'Writing the world  {bar} {percentage}%  {value} of {total} items, {eta_formatted} left'
    this.bar = new cliProgress.SingleBar(
      { format, stream: this.output, hideCursor: true, clearOnComplete: true, stopOnComplete: false },
      cliProgress.Presets.shades_classic
    )
    this.bar.start(this.progress.total, this.progress.done)
  }
}
