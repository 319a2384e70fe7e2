import { bytes16, struct, u16, u32, when } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

/** ByteCount that says: the count stands in MaximumByteCount. */
const COUNT_FOLLOWS = 0xbabe
const MOST_BYTES = 0x80000000
const SIZE_BYTES = 2

/** [MS-OXCROPS] 2.2.9.2, [MS-OXCPRPT] 2.2.15, 3.2.5.12: reads bytes from a stream's position on. */
export const RopReadStream = rop(0x2c, 'RopReadStream', {
  input: ['stream'],
  request: struct({ byteCount: u16, maximumByteCount: when(fields => fields.byteCount === COUNT_FOLLOWS, u32) }),
  response: struct({ data: bytes16 }),
  responseAlways: { data: new Uint8Array(0) },
  stream(call, { byteCount, maximumByteCount }, body) {
    const wanted = byteCount === COUNT_FOLLOWS ? (maximumByteCount ?? 0) : byteCount
    if (wanted > MOST_BYTES) throw new MapiError(ErrorCode.ecRpcFormat)
    const at = body.reserve(SIZE_BYTES)
    return chain(call.input.read(Math.min(wanted, call.space, 0xffff)), data => {
      body.copy(data)
      body.patchU16(at, data.byteLength)
    })
  }
})
