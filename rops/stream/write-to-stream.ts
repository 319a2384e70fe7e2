import type { Maybe, Stream } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { RopFailure } from '../rop.js'

/** Streams end here ([MS-OXCPRPT] R582). */
export const MOST_STREAM_BYTES = 0x80000000
/** StreamSeekError ([MS-OXCPRPT] R584), which the tables of [MS-OXCDATA] 2.4 lack. */
export const STREAM_SEEK_ERROR = 0x80030019

/** [MS-OXCPRPT] 3.2.5.13: writes at the position; less than all of it is TooBig, with the count. */
export function writeToStream(stream: Stream, data: Uint8Array): Maybe<{ writtenSize: number }> {
  if (!stream.writable) throw new MapiError(ErrorCode.ecStorageAccessDenied)
  const room = MOST_STREAM_BYTES - stream.position
  const fitting = data.byteLength > room ? data.subarray(0, Math.max(0, room)) : data
  return chain(stream.write(fitting), writtenSize => {
    if (writtenSize < data.byteLength) throw new RopFailure(ErrorCode.ecTooBig, { writtenSize })
    return { writtenSize }
  })
}
