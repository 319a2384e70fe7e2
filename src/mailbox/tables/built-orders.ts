import type { Fid, Mid } from '../../oxcdata/ids.js'
import { restrictionBytes } from '../../oxcdata/restriction.js'
import { formatSortOrder } from '../../oxcdata/sort-order.js'
import type { Runtime } from '../../runtime.js'
import { BuiltOrder, type OrderSpec } from './built-order.js'
import type { OrderIndex, RowChange } from './order-index.js'
import type { RecordSource } from './row-targets.js'
import type { SummaryRow } from './summary-row.js'

/** How long an order is kept after its last table has been released. */
const DISUSE_MS = 60_000

/** Rows of the orders of one mailbox that are kept in disuse; beyond it the oldest go at once. */
const MOST_UNUSED_ROWS = 500_000

/** The built orders of one mailbox, shared by tables that ask for the same, told of every commit. */
export class BuiltOrders {
  private readonly orders = new Map<string, BuiltOrder>()
  private readonly byFolder = new Map<string, Set<BuiltOrder>>()
  private readonly timers = new Map<string, () => void>()
  private readonly index: OrderIndex
  /** Where whole messages come from. */
  readonly source: RecordSource
  readonly runtime: Runtime

  constructor(index: OrderIndex, source: RecordSource, runtime: Runtime) {
    this.index = index
    this.source = source
    this.runtime = runtime
    index.onChange(change => this.changed(change))
  }

  get count(): number {
    return this.orders.size
  }

  /** The order that a table asks for; to be given back by `release`. */
  acquire(spec: OrderSpec): BuiltOrder {
    const name = nameOf(spec)
    let order = this.orders.get(name)
    if (order === undefined) {
      order = new BuiltOrder(this.index, spec, this.source, this.runtime)
      this.orders.set(name, order)
      const folder = `${spec.fid}/${spec.set}`
      const others = this.byFolder.get(folder)
      if (others === undefined) this.byFolder.set(folder, new Set([order]))
      else others.add(order)
    }
    this.timers.get(name)?.()
    this.timers.delete(name)
    order.users++
    return order
  }

  release(order: BuiltOrder): void {
    if (--order.users > 0) return
    const name = nameOf(order.spec)
    this.timers.set(
      name,
      this.runtime.timer(DISUSE_MS, () => this.drop(name))
    )
    let unused = 0
    for (const name of this.timers.keys()) unused += this.orders.get(name)?.total ?? 0
    for (const name of [...this.timers.keys()]) {
      if (unused <= MOST_UNUSED_ROWS) break
      unused -= this.orders.get(name)?.total ?? 0
      this.drop(name)
    }
  }

  /** Read states that somebody sees have changed, of these messages or of any. */
  readStateChanged(
    reader: string,
    fid: Fid,
    mids: readonly Mid[] | 'any',
    rowOf: (mid: Mid) => SummaryRow | null
  ): void {
    for (const order of this.orders.values()) {
      if (order.spec.reader?.guid !== reader || order.spec.fid !== fid) continue
      if (mids === 'any') order.invalidate()
      else {
        for (const mid of mids) {
          const row = rowOf(mid)
          if (row?.set === order.spec.set) order.changed(mid, row)
        }
      }
    }
  }

  private drop(name: string): void {
    this.timers.get(name)?.()
    this.timers.delete(name)
    const order = this.orders.get(name)
    if (order === undefined) return
    this.orders.delete(name)
    const folder = `${order.spec.fid}/${order.spec.set}`
    const others = this.byFolder.get(folder)
    others?.delete(order)
    if (others?.size === 0) this.byFolder.delete(folder)
    // What cannot be deleted now goes when the store is opened next.
    order.discard().catch(() => {})
  }

  private changed({ fid, set, mid, row }: RowChange): void {
    const orders = this.byFolder.get(`${fid}/${set}`)
    if (orders !== undefined) for (const order of orders) order.changed(mid, row)
  }
}

/** What an order is, in one line: tables that ask for the same share it. */
export function nameOf({ fid, set, sort, restriction, expand, localeId, categories, reader }: OrderSpec): string {
  const conditions = restriction === null ? '' : Buffer.from(restrictionBytes(restriction, 32)).toString('latin1')
  const grouped = categories === undefined ? '' : `${categories.count}:${categories.maximum}`
  return `${fid}/${set}/${localeId}/${expand}/${grouped}/${reader?.guid ?? ''}/${sort.map(formatSortOrder).join()}/${conditions}`
}
