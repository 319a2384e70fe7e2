import { empty, struct, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.14.3, [MS-OXCNOTIF] 2.2.1.4.2, 3.2.5.6: tells the client that notifications wait for a session. */
export const RopPending = rop(0x6e, 'RopPending', {
  input: [],
  serverOriginated: true,
  handles: 'none',
  request: empty,
  response: struct({ sessionIndex: u16 })
})
