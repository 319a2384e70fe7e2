import { empty, flags, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.7.1, [MS-OXOMSG] 2.2.4.1: hands a message over for sending. */
export const RopSubmitMessage = rop(0x32, 'RopSubmitMessage', {
  input: ['message'],
  writes: ['message'],
  request: struct({ submitFlags: flags(u8, { preProcess: 0x01, needsSpooler: 0x02 }) }),
  response: empty
})
