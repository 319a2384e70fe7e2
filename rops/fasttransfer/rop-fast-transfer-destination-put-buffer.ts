import { bytes16, reserved, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { transferStatus } from './transfer-status.js'

/** [MS-OXCROPS] 2.2.12.2, [MS-OXCFXICS] 2.2.3.1.2.2, 3.2.5.8.2.2: takes the next bytes of an upload. */
export const RopFastTransferDestinationPutBuffer = rop(0x54, 'RopFastTransferDestinationPutBuffer', {
  input: ['fastTransferDestination'],
  writes: ['fastTransferDestination'],
  request: struct({ transferData: bytes16 }),
  response: struct({
    transferStatus,
    inProgressCount: u16,
    totalStepCount: u16,
    reserved: reserved(u8),
    bufferUsedSize: u16
  }),
  responseAlways: { transferStatus: 0, inProgressCount: 0, totalStepCount: 0, bufferUsedSize: 0 }
})
