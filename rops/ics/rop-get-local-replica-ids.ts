import { globcnt48, guid, struct, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

/** A client that asks for more at once would use up the ids of its mailbox (R2265). */
const MOST_IDS = 0x00ffffff

/** [MS-OXCROPS] 2.2.13.13, [MS-OXCFXICS] 2.2.3.2.4.7, 3.2.5.9.4.7: reserves a range of ids that the client gives to new objects itself. */
export const RopGetLocalReplicaIds = rop(0x7f, 'RopGetLocalReplicaIds', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({ idCount: u32 }),
  response: struct({ replGuid: guid, globalCount: globcnt48 }),
  execute(call, { idCount }) {
    const { mailbox } = call
    if (!mailbox.mayChange(call.actor)) throw new MapiError(ErrorCode.ecAccessDenied)
    if (idCount === 0 || idCount > MOST_IDS) throw new MapiError(ErrorCode.ecInvalidParam)
    return chain(mailbox.reserveLocalIds(idCount), globalCount => ({ replGuid: mailbox.replicaGuid, globalCount }))
  }
})
