import { array, bool16, struct, u16 } from '../../src/bufferstructs/index.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { codePageOf, objectOf } from '../object-properties.js'
import { rop } from '../rop.js'
import { allValues } from './property-cells.js'

const answer = struct({ propertyValues: array(u16, taggedPropertyValue) })

/** [MS-OXCROPS] 2.2.8.4, [MS-OXCPRPT] 2.2.3, 3.2.5.2: reads every property of an object. */
export const RopGetPropertiesAll = rop(0x08, 'RopGetPropertiesAll', {
  input: ['logon', 'folder', 'message', 'attachment'],
  request: struct({ propertySizeLimit: u16, wantUnicode: bool16 }),
  response: answer,
  stream(call, { propertySizeLimit, wantUnicode }, body) {
    const limit = call.personality.propertySizeLimitCounts ? propertySizeLimit : 0
    const { context } = body
    body.context = { ...context, codePage: codePageOf(call) }
    try {
      const bounds = { space: call.space, limit, codePage: body.context.codePage }
      answer.write(body, { propertyValues: allValues(objectOf(call), wantUnicode, bounds) })
    } finally {
      body.context = context
    }
  }
})
