import { bytes16, empty, struct } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { rop } from '../rop.js'
import { demandBookmarks } from './bookmarks.js'
import { demandColumns } from './columns.js'

/** [MS-OXCROPS] 2.2.5.14, [MS-OXCTABL] 2.2.2.15, 3.2.5.15: forgets a bookmark. */
export const RopFreeBookmark = rop(0x89, 'RopFreeBookmark', {
  input: ['table'],
  releasedHandleError: ErrorCode.ecNullObject,
  request: struct({ bookmark: bytes16 }),
  response: empty,
  execute(call, { bookmark }) {
    demandBookmarks(call.input)
    demandColumns(call.input)
    call.input.freeBookmark(bookmark)
    return {}
  }
})
