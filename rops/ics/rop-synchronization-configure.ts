import { array, empty, enumeration, flags, struct, u8, u16, u32 } from '../../src/bufferstructs/index.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { rop } from '../rop.js'
import { restrictionData, sendOptions } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.13.1, [MS-OXCFXICS] 2.2.3.2.1.1, 3.2.5.9.1.1: starts a synchronization download. */
export const RopSynchronizationConfigure = rop(0x70, 'RopSynchronizationConfigure', {
  input: ['folder'],
  output: 'syncDownload',
  request: struct({
    synchronizationType: enumeration(u8, { contents: 0x01, hierarchy: 0x02 }),
    sendOptions,
    synchronizationFlags: flags(u16, {
      unicode: 0x0001,
      noDeletions: 0x0002,
      ignoreNoLongerInScope: 0x0004,
      readState: 0x0008,
      fai: 0x0010,
      normal: 0x0020,
      onlySpecifiedProperties: 0x0080,
      noForeignIdentifiers: 0x0100,
      reserved: 0x1000,
      bestBody: 0x2000,
      ignoreSpecifiedOnFai: 0x4000,
      progress: 0x8000
    }),
    restriction: restrictionData,
    synchronizationExtraFlags: flags(u32, { eid: 0x01, messageSize: 0x02, cn: 0x04, orderByDeliveryTime: 0x08 }),
    propertyTags: array(u16, propertyTag)
  }),
  response: empty
})
