import { array, empty, flags, id, struct, u16, u32 } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { restrictionData } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.4.4, [MS-OXCFOLD] 2.2.1.4, 3.2.5.4: sets what a search folder finds and where. */
export const RopSetSearchCriteria = rop(0x30, 'RopSetSearchCriteria', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({
    restriction: restrictionData,
    folderIds: array(u16, id),
    searchFlags: flags(u32, {
      stopSearch: 0x1,
      restartSearch: 0x2,
      recursiveSearch: 0x4,
      shallowSearch: 0x8,
      backgroundSearch: 0x10,
      foregroundSearch: 0x20,
      contentIndexedSearch: 0x10000,
      nonContentIndexedSearch: 0x20000,
      staticSearch: 0x40000
    })
  }),
  response: empty,
  execute: (call, { restriction, folderIds, searchFlags }) =>
    chain(call.input.setSearchCriteria({ restriction, scope: folderIds, flags: searchFlags }, call.actor), () => ({}))
})
