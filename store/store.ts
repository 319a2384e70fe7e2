import type { Batch } from './batch.js'
import type { Engine, EngineSnapshot, Entry, Operation, PageOptions, RangeOptions } from './engine.js'
import { keyText } from './key-range.js'
import { getFrom, getManyFrom, type Overlay, type Pending, pagesFrom, rangeFrom, readError } from './overlay.js'
import { SEAL_BYTES, seal, sealInto } from './records.js'
import { SortedMap } from './sorted-map.js'
import { StoreError } from './store-error.js'

/** `power`: a durable commit survives a power cut. `process`: it survives a kill of the process. */
export type Durability = 'power' | 'process'

export interface StoreOptions {
  durability?: Durability
  /** Commits are merged into one write up to this many bytes (default 4 MiB). A larger commit is a write of its own. */
  maxWriteBytes?: number
  /** ... and up to this many operations (default 4,096), so that settling one holds the event loop only briefly. */
  maxWriteOperations?: number
  /** Above this many queued bytes `whenRoom` makes callers wait (default 32 MiB); above eight times it commits are refused. */
  maxQueuedBytes?: number
  /** Called once for each failure, after the waiters were rejected. */
  onFailure?: (error: StoreError) => void
}

/** What can be read from the store and from a snapshot of it. Values handed out are read-only. */
export interface StoreReader {
  get(key: Uint8Array): Uint8Array | undefined
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>
  /** The entries of a range, all in memory: give a limit, or use `pages`. */
  range(options: RangeOptions): Promise<Entry[]>
  /** The entries of a range page by page. Both read the moment of the call. */
  pages(options: PageOptions): AsyncGenerator<Entry[], void, void>
}

export interface StoreSnapshot extends StoreReader {
  /** Last commit that the snapshot shows. An answer made from it waits for `whenDurable(sequence)`. */
  readonly sequence: number
  close(): void
}

/** Commits that go to the engine in one write. */
interface Group {
  last: number
  operations: Operation[]
  texts: string[]
  sizeBytes: number
  flush: boolean
  /** Made when somebody waits. */
  waiting: Waiting | undefined
}

interface Waiting {
  promise: Promise<void>
  resolve: () => void
  reject: (error: StoreError) => void
}

/**
 * Group commit over an engine. One write is in flight at a time; what is committed meanwhile is merged into the next.
 * Queued and in-flight commits are visible to every reader at once, through an overlay. When a write fails, its waiters
 * and all later ones are rejected, and nothing is read or committed until `reopen`.
 */
export class Store implements StoreReader {
  readonly durability: Durability
  /** Bytes of commits that are not on disk yet. */
  queuedBytes = 0
  /** Counts reopenings: what was read or reserved under another generation may not exist. */
  generation = 0
  private readonly flush: boolean
  private readonly maxWriteBytes: number
  private readonly maxWriteOperations: number
  private readonly maxQueuedBytes: number
  private readonly listeners = new Set<(error: StoreError) => void>()
  private readonly view: { engine: Engine; overlay: Overlay }
  private queue: Group[] = []
  private inFlight: Group | undefined
  private isScheduled = false
  private isClosed = false
  private last = 0
  private durable = 0
  private room: Waiting | undefined
  private failure: StoreError | undefined
  /** Commits lost to failures, as pairs first and last. */
  private lost: { first: number; last: number; error: StoreError }[] = []

  constructor(
    private readonly engine: Engine,
    options: StoreOptions = {}
  ) {
    this.view = { engine, overlay: new SortedMap<Pending>() }
    this.durability = options.durability ?? 'power'
    this.flush = this.durability === 'power'
    this.maxWriteBytes = options.maxWriteBytes ?? 4 << 20
    this.maxWriteOperations = options.maxWriteOperations ?? 4096
    this.maxQueuedBytes = options.maxQueuedBytes ?? 32 << 20
    if (options.onFailure !== undefined) this.listeners.add(options.onFailure)
  }

  /** Number of the last commit; 0 before the first. */
  get lastSequence(): number {
    return this.last
  }

  /** Number of the last commit that is durable. */
  get durableSequence(): number {
    return this.durable
  }

  /** Why the store refuses to work; undefined when it does not. */
  get failed(): StoreError | undefined {
    return this.failure
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.demandUsable()
    return getFrom(this.view, key)
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    this.demandUsable()
    return getManyFrom(this.view, keys)
  }

  async range(options: RangeOptions): Promise<Entry[]> {
    this.demandUsable()
    return rangeFrom(this.view, options)
  }

  pages(options: PageOptions): AsyncGenerator<Entry[], void, void> {
    this.demandUsable()
    return pagesFrom(this.view, options)
  }

  /** The store as it is now, queued commits included. Close it soon: LevelDB keeps what it shows. */
  snapshot(): StoreSnapshot {
    this.demandUsable()
    const view = { engine: this.snapshotEngine(), overlay: this.view.overlay.snapshot() }
    return {
      sequence: this.last,
      get: key => getFrom(view, key),
      getMany: keys => getManyFrom(view, keys),
      range: options => rangeFrom(view, options),
      pages: options => pagesFrom(view, options),
      close: () => view.engine.close()
    }
  }

  /**
   * Queues a batch whole and returns its number; readers see it at once. An empty batch gets the number of the commit
   * before it. Throws StoreError before anything is queued, never after.
   */
  commit(batch: Batch): number {
    this.demandUsable()
    if (this.queuedBytes > this.maxQueuedBytes * 8) {
      throw new StoreError('full', `${this.queuedBytes} bytes are queued: wait for whenRoom before a commit`)
    }
    if (batch.count > 0) this.enqueue(batch)
    for (const callback of batch.committed) callback()
    return this.last
  }

  /** Undefined when a commit is durable; else a promise that resolves when it is or rejects when it never will be. */
  whenDurable(sequence: number): Promise<void> | undefined {
    if (sequence <= this.durable) {
      if (this.lost.length === 0) return undefined
      const lost = this.lost.find(part => sequence >= part.first && sequence <= part.last)
      return lost === undefined ? undefined : rejected(lost.error)
    }
    if (sequence > this.last)
      throw new RangeError(`commit ${sequence} does not exist yet, the last one is ${this.last}`)
    const group =
      this.inFlight !== undefined && sequence <= this.inFlight.last
        ? this.inFlight
        : this.queue.find(queued => sequence <= queued.last)
    if (group === undefined) return rejected(this.failure ?? new StoreError('closed', 'the store is closed'))
    group.waiting ??= waiting()
    return group.waiting.promise
  }

  /** Undefined when there is room for commits; else a promise that resolves when there is. To be called before a writer turn. */
  whenRoom(): Promise<void> | undefined {
    if (this.failure !== undefined) return rejected(this.failure)
    if (this.queuedBytes <= this.maxQueuedBytes) return undefined
    this.room ??= waiting()
    return this.room.promise
  }

  /** Calls `listener` for each later failure, until the returned function is called. */
  onFailure(listener: (error: StoreError) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Forgets what is not on disk and works again, over what the engine has kept. */
  async reopen(): Promise<void> {
    if (this.isClosed) throw new StoreError('closed', 'the store is closed')
    if (this.failure === undefined) await this.whenDurable(this.last)
    await this.engine.reopen()
    this.view.overlay = new SortedMap<Pending>()
    // A number of its own: an empty batch that follows gets this one, not that of a commit which was lost.
    this.durable = ++this.last
    this.failure = undefined
    this.generation++
  }

  /** Waits until everything queued is durable, then closes the engine. A failed store closes too. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    try {
      if (this.failure === undefined) await this.whenDurable(this.last)
    } finally {
      await this.engine.close()
    }
  }

  private enqueue(batch: Batch): void {
    const sequence = ++this.last
    let group = this.queue[this.queue.length - 1]
    if (
      group === undefined ||
      group.sizeBytes + batch.sizeBytes > this.maxWriteBytes ||
      group.operations.length + batch.count > this.maxWriteOperations
    ) {
      group = { last: sequence, operations: [], texts: [], sizeBytes: 0, flush: this.flush, waiting: undefined }
      this.queue.push(group)
    }
    const { keys, values } = batch
    const arena = keys.length < MANY_OPERATIONS ? undefined : arenaFor(batch)
    let used = 0
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]
      const value = values[i]
      const text = keyText(key)
      const sealed =
        value === undefined ? undefined : arena === undefined ? seal(key, value) : sealInto(arena, used, key, value)
      if (sealed !== undefined) used += sealed.length
      this.view.overlay.set(text, { sealed, sequence })
      group.operations.push({ key, value: sealed })
      group.texts.push(text)
    }
    group.last = sequence
    if (batch.mustFlush) group.flush = true
    group.sizeBytes += batch.sizeBytes
    this.queuedBytes += batch.sizeBytes
    if (this.inFlight !== undefined || this.isScheduled) return
    // A microtask later, so that the commits of one synchronous run go together even when nothing is in flight.
    this.isScheduled = true
    queueMicrotask(() => {
      this.isScheduled = false
      this.writeNext()
    })
  }

  private writeNext(): void {
    if (this.inFlight !== undefined || this.failure !== undefined) return
    const group = this.queue.shift()
    if (group === undefined) return
    this.inFlight = group
    this.engine.write(group.operations, { flush: group.flush }).then(
      () => this.settle(group),
      cause => this.fail(group, cause)
    )
  }

  private settle(group: Group): void {
    this.inFlight = undefined
    this.durable = group.last
    this.queuedBytes -= group.sizeBytes
    if (this.queue.length === 0) {
      this.view.overlay = new SortedMap<Pending>()
    } else {
      for (const text of group.texts) {
        const pending = this.view.overlay.get(text)
        if (pending !== undefined && pending.sequence <= group.last) this.view.overlay.delete(text)
      }
    }
    this.writeNext()
    group.waiting?.resolve()
    if (this.room !== undefined && this.queuedBytes <= this.maxQueuedBytes) {
      this.room.resolve()
      this.room = undefined
    }
  }

  private fail(group: Group, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const error = new StoreError('write', `a batch could not be written: ${reason}`, { cause })
    this.failure = new StoreError('failed', `the store has failed and must be opened again: ${reason}`, { cause })
    this.lost.push({ first: this.durable + 1, last: this.last, error })
    const groups = [group, ...this.queue]
    this.inFlight = undefined
    this.queue = []
    this.queuedBytes = 0
    for (const { waiting } of groups) waiting?.reject(error)
    this.room?.reject(this.failure)
    this.room = undefined
    for (const listener of this.listeners) listener(this.failure)
  }

  private snapshotEngine(): EngineSnapshot {
    try {
      return this.engine.snapshot()
    } catch (cause) {
      throw readError(cause)
    }
  }

  private demandUsable(): void {
    if (this.failure !== undefined) throw this.failure
    if (this.isClosed) throw new StoreError('closed', 'the store is closed')
  }
}

/** From so many operations on the values of a batch lie in one allocation. */
const MANY_OPERATIONS = 4

function arenaFor(batch: Batch): Uint8Array {
  return Buffer.allocUnsafeSlow(batch.sizeBytes + batch.count * SEAL_BYTES)
}

function waiting(): Waiting {
  let resolve!: () => void
  let reject!: (error: StoreError) => void
  const promise = new Promise<void>((onResolved, onRejected) => {
    resolve = onResolved
    reject = onRejected
  })
  // Waiters may have gone (a session that ended): their rejection is nobody's and must not end the process.
  promise.catch(() => {})
  return { promise, resolve, reject }
}

function rejected(error: StoreError): Promise<void> {
  const promise = Promise.reject(error)
  promise.catch(() => {})
  return promise
}
