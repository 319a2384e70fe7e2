import { array, empty, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { rop } from '../rop.js'
import { sendOptions } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.12.8, [MS-OXCFXICS] 2.2.3.1.1.2, 3.2.5.8.1.2: starts a download of named properties of an object. */
export const RopFastTransferSourceCopyProperties = rop(0x69, 'RopFastTransferSourceCopyProperties', {
  input: ['folder', 'message', 'attachment'],
  output: 'fastTransferSource',
  request: struct({
    level: u8,
    copyFlags: flags(u8, { move: 0x01, unused1: 0x02, unused2: 0x04, unused3: 0x08 }),
    sendOptions,
    propertyTags: array(u16, propertyTag)
  }),
  response: empty
})
