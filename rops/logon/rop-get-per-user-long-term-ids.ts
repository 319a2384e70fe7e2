import { array, guid, struct, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

const COUNT_BYTES = 2
const LONG_TERM_ID_BYTES = 24

/** [MS-OXCROPS] 2.2.3.10, [MS-OXCSTOR] 2.2.1.10, 3.2.5.10: public folders that per-user information is kept of. */
export const RopGetPerUserLongTermIds = rop(0x60, 'RopGetPerUserLongTermIds', {
  input: ['logon'],
  request: struct({ databaseGuid: guid }),
  response: struct({ longTermIds: array(u16, longTermId) }),
  execute(call, { databaseGuid }) {
    if (call.logon.isPublic) throw new MapiError(ErrorCode.ecNotSupported)
    return chain(call.mailbox.perUserFolders(databaseGuid, call.actor), folders => {
      // There is no way to ask for the rest: the list is as long as the client has room for.
      const most = Math.max(0, Math.floor((call.space - COUNT_BYTES) / LONG_TERM_ID_BYTES))
      return { longTermIds: folders.slice(0, most) }
    })
  }
})
