import { empty, struct, u64 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { MOST_STREAM_BYTES } from './write-to-stream.js'

/** [MS-OXCROPS] 2.2.9.7, [MS-OXCPRPT] 2.2.20, 3.2.5.16: makes a stream longer or shorter. */
export const RopSetStreamSize = rop(0x2f, 'RopSetStreamSize', {
  input: ['stream'],
  request: struct({ streamSize: u64 }),
  response: empty,
  execute(call, { streamSize }) {
    const { input: stream } = call
    if (!stream.writable) throw new MapiError(ErrorCode.ecStorageAccessDenied)
    if (streamSize > BigInt(MOST_STREAM_BYTES)) throw new MapiError(ErrorCode.ecTooBig)
    return chain(stream.setSize(Number(streamSize)), () => ({}))
  }
})
