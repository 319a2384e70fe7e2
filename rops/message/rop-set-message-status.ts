import { id, struct, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.8, [MS-OXCMSG] 2.2.3.8, 3.2.5.8: changes status flags of a message; answers the flags before the change. */
export const RopSetMessageStatus = rop(0x20, 'RopSetMessageStatus', {
  input: ['folder'],
  wrongKindError: ErrorCode.ecNullObject,
  writes: ['folder'],
  request: struct({ messageId: id, messageStatusFlags: u32, messageStatusMask: u32 }),
  response: struct({ messageStatusFlags: u32 }),
  execute(call, { messageId, messageStatusFlags, messageStatusMask }) {
    const change = { flags: messageStatusFlags, mask: messageStatusMask }
    const before = call.input.setMessageStatus(messageId, change, call.actor)
    return chain(before, status => ({ messageStatusFlags: status }))
  }
})
