import { bytes16, struct, u16, u32, when } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.9.2, [MS-OXCPRPT] 2.2.15, 3.2.5.12: reads bytes from a stream's position on. */
export const RopReadStream = rop(0x2c, 'RopReadStream', {
  input: ['stream'],
  request: struct({ byteCount: u16, maximumByteCount: when(fields => fields.byteCount === 0xbabe, u32) }),
  response: struct({ data: bytes16 }),
  responseAlways: { data: new Uint8Array(0) }
})
