import { empty, struct, u64 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.9.7, [MS-OXCPRPT] 2.2.20, 3.2.5.16: makes a stream longer or shorter. */
export const RopSetStreamSize = rop(0x2f, 'RopSetStreamSize', {
  input: ['stream'],
  request: struct({ streamSize: u64 }),
  response: empty
})
