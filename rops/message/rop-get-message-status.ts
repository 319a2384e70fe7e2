import { id, struct, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.9, [MS-OXCMSG] 2.2.3.9, 3.2.5.9: reads the status flags of a message. Its response carries the RopId of RopSetMessageStatus. */
export const RopGetMessageStatus = rop(0x1f, 'RopGetMessageStatus', {
  input: ['folder'],
  wrongKindError: ErrorCode.ecNullObject,
  responseId: 0x20,
  request: struct({ messageId: id }),
  response: struct({ messageStatusFlags: u32 }),
  execute(call, { messageId }) {
    return chain(call.input.messageStatus(messageId, call.actor), status => ({ messageStatusFlags: status }))
  }
})
