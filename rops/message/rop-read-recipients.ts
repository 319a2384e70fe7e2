import { array, reserved, struct, u8, u16, u32 } from '../../src/bufferstructs/index.js'
import { readRecipientRowLayout } from '../../src/oxcdata/recipient-row.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.6, [MS-OXCMSG] 2.2.3.6, 3.2.5.6: reads recipients from a row id on. */
export const RopReadRecipients = rop(0x0f, 'RopReadRecipients', {
  input: ['message'],
  request: struct({ rowId: u32, reserved: reserved(u16) }),
  response: struct({ recipientRows: array(u8, readRecipientRowLayout) })
})
