import { flags, id, struct, u8 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { nothingPartial, partialCompletion } from '../wire-forms.js'

const deleteFolderFlags = flags(u8, { delMessages: 0x01, delFolders: 0x04, deleteHardDelete: 0x10 })
const DOCUMENTED = 0x15

/** [MS-OXCROPS] 2.2.4.3, [MS-OXCFOLD] 2.2.1.3, 3.2.5.3: removes a subfolder. */
export const RopDeleteFolder = rop(0x1d, 'RopDeleteFolder', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({
    deleteFolderFlags,
    folderId: id
  }),
  response: partialCompletion,
  responseAlways: nothingPartial,
  execute(call, { deleteFolderFlags: bits, folderId }) {
    if (call.personality.deleteFolderFlagsAreChecked && (bits & ~DOCUMENTED) !== 0) {
      throw new MapiError(ErrorCode.ecInvalidParam)
    }
    const { names } = deleteFolderFlags
    const options = {
      messages: (bits & names.delMessages) !== 0,
      folders: (bits & names.delFolders) !== 0,
      hard: (bits & names.deleteHardDelete) !== 0
    }
    return chain(call.input.removeFolder(folderId, options, call.actor), ({ partial }) => ({
      partialCompletion: partial
    }))
  }
})
