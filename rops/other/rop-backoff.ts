import { array, bytes16, empty, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.15.2: sent by the server in place of the response of a ROP that it delays. Durations are milliseconds. */
export const RopBackoff = rop(0xf9, 'RopBackoff', {
  input: [],
  serverOriginated: true,
  handles: 'none',
  request: empty,
  response: struct({
    logonId: u8,
    duration: u32,
    backoffRops: array(u8, struct({ ropIdBackoff: u8, duration: u32 })),
    additionalData: bytes16
  })
})
