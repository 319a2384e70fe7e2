import { bytes16, struct } from '../../src/bufferstructs/index.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { demandCategories } from './categories.js'

/** [MS-OXCROPS] 2.2.5.19, [MS-OXCTABL] 2.2.2.20, 3.2.5.20: restores what RopGetCollapseState saved. */
export const RopSetCollapseState = rop(0x6c, 'RopSetCollapseState', {
  input: ['table'],
  request: struct({ collapseState: bytes16 }),
  response: struct({ bookmark: bytes16 }),
  execute(call, { collapseState }) {
    const table = demandCategories(call.input)
    return chain(table.setCollapseState(collapseState), bookmark => ({ bookmark }))
  }
})
