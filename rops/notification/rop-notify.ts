import { empty, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { notificationData } from './notification-data.js'

/** [MS-OXCROPS] 2.2.14.2, [MS-OXCNOTIF] 2.2.1.4.1, 3.2.5.5: tells the client what happened. */
export const RopNotify = rop(0x2a, 'RopNotify', {
  input: [],
  serverOriginated: true,
  handles: 'none',
  request: empty,
  response: struct({ notificationHandle: u32, logonId: u8, notificationData })
})
