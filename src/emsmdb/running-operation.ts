import type { Rop } from '../../rops/rop.js'
import type { Mailbox } from '../mailbox/domain.js'
import type { Watch } from '../mailbox/watch.js'
import type { Runtime } from '../runtime.js'

/**
 * A ROP that goes on when its Execute has been answered by a RopProgress response ([MS-OXCFOLD] 3.1.5.2). A logon has one at most: any ROP
 * but RopProgress ends it ([MS-OXCPRPT] R453).
 */
export class RunningOperation {
  private readonly settled: Promise<void>
  private isSettled = false

  constructor(
    /** The ROP that the client sent, whose response it gets in the end. */
    readonly row: Rop,
    readonly watch: Watch,
    /** What the ROP comes to. */
    readonly result: Promise<unknown>,
    /** The mailbox of its destination, where it has one. */
    readonly destination: Mailbox | undefined
  ) {
    const settle = (): void => {
      this.isSettled = true
    }
    this.settled = result.then(settle, settle)
  }

  /** Waits for the end, but not for long; true when it has come. */
  async wait(runtime: Runtime, atMostMs: number): Promise<boolean> {
    let cancel = (): void => {}
    const time = new Promise<void>(resolve => {
      cancel = runtime.timer(atMostMs, resolve)
    })
    await Promise.race([this.settled, time])
    cancel()
    return this.isSettled
  }

  /** Ends the operation where it stands. */
  async abort(): Promise<void> {
    this.watch.isCancelled = true
    await this.settled
  }
}

/** Thrown in place of a response: the operation has not ended, so that its progress is told. */
export class StillRunning {
  constructor(readonly operation: RunningOperation) {}
}

/** Thrown by RopProgress: the operation has ended, so that the response of its own ROP is due. */
export class HasEnded {
  constructor(readonly operation: RunningOperation) {}
}
