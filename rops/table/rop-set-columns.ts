import { array, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { rop } from '../rop.js'
import { tableStatus } from '../wire-forms.js'
import { isColumn } from './columns.js'

/** [MS-OXCROPS] 2.2.5.1, [MS-OXCTABL] 2.2.2.2, 3.2.5.2: chooses the columns of a table. */
export const RopSetColumns = rop(0x12, 'RopSetColumns', {
  input: ['table'],
  request: struct({ setColumnsFlags: flags(u8, { tblAsync: 0x01 }), propertyTags: array(u16, propertyTag) }),
  response: struct({ tableStatus }),
  execute(call, { propertyTags }) {
    const { input: table } = call
    if (propertyTags.length === 0 || !propertyTags.every(isColumn)) {
      // A failed request leaves the table without columns (R610).
      table.setColumns([])
      throw new MapiError(ErrorCode.ecInvalidParam)
    }
    table.setColumns(propertyTags)
    return { tableStatus: tableStatus.names.complete }
  }
})
