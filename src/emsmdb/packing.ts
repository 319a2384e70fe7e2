/**
 * Extended buffer packing, [MS-OXCRPC] 3.1.4.2.1.2: a last RopQueryRows, RopReadStream or RopFastTransferSourceGetBuffer
 * goes on in further response payloads; the data of a last RopWriteStreamExtended or RopFastTransferDestinationPutBuffer*
 * goes on in further request payloads.
 */
interface Download {
  /** No further payload is begun with less room than this left in the response (R968). */
  readonly residualBytes: number
  /** The request that asks for what the response body left over; undefined when there is nothing left to ask for. */
  next(request: Record<string, unknown>, body: DataView): Record<string, unknown> | undefined
  /** Whether a body carries any data: a further payload without is not sent. */
  carries(body: DataView): boolean
}

/** Sentinel of ByteCount and BufferSize: the real size stands in the next field. */
const SIZE_FOLLOWS = 0xbabe
const QUERY_ROWS_NO_ADVANCE = 0x01
const QUERY_ROWS_ENABLE_PACKED_BUFFERS = 0x02
const TRANSFER_STATUS_PARTIAL = 0x0001
const TRANSFER_STATUS_NO_ROOM = 0x0002
/** TransferStatus, InProgressCount, TotalStepCount, Reserved, TransferBufferSize. */
const TRANSFER_BODY_BYTES = 9
const KIB = 1024

const downloads: Readonly<Record<number, Download>> = {
  // RopQueryRows: the rows that came are taken off the count. The client asks for packing twice ([MS-OXCTABL] 2.2.2.5.1),
  // and without advancing the same rows would come again.
  21: {
    residualBytes: 32 * KIB,
    next(request, body) {
      const rows = body.getUint16(1, true)
      const left = (request.rowCount as number) - rows
      const flags = (request.queryRowsFlags as number) & (QUERY_ROWS_NO_ADVANCE | QUERY_ROWS_ENABLE_PACKED_BUFFERS)
      if (rows === 0 || left <= 0 || flags !== QUERY_ROWS_ENABLE_PACKED_BUFFERS) return undefined
      return { ...request, rowCount: left }
    },
    carries: body => body.getUint16(1, true) > 0
  },
  // RopReadStream: the bytes that came are taken off.
  44: {
    residualBytes: 8 * KIB,
    next(request, body) {
      const bytes = body.getUint16(0, true)
      const large = request.byteCount === SIZE_FOLLOWS
      const left = ((large ? request.maximumByteCount : request.byteCount) as number) - bytes
      if (bytes === 0 || left <= 0) return undefined
      return { ...request, byteCount: SIZE_FOLLOWS, maximumByteCount: left }
    },
    carries: body => body.getUint16(0, true) > 0
  },
  // RopFastTransferSourceGetBuffer: only a client that leaves the size to the server gets more than it named.
  78: {
    residualBytes: 8 * KIB,
    next(request, body) {
      const status = body.getUint16(0, true)
      const more = status === TRANSFER_STATUS_PARTIAL || status === TRANSFER_STATUS_NO_ROOM
      return more && request.bufferSize === SIZE_FOLLOWS ? request : undefined
    },
    carries: body => body.byteLength >= TRANSFER_BODY_BYTES
  }
}

/** Field of the request that carries the data of a ROP which may go on in further request payloads. */
const uploadFields: Readonly<Record<number, string>> = {
  // RopFastTransferDestinationPutBuffer, ...Extended, RopWriteStreamExtended.
  84: 'transferData',
  157: 'transferData',
  163: 'data'
}

/** How a ROP that ends a request may go on in further response payloads; undefined when it may not. */
export function downloadPacking(ropId: number): Download | undefined {
  return downloads[ropId]
}

/** One request out of several of the same ROP, its data laid end to end; undefined when the ROP does not pack. */
export function joinUploads(ropId: number, requests: readonly unknown[]): unknown {
  const field = uploadFields[ropId]
  if (field === undefined) return undefined
  const parts = requests.map(request => (request as Record<string, Uint8Array>)[field])
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.byteLength
  }
  return { ...(requests[0] as object), [field]: joined }
}
