import { ascii0, empty, id, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.7.7, [MS-OXOMSG] 2.2.5.5: says that the client brought a new message. */
export const RopTransportNewMail = rop(0x51, 'RopTransportNewMail', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({ messageId: id, folderId: id, messageClass: ascii0, messageFlags: u32 }),
  response: empty
})
