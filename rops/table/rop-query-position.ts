import { empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.5.7, [MS-OXCTABL] 2.2.2.8, 3.2.5.8: tells where a table's cursor stands. */
export const RopQueryPosition = rop(0x17, 'RopQueryPosition', {
  input: ['table'],
  request: empty,
  response: struct({ numerator: u32, denominator: u32 }),
  execute(call) {
    return call.input.position()
  }
})
