import { empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'

const PidTagStoreState = 0x340e0003

/** [MS-OXCROPS] 2.2.3.5, [MS-OXCSTOR] 2.2.1.5, 3.2.5.5: state flags of a mailbox. Only Exchange 2003 and 2007 have the operation. */
export const RopGetStoreState = rop(0x7b, 'RopGetStoreState', {
  input: ['logon'],
  request: empty,
  response: struct({ storeState: u32 }),
  execute(call) {
    if (call.personality.storeStateIsNotImplemented) throw new MapiError(ErrorCode.ecNotImplemented)
    if (call.logon.isPublic) throw new MapiError(ErrorCode.ecNotSupported)
    const state = call.mailbox.value(PidTagStoreState)
    return { storeState: typeof state === 'number' ? 0 : Buffer.from(state).readUInt32LE() }
  }
})
