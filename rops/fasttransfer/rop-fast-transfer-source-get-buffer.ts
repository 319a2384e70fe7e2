import { bytes16, reserved, struct, u8, u16, u32, when } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { SERVER_BUSY, transferStatus } from './transfer-status.js'

/** [MS-OXCROPS] 2.2.12.4, [MS-OXCFXICS] 2.2.3.1.1.5, 3.2.5.8.1.5: reads the next bytes of a download. Every field is there on failure too; a busy server tells how long to wait instead of sending data. */
export const RopFastTransferSourceGetBuffer = rop(0x4e, 'RopFastTransferSourceGetBuffer', {
  input: ['fastTransferSource', 'syncDownload'],
  request: struct({ bufferSize: u16, maximumBufferSize: when(fields => fields.bufferSize === 0xbabe, u16) }),
  response: struct({
    transferStatus,
    inProgressCount: u16,
    totalStepCount: u16,
    reserved: reserved(u8),
    transferBuffer: bytes16
  }),
  responseAlways: { transferStatus: 0, inProgressCount: 0, totalStepCount: 0, transferBuffer: new Uint8Array(0) },
  responseOn: {
    [SERVER_BUSY]: struct({
      transferStatus,
      inProgressCount: u16,
      totalStepCount: u16,
      reserved: reserved(u8),
      transferBufferSize: u16,
      backoffTime: u32
    })
  }
})
