import { flags, id, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { chain } from '../chain.js'
import { requestedCodePage } from '../object-properties.js'
import { rop } from '../rop.js'
import { messageSummary } from './message-summary.js'
import { summaryOf } from './summary-of.js'

const openModeFlags = flags(u8, { readWrite: 0x01, bestAccess: 0x03, openSoftDeleted: 0x04 })
const ACCESS = 0x03

/** [MS-OXCROPS] 2.2.6.1, [MS-OXCMSG] 2.2.3.1, 3.2.5.1: opens an existing message. */
export const RopOpenMessage = rop(0x03, 'RopOpenMessage', {
  input: ['logon', 'folder'],
  wrongKindError: ErrorCode.ecNullObject,
  output: 'message',
  request: struct({
    codePageId: u16,
    folderId: id,
    openModeFlags,
    messageId: id
  }),
  response: messageSummary,
  execute(call, { codePageId, folderId, openModeFlags: bits, messageId }) {
    const { names } = openModeFlags
    const access = bits & ACCESS
    const options = {
      access:
        access === names.bestAccess
          ? ('best' as const)
          : access === names.readWrite
            ? ('readWrite' as const)
            : ('read' as const),
      softDeleted: (bits & names.openSoftDeleted) !== 0,
      codePage: requestedCodePage(call, codePageId)
    }
    return chain(call.mailbox.openMessage(folderId, messageId, options, call.actor), message => {
      call.output('message', message)
      return summaryOf(message, call.space)
    })
  }
})
