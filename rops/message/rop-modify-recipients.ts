import { array, empty, struct, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { propertyTag, tagType } from '../../src/oxcdata/property-tag.js'
import { isValueType } from '../../src/oxcdata/property-type.js'
import { recipientFromRaw } from '../../src/oxcdata/raw-string8.js'
import { recipientFromRow } from '../../src/oxcdata/recipient.js'
import { modifyRecipientRow } from '../../src/oxcdata/recipient-row.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.5, [MS-OXCMSG] 2.2.3.5, 3.2.5.5: adds, replaces and removes recipients of an open message. */
export const RopModifyRecipients = rop(0x0e, 'RopModifyRecipients', {
  input: ['message'],
  wrongKindError: ErrorCode.ecNullObject,
  rawString8: true,
  request: struct({ recipientColumns: array(u16, propertyTag), recipientRows: array(u16, modifyRecipientRow) }),
  response: empty,
  execute(call, { recipientColumns, recipientRows }) {
    const { input: message } = call
    if (!recipientColumns.every(tag => isValueType(tagType(tag)))) throw new MapiError(ErrorCode.ecInvalidParam)
    const rows = recipientRows.map(({ rowId, recipientType, row }) => {
      if (row === null) return { rowId, recipient: null }
      const source = { rowId, type: recipientType, codePage: message.codePage, columns: recipientColumns }
      const read = recipientFromRaw(row, recipientColumns, message.codePage)
      return { rowId, recipient: recipientFromRow(read, source) }
    })
    message.modifyRecipients(recipientColumns, rows, call.actor)
    return {}
  }
})
