import { bool8, flags, id, optional, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { replicaServers } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.4.1, [MS-OXCFOLD] 2.2.1.1, 3.2.5.1: opens an existing folder. */
export const RopOpenFolder = rop(0x02, 'RopOpenFolder', {
  input: ['logon', 'folder'],
  output: 'folder',
  request: struct({ folderId: id, openModeFlags: flags(u8, { openSoftDeleted: 0x04 }) }),
  response: struct({ hasRules: bool8, ghost: optional(bool8, replicaServers) })
})
