import { enumeration, i64, struct, u8, u64 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { MOST_STREAM_BYTES, STREAM_SEEK_ERROR } from './write-to-stream.js'

const seekFrom = enumeration(u8, { beginning: 0x00, current: 0x01, end: 0x02 })

/** [MS-OXCROPS] 2.2.9.8, [MS-OXCPRPT] 2.2.21, 3.2.5.17: moves a stream's position. */
export const RopSeekStream = rop(0x2e, 'RopSeekStream', {
  input: ['stream'],
  request: struct({ origin: seekFrom, offset: i64 }),
  response: struct({ newPosition: u64 }),
  execute(call, { origin, offset }) {
    const { input: stream } = call
    const { names } = seekFrom
    const bases: Record<number, number> = {
      [names.beginning]: 0,
      [names.current]: stream.position,
      [names.end]: stream.size
    }
    const base = bases[origin]
    if (base === undefined) throw new MapiError(ErrorCode.ecStorageInvalidParameter)
    const position = base + Number(offset)
    const inside = position >= 0 && position <= MOST_STREAM_BYTES
    if (!inside || (position > stream.size && !stream.writable)) throw new MapiError(STREAM_SEEK_ERROR)
    // Behind the end the stream grows, filled with zeros (R583).
    return chain(position > stream.size ? stream.setSize(position) : undefined, () => {
      stream.position = position
      return { newPosition: BigInt(position) }
    })
  }
})
