import { guid, struct } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.11, [MS-OXCSTOR] 2.2.1.11, 3.2.5.11: replica GUID of a public folder's per-user information. */
export const RopGetPerUserGuid = rop(0x61, 'RopGetPerUserGuid', {
  input: ['logon'],
  request: struct({ longTermId }),
  response: struct({ databaseGuid: guid }),
  execute(call, request) {
    if (call.logon.isPublic) throw new MapiError(ErrorCode.ecNotSupported)
    const databaseGuid = call.mailbox.perUserReplica(request.longTermId, call.actor)
    if (databaseGuid === undefined) throw new MapiError(ErrorCode.ecNotFound)
    return { databaseGuid }
  }
})
