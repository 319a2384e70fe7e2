import { id, struct } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { longTermId, makeId } from '../../src/oxcdata/ids.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

const NO_GUID = '00000000-0000-0000-0000-000000000000'

/** [MS-OXCROPS] 2.2.3.9, [MS-OXCSTOR] 2.2.1.9, 3.2.5.9: short form of a folder or message id. */
export const RopIdFromLongTermId = rop(0x44, 'RopIdFromLongTermId', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({ longTermId }),
  response: struct({ objectId: id }),
  execute(call, { longTermId: { databaseGuid, globcnt } }) {
    if (databaseGuid === NO_GUID) {
      if (!call.personality.zeroGuidHasId) throw new MapiError(ErrorCode.ecInvalidParam)
      return { objectId: makeId(0, globcnt) }
    }
    // There are few REPLIDs: who may change nothing in the mailbox uses up none of them.
    const mayMap = call.mailbox.mayChange(call.actor)
    return chain(call.mailbox.replidOf(databaseGuid, mayMap), replid => {
      if (replid === undefined) throw new MapiError(mayMap ? ErrorCode.ecParameterOverflow : ErrorCode.ecAccessDenied)
      return { objectId: makeId(replid, globcnt) }
    })
  }
})
