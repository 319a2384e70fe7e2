import { bytes16, empty, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.11.3, [MS-OXORULE] 2.2.3, 3.2.5.3: tells where a message went that deferred actions are about. */
export const RopUpdateDeferredActionMessages = rop(0x57, 'RopUpdateDeferredActionMessages', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({ serverEntryId: bytes16, clientEntryId: bytes16 }),
  response: empty
})
