import { empty, id, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.7.8, [MS-OXOMSG] 2.2.5.2: id of the folder for outgoing mail. */
export const RopGetTransportFolder = rop(0x6d, 'RopGetTransportFolder', {
  input: ['logon'],
  request: empty,
  response: struct({ folderId: id }),
  execute(call) {
    return { folderId: call.mailbox.specialFolders.outbox }
  }
})
