import { array, empty, struct, u16 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { modifyRecipientRow } from '../../src/oxcdata/recipient-row.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.5, [MS-OXCMSG] 2.2.3.5, 3.2.5.5: adds, replaces and removes recipients of an open message. */
export const RopModifyRecipients = rop(0x0e, 'RopModifyRecipients', {
  input: ['message'],
  request: struct({ recipientColumns: array(u16, propertyTag), recipientRows: array(u16, modifyRecipientRow) }),
  response: empty
})
