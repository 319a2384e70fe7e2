import { struct, u32, u64 } from '../../src/bufferstructs/index.js'
import { TimeSlice } from '../../src/mailbox/time-slice.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'
import { NULL_DESTINATION } from '../wire-forms.js'

/** Bytes that are in memory at a time. */
const PIECE_BYTES = 65536

/** [MS-OXCROPS] 2.2.9.9, [MS-OXCPRPT] 2.2.22, 3.2.5.18: copies bytes from one stream to another. */
export const RopCopyToStream = rop(0x3a, 'RopCopyToStream', {
  input: ['stream'],
  destination: ['stream'],
  handles: 'source destination',
  request: struct({ byteCount: u64 }),
  response: struct({ readByteCount: u64, writtenByteCount: u64 }),
  responseAlways: { readByteCount: 0n, writtenByteCount: 0n },
  responseOn: { [NULL_DESTINATION]: struct({ destHandleIndex: u32, readByteCount: u64, writtenByteCount: u64 }) },
  async execute(call, { byteCount }) {
    const { input: source, destination } = call
    if (!destination.writable) throw new MapiError(ErrorCode.ecStorageAccessDenied)
    let left = Math.min(Number(byteCount), source.size - source.position)
    let copied = 0
    const slice = new TimeSlice(call.runtime)
    while (left > 0) {
      // A view of the source may not outlive the write when both streams are one value, hence the copy.
      const piece = Uint8Array.from(await source.read(Math.min(left, PIECE_BYTES)))
      if (piece.byteLength === 0) break
      await destination.write(piece)
      copied += piece.byteLength
      left -= piece.byteLength
      if (slice.isDue) await slice.pause()
    }
    return { readByteCount: BigInt(copied), writtenByteCount: BigInt(copied) }
  }
})
