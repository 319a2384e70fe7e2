import { array, empty, struct, u16 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.5.12, [MS-OXCTABL] 2.2.2.13, 3.2.5.13: lists the columns that a table can show. */
export const RopQueryColumnsAll = rop(0x37, 'RopQueryColumnsAll', {
  input: ['table'],
  request: empty,
  response: struct({ propertyTags: array(u16, propertyTag) }),
  execute(call) {
    return { propertyTags: call.input.allColumns() }
  }
})
