import type { Engine, EngineSnapshot, Entry, Operation, PageOptions, RangeOptions } from './engine.js'
import { MemoryEngine } from './memory-engine.js'

export type EngineOperation = 'get' | 'getMany' | 'range' | 'pages' | 'snapshot' | 'write'

/** What goes wrong, and when. */
export interface FaultPlan {
  /** Number, from 1, of the operation that fails; of those that `counts` counts. */
  failAt?: number
  /** Which operations are counted (default: writes only). */
  counts?: (operation: EngineOperation) => boolean
  /** From the failing operation on every call throws, as if the process had been killed. */
  crash?: boolean
  /** The failing write is applied all the same, and only its success is not reported. */
  applied?: boolean
  /**
   * Whether the unflushed batch number n (from 0, in order of writing; a batch whose flush failed counts) is still
   * there after a crash or reopening. Default: all are lost. Flushed batches always survive; no batch is torn.
   */
  keeps?: (n: number) => boolean
}

export interface TracedWrite {
  event: 'begin' | 'end' | 'failed'
  flush: boolean
  operations: readonly Operation[]
}

interface Journaled {
  operations: readonly Operation[]
  isFlushed: boolean
}

/**
 * An engine in memory that keeps apart what was written and what is on disk. Batches that were not flushed can be lost
 * one by one, also when a later batch was flushed: LevelDB does not sync its old log when it starts a new one.
 */
export class FaultyEngine implements Engine {
  /** Writes as they began and ended. */
  readonly trace: TracedWrite[] = []
  /** Number of counted operations so far. */
  operations = 0
  private disk: MemoryEngine
  private visible: MemoryEngine
  private journal: Journaled[] = []
  private unflushed = 0
  private hasCrashed = false
  private gate: Promise<void> | undefined

  constructor(
    private plan: FaultPlan = {},
    from: MemoryEngine = new MemoryEngine()
  ) {
    this.disk = new MemoryEngine(from)
    this.visible = new MemoryEngine(from)
  }

  /** Whether the planned failure has happened. */
  get hasFailed(): boolean {
    return this.plan.failAt !== undefined && this.operations >= this.plan.failAt
  }

  /** Replaces the plan; operations are counted anew. */
  replan(plan: FaultPlan): void {
    this.plan = plan
    this.operations = 0
  }

  /** Makes every later call throw. */
  crash(): void {
    this.hasCrashed = true
  }

  /** Makes later writes wait until the returned function is called. */
  hold(): () => void {
    let release!: () => void
    this.gate = new Promise(resolve => {
      release = resolve
    })
    return () => {
      this.gate = undefined
      release()
    }
  }

  /** A new engine over the bytes that survive: all flushed batches and of the others those that the plan keeps. */
  survivors(): MemoryEngine {
    const survivors = new MemoryEngine(this.disk)
    let n = this.unflushed - this.journal.filter(batch => !batch.isFlushed).length
    for (const { operations, isFlushed } of this.journal) {
      if (isFlushed || this.plan.keeps?.(n)) survivors.apply(operations)
      if (!isFlushed) n++
    }
    return survivors
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.count('get')
    return this.visible.get(key)
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    this.count('getMany')
    return this.visible.getMany(keys)
  }

  async range(options: RangeOptions): Promise<Entry[]> {
    this.count('range')
    return this.visible.range(options)
  }

  pages(options: PageOptions): AsyncGenerator<Entry[], void, void> {
    this.count('pages')
    return this.visible.pages(options)
  }

  snapshot(): EngineSnapshot {
    this.count('snapshot')
    return this.visible.snapshot()
  }

  async write(operations: readonly Operation[], { flush }: { flush: boolean }): Promise<void> {
    this.trace.push({ event: 'begin', flush, operations })
    await this.gate
    try {
      this.count('write')
    } catch (error) {
      // Whether a batch whose write failed is on disk is open: the plan decides it as for any unflushed batch.
      if (!this.hasCrashed || this.plan.failAt === this.operations) this.record(operations, false)
      if (this.plan.applied) this.visible.apply(operations)
      this.trace.push({ event: 'failed', flush, operations })
      throw error
    }
    this.record(operations, flush)
    this.visible.apply(operations)
    this.trace.push({ event: 'end', flush, operations })
  }

  async reopen(): Promise<void> {
    if (this.hasCrashed) throw new Error('the engine has crashed')
    this.disk = this.survivors()
    this.visible = new MemoryEngine(this.disk)
    this.journal = []
  }

  async close(): Promise<void> {}

  private record(operations: readonly Operation[], isFlushed: boolean): void {
    if (!isFlushed) this.unflushed++
    // What was flushed with nothing unflushed before it can no longer change its place.
    if (isFlushed && this.journal.length === 0) this.disk.apply(operations)
    else this.journal.push({ operations, isFlushed })
  }

  private count(operation: EngineOperation): void {
    if (this.hasCrashed) throw new Error('the engine has crashed')
    const counts = this.plan.counts ?? ((counted: EngineOperation) => counted === 'write')
    if (!counts(operation)) return
    this.operations++
    if (this.operations !== this.plan.failAt) return
    if (this.plan.crash) this.hasCrashed = true
    throw new Error(`planned failure of operation ${this.operations} (${operation})`)
  }
}
