import { array, sized, struct, u16 } from '../../src/bufferstructs/index.js'
import { storedFromRaw } from '../../src/oxcdata/raw-string8.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { chain } from '../chain.js'
import { codePageOf, objectOf } from '../object-properties.js'
import { rop } from '../rop.js'
import { propertyProblem } from '../wire-forms.js'
import { originalTags } from './original-tags.js'

/** [MS-OXCROPS] 2.2.8.6, [MS-OXCPRPT] 2.2.5, 3.2.5.4: sets properties of an object. */
export const RopSetProperties = rop(0x0a, 'RopSetProperties', {
  input: ['logon', 'folder', 'message', 'attachment'],
  writes: ['logon', 'folder'],
  rawString8: true,
  request: struct({ propertyValues: sized(u16, array(u16, taggedPropertyValue)) }),
  response: struct({ propertyProblems: array(u16, propertyProblem) }),
  execute(call, { propertyValues }) {
    const codePage = codePageOf(call)
    const entries = propertyValues.map(entry => storedFromRaw(entry, codePage))
    const set = objectOf(call).set(entries, call.actor)
    return chain(set, problems => ({
      propertyProblems: originalTags(
        problems,
        propertyValues.map(entry => entry.tag)
      )
    }))
  }
})
