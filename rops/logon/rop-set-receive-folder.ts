import { ascii0, empty, id, struct } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { isMessageClass } from './message-class.js'

/** [MS-OXCROPS] 2.2.3.3, [MS-OXCSTOR] 2.2.1.3, 3.2.5.3: sets where messages of a class are delivered. */
export const RopSetReceiveFolder = rop(0x26, 'RopSetReceiveFolder', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({ folderId: id, messageClass: ascii0 }),
  response: empty,
  execute(call, { folderId, messageClass }) {
    if (call.logon.isPublic) throw new MapiError(ErrorCode.ecNotSupported)
    if (!isMessageClass(messageClass)) throw new MapiError(ErrorCode.ecInvalidParam)
    return chain(call.mailbox.setReceiveFolder(messageClass, folderId, call.actor), () => ({}))
  }
})
