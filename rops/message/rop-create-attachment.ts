import { empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.13, [MS-OXCMSG] 2.2.3.13, 3.2.5.12: creates an attachment in an open message. */
export const RopCreateAttachment = rop(0x23, 'RopCreateAttachment', {
  input: ['message'],
  wrongKindError: ErrorCode.ecNullObject,
  output: 'attachment',
  request: empty,
  response: struct({ attachmentId: u32 }),
  execute(call) {
    return chain(call.input.createAttachment(call.actor), attachment => {
      call.output('attachment', attachment)
      return { attachmentId: attachment.number }
    })
  }
})
