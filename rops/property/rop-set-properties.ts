import { array, sized, struct, u16 } from '../../src/bufferstructs/index.js'
import { storedEntry, taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { chain } from '../chain.js'
import { objectOf } from '../object-properties.js'
import { rop } from '../rop.js'
import { propertyProblem } from '../wire-forms.js'
import { originalTags } from './original-tags.js'

/** [MS-OXCROPS] 2.2.8.6, [MS-OXCPRPT] 2.2.5, 3.2.5.4: sets properties of an object. */
export const RopSetProperties = rop(0x0a, 'RopSetProperties', {
  input: ['logon', 'folder', 'message', 'attachment'],
  writes: ['logon', 'folder'],
  request: struct({ propertyValues: sized(u16, array(u16, taggedPropertyValue)) }),
  response: struct({ propertyProblems: array(u16, propertyProblem) }),
  execute(call, { propertyValues }) {
    const set = objectOf(call).set(propertyValues.map(storedEntry), call.actor)
    return chain(set, problems => ({
      propertyProblems: originalTags(
        problems,
        propertyValues.map(entry => entry.tag)
      )
    }))
  }
})
