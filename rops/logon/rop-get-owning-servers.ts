import { id, struct } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { replicaServers } from '../wire-forms.js'
import { owningServer } from './owning-server.js'

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
    return chain(call.mailbox.openFolder(folderId, {}, call.actor), () => ({
      serverCount: 1,
      cheapServerCount: 1,
      servers: [owningServer(call)]
    }))
  }
})
