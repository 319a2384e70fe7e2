import { array, empty, struct, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.12.9, [MS-OXCFXICS] 2.2.3.1.1.6, 3.2.5.8.1.6: tells the version of the other server of a server-to-client-to-server transfer. */
export const RopTellVersion = rop(0x86, 'RopTellVersion', {
  input: ['fastTransferSource', 'fastTransferDestination', 'syncDownload', 'syncUpload'],
  request: struct({ version: array(3, u16) }),
  response: empty
})
