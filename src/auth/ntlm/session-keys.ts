import { hasFlags, NegotiateFlags } from './negotiate-flags.js'
import { hmacMd5 } from './one-way-functions.js'
import { rc4 } from './rc4.js'

const KEY_BYTES = 16
const CHALLENGE_BYTES = 8

/**
 * KXKEY ([MS-NLMP] 3.4.5.1) of NTLM version 1; for version 2 the session base key itself is the key. The forms that are made of
 * an LM hash are never agreed on, since none is kept.
 */
export function keyExchangeKey(
  sessionBaseKey: Uint8Array,
  flags: number,
  lmResponse: Uint8Array,
  serverChallenge: Uint8Array
): Uint8Array {
  if (!hasFlags(flags, NegotiateFlags.EXTENDED_SESSIONSECURITY)) return sessionBaseKey
  return hmacMd5(sessionBaseKey, serverChallenge, lmResponse.subarray(0, CHALLENGE_BYTES))
}

/**
 * ExportedSessionKey ([MS-NLMP] 3.2.5.1.2): the key that the client chose, or the key exchange key where it chose none.
 * Undefined when a key was agreed on and is not there.
 */
export function exportedSessionKey(
  exchangeKey: Uint8Array,
  flags: number,
  encryptedSessionKey: Uint8Array
): Uint8Array | undefined {
  if (!hasFlags(flags, NegotiateFlags.KEY_EXCH)) return exchangeKey
  if (encryptedSessionKey.length === KEY_BYTES) return rc4(exchangeKey, encryptedSessionKey)
  // Without signing and sealing no key is exchanged, whatever KEY_EXCH says; pyspnego then sends one byte in place of it.
  const isNeeded = (flags & (NegotiateFlags.SIGN | NegotiateFlags.SEAL)) !== 0
  return isNeeded ? undefined : exchangeKey
}
