import { array, ascii0, empty, sized, struct, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** Types that can be delivered: inside the organisation, and by SMTP. */
const ADDRESS_TYPES: readonly string[] = ['EX', 'SMTP']

/** [MS-OXCROPS] 2.2.7.3, [MS-OXOMSG] 2.2.4.3: lists the address types that the server can send to. */
export const RopGetAddressTypes = rop(0x49, 'RopGetAddressTypes', {
  input: ['logon'],
  request: empty,
  response: struct({ addressTypeCount: u16, addressTypes: sized(u16, array('addressTypeCount', ascii0)) }),
  execute() {
    return { addressTypeCount: ADDRESS_TYPES.length, addressTypes: [...ADDRESS_TYPES] }
  }
})
