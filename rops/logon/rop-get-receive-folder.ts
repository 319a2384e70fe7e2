import { ascii0, id, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.2, [MS-OXCSTOR] 2.2.1.2, 3.2.5.2: tells where messages of a class are delivered. */
export const RopGetReceiveFolder = rop(0x27, 'RopGetReceiveFolder', {
  input: ['logon'],
  request: struct({ messageClass: ascii0 }),
  response: struct({ folderId: id, explicitMessageClass: ascii0 })
})
