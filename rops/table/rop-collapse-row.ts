import { id, struct, u32 } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { demandCategories } from './categories.js'

/** [MS-OXCROPS] 2.2.5.17, [MS-OXCTABL] 2.2.2.18, 3.2.5.18: closes a category of a table. */
export const RopCollapseRow = rop(0x5a, 'RopCollapseRow', {
  input: ['table'],
  request: struct({ categoryId: id }),
  response: struct({ collapsedRowCount: u32 }),
  execute(call, { categoryId }) {
    const table = demandCategories(call.input)
    return chain(table.collapseRow(categoryId), collapsedRowCount => ({ collapsedRowCount }))
  }
})
