import { array, bool8, flags, guid, optional, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { propertyName } from '../../src/oxcdata/property-name.js'
import { rop } from '../rop.js'
import { WARN_WITH_ERRORS } from '../wire-forms.js'

const answer = struct({
  idCount: u16,
  propertyIds: array('idCount', u16),
  propertyNames: array('idCount', propertyName)
})

/** [MS-OXCROPS] 2.2.8.10, [MS-OXCPRPT] 2.2.9, 3.2.5.8: lists the named properties of an object. */
export const RopQueryNamedProperties = rop(0x5f, 'RopQueryNamedProperties', {
  input: ['logon', 'folder', 'message', 'attachment'],
  request: struct({
    queryFlags: flags(u8, { noStrings: 0x01, noIds: 0x02 }),
    propertyGuid: optional(bool8, guid)
  }),
  response: answer,
  responseOn: { [WARN_WITH_ERRORS]: answer }
})
