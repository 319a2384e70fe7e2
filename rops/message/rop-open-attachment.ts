import { empty, enumeration, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

const openAttachmentFlags = enumeration(u8, { readOnly: 0x00, readWrite: 0x01, bestAccess: 0x03 })

/** [MS-OXCROPS] 2.2.6.12, [MS-OXCMSG] 2.2.3.12, 3.2.5.11: opens an attachment of an open message. */
export const RopOpenAttachment = rop(0x22, 'RopOpenAttachment', {
  input: ['message'],
  wrongKindError: ErrorCode.ecNullObject,
  output: 'attachment',
  request: struct({
    openAttachmentFlags,
    attachmentId: u32
  }),
  response: empty,
  execute(call, { openAttachmentFlags: mode, attachmentId }) {
    const { names } = openAttachmentFlags
    const access = mode === names.bestAccess ? 'best' : mode === names.readWrite ? 'readWrite' : 'read'
    return chain(call.input.openAttachment(attachmentId, { access }, call.actor), attachment => {
      call.output('attachment', attachment)
      return {}
    })
  }
})
