import type { Fid } from '../../oxcdata/ids.js'

/** One value per order of a folder, found by numbers: a name put together from them would have to be made each time. */
export class FolderOrders<V> {
  private readonly folders = new Map<Fid, Map<number, V>>()

  get(fid: Fid, order: number): V | undefined {
    return this.folders.get(fid)?.get(order)
  }

  set(fid: Fid, order: number, value: V): void {
    let orders = this.folders.get(fid)
    if (orders === undefined) {
      orders = new Map()
      this.folders.set(fid, orders)
    }
    orders.set(order, value)
  }

  delete(fid: Fid, order: number): void {
    const orders = this.folders.get(fid)
    orders?.delete(order)
    if (orders?.size === 0) this.folders.delete(fid)
  }

  deleteFolder(fid: Fid): void {
    this.folders.delete(fid)
  }
}
