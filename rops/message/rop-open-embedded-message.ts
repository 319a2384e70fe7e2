import { enumeration, id, reserved, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { messageSummary } from './message-summary.js'

/** [MS-OXCROPS] 2.2.6.16, [MS-OXCMSG] 2.2.3.16, 3.2.5.15: opens, or creates, the message that an attachment holds. */
export const RopOpenEmbeddedMessage = rop(0x46, 'RopOpenEmbeddedMessage', {
  input: ['attachment'],
  output: 'message',
  request: struct({
    codePageId: u16,
    openModeFlags: enumeration(u8, { readOnly: 0x00, readWrite: 0x01, create: 0x02 })
  }),
  response: struct({ reserved: reserved(u8), messageId: id, summary: messageSummary })
})
