import { array, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { limits } from '../../src/limits.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { MULTIVALUE_FLAG } from '../../src/oxcdata/property-type.js'
import {
  SORT_ASCENDING,
  SORT_DESCENDING,
  SORT_MAXIMUM_CATEGORY,
  type SortOrder,
  sortOrder
} from '../../src/oxcdata/sort-order.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { tableStatus } from '../wire-forms.js'
import { isColumn } from './columns.js'

const ORDERS: readonly number[] = [SORT_ASCENDING, SORT_DESCENDING, SORT_MAXIMUM_CATEGORY]

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
    try {
      demandSort(sortOrders, categoryCount, expandedCount)
      const sorted = table.sort(sortOrders, { categoryCount, expandedCount })
      return chain(sorted, () => ({ tableStatus: tableStatus.names.complete }))
    } catch (error) {
      // Until it is sorted again the table has the order that it would have without a sort (R443).
      table.sort([])
      throw error
    }
  }
})

/** What a sort may be ([MS-OXCTABL] 2.2.2.3.1): ecInvalidParam for any other, ecTooComplex for one of more than can be kept. */
function demandSort(sortOrders: readonly SortOrder[], categoryCount: number, expandedCount: number): void {
  // ExpandedCount may be more than there are categories: all of them are expanded (R65).
  const isCounted = categoryCount <= sortOrders.length && expandedCount <= sortOrders.length
  const isKnown = sortOrders.every(({ tag, order }) => isColumn(tag) && ORDERS.includes(order))
  // A maximum stands behind the categories whose last ones it sorts (R78, R79).
  const maximum = sortOrders.findIndex(({ order }) => order === SORT_MAXIMUM_CATEGORY)
  const isPlaced = maximum < 0 || (categoryCount > 0 && maximum === categoryCount)
  const isOnly = sortOrders.findLastIndex(({ order }) => order === SORT_MAXIMUM_CATEGORY) === maximum
  // Rows are repeated for the values of one property only (R75).
  const repeated = sortOrders.slice(0, categoryCount).filter(({ tag }) => (tag & MULTIVALUE_FLAG) !== 0)
  if (!(isCounted && isKnown && isPlaced && isOnly && repeated.length <= 1))
    throw new MapiError(ErrorCode.ecInvalidParam)
  if (sortOrders.length > limits.sortColumns || categoryCount > limits.categoryLevels)
    throw new MapiError(ErrorCode.ecTooComplex)
}
