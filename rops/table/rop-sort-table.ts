import { array, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { sortOrder } from '../../src/oxcdata/sort-order.js'
import { rop } from '../rop.js'
import { tableStatus } from '../wire-forms.js'

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
  response: struct({ tableStatus })
})
