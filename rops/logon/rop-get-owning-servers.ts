import { id, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { replicaServers } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.3.6, [MS-OXCSTOR] 2.2.1.6, 3.2.5.6: servers that hold a public folder's content. */
export const RopGetOwningServers = rop(0x42, 'RopGetOwningServers', {
  input: ['logon'],
  request: struct({ folderId: id }),
  response: replicaServers
})
