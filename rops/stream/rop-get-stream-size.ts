import { empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.9.6, [MS-OXCPRPT] 2.2.19, 3.2.5.15: tells how long a stream is. */
export const RopGetStreamSize = rop(0x5e, 'RopGetStreamSize', {
  input: ['stream'],
  request: empty,
  response: struct({ streamSize: u32 }),
  execute(call) {
    return { streamSize: call.input.size }
  }
})
