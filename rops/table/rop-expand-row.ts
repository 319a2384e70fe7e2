import { array, id, struct, u16, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { propertyRow } from '../wire-forms.js'
import { demandCategories } from './categories.js'

/** ExpandedRowCount and RowCount. */
const PREFIX_BYTES = 6

/** [MS-OXCROPS] 2.2.5.16, [MS-OXCTABL] 2.2.2.17, 3.2.5.17: opens a category of a table. */
export const RopExpandRow = rop(0x59, 'RopExpandRow', {
  input: ['table'],
  request: struct({ maxRowCount: u16, categoryId: id }),
  response: struct({ expandedRowCount: u32, rows: array(u16, propertyRow) }),
  stream(call, { maxRowCount, categoryId }, body) {
    const { input, personality } = call
    if (maxRowCount > 0 && !personality.expandRowReturnsRows) throw new MapiError(ErrorCode.ecNotSupported)
    const table = demandCategories(input)
    const at = body.reserve(PREFIX_BYTES)
    return chain(table.expandRow(body, categoryId, maxRowCount), ({ expanded, rows }) => {
      body.patchU32(at, expanded)
      body.patchU16(at + 4, rows)
    })
  }
})
