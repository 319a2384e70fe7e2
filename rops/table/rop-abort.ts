import { empty, struct } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'
import { tableStatus } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.5.5, [MS-OXCTABL] 2.2.2.6, 3.2.5.6: stops an operation on a table that still runs. */
export const RopAbort = rop(0x38, 'RopAbort', {
  input: ['table'],
  request: empty,
  response: struct({ tableStatus }),
  execute(call) {
    // There is never anything to abort, because operations on tables are not asynchronous (R485, R602).
    throw new MapiError(call.input.source === 'attachments' ? ErrorCode.ecNotSupported : ErrorCode.ecUnableToAbort)
  }
})
