import { empty, flags, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { sendOptions } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.12.5, [MS-OXCFXICS] 2.2.3.1.1.4, 3.2.5.8.1.4: starts a download of a folder with its subfolders. */
export const RopFastTransferSourceCopyFolder = rop(0x4c, 'RopFastTransferSourceCopyFolder', {
  input: ['folder'],
  output: 'fastTransferSource',
  request: struct({
    copyFlags: flags(u8, { move: 0x01, unused1: 0x02, unused2: 0x04, unused3: 0x08, copySubfolders: 0x10 }),
    sendOptions
  }),
  response: empty
})
