import { empty, rest, struct, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.15.1, 3.2.5.2: ends the responses when the next one does not fit; carries the requests not executed. */
export const RopBufferTooSmall = rop(0xff, 'RopBufferTooSmall', {
  input: [],
  serverOriginated: true,
  handles: 'none',
  request: empty,
  response: struct({ sizeNeeded: u16, requestBuffers: rest })
})
