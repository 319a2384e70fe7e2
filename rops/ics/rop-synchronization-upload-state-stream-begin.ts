import { empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.9, [MS-OXCFXICS] 2.2.3.2.2.1, 3.2.5.9.2.1: begins the upload of a part of the state. */
export const RopSynchronizationUploadStateStreamBegin = rop(0x75, 'RopSynchronizationUploadStateStreamBegin', {
  input: ['syncDownload', 'syncUpload'],
  request: struct({ stateProperty: propertyTag, transferBufferSize: u32 }),
  response: empty
})
