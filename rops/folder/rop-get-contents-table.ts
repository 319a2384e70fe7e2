import { flags, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.4.14, [MS-OXCFOLD] 2.2.1.14, 3.2.5.13: opens the table of a folder's messages. */
export const RopGetContentsTable = rop(0x05, 'RopGetContentsTable', {
  input: ['folder'],
  output: 'table',
  request: struct({
    tableFlags: flags(u8, {
      associated: 0x02,
      deferredErrors: 0x08,
      noNotifications: 0x10,
      softDeletes: 0x20,
      useUnicode: 0x40,
      conversationMembers: 0x80
    })
  }),
  response: struct({ rowCount: u32 })
})
