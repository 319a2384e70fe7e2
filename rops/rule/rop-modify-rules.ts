import { array, empty, enumeration, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.11.1, [MS-OXORULE] 2.2.1, 3.2.5.1: changes a folder's rules. */
export const RopModifyRules = rop(0x41, 'RopModifyRules', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({
    modifyRulesFlags: flags(u8, { replace: 0x01 }),
    rulesData: array(
      u16,
      struct({
        ruleDataFlags: enumeration(u8, { rowAdd: 0x01, rowModify: 0x02, rowRemove: 0x04 }),
        propertyValues: array(u16, taggedPropertyValue)
      })
    )
  }),
  response: empty
})
