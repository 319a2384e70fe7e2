import { array, bool8, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { rop } from '../rop.js'
import { NULL_DESTINATION, nullDestination, propertyProblem } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.8.11, [MS-OXCPRPT] 2.2.10, 3.2.5.7: copies named properties to another object of the same kind. */
export const RopCopyProperties = rop(0x67, 'RopCopyProperties', {
  input: ['folder', 'message', 'attachment'],
  destination: ['folder', 'message', 'attachment'],
  handles: 'source destination',
  writes: ['folder'],
  request: struct({
    wantAsynchronous: bool8,
    copyFlags: flags(u8, { move: 0x01, noOverwrite: 0x02 }),
    propertyTags: array(u16, propertyTag)
  }),
  response: struct({ propertyProblems: array(u16, propertyProblem) }),
  responseOn: { [NULL_DESTINATION]: nullDestination }
})
