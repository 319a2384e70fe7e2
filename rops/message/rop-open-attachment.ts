import { empty, enumeration, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.12, [MS-OXCMSG] 2.2.3.12, 3.2.5.11: opens an attachment of an open message. */
export const RopOpenAttachment = rop(0x22, 'RopOpenAttachment', {
  input: ['message'],
  output: 'attachment',
  request: struct({
    openAttachmentFlags: enumeration(u8, { readOnly: 0x00, readWrite: 0x01, bestAccess: 0x03 }),
    attachmentId: u32
  }),
  response: empty
})
