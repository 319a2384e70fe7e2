import { empty, reserved, struct, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.4, [MS-OXCMSG] 2.2.3.4, 3.2.5.4: drops every recipient of an open message. */
export const RopRemoveAllRecipients = rop(0x0d, 'RopRemoveAllRecipients', {
  input: ['message'],
  wrongKindError: ErrorCode.ecNullObject,
  request: struct({ reserved: reserved(u32) }),
  response: empty,
  execute(call) {
    call.input.removeAllRecipients(call.actor)
    return {}
  }
})
