import { array, flags, id, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.2, [MS-OXCFXICS] 2.2.3.2.4.2, 3.2.5.9.4.2: starts the upload of a new or changed message. */
export const RopSynchronizationImportMessageChange = rop(0x72, 'RopSynchronizationImportMessageChange', {
  input: ['syncUpload'],
  output: 'message',
  request: struct({
    importFlag: flags(u8, { associated: 0x10, failOnConflict: 0x40 }),
    propertyValues: array(u16, taggedPropertyValue)
  }),
  response: struct({ messageId: id })
})
