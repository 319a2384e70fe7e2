import { empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.5, [MS-OXCSTOR] 2.2.1.5, 3.2.5.5: state flags of a mailbox. Only Exchange 2003 and 2007 have the operation. */
export const RopGetStoreState = rop(0x7b, 'RopGetStoreState', {
  input: ['logon'],
  request: empty,
  response: struct({ storeState: u32 })
})
