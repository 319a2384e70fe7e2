import { empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.5.10, [MS-OXCTABL] 2.2.2.11, 3.2.5.11: moves a table's cursor to a fraction of its rows. */
export const RopSeekRowFractional = rop(0x1a, 'RopSeekRowFractional', {
  input: ['table'],
  request: struct({ numerator: u32, denominator: u32 }),
  response: empty
})
