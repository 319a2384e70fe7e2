import { bytes16, reserved, struct, u8, u16, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { transferStatus } from './transfer-status.js'

/** [MS-OXCROPS] 2.2.12.3, [MS-OXCFXICS] 2.2.3.1.2.3, 3.2.5.8.2.3: as RopFastTransferDestinationPutBuffer, with wider counters. */
export const RopFastTransferDestinationPutBufferExtended = rop(0x9d, 'RopFastTransferDestinationPutBufferExtended', {
  input: ['fastTransferDestination'],
  writes: ['fastTransferDestination'],
  request: struct({ transferData: bytes16 }),
  response: struct({
    transferStatus,
    inProgressCount: u32,
    totalStepCount: u32,
    reserved: reserved(u8),
    bufferUsedSize: u16
  }),
  responseAlways: { transferStatus: 0, inProgressCount: 0, totalStepCount: 0, bufferUsedSize: 0 }
})
