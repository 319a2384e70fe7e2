import { type Batch, keys, type Store } from '../../../store/index.js'
import { Writer } from '../../bufferstructs/index.js'
import { limits } from '../../limits.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { PtypTime } from '../../oxcdata/property-type.js'
import { writeOrderKey } from '../../oxcdata/value-order.js'
import { PidTagMessageDeliveryTime } from '../../oxprops/property-tags.generated.js'
import type { Maybe } from '../domain.js'
import { FolderOrders } from './folder-orders.js'
import { entryValue, OrderDirectory, type RunInfo, runFromEntries } from './order-directory.js'
import { OrderHeads } from './order-heads.js'
import { compareRowKeys, type OrderedRow, OrderRun, type RowKey } from './order-run.js'
import { OrderWork } from './order-work.js'
import { CacheBudget, RowCache } from './row-cache.js'
import { buildSummaryRow, type RowSet, type SummaryInput, SummaryRow } from './summary-row.js'

/** The orders that every folder keeps, for each of its row sets. */
export const KEPT_ORDERS = ['mid', 'deliveryTime'] as const
export type KeptOrder = 0 | 1
export const BY_MID: KeptOrder = 0
export const BY_DELIVERY_TIME: KeptOrder = 1

/** Rows at an end of an order that are read without its directory: what a client shows first, and some more. */
export const HEAD_ROWS = 128

export interface OrderIndexOptions {
  /** Budget of runs and summary rows in memory; 256 MiB of its own unless shared. */
  cache?: CacheBudget
  /** Rows of a run after a split; it splits at twice as many (default 512). */
  runRows?: number
  /** Bounds of built orders in memory; those of `limits` unless a test wants others. */
  residentRows?: number
  sortedRows?: number
}

/** What a commit did to one row of a folder. */
export interface RowChange {
  readonly fid: Fid
  readonly set: RowSet
  readonly mid: Mid
  /** The row as it is now, null when it left the set. */
  readonly row: SummaryRow | null
}

/** A message that is new in its folder, with its summary row already made. */
export interface NewRow {
  readonly mid: Mid
  readonly version: number
  readonly summary: Uint8Array
  /** Sort key of the delivery time. */
  readonly timeKey: Uint8Array
}

/** Where a row stands in the orders: its delivery time's key, and which version of it is shown. */
export interface RowPlace {
  readonly timeKey: Uint8Array
  readonly version: number
}

/** A row of another folder that a folder shows. */
export interface LinkedRow extends RowPlace {
  readonly mid: Mid
  readonly row: SummaryRow
}

const NO_KEY = new Uint8Array(0)
const keyWriter = new Writer(16)

/**
 * The kept orders and summary rows of one mailbox: unsorted (by MID) and by PidTagMessageDeliveryTime, for each row set
 * of each folder. Every commit that changes a row reports it; tables read runs and rows. The directories of the
 * orders in use are resident, their content is cached within a budget.
 */
export class OrderIndex {
  readonly cache: RowCache
  readonly runRows: number
  /** Rows that a built order may have in memory; a longer one lies in the temporary space. */
  residentRows: number
  /** Rows that are sorted in memory while an order is built; of more, sorted parts are merged. */
  sortedRows: number
  readonly mailbox: number
  readonly store: Store
  private readonly directories = new FolderOrders<OrderDirectory>()
  private readonly loading = new FolderOrders<Promise<OrderDirectory>>()
  private readonly heads = new OrderHeads(this)
  private readonly runLoads = new Map<RunInfo, Promise<void>>()
  private readonly listeners = new Set<(change: RowChange) => void>()
  /** Whether a folder shows rows that lie in other folders, as search folders do; what it shows its memberships say. */
  showsOthers: (fid: Fid) => boolean = () => false
  /** Keys read from the store so far: what benches divide by operations. */
  keysRead = 0

  constructor(store: Store, mailbox: number, options: OrderIndexOptions = {}) {
    this.store = store
    this.mailbox = mailbox
    this.cache = new RowCache(options.cache ?? new CacheBudget(256 << 20))
    this.runRows = options.runRows ?? 512
    this.residentRows = options.residentRows ?? limits.residentOrderRows
    this.sortedRows = options.sortedRows ?? limits.sortedOrderRows
  }

  /**
   * Adds to `batch` what a changed message means for summary rows and orders of a folder; to be called within the writer
   * turn that commits the batch. `previous` null: the message is new in this set; `next` null: it leaves the set (is
   * deleted, moved, or goes to another set, which is reported by a second call). A promise only when the directory of the
   * folder's orders, or a run that has to be split, is not in memory. Takes effect when the batch is committed.
   */
  written(
    batch: Batch,
    fid: Fid,
    set: RowSet,
    mid: Mid,
    previous: SummaryInput | null,
    next: SummaryInput | null
  ): Maybe<void> {
    const row = next === null ? null : buildSummaryRow(set, fid, mid, next)
    const summaryKey = keys.summary.of(this.mailbox, fid, mid)
    if (row === null) batch.delete(summaryKey)
    else batch.put(summaryKey, row.bytes)
    const oldTime = previous === null ? null : deliveryKey(previous)
    const newTime = next === null ? null : deliveryKey(next)
    const version = next?.version ?? (previous === null ? 0 : previous.version)
    const oldMid = previous === null ? null : NO_KEY
    const newMid = next === null ? null : NO_KEY
    const change: RowChange = { fid, set, mid, row }
    batch.whenCommitted(() => this.committed(change))
    const first = this.writeOrder(batch, fid, orderWord(set, BY_MID), mid, oldMid, newMid, version)
    if (first === undefined) {
      return this.writeOrder(batch, fid, orderWord(set, BY_DELIVERY_TIME), mid, oldTime, newTime, version)
    }
    return first.then(() =>
      this.writeOrder(batch, fid, orderWord(set, BY_DELIVERY_TIME), mid, oldTime, newTime, version)
    )
  }

  /**
   * As `written` for many new messages of one set at once, in MID order: every run that they touch is made anew once. Rows do
   * not go into the cache, so that a large import leaves in it what others use.
   */
  writtenMany(batch: Batch, fid: Fid, set: RowSet, rows: readonly NewRow[]): Maybe<void> {
    for (const { mid, summary } of rows) batch.put(keys.summary.of(this.mailbox, fid, mid), summary)
    batch.whenCommitted(() => {
      if (this.listeners.size === 0) return
      for (const { mid, summary } of rows) this.changed({ fid, set, mid, row: new SummaryRow(summary.slice()) })
    })
    const byMid = rows.map(({ mid, version }) => ({ key: NO_KEY, mid, version }))
    const byTime = rows.map(({ timeKey: key, mid, version }) => ({ key, mid, version })).sort(compareRowKeys)
    const first = this.writeMany(batch, fid, orderWord(set, BY_MID), byMid)
    const second = (): Maybe<void> => this.writeMany(batch, fid, orderWord(set, BY_DELIVERY_TIME), byTime)
    return first === undefined ? second() : first.then(second)
  }

  /**
   * As `written` for a folder that shows a row of another one: the row stays where it is, and only the orders are the folder's own.
   * `previous` null: it was not shown; `next` null: it is not any more.
   */
  linked(
    batch: Batch,
    fid: Fid,
    mid: Mid,
    previous: RowPlace | null,
    next: RowPlace | null,
    row: SummaryRow | null
  ): Maybe<void> {
    const change: RowChange = { fid, set: 0, mid, row }
    batch.whenCommitted(() => this.committed(change))
    const version = (next ?? previous)?.version ?? 0
    const write = (order: KeptOrder, keyOf: (place: RowPlace) => Uint8Array): Promise<void> | undefined =>
      this.writeOrder(
        ...([batch, fid, orderWord(0, order), mid] as const),
        ...([previous === null ? null : keyOf(previous), next === null ? null : keyOf(next), version] as const)
      )
    const byTime = (): Maybe<void> => write(BY_DELIVERY_TIME, place => place.timeKey)
    const first = write(BY_MID, () => NO_KEY)
    return first === undefined ? byTime() : first.then(byTime)
  }

  /** As `linked` for many rows that were not shown before, in MID order. */
  linkedMany(batch: Batch, fid: Fid, rows: readonly LinkedRow[]): Maybe<void> {
    batch.whenCommitted(() => {
      for (const { mid, row } of rows) this.changed({ fid, set: 0, mid, row })
    })
    const byMid = rows.map(({ mid, version }) => ({ key: NO_KEY, mid, version }))
    const byTime = rows.map(({ timeKey: key, mid, version }) => ({ key, mid, version })).sort(compareRowKeys)
    const first = this.writeMany(batch, fid, orderWord(0, BY_MID), byMid)
    const second = (): Maybe<void> => this.writeMany(batch, fid, orderWord(0, BY_DELIVERY_TIME), byTime)
    return first === undefined ? second() : first.then(second)
  }

  private writeMany(batch: Batch, fid: Fid, order: number, rows: readonly OrderedRow[]): Promise<void> | undefined {
    for (const { key, mid, version } of rows) {
      batch.put(keys.order.of(this.mailbox, fid, order, key, mid), entryValue(version))
    }
    const work = this.workOf(batch, fid, order)
    return work instanceof Promise
      ? work.then(loaded => this.insertMany(fid, order, loaded, rows, 0))
      : this.insertMany(fid, order, work, rows, 0)
  }

  private insertMany(
    fid: Fid,
    order: number,
    work: OrderWork,
    rows: readonly OrderedRow[],
    from: number
  ): Promise<void> | undefined {
    for (let next = from; next < rows.length; ) {
      const wanted = work.wantedForInsert(rows[next])
      if (wanted !== undefined) {
        const here = next
        return this.loadRunOf(fid, order, wanted).then(() => this.insertMany(fid, order, work, rows, here))
      }
      next = work.insertMany(rows, next)
    }
    return undefined
  }

  /** The directory of an order, a promise when it has to be read. */
  directory(fid: Fid, set: RowSet, order: KeptOrder): Maybe<OrderDirectory> {
    return this.directoryOf(fid, orderWord(set, order))
  }

  /** The directory of an order when it is in memory. Nobody writes an order before it is. */
  presentDirectory(fid: Fid, set: RowSet, order: KeptOrder): OrderDirectory | undefined {
    return this.directories.get(fid, orderWord(set, order))
  }

  hasDirectory(fid: Fid, order: number): boolean {
    return this.directories.get(fid, order) !== undefined
  }

  /** The first `HEAD_ROWS` rows of an order, or its last ones, while its directory is not in memory; a promise after which to ask again. */
  head(fid: Fid, set: RowSet, order: KeptOrder, fromEnd: boolean): OrderRun | Promise<void> {
    return this.heads.find(fid, orderWord(set, order), fromEnd)
  }

  /** The rows of a run, undefined when they are not in memory: then `loadRun` fetches them. */
  run(info: RunInfo): OrderRun | undefined {
    return info.count === 0 ? OrderRun.empty : this.cache.run(info)
  }

  /** Reads the rows of a run that belongs to the present directory. What came meanwhile is found by asking again. */
  loadRun(fid: Fid, set: RowSet, order: KeptOrder, info: RunInfo): Promise<void> {
    return this.loadRunOf(fid, orderWord(set, order), info)
  }

  /** A summary row, undefined when it is not in memory: then `loadRows` fetches it. */
  row(mid: Mid, version: number): SummaryRow | undefined {
    return this.cache.row(mid, version)
  }

  /** Reads summary rows of a folder into the cache. Rows that left meanwhile are passed over. */
  async loadRows(fid: Fid, mids: readonly Mid[]): Promise<void> {
    this.keysRead += mids.length
    const rows = await this.store.getMany(mids.map(mid => this.rowKey(fid, mid)))
    for (let i = 0; i < mids.length; i++) {
      const bytes = rows[i]
      // An older row than one that a commit has put here meanwhile is asked for by nobody, and then read again.
      if (bytes !== undefined) this.cache.keepRow(mids[i], new SummaryRow(ownBytes(bytes)))
    }
  }

  /** The place of a message in an order, undefined when it is not in the set. */
  locate(fid: Fid, set: RowSet, order: KeptOrder, mid: Mid): RowKey | undefined {
    this.keysRead++
    const bytes = this.store.get(this.rowKey(fid, mid))
    const row = bytes === undefined ? undefined : new SummaryRow(bytes)
    if (row?.set !== set) return undefined
    return { key: order === BY_MID ? NO_KEY : timeKey(row.packed.value(PidTagMessageDeliveryTime)), mid }
  }

  /** All summary rows of a folder as of the moment of the call, page by page, past the cache. */
  async *summaries(fid: Fid, pageRows = 256): AsyncGenerator<{ mid: Mid; row: SummaryRow }[], void, void> {
    if (this.showsOthers(fid)) return yield* this.linkedRows(fid, pageRows)
    const range = keys.summary.range(this.mailbox, fid)
    for await (const page of this.store.pages({ ...range, pageEntries: pageRows })) {
      this.keysRead += page.length
      yield page.map(({ key, value }) => ({ mid: keys.summary.parse(key).mid, row: new SummaryRow(value) }))
    }
  }

  /** Memberships as of the moment of the call; rows that have changed or left since are told of by `onChange`. */
  private async *linkedRows(fid: Fid, pageRows: number): AsyncGenerator<{ mid: Mid; row: SummaryRow }[], void, void> {
    const range = keys.membership.range(this.mailbox, fid)
    for await (const page of this.store.pages({ ...range, pageEntries: pageRows })) {
      const mids = page.map(({ key }) => keys.membership.parse(key).mid)
      const rows = await this.store.getMany(page.map(({ value }, at) => linkedKey(this.mailbox, value, mids[at])))
      this.keysRead += page.length * 2
      yield mids.flatMap((mid, at) => {
        const bytes = rows[at]
        return bytes === undefined ? [] : [{ mid, row: new SummaryRow(bytes) }]
      })
    }
  }

  /** Where the row of a message lies that a folder shows. */
  private rowKey(fid: Fid, mid: Mid): Uint8Array {
    if (!this.showsOthers(fid)) return keys.summary.of(this.mailbox, fid, mid)
    this.keysRead++
    const home = this.store.get(keys.membership.of(this.mailbox, fid, mid))
    return home === undefined ? keys.summary.of(this.mailbox, fid, mid) : linkedKey(this.mailbox, home, mid)
  }

  /** Calls `listener` for each row that a commit changed, in the order of commits, until the returned function is called. */
  onChange(listener: (change: RowChange) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Forgets what is in memory of a folder's orders, after the folder has gone. */
  forget(fid: Fid): void {
    this.directories.deleteFolder(fid)
    this.heads.forgetFolder(fid)
  }

  private committed(change: RowChange): void {
    if (change.row !== null) this.cache.keepRow(change.mid, change.row)
    this.changed(change)
  }

  private changed(change: RowChange): void {
    for (const listener of this.listeners) listener(change)
  }

  private writeOrder(
    batch: Batch,
    fid: Fid,
    order: number,
    mid: Mid,
    oldKey: Uint8Array | null,
    newKey: Uint8Array | null,
    version: number
  ): Promise<void> | undefined {
    const work = this.workOf(batch, fid, order)
    if (work instanceof Promise) {
      return work.then(loaded => this.writeRow(batch, fid, order, loaded, mid, oldKey, newKey, version))
    }
    return this.writeRow(batch, fid, order, work, mid, oldKey, newKey, version)
  }

  private writeRow(
    batch: Batch,
    fid: Fid,
    order: number,
    work: OrderWork,
    mid: Mid,
    oldKey: Uint8Array | null,
    newKey: Uint8Array | null,
    version: number
  ): Promise<void> | undefined {
    if (oldKey !== null && (newKey === null || !sameBytes(oldKey, newKey))) {
      batch.delete(keys.order.of(this.mailbox, fid, order, oldKey, mid))
      work.remove(oldKey, mid, version)
      if (newKey !== null) work.insert(newKey, mid, version)
    } else if (oldKey === null && newKey !== null) {
      work.insert(newKey, mid, version)
    } else if (newKey !== null) {
      work.update(newKey, mid, version)
    }
    if (newKey !== null) batch.put(keys.order.of(this.mailbox, fid, order, newKey, mid), entryValue(version))
    const wanted = work.wantedForSplit()
    if (wanted === undefined) {
      work.balance()
      return undefined
    }
    return this.loadRunOf(fid, order, wanted).then(() => work.balance())
  }

  /** The state of an order within a batch, made on the batch's first change to it. */
  private workOf(batch: Batch, fid: Fid, order: number): Maybe<OrderWork> {
    const works = batch.note(this, newWorks)
    const present = works.get(fid, order)
    if (present !== undefined) return present
    const directory = this.directoryOf(fid, order)
    if (directory instanceof Promise) return directory.then(() => this.workOf(batch, fid, order))
    const work = new OrderWork(batch, this, fid, order, directory)
    works.set(fid, order, work)
    batch.whenCommitted(() => {
      this.directories.set(fid, order, work.commit())
      works.delete(fid, order)
    })
    return work
  }

  private directoryOf(fid: Fid, order: number): Maybe<OrderDirectory> {
    const present = this.directories.get(fid, order)
    if (present !== undefined) return present
    let loading = this.loading.get(fid, order)
    if (loading === undefined) {
      // Nobody writes an order before its directory is there, so nothing can change while it is read.
      loading = this.readDirectory(fid, order).finally(() => this.loading.delete(fid, order))
      this.loading.set(fid, order, loading)
    }
    return loading
  }

  private async readDirectory(fid: Fid, order: number): Promise<OrderDirectory> {
    const entries = await this.store.range(keys.orderRun.range(this.mailbox, fid, order))
    this.keysRead += entries.length
    const directory = OrderDirectory.fromEntries(entries)
    this.directories.set(fid, order, directory)
    this.heads.forget(fid, order)
    return directory
  }

  private loadRunOf(fid: Fid, order: number, info: RunInfo): Promise<void> {
    let load = this.runLoads.get(info)
    if (load === undefined) {
      load = this.readRun(fid, order, info).finally(() => this.runLoads.delete(info))
      this.runLoads.set(info, load)
    }
    return load
  }

  private async readRun(fid: Fid, order: number, info: RunInfo): Promise<void> {
    const directory = await this.directoryOf(fid, order)
    const index = directory.runs.indexOf(info)
    // A run of yesterday's directory: its reader looks into today's when it asks again.
    if (index < 0) return
    const next = directory.runs[index + 1]
    const all = keys.order.range(this.mailbox, fid, order)
    const gte = keys.order.of(this.mailbox, fid, order, info.firstKey, info.firstMid)
    const lt = next === undefined ? all.lt : keys.order.of(this.mailbox, fid, order, next.firstKey, next.firstMid)
    // The range shows the moment of this call, in which the directory is the present one.
    const entries = await this.store.range({ gte, lt })
    this.keysRead += entries.length
    if (entries.length !== info.count) {
      throw new RangeError(`a run of order ${order} of folder ${fid} has ${entries.length} rows, not ${info.count}`)
    }
    this.cache.keepRun(info, runFromEntries(entries))
  }
}

function linkedKey(mailbox: number, home: Uint8Array, mid: Mid): Uint8Array {
  return keys.summary.of(mailbox, new DataView(home.buffer, home.byteOffset).getFloat64(0), mid)
}

function newWorks(): FolderOrders<OrderWork> {
  return new FolderOrders()
}

/** The order's number in the store's keys. */
export function orderWord(set: RowSet, order: KeptOrder): number {
  return set * 0x100 + order
}

/** Sort key of PidTagMessageDeliveryTime, ascending. */
export function deliveryKey(input: SummaryInput): Uint8Array {
  const extra = input.extras?.find(({ tag }) => tag === PidTagMessageDeliveryTime)
  return timeKey(extra?.bytes ?? input.properties.value(PidTagMessageDeliveryTime))
}

export function timeKey(value: Uint8Array | undefined): Uint8Array {
  keyWriter.position = 0
  writeOrderKey(keyWriter, PtypTime, value, false, 0)
  return keyWriter.bytes.slice(0, keyWriter.position)
}

/** A row that is still on its way to the disk may be a view of a whole batch, which a cache must not hold on to. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > bytes.byteLength * 4 ? bytes.slice() : bytes
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false
  for (let i = 0; i < a.byteLength; i++) if (a[i] !== b[i]) return false
  return true
}
