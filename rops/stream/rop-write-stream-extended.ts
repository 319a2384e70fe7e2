import { bytes16, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { writeToStream } from './write-to-stream.js'

/** [MS-OXCROPS] 2.2.9.4, [MS-OXCPRPT] 2.2.17, 3.2.5.14: writes bytes that go on through chained buffers. */
export const RopWriteStreamExtended = rop(0xa3, 'RopWriteStreamExtended', {
  input: ['stream'],
  request: struct({ data: bytes16 }),
  response: struct({ writtenSize: u32 }),
  responseAlways: { writtenSize: 0 },
  execute(call, { data }) {
    return writeToStream(call.input, data)
  }
})
