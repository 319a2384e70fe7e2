import { flags, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.4.13, [MS-OXCFOLD] 2.2.1.13, 3.2.5.12: opens the table of a folder's subfolders. */
export const RopGetHierarchyTable = rop(0x04, 'RopGetHierarchyTable', {
  input: ['folder'],
  output: 'table',
  request: struct({
    tableFlags: flags(u8, {
      depth: 0x04,
      deferredErrors: 0x08,
      noNotifications: 0x10,
      softDeletes: 0x20,
      useUnicode: 0x40,
      suppressesNotifications: 0x80
    })
  }),
  response: struct({ rowCount: u32 })
})
