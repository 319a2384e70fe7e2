import { array, bool8, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { openRecipientRow } from '../../src/oxcdata/recipient-row.js'
import { typedString } from '../../src/oxcdata/typed-string.js'

/**
 * [MS-OXCROPS] 2.2.6.1.2: what the ROPs tell that open or reload a message. `recipientRows` are the first of
 * `recipientCount` recipients; RopReadRecipients reads the others.
 */
export const messageSummary = struct({
  hasNamedProperties: bool8,
  subjectPrefix: typedString,
  normalizedSubject: typedString,
  recipientCount: u16,
  recipientColumns: array(u16, propertyTag),
  recipientRows: array(u8, openRecipientRow)
})
