import { bool8, struct } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { nothingPartial, partialCompletion } from '../wire-forms.js'
import { demandPrivate } from './demand-private.js'

/** [MS-OXCROPS] 2.2.4.9, [MS-OXCFOLD] 2.2.1.9, 3.2.5.9: soft deletes what a folder holds, subfolders included. */
export const RopEmptyFolder = rop(0x58, 'RopEmptyFolder', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({ wantAsynchronous: bool8, wantDeleteAssociated: bool8 }),
  response: partialCompletion,
  responseAlways: nothingPartial,
  isAsynchronous: request => request.wantAsynchronous,
  execute(call, { wantDeleteAssociated: associated }) {
    demandPrivate(call, call.input)
    const done = call.input.emptyFolder({ associated, hard: false, watch: call.watch }, call.actor)
    return chain(done, ({ partial }) => ({ partialCompletion: partial }))
  }
})
