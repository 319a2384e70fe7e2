import { empty } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.9.5, [MS-OXCPRPT] 2.2.18, 3.2.5.14: makes what was written to a stream its property's value. */
export const RopCommitStream = rop(0x5d, 'RopCommitStream', {
  input: ['stream'],
  writes: ['stream'],
  request: empty,
  response: empty,
  execute(call) {
    return chain(call.input.commit(), () => ({}))
  }
})
