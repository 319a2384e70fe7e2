import { id, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.8, [MS-OXCMSG] 2.2.3.8, 3.2.5.8: changes status flags of a message; answers the flags before the change. */
export const RopSetMessageStatus = rop(0x20, 'RopSetMessageStatus', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({ messageId: id, messageStatusFlags: u32, messageStatusMask: u32 }),
  response: struct({ messageStatusFlags: u32 })
})
