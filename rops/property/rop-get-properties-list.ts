import { array, empty, struct, u16 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { objectOf } from '../object-properties.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.8.5, [MS-OXCPRPT] 2.2.4, 3.2.5.3: lists the tags of every property of an object. */
export const RopGetPropertiesList = rop(0x09, 'RopGetPropertiesList', {
  input: ['logon', 'folder', 'message', 'attachment'],
  request: empty,
  response: struct({ propertyTags: array(u16, propertyTag) }),
  execute(call) {
    return { propertyTags: objectOf(call).tags() }
  }
})
