import { empty, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { tableStatus } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.5.5, [MS-OXCTABL] 2.2.2.6, 3.2.5.6: stops an operation on a table that still runs. */
export const RopAbort = rop(0x38, 'RopAbort', {
  input: ['table'],
  request: empty,
  response: struct({ tableStatus })
})
