import { array, empty, sized, struct, u16, u32 } from '../../src/bufferstructs/index.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.12, [MS-OXCFXICS] 2.2.3.2.4.8, 3.2.5.9.4.8: gives back reserved ids that were not used. */
export const RopSetLocalReplicaMidsetDeleted = rop(0x93, 'RopSetLocalReplicaMidsetDeleted', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({
    longTermIdRanges: sized(u16, array(u32, struct({ minLongTermId: longTermId, maxLongTermId: longTermId })))
  }),
  response: empty
})
