import { flags, id, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { nothingPartial, partialCompletion } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.4.3, [MS-OXCFOLD] 2.2.1.3, 3.2.5.3: removes a subfolder. */
export const RopDeleteFolder = rop(0x1d, 'RopDeleteFolder', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({
    deleteFolderFlags: flags(u8, { delMessages: 0x01, delFolders: 0x04, deleteHardDelete: 0x10 }),
    folderId: id
  }),
  response: partialCompletion,
  responseAlways: nothingPartial
})
