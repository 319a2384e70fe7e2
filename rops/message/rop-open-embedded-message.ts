import { enumeration, id, isKnownCodePage, reserved, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { requestedCodePage } from '../object-properties.js'
import { rop } from '../rop.js'
import { messageSummary } from './message-summary.js'
import { summaryOf } from './summary-of.js'

const openModeFlags = enumeration(u8, { readOnly: 0x00, readWrite: 0x01, create: 0x02 })
/** Reserved and MessageId, which stand before the summary. */
const PREFIX_BYTES = 9

/** [MS-OXCROPS] 2.2.6.16, [MS-OXCMSG] 2.2.3.16, 3.2.5.15: opens, or creates, the message that an attachment holds. */
export const RopOpenEmbeddedMessage = rop(0x46, 'RopOpenEmbeddedMessage', {
  input: ['attachment'],
  wrongKindError: ErrorCode.ecNullObject,
  output: 'message',
  request: struct({
    codePageId: u16,
    openModeFlags
  }),
  response: struct({ reserved: reserved(u8), messageId: id, summary: messageSummary }),
  execute(call, { codePageId, openModeFlags: mode }) {
    const codePage = requestedCodePage(call, codePageId)
    if (!isKnownCodePage(codePage)) throw new MapiError(ErrorCode.ecUnknownCodePage)
    const { names } = openModeFlags
    const writable = mode === names.readWrite || (call.personality.embeddedMessagesOpenWritable && call.input.writable)
    const access = mode === names.create ? 'create' : writable ? 'readWrite' : 'read'
    return chain(call.input.openEmbedded(access, codePage, call.actor), message => {
      call.output('message', message)
      return { messageId: message.mid, summary: summaryOf(message, call.space - PREFIX_BYTES) }
    })
  }
})
