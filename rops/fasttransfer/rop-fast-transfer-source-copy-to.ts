import { array, empty, flags, struct, u8, u16, u32 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { rop } from '../rop.js'
import { sendOptions } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.12.7, [MS-OXCFXICS] 2.2.3.1.1.1, 3.2.5.8.1.1: starts a download of an object, but the properties named. */
export const RopFastTransferSourceCopyTo = rop(0x4d, 'RopFastTransferSourceCopyTo', {
  input: ['folder', 'message', 'attachment'],
  output: 'fastTransferSource',
  request: struct({
    level: u8,
    copyFlags: flags(u32, { move: 0x01, unused1: 0x02, unused2: 0x04, unused3: 0x08, bestBody: 0x2000 }),
    sendOptions,
    propertyTags: array(u16, propertyTag)
  }),
  response: empty
})
