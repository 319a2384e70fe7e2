import { array, bool8, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { propertyRow, seekOrigin } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.5.4, [MS-OXCTABL] 2.2.2.5, 3.2.5.5: reads rows from the cursor on. */
export const RopQueryRows = rop(0x15, 'RopQueryRows', {
  input: ['table'],
  request: struct({
    queryRowsFlags: flags(u8, { noAdvance: 0x01, enablePackedBuffers: 0x02 }),
    forwardRead: bool8,
    rowCount: u16
  }),
  response: struct({ origin: seekOrigin, rows: array(u16, propertyRow) })
})
