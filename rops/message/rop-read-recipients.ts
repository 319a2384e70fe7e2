import { array, reserved, struct, u8, u16, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { readRecipientRowLayout } from '../../src/oxcdata/recipient-row.js'
import { rop } from '../rop.js'
import { readRows, recipientsInOrder } from './summary-of.js'

const answer = struct({ recipientRows: array(u8, readRecipientRowLayout) })

/** [MS-OXCROPS] 2.2.6.6, [MS-OXCMSG] 2.2.3.6, 3.2.5.6: reads recipients from a row id on. */
export const RopReadRecipients = rop(0x0f, 'RopReadRecipients', {
  input: ['message'],
  wrongKindError: ErrorCode.ecNullObject,
  request: struct({ rowId: u32, reserved: reserved(u16) }),
  response: answer,
  stream(call, { rowId }, body) {
    const { input: message } = call
    const recipients = recipientsInOrder(message)
    // Row 0 is the first recipient, whatever its number is (R1495).
    const first = rowId === 0 ? 0 : recipients.findIndex(recipient => recipient.rowId === rowId)
    if (first < 0 || recipients.length === 0) throw new MapiError(ErrorCode.ecNotFound)
    const recipientRows = readRows(message, recipients.slice(first), call.space - 1)
    if (recipientRows.length === 0) throw new MapiError(ErrorCode.ecBufferTooSmall)
    const { context } = body
    body.context = { ...context, columns: message.recipientColumns() }
    try {
      answer.write(body, { recipientRows })
    } finally {
      body.context = context
    }
  }
})
