import { bool8, struct } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { nothingPartial, partialCompletion } from '../wire-forms.js'
import { demandPrivate } from './demand-private.js'

/** [MS-OXCROPS] 2.2.4.10, [MS-OXCFOLD] 2.2.1.10, 3.2.5.10: empties a folder for good, subfolders included. */
export const RopHardDeleteMessagesAndSubfolders = rop(0x92, 'RopHardDeleteMessagesAndSubfolders', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({ wantAsynchronous: bool8, wantDeleteAssociated: bool8 }),
  response: partialCompletion,
  responseAlways: nothingPartial,
  isAsynchronous: request => request.wantAsynchronous,
  execute(call, { wantDeleteAssociated: associated }) {
    demandPrivate(call, call.input)
    const done = call.input.emptyFolder({ associated, hard: true, watch: call.watch }, call.actor)
    return chain(done, ({ partial }) => ({ partialCompletion: partial }))
  }
})
