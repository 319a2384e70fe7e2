import { createCipheriv, createDecipheriv } from 'node:crypto'
import { bytes, bytes8, Reader, struct, u8, Writer } from '../bufferstructs/index.js'
import type { Runtime } from '../runtime.js'
import type { PasswordRecord } from './scrypt-record.js'

/** What is kept of a password. */
export interface Secret {
  /** For log-ons that bring the password. */
  readonly slow: PasswordRecord
  /** NTOWFv1, for log-ons by NTLM: 16 bytes. As good as the password itself to whoever has it. */
  readonly ntHash: Uint8Array
}

/** First byte of a sealed secret; the form before it was JSON text and begins with a brace. */
const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + NONCE_BYTES

const plain = struct({
  /** Binary logarithm of scrypt's N. */
  costBits: u8,
  blockSize: u8,
  parallelization: u8,
  salt: bytes8,
  hash: bytes8,
  ntHash: bytes(16)
})

/**
 * The secret under AES-256-GCM: version, nonce, ciphertext, tag. The GUID of its owner is authenticated with it, so that a
 * secret which is copied to another principal opens nothing.
 */
export function seal(secret: Secret, key: Uint8Array, principalGuid: string, runtime: Runtime): Uint8Array {
  const { salt, hash, cost, blockSize, parallelization } = secret.slow
  const writer = new Writer()
  plain.write(writer, { costBits: Math.log2(cost), blockSize, parallelization, salt, hash, ntHash: secret.ntHash })
  const nonce = runtime.random(new Uint8Array(NONCE_BYTES))
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(ownerOf(principalGuid))
  const sealed = cipher.update(writer.bytes.subarray(0, writer.position))
  cipher.final()
  return Buffer.concat([Uint8Array.of(VERSION), nonce, sealed, cipher.getAuthTag()])
}

/** Undefined when it was sealed under another key, for another principal, or is damaged. */
export function unseal(sealed: Uint8Array, key: Uint8Array, principalGuid: string): Secret | undefined {
  if (sealed[0] !== VERSION || sealed.length < HEAD_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, HEAD_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(ownerOf(principalGuid)).setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  const text = decipher.update(sealed.subarray(HEAD_BYTES, sealed.length - TAG_BYTES))
  try {
    decipher.final()
  } catch {
    return undefined
  }
  const { costBits, ntHash, ...slow } = plain.read(new Reader(text))
  return { slow: { ...slow, cost: 2 ** costBits }, ntHash }
}

function ownerOf(principalGuid: string): Uint8Array {
  return Buffer.from(`ropewalk secret ${VERSION} ${principalGuid.toLowerCase()}`, 'latin1')
}
