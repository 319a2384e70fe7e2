import { struct, u32, u64 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.5.17, [MS-OXCTABL] 2.2.2.18, 3.2.5.18: closes a category of a table. */
export const RopCollapseRow = rop(0x5a, 'RopCollapseRow', {
  input: ['table'],
  request: struct({ categoryId: u64 }),
  response: struct({ collapsedRowCount: u32 })
})
