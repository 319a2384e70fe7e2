import { decompressLz77 } from '../compression/lz77.js'

/**
 * RPC_HEADER_EXT as a client writes and reads it ([MS-OXCRPC] 2.2.2.1). Requests go out plain unless asked otherwise;
 * answers are accepted in every form.
 */

const COMPRESSED = 0x0001
const XOR_MAGIC = 0x0002
const LAST = 0x0004

/** One payload as one extended buffer. */
export function wrapPayload(payload: Uint8Array, options: { xor?: boolean } = {}): Buffer {
  const wrapped = Buffer.alloc(8 + payload.byteLength)
  wrapped.writeUInt16LE(0, 0)
  wrapped.writeUInt16LE(LAST | (options.xor ? XOR_MAGIC : 0), 2)
  wrapped.writeUInt16LE(payload.byteLength, 4)
  wrapped.writeUInt16LE(payload.byteLength, 6)
  wrapped.set(payload, 8)
  if (options.xor) for (let i = 8; i < wrapped.length; i++) wrapped[i] ^= 0xa5
  return wrapped
}

/** The payloads of one or more extended buffers laid end to end, decompressed and cleared. */
export function unwrapPayloads(bytes: Buffer): Buffer[] {
  const payloads: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const flags = bytes.readUInt16LE(at + 2)
    const size = bytes.readUInt16LE(at + 4)
    const sizeActual = bytes.readUInt16LE(at + 6)
    let payload: Buffer = bytes.subarray(at + 8, at + 8 + size)
    if (flags & XOR_MAGIC) payload = Buffer.from(payload.map(byte => byte ^ 0xa5))
    if (flags & COMPRESSED) payload = Buffer.from(decompressLz77(payload, sizeActual))
    payloads.push(payload)
    at += 8 + size
    if (flags & LAST) break
  }
  return payloads
}
