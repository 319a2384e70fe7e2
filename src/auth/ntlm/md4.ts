/** Words of a block in the order of each round, and the shifts of each round (RFC 1320 3.4). */
const ORDER = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]
]
const SHIFTS = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15]
]
const ADDED = [0, 0x5a827999, 0x6ed9eba1]
const MIX = [
  (x: number, y: number, z: number) => (x & y) | (~x & z),
  (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
  (x: number, y: number, z: number) => x ^ y ^ z
]

const BLOCK_BYTES = 64

/**
 * MD4 (RFC 1320), 16 bytes. OpenSSL 3 has it no more, and the NT hash of a password is made of nothing else. Broken as a
 * hash; used where [MS-NLMP] demands it and nowhere besides.
 */
export function md4(message: Uint8Array): Uint8Array {
  const padded = new DataView(new ArrayBuffer((message.length + 9 + BLOCK_BYTES - 1) & -BLOCK_BYTES))
  new Uint8Array(padded.buffer).set(message)
  padded.setUint8(message.length, 0x80)
  padded.setUint32(padded.byteLength - 8, message.length << 3, true)
  padded.setUint32(padded.byteLength - 4, message.length >>> 29, true)
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476])
  for (let at = 0; at < padded.byteLength; at += BLOCK_BYTES) digestBlock(state, padded, at)
  const digest = new DataView(new ArrayBuffer(16))
  for (let i = 0; i < 4; i++) digest.setUint32(i * 4, state[i], true)
  return new Uint8Array(digest.buffer)
}

function digestBlock(state: Uint32Array, words: DataView, at: number): void {
  let [a, b, c, d] = state
  for (let round = 0; round < 3; round++) {
    const mix = MIX[round]
    for (let i = 0; i < 16; i++) {
      const sum = (a + mix(b, c, d) + words.getUint32(at + ORDER[round][i] * 4, true) + ADDED[round]) | 0
      const shift = SHIFTS[round][i & 3]
      a = d
      d = c
      c = b
      b = (sum << shift) | (sum >>> (32 - shift))
    }
  }
  state[0] += a
  state[1] += b
  state[2] += c
  state[3] += d
}
