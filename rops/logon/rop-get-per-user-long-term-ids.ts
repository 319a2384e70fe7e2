import { array, guid, struct, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.10, [MS-OXCSTOR] 2.2.1.10, 3.2.5.10: public folders that per-user information is kept of. */
export const RopGetPerUserLongTermIds = rop(0x60, 'RopGetPerUserLongTermIds', {
  input: ['logon'],
  request: struct({ databaseGuid: guid }),
  response: struct({ longTermIds: array(u16, longTermId) }),
  execute(call) {
    if (call.logon.isPublic) throw new MapiError(ErrorCode.ecNotSupported)
    // No per-user information of public folders is kept, so the table that this looks into is empty (R960).
    return { longTermIds: [] }
  }
})
