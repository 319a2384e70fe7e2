import { bytes32, id, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.6, [MS-OXCFXICS] 2.2.3.2.4.4, 3.2.5.9.4.4: uploads the move of a message. */
export const RopSynchronizationImportMessageMove = rop(0x78, 'RopSynchronizationImportMessageMove', {
  input: ['syncUpload'],
  writes: ['syncUpload'],
  request: struct({
    sourceFolderId: bytes32,
    sourceMessageId: bytes32,
    predecessorChangeList: bytes32,
    destinationMessageId: bytes32,
    changeNumber: bytes32
  }),
  response: struct({ messageId: id })
})
