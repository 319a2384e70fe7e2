import { bool8, id, struct, utf16OrString8z } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { NULL_DESTINATION, nothingPartial, nullDestinationPartial, partialCompletion } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.4.7, [MS-OXCFOLD] 2.2.1.7, 3.2.5.7: moves a folder below another one. */
export const RopMoveFolder = rop(0x35, 'RopMoveFolder', {
  input: ['folder'],
  destination: ['folder'],
  destinationOfAnyLogon: true,
  handles: 'source destination',
  writes: ['folder'],
  request: struct({
    wantAsynchronous: bool8,
    useUnicode: bool8,
    folderId: id,
    newFolderName: utf16OrString8z('useUnicode')
  }),
  response: partialCompletion,
  responseAlways: nothingPartial,
  responseOn: { [NULL_DESTINATION]: nullDestinationPartial },
  isAsynchronous: request => request.wantAsynchronous,
  execute(call, { folderId, newFolderName }) {
    const done = call.input.moveFolder(folderId, call.destination, newFolderName, call.actor, call.watch)
    return chain(done, ({ partial }) => ({ partialCompletion: partial }))
  }
})
