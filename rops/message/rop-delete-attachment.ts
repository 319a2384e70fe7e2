import { empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.14, [MS-OXCMSG] 2.2.3.14, 3.2.5.13: drops an attachment of an open message. */
export const RopDeleteAttachment = rop(0x24, 'RopDeleteAttachment', {
  input: ['message'],
  wrongKindError: ErrorCode.ecNullObject,
  request: struct({ attachmentId: u32 }),
  response: empty,
  execute(call, { attachmentId }) {
    return chain(call.input.deleteAttachment(attachmentId, call.actor), () => ({}))
  }
})
