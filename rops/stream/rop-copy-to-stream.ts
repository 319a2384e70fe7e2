import { struct, u32, u64 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { NULL_DESTINATION } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.9.9, [MS-OXCPRPT] 2.2.22, 3.2.5.18: copies bytes from one stream to another. */
export const RopCopyToStream = rop(0x3a, 'RopCopyToStream', {
  input: ['stream'],
  destination: ['stream'],
  handles: 'source destination',
  request: struct({ byteCount: u64 }),
  response: struct({ readByteCount: u64, writtenByteCount: u64 }),
  responseAlways: { readByteCount: 0n, writtenByteCount: 0n },
  responseOn: { [NULL_DESTINATION]: struct({ destHandleIndex: u32, readByteCount: u64, writtenByteCount: u64 }) }
})
