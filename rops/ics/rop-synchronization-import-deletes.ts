import { array, empty, flags, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.5, [MS-OXCFXICS] 2.2.3.2.4.5, 3.2.5.9.4.5: uploads deletions. */
export const RopSynchronizationImportDeletes = rop(0x74, 'RopSynchronizationImportDeletes', {
  input: ['syncUpload'],
  writes: ['syncUpload'],
  request: struct({
    importDeleteFlags: flags(u8, { hierarchy: 0x01, hardDelete: 0x02 }),
    propertyValues: array(u16, taggedPropertyValue)
  }),
  response: empty
})
