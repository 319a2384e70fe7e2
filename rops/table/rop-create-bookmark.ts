import { bytes16, empty, struct } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { demandBookmarks } from './bookmarks.js'

/** [MS-OXCROPS] 2.2.5.11, [MS-OXCTABL] 2.2.2.12, 3.2.5.12: remembers where a table's cursor stands. */
export const RopCreateBookmark = rop(0x1b, 'RopCreateBookmark', {
  input: ['table'],
  request: empty,
  response: struct({ bookmark: bytes16 }),
  execute(call) {
    demandBookmarks(call.input)
    return chain(call.input.createBookmark(), bookmark => ({ bookmark }))
  }
})
