import { reserved, struct, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { rop } from '../rop.js'
import { messageSummary } from './message-summary.js'
import { summaryOf } from './summary-of.js'

/** [MS-OXCROPS] 2.2.6.7, [MS-OXCMSG] 2.2.3.7, 3.2.5.7: tells again what RopOpenMessage told. */
export const RopReloadCachedInformation = rop(0x10, 'RopReloadCachedInformation', {
  input: ['message'],
  wrongKindError: ErrorCode.ecNullObject,
  request: struct({ reserved: reserved(u16) }),
  response: messageSummary,
  execute(call) {
    return summaryOf(call.input, call.space)
  }
})
