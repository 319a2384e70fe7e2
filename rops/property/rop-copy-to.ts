import { array, bool8, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { rop } from '../rop.js'
import { NULL_DESTINATION, nullDestination, propertyProblem } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.8.12, [MS-OXCPRPT] 2.2.11, 3.2.5.8: copies an object's properties, but those named, to another object of its kind. */
export const RopCopyTo = rop(0x39, 'RopCopyTo', {
  input: ['folder', 'message', 'attachment'],
  destination: ['folder', 'message', 'attachment'],
  handles: 'source destination',
  writes: ['folder'],
  request: struct({
    wantAsynchronous: bool8,
    wantSubObjects: bool8,
    copyFlags: flags(u8, { move: 0x01, noOverwrite: 0x02 }),
    excludedTags: array(u16, propertyTag)
  }),
  response: struct({ propertyProblems: array(u16, propertyProblem) }),
  responseOn: { [NULL_DESTINATION]: nullDestination }
})
