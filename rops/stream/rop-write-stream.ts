import { bytes16, struct, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { writeToStream } from './write-to-stream.js'

/** [MS-OXCROPS] 2.2.9.3, [MS-OXCPRPT] 2.2.16, 3.2.5.13: writes bytes at a stream's position. */
export const RopWriteStream = rop(0x2d, 'RopWriteStream', {
  input: ['stream'],
  request: struct({ data: bytes16 }),
  response: struct({ writtenSize: u16 }),
  responseAlways: { writtenSize: 0 },
  execute(call, { data }) {
    return writeToStream(call.input, data)
  }
})
