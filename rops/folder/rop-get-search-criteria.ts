import { array, bool8, flags, id, struct, u8, u16, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { restrictionData } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.4.5, [MS-OXCFOLD] 2.2.1.5, 3.2.5.5: tells what a search folder finds, where, and how far it is. */
export const RopGetSearchCriteria = rop(0x31, 'RopGetSearchCriteria', {
  input: ['folder'],
  request: struct({ useUnicode: bool8, includeRestriction: bool8, includeFolders: bool8 }),
  response: struct({
    restriction: restrictionData,
    logonId: u8,
    folderIds: array(u16, id),
    searchFlags: flags(u32, {
      searchRunning: 0x1,
      searchRebuild: 0x2,
      searchRecursive: 0x4,
      searchComplete: 0x1000,
      searchPartial: 0x2000,
      searchStatic: 0x10000,
      searchMaybeStatic: 0x20000,
      ciTotally: 0x1000000,
      twirTotally: 0x8000000
    })
  }),
  execute(call, { useUnicode, includeRestriction, includeFolders }) {
    const { restriction, scope, state } = call.input.searchCriteria({ unicode: useUnicode }, call.actor)
    return {
      restriction: includeRestriction ? restriction : null,
      logonId: call.logon.id,
      folderIds: includeFolders ? [...scope] : [],
      searchFlags: state
    }
  }
})
