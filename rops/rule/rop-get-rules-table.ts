import { empty, flags, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.11.2, [MS-OXORULE] 2.2.2, 3.2.5.2: opens the table of a folder's rules. */
export const RopGetRulesTable = rop(0x3f, 'RopGetRulesTable', {
  input: ['folder'],
  output: 'table',
  request: struct({ tableFlags: flags(u8, { unicode: 0x40 }) }),
  response: empty
})
