import { ascii0, empty, id, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.3, [MS-OXCSTOR] 2.2.1.3, 3.2.5.3: sets where messages of a class are delivered. */
export const RopSetReceiveFolder = rop(0x26, 'RopSetReceiveFolder', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({ folderId: id, messageClass: ascii0 }),
  response: empty
})
