import { bytes32, empty, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.10, [MS-OXCFXICS] 2.2.3.2.2.2, 3.2.5.9.2.2: goes on with the upload of a part of the state. */
export const RopSynchronizationUploadStateStreamContinue = rop(0x76, 'RopSynchronizationUploadStateStreamContinue', {
  input: ['syncDownload', 'syncUpload'],
  request: struct({ streamData: bytes32 }),
  response: empty
})
