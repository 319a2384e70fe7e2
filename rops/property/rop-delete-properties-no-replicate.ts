import { array, struct, u16 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { chain } from '../chain.js'
import { objectOf } from '../object-properties.js'
import { rop } from '../rop.js'
import { propertyProblem } from '../wire-forms.js'
import { originalTags } from './original-tags.js'

/** [MS-OXCROPS] 2.2.8.9, [MS-OXCPRPT] 2.2.8, 3.2.5.7: as RopDeleteProperties, without replication of a public folder. */
export const RopDeletePropertiesNoReplicate = rop(0x7a, 'RopDeletePropertiesNoReplicate', {
  input: ['logon', 'folder', 'message', 'attachment'],
  writes: ['logon', 'folder'],
  request: struct({ propertyTags: array(u16, propertyTag) }),
  response: struct({ propertyProblems: array(u16, propertyProblem) }),
  execute(call, { propertyTags }) {
    const removed = objectOf(call).remove(propertyTags, call.actor)
    return chain(removed, problems => ({ propertyProblems: originalTags(problems, propertyTags) }))
  }
})
