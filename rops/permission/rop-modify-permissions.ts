import { array, empty, enumeration, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.10.1, [MS-OXCPERM] 2.2.2, 3.2.5.2: changes a folder's permissions. */
export const RopModifyPermissions = rop(0x40, 'RopModifyPermissions', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({
    modifyFlags: flags(u8, { replaceRows: 0x01, includeFreeBusy: 0x02 }),
    permissionsData: array(
      u16,
      struct({
        permissionDataFlags: enumeration(u8, { addRow: 0x01, modifyRow: 0x02, removeRow: 0x04 }),
        propertyValues: array(u16, taggedPropertyValue)
      })
    )
  }),
  response: empty
})
