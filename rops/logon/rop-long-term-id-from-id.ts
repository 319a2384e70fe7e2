import { id, struct } from '../../src/bufferstructs/index.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.8, [MS-OXCSTOR] 2.2.1.8, 3.2.5.8: long form of a folder or message id. */
export const RopLongTermIdFromId = rop(0x43, 'RopLongTermIdFromId', {
  input: ['logon'],
  request: struct({ objectId: id }),
  response: struct({ longTermId })
})
