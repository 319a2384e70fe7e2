import { empty } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.8, [MS-OXCFXICS] 2.2.3.2.3.1, 3.2.5.9.3.1: opens the state of a synchronization as a download. */
export const RopSynchronizationGetTransferState = rop(0x82, 'RopSynchronizationGetTransferState', {
  input: ['syncDownload', 'syncUpload'],
  output: 'fastTransferSource',
  request: empty,
  response: empty
})
