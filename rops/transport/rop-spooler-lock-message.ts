import { empty, enumeration, id, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.7.5, [MS-OXOMSG] 2.2.5.3: locks a message that the client is about to send itself. */
export const RopSpoolerLockMessage = rop(0x48, 'RopSpoolerLockMessage', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({ messageId: id, lockState: enumeration(u8, { lock: 0x00, unlock: 0x01, finished: 0x02 }) }),
  response: empty
})
