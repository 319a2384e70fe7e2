import { bool8, bytes16, reserved, struct, u8, u16, u32 } from '../../src/bufferstructs/index.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.12, [MS-OXCSTOR] 2.2.1.12, 3.2.5.12: reads per-user information of a public folder. */
export const RopReadPerUserInformation = rop(0x63, 'RopReadPerUserInformation', {
  input: ['logon'],
  request: struct({ folderId: longTermId, reserved: reserved(u8), dataOffset: u32, maxDataSize: u16 }),
  response: struct({ hasFinished: bool8, data: bytes16 })
})
