import { array, bool16, struct, u16 } from '../../src/bufferstructs/index.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.8.4, [MS-OXCPRPT] 2.2.3, 3.2.5.2: reads every property of an object. */
export const RopGetPropertiesAll = rop(0x08, 'RopGetPropertiesAll', {
  input: ['logon', 'folder', 'message', 'attachment'],
  request: struct({ propertySizeLimit: u16, wantUnicode: bool16 }),
  response: struct({ propertyValues: array(u16, taggedPropertyValue) })
})
