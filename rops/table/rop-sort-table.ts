import { array, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { sortOrder } from '../../src/oxcdata/sort-order.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { tableStatus } from '../wire-forms.js'
import { isColumn } from './columns.js'

/** Ascending, descending, by the maximum of a category ([MS-OXCDATA] 2.13.1). */
const ORDERS: readonly number[] = [0x00, 0x01, 0x04]

/** [MS-OXCROPS] 2.2.5.2, [MS-OXCTABL] 2.2.2.3, 3.2.5.3: chooses the order of a table's rows. */
export const RopSortTable = rop(0x13, 'RopSortTable', {
  input: ['table'],
  request: struct({
    sortTableFlags: flags(u8, { tblAsync: 0x01 }),
    sortOrderCount: u16,
    categoryCount: u16,
    expandedCount: u16,
    sortOrders: array('sortOrderCount', sortOrder)
  }),
  response: struct({ tableStatus }),
  execute(call, { sortOrders, categoryCount, expandedCount }) {
    const { input: table } = call
    if (table.source !== 'contents') throw new MapiError(ErrorCode.ecNotSupported)
    const counted = categoryCount <= sortOrders.length && expandedCount <= categoryCount
    const known = sortOrders.every(({ tag, order }) => isColumn(tag) && ORDERS.includes(order))
    if (!counted || !known) throw new MapiError(ErrorCode.ecInvalidParam)
    if (categoryCount > 0) throw new MapiError(ErrorCode.ecTooComplex)
    return chain(table.sort(sortOrders), () => ({ tableStatus: tableStatus.names.complete }))
  }
})
