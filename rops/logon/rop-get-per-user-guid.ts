import { guid, struct } from '../../src/bufferstructs/index.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.11, [MS-OXCSTOR] 2.2.1.11, 3.2.5.11: replica GUID of a public folder's per-user information. */
export const RopGetPerUserGuid = rop(0x61, 'RopGetPerUserGuid', {
  input: ['logon'],
  request: struct({ longTermId }),
  response: struct({ databaseGuid: guid })
})
