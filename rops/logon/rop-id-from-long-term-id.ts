import { id, struct } from '../../src/bufferstructs/index.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.9, [MS-OXCSTOR] 2.2.1.9, 3.2.5.9: short form of a folder or message id. */
export const RopIdFromLongTermId = rop(0x44, 'RopIdFromLongTermId', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({ longTermId }),
  response: struct({ objectId: id })
})
