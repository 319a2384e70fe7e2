import { custom, type Infer, type Layout, struct, u16 } from '../bufferstructs/index.js'
import { formatTag, type PropertyTag } from './property-tag.js'

/** [MS-OXCDATA] 2.13.1. */
export const SORT_ASCENDING = 0x00
export const SORT_DESCENDING = 0x01
/** The column is an aggregate: its maximum in each category sorts the categories. */
export const SORT_MAXIMUM_CATEGORY = 0x04

export interface SortOrder {
  tag: PropertyTag
  order: typeof SORT_ASCENDING | typeof SORT_DESCENDING | typeof SORT_MAXIMUM_CATEGORY
}

/** [MS-OXCDATA] 2.13.1: five bytes, tag and direction. Other directions are kept as they came; RopSortTable refuses them. */
export const sortOrder: Layout<SortOrder> = custom({
  read: reader => ({ tag: reader.u32(), order: reader.u8() as SortOrder['order'] }),
  write: (writer, value) => {
    writer.u32(value.tag)
    writer.u8(value.order)
  },
  size: () => 5,
  minSize: 5,
  generate: random => ({ tag: random.u32(), order: random.below(2) as SortOrder['order'] }),
  why: 'the tag is one number, the direction a closed set'
})

/** [MS-OXCDATA] 2.13.2: the first `categorizedCount` orders group the rows, the first `expandedCount` groups start open. */
export interface SortOrderSet {
  categorizedCount: number
  expandedCount: number
  orders: SortOrder[]
}

const counts = struct({ orderCount: u16, categorizedCount: u16, expandedCount: u16 })

export const sortOrderSet: Layout<SortOrderSet> = custom({
  read: reader => {
    const { orderCount, categorizedCount, expandedCount }: Infer<typeof counts> = counts.read(reader)
    if (orderCount * 5 > reader.remaining) reader.fail(`${orderCount} sort orders exceed the buffer`)
    const orders: SortOrder[] = []
    for (let i = 0; i < orderCount; i++) orders.push(sortOrder.read(reader))
    return { categorizedCount, expandedCount, orders }
  },
  write: (writer, value) => {
    counts.write(writer, { ...value, orderCount: value.orders.length })
    for (const order of value.orders) sortOrder.write(writer, order)
  },
  size: value => 6 + value.orders.length * 5,
  minSize: 6,
  why: 'the count of the orders stands before the other counts'
})

/** One text per order, for keys of shared tables and for logs. */
export function formatSortOrder(order: SortOrder): string {
  return `${formatTag(order.tag)}/${order.order}`
}
