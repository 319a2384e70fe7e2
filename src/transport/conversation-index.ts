/** PidTagConversationIndex ([MS-OXOMSG] 2.2.1.3): where a message stands in a thread. */
const HEADER_BYTES = 22
const LEVEL_BYTES = 5
const GUID_AT = 6

/** Milliseconds between 1601 and 1970, and 100 ns in one. */
const EPOCH_MS = 11_644_473_600_000
const PER_MS = 10_000
const LOW_16 = 65_536

/**
 * PidTagConversationIndex of a message that begins a thread ([MS-OXOMSG] 2.2.1.3): bits 63 to 16 of the time as a FILETIME, the
 * first byte being 0x01 for all of this age, and a GUID.
 */
export function beginConversation(timeMs: number, guid: Uint8Array): Uint8Array {
  const index = new Uint8Array(HEADER_BYTES)
  // A FILETIME does not fit into a number, but these bits of it do; what is lost lies below them.
  const bits = Math.floor((timeMs + EPOCH_MS) * (PER_MS / LOW_16))
  putU32BigEndian(index, 0, Math.floor(bits / LOW_16))
  index[4] = bits >>> 8
  index[5] = bits
  index.set(guid, GUID_AT)
  return index
}

/** From this many 100 ns on, some 1.8 years, the time since the first message is written more coarsely. */
const FAR = 2 ** 49
const FINE = 2 ** 18
const COARSE = 2 ** 23
const DELTA = 2 ** 31

/** As `beginConversation`, for an answer: the index of what it answers and five bytes more. `random` is one of 0 to 15. */
export function continueConversation(parent: Uint8Array, timeMs: number, random: number): Uint8Array {
  const index = new Uint8Array(parent.byteLength + LEVEL_BYTES)
  index.set(parent)
  const high = ((parent[0] << 24) | (parent[1] << 16) | (parent[2] << 8) | parent[3]) >>> 0
  const began = high * LOW_16 + ((parent[4] << 8) | parent[5])
  const since = Math.abs((timeMs + EPOCH_MS) * PER_MS - began * LOW_16)
  const delta = since < FAR ? Math.floor(since / FINE) % DELTA : DELTA + (Math.floor(since / COARSE) % DELTA)
  putU32BigEndian(index, parent.byteLength, delta)
  index[parent.byteLength + 4] = (random & 0x0f) << 4
  return index
}

function putU32BigEndian(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** Whether bytes have the form of a conversation index: a header and whole response levels. */
export function isConversationIndex(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && bytes[0] === 0x01 && (bytes.length - HEADER_BYTES) % LEVEL_BYTES === 0
}
