import { array, bool8, flags, guid, optional, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import type { PropertyObject } from '../../src/mailbox/domain.js'
import { type PropertyName, propertyName } from '../../src/oxcdata/property-name.js'
import { objectOf } from '../object-properties.js'
import { rop } from '../rop.js'
import { WARN_WITH_ERRORS } from '../wire-forms.js'

const queryFlags = flags(u8, { noStrings: 0x01, noIds: 0x02 })

const answer = struct({
  idCount: u16,
  propertyIds: array('idCount', u16),
  propertyNames: array('idCount', propertyName)
})

/** On a logon every registered name, on other objects those of the properties that they have. */
function namedPropertiesOf(object: PropertyObject): { id: number; name: PropertyName }[] {
  const registered = [...object.mailbox.namedProperties()]
  if (object.kind === 'mailbox') return registered
  const present = new Set(object.tags().map(tag => tag >>> 16))
  return registered.filter(({ id }) => present.has(id))
}

/** [MS-OXCROPS] 2.2.8.10, [MS-OXCPRPT] 2.2.9, 3.2.5.8: lists the named properties of an object. */
export const RopQueryNamedProperties = rop(0x5f, 'RopQueryNamedProperties', {
  input: ['logon', 'folder', 'message', 'attachment'],
  request: struct({
    queryFlags,
    propertyGuid: optional(bool8, guid)
  }),
  response: answer,
  responseOn: { [WARN_WITH_ERRORS]: answer },
  execute(call, { queryFlags: bits, propertyGuid }) {
    const { names } = queryFlags
    const wanted = namedPropertiesOf(objectOf(call)).filter(({ name }) => {
      if (propertyGuid !== null && name.guid !== propertyGuid) return false
      return (bits & ('lid' in name ? names.noIds : names.noStrings)) === 0
    })
    return {
      idCount: wanted.length,
      propertyIds: wanted.map(({ id }) => id),
      propertyNames: wanted.map(({ name }) => name)
    }
  }
})
