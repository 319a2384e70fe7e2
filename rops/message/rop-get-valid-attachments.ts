import { array, empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.18, [MS-OXCMSG] 2.2.3.18, 3.2.5.17: lists attachment numbers. The id stands in the table of reserved ids too: only Exchange 2007 has the operation. */
export const RopGetValidAttachments = rop(0x52, 'RopGetValidAttachments', {
  input: ['message'],
  request: empty,
  response: struct({ attachmentIds: array(u32, u32) })
})
