import { empty } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.11, [MS-OXCFXICS] 2.2.3.2.2.3, 3.2.5.9.2.3: ends the upload of a part of the state. */
export const RopSynchronizationUploadStateStreamEnd = rop(0x77, 'RopSynchronizationUploadStateStreamEnd', {
  input: ['syncDownload', 'syncUpload'],
  request: empty,
  response: empty
})
