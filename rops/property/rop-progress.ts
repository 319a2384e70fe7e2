import { bool8, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { allObjectKinds } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.8.13, [MS-OXCPRPT] 2.2.23, 3.2.5.19: tells how far an asynchronous operation is, or ends it. */
export const RopProgress = rop(0x50, 'RopProgress', {
  input: allObjectKinds,
  asksForProgress: true,
  request: struct({ wantCancel: bool8 }),
  response: struct({ logonId: u8, completedTaskCount: u32, totalTaskCount: u32 })
})
