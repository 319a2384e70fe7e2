import { globcnt48, guid, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.13.13, [MS-OXCFXICS] 2.2.3.2.4.7, 3.2.5.9.4.7: reserves a range of ids that the client gives to new objects itself. */
export const RopGetLocalReplicaIds = rop(0x7f, 'RopGetLocalReplicaIds', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({ idCount: u32 }),
  response: struct({ replGuid: guid, globalCount: globcnt48 })
})
