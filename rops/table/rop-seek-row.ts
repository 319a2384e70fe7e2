import { bool8, i32, struct } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { seekOrigin } from '../wire-forms.js'

const ORIGINS = ['beginning', 'current', 'end'] as const

/** [MS-OXCROPS] 2.2.5.8, [MS-OXCTABL] 2.2.2.9, 3.2.5.9: moves a table's cursor by rows. */
export const RopSeekRow = rop(0x18, 'RopSeekRow', {
  input: ['table'],
  request: struct({ origin: seekOrigin, rowCount: i32, wantRowMovedCount: bool8 }),
  response: struct({ hasSoughtLess: bool8, rowsSought: i32 }),
  execute(call, { origin, rowCount, wantRowMovedCount }) {
    const from = ORIGINS[origin]
    if (from === undefined) throw new MapiError(ErrorCode.ecInvalidParam)
    return chain(call.input.seek(from, rowCount), ({ moved, soughtLess }) =>
      wantRowMovedCount ? { hasSoughtLess: soughtLess, rowsSought: moved } : { hasSoughtLess: false, rowsSought: 0 }
    )
  }
})
