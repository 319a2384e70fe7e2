import { empty } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.9.13, [MS-OXCPRPT] 2.2.27, 3.2.5.23: opens a stream a second time, with a position of its own. */
export const RopCloneStream = rop(0x3b, 'RopCloneStream', {
  input: ['stream'],
  output: 'stream',
  request: empty,
  response: empty
})
