import { empty } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.5.15, [MS-OXCTABL] 2.2.2.16, 3.2.5.16: puts a table back to the state after opening. */
export const RopResetTable = rop(0x81, 'RopResetTable', {
  input: ['table'],
  request: empty,
  response: empty,
  execute(call) {
    if (call.input.source !== 'contents') throw new MapiError(ErrorCode.ecNotSupported)
    call.input.reset()
    return {}
  }
})
