import { array, bool8, id, struct, u16 } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { nothingPartial, partialCompletion } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.4.11, [MS-OXCFOLD] 2.2.1.11, 3.2.5.11: soft deletes messages of a folder. */
export const RopDeleteMessages = rop(0x1e, 'RopDeleteMessages', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({ wantAsynchronous: bool8, notifyNonRead: bool8, messageIds: array(u16, id) }),
  response: partialCompletion,
  responseAlways: nothingPartial,
  isAsynchronous: request => request.wantAsynchronous,
  execute(call, { messageIds, notifyNonRead }) {
    const done = call.input.deleteMessages(messageIds, { hard: false, notifyNonRead, watch: call.watch }, call.actor)
    return chain(done, ({ partial }) => ({ partialCompletion: partial }))
  }
})
