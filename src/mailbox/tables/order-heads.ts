import { keys } from '../../../store/index.js'
import type { Fid } from '../../oxcdata/ids.js'
import { FolderOrders } from './folder-orders.js'
import { runFromEntries } from './order-directory.js'
import { HEAD_ROWS, type OrderIndex } from './order-index.js'
import type { OrderRun } from './order-run.js'
import type { RunIdentity } from './row-cache.js'

/**
 * The ends of kept orders whose directories are not in memory. Whoever writes an order reads its directory first, so that what is known
 * here cannot become old: it is forgotten when the directory comes.
 */
export class OrderHeads {
  private readonly firsts = new FolderOrders<RunIdentity>()
  private readonly lasts = new FolderOrders<RunIdentity>()

  constructor(private readonly index: OrderIndex) {}

  /** The rows at an end of an order; a promise after which to ask again. */
  find(fid: Fid, order: number, fromEnd: boolean): OrderRun | Promise<void> {
    const identity = (fromEnd ? this.lasts : this.firsts).get(fid, order)
    const head = identity === undefined ? undefined : this.index.cache.run(identity)
    return head ?? this.load(fid, order, fromEnd)
  }

  forget(fid: Fid, order: number): void {
    this.firsts.delete(fid, order)
    this.lasts.delete(fid, order)
  }

  forgetFolder(fid: Fid): void {
    this.firsts.deleteFolder(fid)
    this.lasts.deleteFolder(fid)
  }

  private async load(fid: Fid, order: number, fromEnd: boolean): Promise<void> {
    const { index } = this
    const range = keys.order.range(index.mailbox, fid, order)
    const entries = await index.store.range({ ...range, limit: HEAD_ROWS, reverse: fromEnd })
    index.keysRead += entries.length
    // The directory came meanwhile, and with it perhaps a change.
    if (index.hasDirectory(fid, order)) return
    const head = runFromEntries(fromEnd ? entries.reverse() : entries)
    const identity = { count: head.count, change: 0 }
    index.cache.keepRun(identity, head)
    ;(fromEnd ? this.lasts : this.firsts).set(fid, order, identity)
  }
}
