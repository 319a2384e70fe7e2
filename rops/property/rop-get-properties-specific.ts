import { array, bool16, struct, u16 } from '../../src/bufferstructs/index.js'
import { writePropertyRow } from '../../src/oxcdata/property-row.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { codePageOf, objectOf } from '../object-properties.js'
import { rop } from '../rop.js'
import { propertyRow } from '../wire-forms.js'
import { cellsOf, fitCells } from './property-cells.js'

/** [MS-OXCROPS] 2.2.8.3, [MS-OXCPRPT] 2.2.2, 3.2.5.1: reads named properties of an object as one row. */
export const RopGetPropertiesSpecific = rop(0x07, 'RopGetPropertiesSpecific', {
  input: ['logon', 'folder', 'message', 'attachment'],
  request: struct({ propertySizeLimit: u16, wantUnicode: bool16, propertyTags: array(u16, propertyTag) }),
  response: struct({ row: propertyRow }),
  stream(call, { propertySizeLimit, wantUnicode, propertyTags }, body) {
    const cells = cellsOf(objectOf(call), propertyTags, wantUnicode)
    const limit = call.personality.propertySizeLimitCounts ? propertySizeLimit : 0
    const { context } = body
    body.context = { ...context, codePage: codePageOf(call) }
    try {
      fitCells(cells, propertyTags, { space: call.space, limit, codePage: body.context.codePage })
      writePropertyRow(body, propertyTags, cells)
    } finally {
      body.context = context
    }
  }
})
