import { bool8, bytes16, i32, struct, u32 } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { demandBookmarks } from './bookmarks.js'
import { demandColumns } from './columns.js'

/** [MS-OXCROPS] 2.2.5.9, [MS-OXCTABL] 2.2.2.10, 3.2.5.10: moves a table's cursor by rows from a bookmark. */
export const RopSeekRowBookmark = rop(0x19, 'RopSeekRowBookmark', {
  input: ['table'],
  request: struct({ bookmark: bytes16, rowCount: i32, wantRowMovedCount: bool8 }),
  response: struct({ rowNoLongerVisible: bool8, hasSoughtLess: bool8, rowsSought: u32 }),
  execute(call, { bookmark, rowCount, wantRowMovedCount }) {
    demandBookmarks(call.input)
    demandColumns(call.input)
    return chain(call.input.seekBookmark(bookmark, rowCount), ({ moved, soughtLess, rowIsGone }) => ({
      rowNoLongerVisible: rowIsGone,
      hasSoughtLess: wantRowMovedCount && soughtLess,
      // Unsigned by its declaration, negative for a seek backward (R193).
      rowsSought: wantRowMovedCount ? moved >>> 0 : 0
    }))
  }
})
