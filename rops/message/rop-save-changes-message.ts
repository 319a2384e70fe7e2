import { flags, id, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.6.3, [MS-OXCMSG] 2.2.3.3, 3.2.5.3: commits an open message. */
export const RopSaveChangesMessage = rop(0x0c, 'RopSaveChangesMessage', {
  input: ['message'],
  handles: 'response input',
  writes: ['message'],
  request: struct({
    saveFlags: flags(u8, { keepOpenReadOnly: 0x01, keepOpenReadWrite: 0x02, forceSave: 0x04, delayedCall: 0x08 })
  }),
  response: struct({ inputHandleIndex: u8, messageId: id })
})
