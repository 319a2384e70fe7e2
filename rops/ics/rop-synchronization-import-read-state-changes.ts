import { bool8, bytes16, empty, restOf, sized, struct, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.3, [MS-OXCFXICS] 2.2.3.2.4.6, 3.2.5.9.4.6: uploads read states. */
export const RopSynchronizationImportReadStateChanges = rop(0x80, 'RopSynchronizationImportReadStateChanges', {
  input: ['syncUpload'],
  writes: ['syncUpload'],
  request: struct({ messageReadStates: sized(u16, restOf(struct({ messageId: bytes16, markAsRead: bool8 }))) }),
  response: empty
})
