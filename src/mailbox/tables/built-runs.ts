import type { Mid } from '../../oxcdata/ids.js'
import type { OrderIndex } from './order-index.js'
import { compareRowKeys, OrderRun, type RowKey } from './order-run.js'
import type { RunIdentity } from './row-cache.js'
import type { SortableRow } from './sortable-rows.js'
import type { TemporaryOrder } from './temporary-order.js'

/** A run of a built order: where it begins and where its rows are. Immutable: a changed run is another one. */
export interface BuiltRun extends RunIdentity {
  readonly firstKey: Uint8Array
  readonly firstMid: Mid
  /** The rows, in memory; of a spilled order they are under `number` in its temporary space. */
  readonly content: OrderRun | undefined
  readonly number: number
}

/** The run of rows that are in memory. */
export function residentRun(content: OrderRun): BuiltRun {
  return { ...firstOf(content), count: content.count, change: 0, content, number: 0 }
}

/** The run of rows that lie under a number in a temporary space. */
export function spilledRun(content: OrderRun, number: number): BuiltRun {
  return { ...firstOf(content), count: content.count, change: 0, content: undefined, number }
}

function firstOf(content: OrderRun): { firstKey: Uint8Array; firstMid: Mid } {
  if (content.count === 0) return { firstKey: new Uint8Array(0), firstMid: 0 }
  const { key, mid } = content.rowKeyAt(0)
  return { firstKey: key, firstMid: mid }
}

/**
 * The rows of a built order, run by run. A short order is in memory; of a long one there are only the beginnings of the runs, and
 * what is read of it goes through the cache that all tables share.
 */
export class BuiltRuns {
  total = 0
  /** Runs that were read or made for changes which have not been committed yet ... */
  private readonly held = new Map<BuiltRun, OrderRun>()
  /** ... and those of them that were made. */
  private readonly made = new Set<BuiltRun>()

  constructor(
    private readonly index: OrderIndex,
    private readonly runs: BuiltRun[],
    private readonly temporary: TemporaryOrder | undefined
  ) {
    if (runs.length === 0) runs.push(residentRun(OrderRun.empty))
    for (const { count } of runs) this.total += count
  }

  get count(): number {
    return this.runs.length
  }

  get isSpilled(): boolean {
    return this.temporary !== undefined
  }

  /** What a run is; the same object as long as its rows are the same. */
  at(run: number): BuiltRun {
    return this.runs[run]
  }

  /** The rows of a run, undefined when they have to be loaded. */
  content(at: number): OrderRun | undefined {
    const run = this.runs[at]
    if (run.count === 0) return OrderRun.empty
    return run.content ?? this.held.get(run) ?? this.index.cache.run(run)
  }

  async load(at: number): Promise<void> {
    const run = this.runs[at]
    const content = await this.read(run)
    if (content !== undefined) this.index.cache.keepRun(run, content)
  }

  /** The run that a place belongs to. */
  find(key: Uint8Array, mid: Mid): number {
    const place: RowKey = { key, mid }
    let low = 0
    let high = this.runs.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      const { firstKey, firstMid } = this.runs[middle]
      if (compareRowKeys({ key: firstKey, mid: firstMid }, place) <= 0) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Sort keys of the rows of a message. */
  places(mid: Mid): Uint8Array[] {
    if (this.temporary !== undefined) {
      this.index.keysRead++
      return this.temporary.places(mid)
    }
    const found: Uint8Array[] = []
    for (const { content } of this.runs) {
      for (let at = content!.mids.indexOf(mid); at >= 0; at = content!.mids.indexOf(mid, at + 1)) {
        found.push(content!.keyAt(at))
      }
    }
    return found
  }

  /**
   * Puts the rows of a message in the place of those that it had. A promise when a run has to be read first, after which to call
   * again. At most once for a message before a `commit`.
   */
  replace(mid: Mid, rows: readonly SortableRow[]): Promise<void> | undefined {
    const old = this.places(mid)
    for (const key of [...old, ...rows.map(({ key }) => key)]) {
      const at = this.find(key, mid)
      if (this.content(at) === undefined) return this.hold(this.runs[at])
      // What was found in the cache may leave it before all that is needed is there.
      else if (this.temporary !== undefined) this.held.set(this.runs[at], this.content(at)!)
    }
    for (const key of old) this.remove(key, mid)
    for (const row of rows) this.insert(row)
    this.temporary?.movePlaces(mid, OrderRun.of(rows))
    return undefined
  }

  /** Writes the changes since the last commit, of each run only what it has become. */
  commit(): void {
    const { temporary, held, made } = this
    if (temporary === undefined) return
    for (const run of made) temporary.putRun(run.number, held.get(run)!)
    temporary.commit()
    for (const [run, content] of held) this.index.cache.keepRun(run, content)
    held.clear()
    made.clear()
  }

  /** Gives up what the order has in the store. */
  async discard(): Promise<void> {
    await this.temporary?.remove()
  }

  private async hold(run: BuiltRun): Promise<void> {
    const content = await this.read(run)
    if (content !== undefined) this.held.set(run, content)
  }

  private read(run: BuiltRun): Promise<OrderRun | undefined> {
    this.index.keysRead++
    return this.temporary!.readRun(run.number)
  }

  private remove(key: Uint8Array, mid: Mid): void {
    const at = this.find(key, mid)
    const content = this.content(at)!
    const index = content.lowerBound(key, mid)
    if (index >= content.count || content.compareAt(index, key, mid) !== 0) {
      throw new RangeError(`a built order does not have the row of message ${mid} where it should be`)
    }
    this.total--
    if (content.count === 1 && this.runs.length > 1) this.set(at)
    else this.set(at, content.remove(index))
  }

  private insert({ key, mid, version }: SortableRow): void {
    const at = this.find(key, mid)
    const content = this.content(at)!
    const grown = content.insert(content.lowerBound(key, mid), key, mid, version)
    this.total++
    if (grown.count <= this.index.runRows * 2) this.set(at, grown)
    else this.set(at, grown.slice(0, grown.count >>> 1), grown.slice(grown.count >>> 1, grown.count))
  }

  /** Puts runs in the place of one. */
  private set(at: number, ...contents: readonly OrderRun[]): void {
    const { temporary } = this
    const old = this.runs[at]
    if (temporary === undefined) {
      this.runs.splice(at, 1, ...contents.map(residentRun))
      return
    }
    this.held.delete(old)
    if (!this.made.delete(old)) temporary.dropRun(old.number)
    const runs = contents.map(content => spilledRun(content, temporary.newNumber()))
    this.runs.splice(at, 1, ...runs)
    for (let i = 0; i < runs.length; i++) {
      this.held.set(runs[i], contents[i])
      this.made.add(runs[i])
    }
  }
}
