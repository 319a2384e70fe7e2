import { empty, flags, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.17, [MS-OXCMSG] 2.2.3.17, 3.2.5.16: opens the table of a message's attachments. */
export const RopGetAttachmentTable = rop(0x21, 'RopGetAttachmentTable', {
  input: ['message'],
  output: 'table',
  request: struct({ tableFlags: flags(u8, { standard: 0x00, unicode: 0x40 }) }),
  response: empty
})
