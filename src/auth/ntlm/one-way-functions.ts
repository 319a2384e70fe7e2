import { createHash, createHmac } from 'node:crypto'
import { md4 } from './md4.js'

const FINAL_SIGMA = 'ς'

/** HMAC_MD5(K, M) of [MS-NLMP] 6. */
export function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac('md5', key)
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}

export function md5(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** NTOWFv1 ([MS-NLMP] 3.3.1), known as the NT hash: whoever has it can log on by NTLM, without the password. */
export function ntowfv1(password: string): Uint8Array {
  return md4(Buffer.from(password, 'utf16le'))
}

/** NTOWFv2, which is LMOWFv2, too ([MS-NLMP] 3.3.2): names as the client sent them. */
export function ntowfv2(ntHash: Uint8Array, user: string, domain: string): Uint8Array {
  return hmacMd5(ntHash, Buffer.from(upperCase(user) + domain, 'utf16le'))
}

/**
 * Upper case as Windows knows it: one UTF-16 unit becomes one unit, and only where lower-casing leads back (a sharp s or a
 * dotless i stays); the Greek final sigma is the exception.
 */
export function upperCase(text: string): string {
  let result = ''
  for (let i = 0; i < text.length; i++) {
    const unit = text[i]
    const upper = unit.toUpperCase()
    const isPair = upper.length === 1 && (upper.toLowerCase() === unit || unit === FINAL_SIGMA)
    result += isPair ? upper : unit
  }
  return result
}
