import { id, struct } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { replicaServersOf } from '../replica-servers.js'
import { rop } from '../rop.js'
import { replicaServers } from '../wire-forms.js'

/**
 * [MS-OXCROPS] 2.2.3.6, [MS-OXCSTOR] 2.2.1.6, 3.2.5.6: servers that hold a public folder's content. On a private mailbox it
 * fails, as Exchange 2013 and later do (R892, note <12>).
 */
export const RopGetOwningServers = rop(0x42, 'RopGetOwningServers', {
  input: ['logon'],
  request: struct({ folderId: id }),
  response: replicaServers,
  execute(call, { folderId }) {
    if (!call.logon.isPublic) throw new MapiError(ErrorCode.ecNotSupported)
    return chain(call.mailbox.openFolder(folderId, {}, call.actor), folder => {
      const servers = replicaServersOf(call, folder)
      // R908.
      if (servers.serverCount === 0) throw new MapiError(ErrorCode.ecNoReplicaAvailable)
      return servers
    })
  }
})
