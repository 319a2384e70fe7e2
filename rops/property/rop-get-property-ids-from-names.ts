import { array, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { propertyName } from '../../src/oxcdata/property-name.js'
import { rop } from '../rop.js'
import { WARN_WITH_ERRORS } from '../wire-forms.js'

const answer = struct({ propertyIds: array(u16, u16) })

/** [MS-OXCROPS] 2.2.8.1, [MS-OXCPRPT] 2.2.12, 3.2.5.9: ids of property names, made where asked. */
export const RopGetPropertyIdsFromNames = rop(0x56, 'RopGetPropertyIdsFromNames', {
  input: ['logon', 'folder', 'message', 'attachment'],
  writes: ['logon', 'folder', 'message', 'attachment'],
  request: struct({ flags: flags(u8, { create: 0x02 }), propertyNames: array(u16, propertyName) }),
  response: answer,
  responseOn: { [WARN_WITH_ERRORS]: answer }
})
