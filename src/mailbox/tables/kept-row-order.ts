import type { Fid, Mid } from '../../oxcdata/ids.js'
import type { OrderDirectory } from './order-directory.js'
import { HEAD_ROWS, type KeptOrder, type OrderIndex } from './order-index.js'
import { compareRowKeys, type OrderRun, type RowKey } from './order-run.js'
import type { RowOrder } from './row-order.js'
import type { RowSet } from './summary-row.js'

/** Which kept order a table reads, and how. */
export interface KeptSpec {
  readonly fid: Fid
  readonly set: RowSet
  readonly order: KeptOrder
  /** Rows are read from the last to the first. */
  readonly reversed: boolean
}

/**
 * A kept order as it is now; a promise after which to ask again. `count` tells how many rows there are, where somebody knows: as long as
 * nothing but the beginning of the order is asked for, its directory, which grows with the folder, then need not be read.
 */
export function keptRowOrder(
  index: OrderIndex,
  spec: KeptSpec,
  count: (() => number) | undefined
): RowOrder | Promise<unknown> {
  const { fid, set, order, reversed } = spec
  const present = index.presentDirectory(fid, set, order)
  if (present !== undefined) return new KeptRowOrder(index, present, spec)
  if (count !== undefined) {
    const head = index.head(fid, set, order, reversed)
    if (head instanceof Promise) return head
    const total = count()
    if (head.count === Math.min(total, HEAD_ROWS)) return new HeadRowOrder(index, head, total, spec)
  }
  const directory = index.directory(fid, set, order)
  return directory instanceof Promise ? directory : new KeptRowOrder(index, directory, spec)
}

/** A kept order of which the whole directory is there. */
class KeptRowOrder implements RowOrder {
  constructor(
    private readonly index: OrderIndex,
    private readonly directory: OrderDirectory,
    private readonly spec: KeptSpec
  ) {}

  get reversed(): boolean {
    return this.spec.reversed
  }

  get total(): number {
    return this.directory.total
  }

  get runCount(): number {
    return this.directory.runs.length
  }

  countAt(run: number): number {
    return this.directory.runs[run].count
  }

  contentAt(run: number): OrderRun | undefined {
    return this.index.run(this.directory.runs[run])
  }

  load(run: number): Promise<void> {
    const { fid, set, order } = this.spec
    return this.index.loadRun(fid, set, order, this.directory.runs[run])
  }

  find(key: Uint8Array, mid: Mid): number {
    return this.directory.find(key, mid)
  }

  locate(mid: Mid): RowKey | undefined {
    const { fid, set, order } = this.spec
    return this.index.locate(fid, set, order, mid)
  }
}

/** A kept order of which the rows that a table shows first are there; whoever asks for others waits for the directory. */
class HeadRowOrder implements RowOrder {
  constructor(
    private readonly index: OrderIndex,
    private readonly head: OrderRun,
    readonly total: number,
    private readonly spec: KeptSpec
  ) {}

  get reversed(): boolean {
    return this.spec.reversed
  }

  /** The head and the rest. */
  readonly runCount = 2

  countAt(run: number): number {
    return run === this.headAt ? this.head.count : this.total - this.head.count
  }

  contentAt(run: number): OrderRun | undefined {
    return run === this.headAt ? this.head : undefined
  }

  async load(): Promise<void> {
    const { fid, set, order } = this.spec
    await this.index.directory(fid, set, order)
  }

  find(key: Uint8Array, mid: Mid): number {
    const { head, headAt } = this
    if (head.count === this.total) return headAt
    const place = { key, mid }
    const isInHead = this.reversed
      ? compareRowKeys(place, head.rowKeyAt(0)) >= 0
      : compareRowKeys(place, head.rowKeyAt(head.count - 1)) <= 0
    return isInHead ? headAt : 1 - headAt
  }

  locate(mid: Mid): RowKey | undefined {
    const { fid, set, order } = this.spec
    return this.index.locate(fid, set, order, mid)
  }

  private get headAt(): number {
    return this.reversed ? 1 : 0
  }
}
