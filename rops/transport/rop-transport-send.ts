import { array, bool8, empty, struct, u16 } from '../../src/bufferstructs/index.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.7.6, [MS-OXOMSG] 2.2.5.4: sends a message at once. */
export const RopTransportSend = rop(0x4a, 'RopTransportSend', {
  input: ['message'],
  writes: ['message'],
  request: empty,
  response: struct({ noPropertiesReturned: bool8, propertyValues: array(u16, taggedPropertyValue) })
})
