import { array, id, struct, u16 } from '../../src/bufferstructs/index.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.4, [MS-OXCFXICS] 2.2.3.2.4.3, 3.2.5.9.4.3: uploads a new or changed folder. */
export const RopSynchronizationImportHierarchyChange = rop(0x73, 'RopSynchronizationImportHierarchyChange', {
  input: ['syncUpload'],
  writes: ['syncUpload'],
  request: struct({
    hierarchyValues: array(u16, taggedPropertyValue),
    propertyValues: array(u16, taggedPropertyValue)
  }),
  response: struct({ folderId: id })
})
