import { bool8, id, struct, utf16OrString8z } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { NULL_DESTINATION, nothingPartial, nullDestinationPartial, partialCompletion } from '../wire-forms.js'
import { demandPrivate } from './demand-private.js'

/** [MS-OXCROPS] 2.2.4.8, [MS-OXCFOLD] 2.2.1.8, 3.2.5.8: copies a folder below another one. */
export const RopCopyFolder = rop(0x36, 'RopCopyFolder', {
  input: ['folder'],
  destination: ['folder'],
  destinationOfAnyLogon: true,
  handles: 'source destination',
  writes: ['folder'],
  request: struct({
    wantAsynchronous: bool8,
    wantRecursive: bool8,
    useUnicode: bool8,
    folderId: id,
    newFolderName: utf16OrString8z('useUnicode')
  }),
  response: partialCompletion,
  responseAlways: nothingPartial,
  responseOn: { [NULL_DESTINATION]: nullDestinationPartial },
  isAsynchronous: request => request.wantAsynchronous,
  execute(call, { folderId, newFolderName: name, wantRecursive: isRecursive }) {
    demandPrivate(call, call.input, call.destination)
    const done = call.input.copyFolder(folderId, call.destination, { name, isRecursive, watch: call.watch }, call.actor)
    return chain(done, ({ partial }) => ({
      partialCompletion: partial && !call.personality.copyFolderNeverPartial
    }))
  }
})
