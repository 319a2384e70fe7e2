import { MalformedBuffer, type Writer } from '../bufferstructs/index.js'
import { compressLz77, decompressLz77 } from '../compression/lz77.js'
import { obfuscate } from '../compression/xor.js'
import { limits } from '../limits.js'

/** RPC_HEADER_EXT, [MS-OXCRPC] 2.2.2.1: Version u16 (0), Flags u16, Size u16, SizeActual u16; the payload follows. */
export const HEADER_BYTES = 8

/** Flags of RPC_HEADER_EXT. */
export const HeaderFlags = { compressed: 0x0001, xorMagic: 0x0002, last: 0x0004 } as const

/** Flags of Execute, pulFlags of EcDoRpcExt2 ([MS-OXCRPC] 3.1.4.2): what the client wants of the response. */
export const ExecuteFlags = { noCompression: 0x0001, noXorMagic: 0x0002, chain: 0x0004 } as const

/**
 * The payloads of the extended buffers that lie one behind the other in `bytes` ([MS-OXCRPC] 3.1.4.2.1.1), uncovered and
 * decompressed. A plain payload is a view, the others are copies. Throws MalformedBuffer for a header that does not fit
 * its payload, a payload over 32 KB, a missing Last flag and bytes behind the last payload.
 */
export function readExtendedBuffers(bytes: Uint8Array): Uint8Array[] {
  const payloads: Uint8Array[] = []
  let at = 0
  let flags = 0
  do {
    if (bytes.byteLength - at < HEADER_BYTES) throw new MalformedBuffer('no room for RPC_HEADER_EXT', at)
    flags = u16(bytes, at + 2)
    const size = u16(bytes, at + 4)
    const sizeActual = u16(bytes, at + 6)
    if (u16(bytes, at) !== 0) throw new MalformedBuffer('unknown version of RPC_HEADER_EXT', at)
    if (size > bytes.byteLength - at - HEADER_BYTES) throw new MalformedBuffer('Size reaches past the buffer', at + 4)
    if (sizeActual > limits.payloadBytes) throw new MalformedBuffer('payload over 32 KB', at + 6)
    const compressed = (flags & HeaderFlags.compressed) !== 0
    if (compressed ? size >= sizeActual : size !== sizeActual) {
      throw new MalformedBuffer('Size and SizeActual contradict the Compressed flag', at + 4)
    }
    const start = at + HEADER_BYTES
    let payload = bytes.subarray(start, start + size)
    if ((flags & HeaderFlags.xorMagic) !== 0) payload = obfuscate(payload.slice())
    payloads.push(compressed ? decompressLz77(payload, sizeActual) : payload)
    at = start + size
  } while ((flags & HeaderFlags.last) === 0)
  if (at !== bytes.byteLength) throw new MalformedBuffer('bytes behind the last extended buffer', at)
  return payloads
}

/** Three numbers are not worth a view. */
function u16(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8)
}

/** Leaves room for an RPC_HEADER_EXT at the writer's position and returns the offset where it will stand. */
export function openExtendedBuffer(writer: Writer): number {
  return writer.reserve(HEADER_BYTES)
}

/**
 * Completes the extended buffer whose header stands at `header` and whose plain payload is what was written behind it.
 * The payload is compressed where the client allows it and it pays; otherwise obfuscated where the client allows that
 * ([MS-OXCRPC] 3.1.4.2.1.1). The writer ends behind the finished payload.
 */
export function sealExtendedBuffer(writer: Writer, header: number, executeFlags: number, last: boolean): void {
  const start = header + HEADER_BYTES
  const sizeActual = writer.position - start
  let size = sizeActual
  let flags = last ? HeaderFlags.last : 0
  if ((executeFlags & ExecuteFlags.noCompression) === 0 && sizeActual >= limits.compressFromBytes) {
    const packed = compressLz77(writer.bytes.subarray(start, writer.position))
    if (packed.byteLength < sizeActual) {
      writer.bytes.set(packed, start)
      size = packed.byteLength
      writer.position = start + size
      flags |= HeaderFlags.compressed
    }
  }
  if ((executeFlags & ExecuteFlags.noXorMagic) === 0 && (flags & HeaderFlags.compressed) === 0) {
    obfuscate(writer.bytes.subarray(start, writer.position))
    flags |= HeaderFlags.xorMagic
  }
  writer.patchU16(header, 0)
  writer.patchU16(header + 2, flags)
  writer.patchU16(header + 4, size)
  writer.patchU16(header + 6, sizeActual)
}

/** Sets the Last flag on an extended buffer that was sealed without it. */
export function markLast(writer: Writer, header: number): void {
  writer.patchU16(header + 2, writer.view.getUint16(header + 2, true) | HeaderFlags.last)
}
