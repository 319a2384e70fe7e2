import { createCipheriv } from 'node:crypto'

/**
 * DES(K, D) of [MS-NLMP] 6: one block of 8 bytes under a key of 7 bytes, whose bits are spread over 8 bytes that end in a
 * parity bit. OpenSSL 3 has no single DES; triple DES under the same key three times over is the same.
 */
function des(key7: Uint8Array, block: Uint8Array): Uint8Array {
  let bits = 0n
  for (const byte of key7) bits = (bits << 8n) | BigInt(byte)
  const key = Uint8Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(49 - 7 * i)) & 0x7fn) << 1)
  const cipher = createCipheriv('des-ede3', Buffer.concat([key, key, key]), null).setAutoPadding(false)
  return cipher.update(block)
}

/** DESL(K, D) of [MS-NLMP] 6: 24 bytes, the block under each third of a 16-byte key that is filled up with zeros. */
export function desl(key16: Uint8Array, block: Uint8Array): Uint8Array {
  const keys = Buffer.alloc(21)
  keys.set(key16)
  return Buffer.concat([0, 7, 14].map(at => des(keys.subarray(at, at + 7), block)))
}
