import { array, struct, u16 } from '../../src/bufferstructs/index.js'
import { propertyNameOrNone } from '../../src/oxcdata/property-name.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.8.2, [MS-OXCPRPT] 2.2.13, 3.2.5.10: names of property ids. */
export const RopGetNamesFromPropertyIds = rop(0x55, 'RopGetNamesFromPropertyIds', {
  input: ['logon', 'folder', 'message', 'attachment'],
  request: struct({ propertyIds: array(u16, u16) }),
  response: struct({ propertyNames: array(u16, propertyNameOrNone) }),
  execute(call, { propertyIds }) {
    const { mailbox } = call
    return { propertyNames: propertyIds.map(id => mailbox.nameFromPropertyId(id)) }
  }
})
