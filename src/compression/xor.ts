const MAGIC = 0xa5
const MAGIC_WORD = 0xa5a5a5a5 | 0

/** Below this many bytes a typed view of words costs more than it saves. */
const WORDS_PAY_FROM = 256

/**
 * Obfuscation of payloads ([MS-OXCRPC] 3.1.4.1.1.3): every byte is XORed with 0xA5, which is also the way back.
 * Changes `bytes` in place and returns them.
 */
export function obfuscate(bytes: Uint8Array): Uint8Array {
  const size = bytes.byteLength
  let at = 0
  if (size >= WORDS_PAY_FROM) {
    const lead = -bytes.byteOffset & 3
    for (; at < lead; at++) bytes[at] ^= MAGIC
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + lead, (size - lead) >> 2)
    for (let i = 0; i < words.length; i++) words[i] ^= MAGIC_WORD
    at += words.length * 4
  }
  for (; at < size; at++) bytes[at] ^= MAGIC
  return bytes
}
