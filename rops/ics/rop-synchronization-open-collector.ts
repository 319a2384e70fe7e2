import { bool8, empty, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.7, [MS-OXCFXICS] 2.2.3.2.4.1, 3.2.5.9.4.1: starts a synchronization upload. */
export const RopSynchronizationOpenCollector = rop(0x7e, 'RopSynchronizationOpenCollector', {
  input: ['folder'],
  output: 'syncUpload',
  request: struct({ isContentsCollector: bool8 }),
  response: empty
})
