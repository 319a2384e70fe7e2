import { array, struct, u16, u32, u64 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { propertyRow } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.5.16, [MS-OXCTABL] 2.2.2.17, 3.2.5.17: opens a category of a table. */
export const RopExpandRow = rop(0x59, 'RopExpandRow', {
  input: ['table'],
  request: struct({ maxRowCount: u16, categoryId: u64 }),
  response: struct({ expandedRowCount: u32, rows: array(u16, propertyRow) })
})
