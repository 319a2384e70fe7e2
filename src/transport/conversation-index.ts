import { type Runtime, toFiletime } from '../runtime.js'

const HEADER_BYTES = 22
const LEVEL_BYTES = 5

/**
 * PidTagConversationIndex of a message that begins a thread ([MS-OXOMSG] 2.2.1.3): 0x01, the 40 high bits of the time as a
 * FILETIME, a GUID of its own.
 */
export function newConversationIndex(runtime: Runtime, timeMs: number): Uint8Array {
  const index = Buffer.alloc(HEADER_BYTES)
  index[0] = 0x01
  const high = toFiletime(timeMs) >> 24n
  index.writeUInt8(Number(high >> 32n), 1)
  index.writeUInt32BE(Number(high & 0xffffffffn), 2)
  index.set(runtime.random(new Uint8Array(HEADER_BYTES - 6)), 6)
  return index
}

/** Whether bytes have the form of a conversation index: a header and whole response levels. */
export function isConversationIndex(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && bytes[0] === 0x01 && (bytes.length - HEADER_BYTES) % LEVEL_BYTES === 0
}
