import { array, sized, struct, u16 } from '../../src/bufferstructs/index.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { rop } from '../rop.js'
import { propertyProblem } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.8.6, [MS-OXCPRPT] 2.2.5, 3.2.5.4: sets properties of an object. */
export const RopSetProperties = rop(0x0a, 'RopSetProperties', {
  input: ['logon', 'folder', 'message', 'attachment'],
  writes: ['logon', 'folder'],
  request: struct({ propertyValues: sized(u16, array(u16, taggedPropertyValue)) }),
  response: struct({ propertyProblems: array(u16, propertyProblem) })
})
