import { bool8, flags, id, optional, struct, u8 } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { ghostOf } from '../replica-servers.js'
import { rop } from '../rop.js'
import { replicaServers } from '../wire-forms.js'

const OPEN_SOFT_DELETED = 0x04

/** [MS-OXCROPS] 2.2.4.1, [MS-OXCFOLD] 2.2.1.1, 3.2.5.1: opens an existing folder. */
export const RopOpenFolder = rop(0x02, 'RopOpenFolder', {
  input: ['logon', 'folder'],
  output: 'folder',
  request: struct({ folderId: id, openModeFlags: flags(u8, { openSoftDeleted: OPEN_SOFT_DELETED }) }),
  response: struct({ hasRules: bool8, ghost: optional(bool8, replicaServers) }),
  execute(call, { folderId, openModeFlags }) {
    const { mailbox, actor, personality } = call
    const softDeleted = personality.softDeletedFoldersOpen && (openModeFlags & OPEN_SOFT_DELETED) !== 0
    return chain(mailbox.openFolder(folderId, { softDeleted }, actor), folder => {
      const ghost = ghostOf(call, folder)
      call.output('folder', folder)
      return { hasRules: personality.hasRulesIsReported && folder.hasRules, ghost }
    })
  }
})
