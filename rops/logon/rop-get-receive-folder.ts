import { ascii0, id, struct } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'
import { isMessageClass } from './message-class.js'

/** [MS-OXCROPS] 2.2.3.2, [MS-OXCSTOR] 2.2.1.2, 3.2.5.2: tells where messages of a class are delivered. */
export const RopGetReceiveFolder = rop(0x27, 'RopGetReceiveFolder', {
  input: ['logon'],
  request: struct({ messageClass: ascii0 }),
  response: struct({ folderId: id, explicitMessageClass: ascii0 }),
  execute(call, { messageClass }) {
    if (call.logon.isPublic) throw new MapiError(ErrorCode.ecNotSupported)
    if (!isMessageClass(messageClass)) throw new MapiError(ErrorCode.ecInvalidParam)
    const { folderId, explicitClass } = call.mailbox.receiveFolder(messageClass, call.actor)
    return { folderId, explicitMessageClass: explicitClass }
  }
})
