import { empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.5.10, [MS-OXCTABL] 2.2.2.11, 3.2.5.11: moves a table's cursor to a fraction of its rows. */
export const RopSeekRowFractional = rop(0x1a, 'RopSeekRowFractional', {
  input: ['table'],
  request: struct({ numerator: u32, denominator: u32 }),
  response: empty,
  execute(call, { numerator, denominator }) {
    const { input: table } = call
    if (denominator === 0) throw new MapiError(ErrorCode.ecInvalidParam)
    if (numerator >= denominator) return chain(table.seek('end', 0), () => ({}))
    return chain(table.rowCount(), rows =>
      chain(table.seek('beginning', Math.floor((rows * numerator) / denominator)), () => ({}))
    )
  }
})
