import { array, struct, u16 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { chain } from '../chain.js'
import { objectOf } from '../object-properties.js'
import { rop } from '../rop.js'
import { propertyProblem } from '../wire-forms.js'
import { originalTags } from './original-tags.js'

/** [MS-OXCROPS] 2.2.8.8, [MS-OXCPRPT] 2.2.7, 3.2.5.6: removes properties of an object. */
export const RopDeleteProperties = rop(0x0b, 'RopDeleteProperties', {
  input: ['logon', 'folder', 'message', 'attachment'],
  writes: ['logon', 'folder'],
  request: struct({ propertyTags: array(u16, propertyTag) }),
  response: struct({ propertyProblems: array(u16, propertyProblem) }),
  execute(call, { propertyTags }) {
    const removed = objectOf(call).remove(propertyTags, call.actor)
    return chain(removed, problems => ({ propertyProblems: originalTags(problems, propertyTags) }))
  }
})
