import { flags, u8 } from '../../src/bufferstructs/index.js'

/** [MS-OXCMSG] 2.2.3.10.1: how a read state is to change. */
export const readFlags = flags(u8, {
  suppressReceipt: 0x01,
  reserved: 0x0a,
  clearReadFlag: 0x04,
  generateReceiptOnly: 0x10,
  clearNotifyRead: 0x20,
  clearNotifyUnread: 0x40
})
