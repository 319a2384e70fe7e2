import { empty, enumeration, flags, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.12.1, [MS-OXCFXICS] 2.2.3.1.2.1, 3.2.5.8.2.1: starts an upload into an object. */
export const RopFastTransferDestinationConfigure = rop(0x53, 'RopFastTransferDestinationConfigure', {
  input: ['folder', 'message', 'attachment'],
  output: 'fastTransferDestination',
  request: struct({
    sourceOperation: enumeration(u8, { copyTo: 0x01, copyProperties: 0x02, copyMessages: 0x03, copyFolder: 0x04 }),
    copyFlags: flags(u8, { move: 0x01 })
  }),
  response: empty
})
