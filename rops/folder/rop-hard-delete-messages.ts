import { array, bool8, id, struct, u16 } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { nothingPartial, partialCompletion } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.4.12, [MS-OXCFOLD] 2.2.1.12, 3.2.5.12: removes messages of a folder for good. */
export const RopHardDeleteMessages = rop(0x91, 'RopHardDeleteMessages', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({ wantAsynchronous: bool8, notifyNonRead: bool8, messageIds: array(u16, id) }),
  response: partialCompletion,
  responseAlways: nothingPartial,
  isAsynchronous: request => request.wantAsynchronous,
  execute(call, { messageIds, notifyNonRead }) {
    const done = call.input.deleteMessages(messageIds, { hard: true, notifyNonRead, watch: call.watch }, call.actor)
    return chain(done, ({ partial }) => ({ partialCompletion: partial }))
  }
})
