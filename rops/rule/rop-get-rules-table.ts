import { empty, flags, struct, u8 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'

const UNICODE = 0x40

/** [MS-OXCROPS] 2.2.11.2, [MS-OXORULE] 2.2.2, 3.2.5.2: opens the table of a folder's rules. */
export const RopGetRulesTable = rop(0x3f, 'RopGetRulesTable', {
  input: ['folder'],
  output: 'table',
  request: struct({ tableFlags: flags(u8, { unicode: UNICODE }) }),
  response: empty,
  execute(call, { tableFlags }) {
    // Other bits are an error of this code (R889, R827).
    if ((tableFlags & ~UNICODE) !== 0) throw new MapiError(ErrorCode.ecNotSupported)
    call.output('table', call.input.rulesTable(call.actor))
    return {}
  }
})
