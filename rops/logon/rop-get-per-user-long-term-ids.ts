import { array, guid, struct, u16 } from '../../src/bufferstructs/index.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.10, [MS-OXCSTOR] 2.2.1.10, 3.2.5.10: public folders that per-user information is kept of. */
export const RopGetPerUserLongTermIds = rop(0x60, 'RopGetPerUserLongTermIds', {
  input: ['logon'],
  request: struct({ databaseGuid: guid }),
  response: struct({ longTermIds: array(u16, longTermId) })
})
