import { empty, flags, struct, u8 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

const UNICODE = 0x40

/** [MS-OXCROPS] 2.2.6.17, [MS-OXCMSG] 2.2.3.17, 3.2.5.16: opens the table of a message's attachments. */
export const RopGetAttachmentTable = rop(0x21, 'RopGetAttachmentTable', {
  input: ['message'],
  wrongKindError: ErrorCode.ecNullObject,
  output: 'table',
  request: struct({ tableFlags: flags(u8, { standard: 0x00, unicode: UNICODE }) }),
  response: empty,
  execute(call, { tableFlags }) {
    const options = { unicode: (tableFlags & UNICODE) !== 0, codePage: call.input.codePage }
    return chain(call.input.attachmentTable(options, call.actor), table => {
      call.output('table', table)
      return {}
    })
  }
})
