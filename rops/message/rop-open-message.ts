import { flags, id, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { messageSummary } from './message-summary.js'

/** [MS-OXCROPS] 2.2.6.1, [MS-OXCMSG] 2.2.3.1, 3.2.5.1: opens an existing message. */
export const RopOpenMessage = rop(0x03, 'RopOpenMessage', {
  input: ['logon', 'folder'],
  output: 'message',
  request: struct({
    codePageId: u16,
    folderId: id,
    openModeFlags: flags(u8, { readWrite: 0x01, bestAccess: 0x03, openSoftDeleted: 0x04 }),
    messageId: id
  }),
  response: messageSummary
})
