import { bytes16, struct, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.9.12, [MS-OXCPRPT] 2.2.26, 3.2.5.22: RopWriteStream and RopCommitStream in one. */
export const RopWriteAndCommitStream = rop(0x90, 'RopWriteAndCommitStream', {
  input: ['stream'],
  request: struct({ data: bytes16 }),
  response: struct({ writtenSize: u16 }),
  responseAlways: { writtenSize: 0 }
})
