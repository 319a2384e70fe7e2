import { enumeration, i64, struct, u8, u64 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.9.8, [MS-OXCPRPT] 2.2.21, 3.2.5.17: moves a stream's position. */
export const RopSeekStream = rop(0x2e, 'RopSeekStream', {
  input: ['stream'],
  request: struct({ origin: enumeration(u8, { beginning: 0x00, current: 0x01, end: 0x02 }), offset: i64 }),
  response: struct({ newPosition: u64 })
})
