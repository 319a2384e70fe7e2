import { array, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { rop } from '../rop.js'
import { tableStatus } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.5.1, [MS-OXCTABL] 2.2.2.2, 3.2.5.2: chooses the columns of a table. */
export const RopSetColumns = rop(0x12, 'RopSetColumns', {
  input: ['table'],
  request: struct({ setColumnsFlags: flags(u8, { tblAsync: 0x01 }), propertyTags: array(u16, propertyTag) }),
  response: struct({ tableStatus })
})
