import { empty, flags, struct, u32, u64 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.9.11, [MS-OXCPRPT] 2.2.25, 3.2.5.21: unlocks a part of a stream. */
export const RopUnlockRegionStream = rop(0x5c, 'RopUnlockRegionStream', {
  input: ['stream'],
  request: struct({ regionOffset: u64, regionSize: u64, lockFlags: flags(u32, { readOnly: 0x01 }) }),
  response: empty
})
