import { bool8, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { nothingPartial, partialCompletion } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.4.9, [MS-OXCFOLD] 2.2.1.9, 3.2.5.9: soft deletes what a folder holds, subfolders included. */
export const RopEmptyFolder = rop(0x58, 'RopEmptyFolder', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({ wantAsynchronous: bool8, wantDeleteAssociated: bool8 }),
  response: partialCompletion,
  responseAlways: nothingPartial
})
