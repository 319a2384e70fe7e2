import { array, BufferFull, bool8, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { propertyRow, seekOrigin } from '../wire-forms.js'
import { demandColumns } from './columns.js'

const NO_ADVANCE = 0x01
/** Origin and RowCount. */
const PREFIX_BYTES = 3

/** [MS-OXCROPS] 2.2.5.4, [MS-OXCTABL] 2.2.2.5, 3.2.5.5: reads rows from the cursor on. */
export const RopQueryRows = rop(0x15, 'RopQueryRows', {
  input: ['table'],
  request: struct({
    queryRowsFlags: flags(u8, { noAdvance: NO_ADVANCE, enablePackedBuffers: 0x02 }),
    forwardRead: bool8,
    rowCount: u16
  }),
  response: struct({ origin: seekOrigin, rows: array(u16, propertyRow) }),
  stream(call, { queryRowsFlags, forwardRead: forward, rowCount: count }, body) {
    const { input: table, personality } = call
    demandColumns(table)
    const at = body.reserve(PREFIX_BYTES)
    const options = { forward, advance: (queryRowsFlags & NO_ADVANCE) === 0, count }
    return chain(table.queryRows(body, options), ({ rows, position, full }) => {
      // Not even one row fits, though there are some (R466).
      if (rows === 0 && full) throw new BufferFull(body.position + 1)
      const endsAtEnd = !forward && position === 'beginning' && personality.backwardReadEndsAtEnd
      body.patchU8(at, seekOrigin.names[endsAtEnd ? 'end' : position])
      body.patchU16(at + 1, rows)
    })
  }
})
