import { enumeration, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.9.1, [MS-OXCPRPT] 2.2.14, 3.2.5.11: opens a property as a stream. */
export const RopOpenStream = rop(0x2b, 'RopOpenStream', {
  input: ['folder', 'message', 'attachment'],
  output: 'stream',
  request: struct({
    propertyTag,
    openModeFlags: enumeration(u8, { readOnly: 0x00, readWrite: 0x01, create: 0x02, bestAccess: 0x03 })
  }),
  response: struct({ streamSize: u32 })
})
