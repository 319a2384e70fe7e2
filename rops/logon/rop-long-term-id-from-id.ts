import { id, struct } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { globcntOf, longTermId, replidOf } from '../../src/oxcdata/ids.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'

const NO_GUID = '00000000-0000-0000-0000-000000000000'

/** [MS-OXCROPS] 2.2.3.8, [MS-OXCSTOR] 2.2.1.8, 3.2.5.8: long form of a folder or message id. */
export const RopLongTermIdFromId = rop(0x43, 'RopLongTermIdFromId', {
  input: ['logon'],
  request: struct({ objectId: id }),
  response: struct({ longTermId }),
  execute(call, { objectId }) {
    if (objectId === 0 && call.personality.zeroIdHasLongTermId)
      return { longTermId: { databaseGuid: NO_GUID, globcnt: 0 } }
    const databaseGuid = call.mailbox.replicaGuidOf(replidOf(objectId))
    if (databaseGuid === undefined) throw new MapiError(ErrorCode.ecNotFound)
    return { longTermId: { databaseGuid, globcnt: globcntOf(objectId) } }
  }
})
