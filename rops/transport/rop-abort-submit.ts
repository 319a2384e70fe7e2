import { empty, id, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.7.2, [MS-OXOMSG] 2.2.4.2: takes back a message that waits for sending. */
export const RopAbortSubmit = rop(0x34, 'RopAbortSubmit', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({ folderId: id, messageId: id }),
  response: empty
})
