import { empty, flags, struct, u32, u64 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.9.10, [MS-OXCPRPT] 2.2.24, 3.2.5.20: locks a part of a stream. */
export const RopLockRegionStream = rop(0x5b, 'RopLockRegionStream', {
  input: ['stream'],
  request: struct({ regionOffset: u64, regionSize: u64, lockFlags: flags(u32, { readOnly: 0x01 }) }),
  response: empty
})
