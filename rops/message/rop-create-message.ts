import { bool8, id, optional, struct, u16 } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { requestedCodePage } from '../object-properties.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.2, [MS-OXCMSG] 2.2.3.2, 3.2.5.2: creates a message in memory. */
export const RopCreateMessage = rop(0x06, 'RopCreateMessage', {
  input: ['logon', 'folder'],
  output: 'message',
  request: struct({ codePageId: u16, folderId: id, associatedFlag: bool8 }),
  response: struct({ messageId: optional(bool8, id) }),
  execute(call, { codePageId, folderId, associatedFlag }) {
    const options = { associated: associatedFlag, codePage: requestedCodePage(call, codePageId) }
    return chain(call.mailbox.createMessage(folderId, options, call.actor), message => {
      call.output('message', message)
      return { messageId: null }
    })
  }
})
