import { bool8, bytes16, i32, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.5.9, [MS-OXCTABL] 2.2.2.10, 3.2.5.10: moves a table's cursor by rows from a bookmark. */
export const RopSeekRowBookmark = rop(0x19, 'RopSeekRowBookmark', {
  input: ['table'],
  request: struct({ bookmark: bytes16, rowCount: i32, wantRowMovedCount: bool8 }),
  response: struct({ rowNoLongerVisible: bool8, hasSoughtLess: bool8, rowsSought: u32 })
})
