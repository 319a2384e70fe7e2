import { bytes16, struct, u32, u64 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.5.18, [MS-OXCTABL] 2.2.2.19, 3.2.5.19: saves which categories are open and where the cursor stands. */
export const RopGetCollapseState = rop(0x6b, 'RopGetCollapseState', {
  input: ['table'],
  request: struct({ rowId: u64, rowInstanceNumber: u32 }),
  response: struct({ collapseState: bytes16 })
})
