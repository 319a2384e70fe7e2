/** A table with categories, as the tests of them drive and picture it. */
import { RopCollapseRow } from '../../../rops/table/rop-collapse-row.js'
import { RopExpandRow } from '../../../rops/table/rop-expand-row.js'
import { RopQueryPosition } from '../../../rops/table/rop-query-position.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import { RopSortTable } from '../../../rops/table/rop-sort-table.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { Mid } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { type Cell, cellsOf, RealClient, type RealOptions, type Values } from './real-driver.js'

export const [LEAF, EXPANDED] = [1, 3]
export const inbox = specialFid('inbox')
const { PidTagSenderName, PidTagSubject, PidTagMessageDeliveryTime } = tags

export const columns = [
  ...[tags.PidTagInstID, tags.PidTagRowType, tags.PidTagDepth, tags.PidTagContentCount, tags.PidTagContentUnreadCount],
  ...[PidTagSenderName, PidTagSubject, tags.PidTagInstanceNum]
]

/** A row as the tests look at it. */
export interface Row {
  id: Cell
  type: Cell
  depth: Cell
  count: Cell
  unread: Cell
  sender: Cell
  subject: Cell
}

export const rowOf = ([id, type, depth, count, unread, sender, subject]: Cell[]): Row => ({
  ...{ id, type, depth, count, unread, sender, subject }
})

/** A header row as `[sender] 3/1`, a leaf row as its subject, indented. */
export function picture(rows: readonly Row[]): string[] {
  return rows.map(({ type, depth, count, unread, sender, subject }) => {
    const indent = ' '.repeat(depth as number)
    if (type === LEAF) return `${indent}${subject}`
    const name = typeof sender === 'object' ? '' : sender
    return `${indent}${type === EXPANDED ? '-' : '+'}[${name}] ${count}/${unread}`
  })
}

/** Number behind a PidTagInstID, which is the id on the wire as a number. */
export function idOf(cell: Cell): number {
  const wire = Buffer.alloc(8)
  wire.writeBigUInt64LE(BigInt.asUintN(64, cell as bigint))
  return wire.readUInt16LE(0) * 2 ** 48 + wire.readUIntBE(2, 6)
}

export class Grouped {
  constructor(
    readonly client: RealClient,
    readonly table: number,
    readonly mids: Mid[]
  ) {}

  static async open(messages: readonly Values[], options?: RealOptions): Promise<Grouped> {
    const client = await RealClient.logOn(options)
    const mids: Mid[] = []
    for (const values of messages) mids.push(await client.createMessage(inbox, values))
    return new Grouped(client, await client.contents(await client.folder('inbox'), columns), mids)
  }

  async sort(sortOrders: { tag: number; order: number }[], categoryCount: number, expandedCount: number) {
    const counts = { sortOrderCount: sortOrders.length, categoryCount, expandedCount }
    const request = { sortTableFlags: 0, ...counts, sortOrders: sortOrders as never }
    return (await this.client.call(RopSortTable, request, this.table)).returnValue
  }

  async rows(): Promise<Row[]> {
    await this.client.call(RopSeekRow, { origin: 0, rowCount: 0, wantRowMovedCount: false }, this.table)
    return (await this.client.rows(this.table, columns)).rows.map(rowOf)
  }

  async picture(): Promise<string[]> {
    return picture(await this.rows())
  }

  async header(sender: string, level = 0): Promise<number> {
    const found = (await this.rows()).find(row => row.type !== LEAF && row.sender === sender && row.depth === level)
    if (found === undefined) throw new Error(`no category ${sender}`)
    return idOf(found.id)
  }

  async expand(categoryId: number, maxRowCount = 0) {
    const { returnValue, value } = await this.client.call(RopExpandRow, { maxRowCount, categoryId }, this.table, {
      columns
    })
    if (returnValue !== 0) return returnValue
    return [value!.expandedRowCount, picture(value!.rows.map(row => rowOf(cellsOf(row, columns))))]
  }

  async collapse(categoryId: number) {
    const { returnValue, value } = await this.client.call(RopCollapseRow, { categoryId }, this.table)
    return returnValue === 0 ? value!.collapsedRowCount : -returnValue
  }

  async position() {
    return Object.values((await this.client.call(RopQueryPosition, {}, this.table)).value!)
  }
}

let minute = 0
export const mail = (sender: string, subject: string, ...more: Values): Values => [
  [PidTagSenderName, sender],
  [PidTagSubject, subject],
  [tags.PidTagMessageFlags, 0],
  [PidTagMessageDeliveryTime, 133_000_000_000_000_000n + BigInt(minute++) * 600_000_000n],
  ...more
]
/** Senders as categories, subjects below them. */
export const bySender = [
  { tag: PidTagSenderName, order: 0 },
  { tag: PidTagSubject, order: 0 }
]
