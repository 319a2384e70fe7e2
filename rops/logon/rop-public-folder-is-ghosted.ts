import { bool8, id, optional, struct } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { ghostOf } from '../replica-servers.js'
import { rop } from '../rop.js'
import { replicaServers } from '../wire-forms.js'

/**
 * [MS-OXCROPS] 2.2.3.7, [MS-OXCSTOR] 2.2.1.7, 3.2.5.7: tells whether a public folder's content is elsewhere. A private mailbox has
 * none that could be elsewhere (R917).
 */
export const RopPublicFolderIsGhosted = rop(0x45, 'RopPublicFolderIsGhosted', {
  input: ['logon'],
  request: struct({ folderId: id }),
  response: struct({ ghost: optional(bool8, replicaServers) }),
  execute(call, { folderId }) {
    if (!call.logon.isPublic) return { ghost: null }
    return chain(call.mailbox.openFolder(folderId, {}, call.actor), folder => ({ ghost: ghostOf(call, folder) }))
  }
})
