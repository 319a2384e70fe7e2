import { bytes16, id, struct, u32 } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { demandCategories } from './categories.js'

/** [MS-OXCROPS] 2.2.5.18, [MS-OXCTABL] 2.2.2.19, 3.2.5.19: saves which categories are open and where the cursor stands. */
export const RopGetCollapseState = rop(0x6b, 'RopGetCollapseState', {
  input: ['table'],
  request: struct({ rowId: id, rowInstanceNumber: u32 }),
  response: struct({ collapseState: bytes16 }),
  execute(call, { rowId, rowInstanceNumber }) {
    const table = demandCategories(call.input)
    return chain(table.collapseState(rowId, rowInstanceNumber), collapseState => ({ collapseState }))
  }
})
