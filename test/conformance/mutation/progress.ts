import type { SingleBar } from 'cli-progress'

/** A bar on the error output, if that is a terminal; the package that draws it is loaded when it is needed. */
export class Progress {
  private constructor(private readonly bar: SingleBar | undefined) {}

  static async start(what: string, total: number): Promise<Progress> {
    if (!process.stderr.isTTY || total === 0) return new Progress(undefined)
    const { default: cliProgress } = await import('cli-progress')
    const format = `${what}  {bar} {percentage}%  {value} of {total}, {eta_formatted} left`
    const bar = new cliProgress.SingleBar(
      { format, stream: process.stderr, hideCursor: true, clearOnComplete: true },
      cliProgress.Presets.shades_classic
    )
    bar.start(total, 0)
    return new Progress(bar)
  }

  step(): void {
    this.bar?.increment()
  }

  /** Writes to the output in the place of the bar, which is drawn again at its next step. */
  print(text: string): void {
    if (this.bar !== undefined) process.stderr.write('\r\u001b[K')
    process.stdout.write(text)
  }

  stop(): void {
    this.bar?.stop()
  }
}
