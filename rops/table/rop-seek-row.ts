import { bool8, i32, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { seekOrigin } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.5.8, [MS-OXCTABL] 2.2.2.9, 3.2.5.9: moves a table's cursor by rows. */
export const RopSeekRow = rop(0x18, 'RopSeekRow', {
  input: ['table'],
  request: struct({ origin: seekOrigin, rowCount: i32, wantRowMovedCount: bool8 }),
  response: struct({ hasSoughtLess: bool8, rowsSought: i32 })
})
