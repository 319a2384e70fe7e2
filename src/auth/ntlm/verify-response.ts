import { timingSafeEqual } from 'node:crypto'
import { type AuthenticateMessage, PROOF_BYTES, V1_RESPONSE_BYTES, withoutMic } from './authenticate-message.js'
import { desl } from './des.js'
import { md4 } from './md4.js'
import { hasFlags, NegotiateFlags } from './negotiate-flags.js'
import { hmacMd5, md5, ntowfv2 } from './one-way-functions.js'
import { exportedSessionKey, keyExchangeKey } from './session-keys.js'

/** How a client answered a challenge. */
export type ResponseKind = 'ntlmv2' | 'lmv2' | 'ntlm2-session' | 'ntlm'

/** The messages before the last one, as they went over the wire: a MIC is computed over them. */
export interface Handshake {
  readonly negotiate: Uint8Array
  readonly challenge: Uint8Array
  /** The 8 bytes in `challenge` that are to be answered. */
  readonly serverChallenge: Uint8Array
}

export interface ResponsePolicy {
  /** LmCompatibilityLevel: 5 takes NTLMv2 and LMv2 only. */
  readonly lmCompatibilityLevel: number
  /** FILETIME of now. */
  readonly now: bigint
}

export type Verdict =
  | { readonly right: true; readonly kind: ResponseKind; readonly sessionKey: Uint8Array }
  /** `reason` is for logs; the client never learns it. */
  | { readonly right: false; readonly reason: string }

/** [MS-NLMP] 3.1.1.1 MaxLifetime of Windows since Vista: how far a client's clock may be from ours, 36 hours. */
const MAX_LIFETIME = 36n * 3600n * 10_000_000n
const NTLMV2_ONLY_LEVEL = 5
const CHALLENGE_BYTES = 8

/** Kind of the response, undefined when there is none that could be right ([MS-NLMP] 2.2.2.3 to 2.2.2.8). */
export function responseKindOf({ flags, lmResponse, ntResponse, clientChallenge }: AuthenticateMessage) {
  if (clientChallenge !== undefined) return 'ntlmv2'
  if (ntResponse.length === V1_RESPONSE_BYTES) {
    const isSession = hasFlags(flags, NegotiateFlags.EXTENDED_SESSIONSECURITY)
    if (!isSession) return 'ntlm'
    return lmResponse.length >= CHALLENGE_BYTES ? 'ntlm2-session' : undefined
  }
  // A response of LM itself has the same form; nobody has an LM hash here, as in Windows since Vista, so it is never right.
  return ntResponse.length === 0 && lmResponse.length === V1_RESPONSE_BYTES ? 'lmv2' : undefined
}

/**
 * [MS-NLMP] 3.2.5.1.2, 3.3.1 and 3.3.2: whether the response was made with the password of this NT hash. The work depends on the
 * message alone, never on whose hash it is, until the response was found to be right.
 */
export function verifyResponse(
  raw: Uint8Array,
  message: AuthenticateMessage,
  handshake: Handshake,
  ntHash: Uint8Array,
  policy: ResponsePolicy
): Verdict {
  const kind = responseKindOf(message)
  if (kind === undefined) return { right: false, reason: 'no response of a known kind' }
  const isV2 = kind === 'ntlmv2' || kind === 'lmv2'
  if (!isV2 && policy.lmCompatibilityLevel >= NTLMV2_ONLY_LEVEL) return { right: false, reason: `${kind} is not taken` }
  const baseKey = isV2
    ? sessionBaseKeyV2(message, handshake, ntHash, kind)
    : sessionBaseKeyV1(message, handshake, ntHash, kind)
  if (baseKey === undefined) return { right: false, reason: 'wrong response' }
  if (message.clientChallenge !== undefined && isStale(message.clientChallenge.timestamp, policy.now))
    return { right: false, reason: 'clocks differ by more than 36 hours' }
  const exchangeKey = isV2
    ? baseKey
    : keyExchangeKey(baseKey, message.flags, message.lmResponse, handshake.serverChallenge)
  const sessionKey = exportedSessionKey(exchangeKey, message.flags, message.encryptedSessionKey)
  if (sessionKey === undefined) return { right: false, reason: 'no session key where one was agreed on' }
  if (message.mic !== undefined) {
    const mic = hmacMd5(sessionKey, handshake.negotiate, handshake.challenge, withoutMic(raw))
    if (!timingSafeEqual(mic, message.mic)) return { right: false, reason: 'wrong MIC' }
  }
  return { right: true, kind, sessionKey }
}

/** Undefined when the response is wrong. NTLM servers should bear with clients that leave the domain out of the hash. */
function sessionBaseKeyV2(
  { user, domain, lmResponse, ntResponse }: AuthenticateMessage,
  { serverChallenge }: Handshake,
  ntHash: Uint8Array,
  kind: ResponseKind
): Uint8Array | undefined {
  const response = kind === 'ntlmv2' ? ntResponse : lmResponse
  const claimed = response.subarray(0, PROOF_BYTES)
  let found: Uint8Array | undefined
  for (const domainInHash of [domain, '']) {
    const key = ntowfv2(ntHash, user, domainInHash)
    const proof = hmacMd5(key, serverChallenge, response.subarray(PROOF_BYTES))
    if (timingSafeEqual(proof, claimed)) found ??= hmacMd5(key, proof)
  }
  return found
}

function sessionBaseKeyV1(
  { lmResponse, ntResponse }: AuthenticateMessage,
  { serverChallenge }: Handshake,
  ntHash: Uint8Array,
  kind: ResponseKind
): Uint8Array | undefined {
  const answered =
    kind === 'ntlm2-session'
      ? md5(serverChallenge, lmResponse.subarray(0, CHALLENGE_BYTES)).subarray(0, CHALLENGE_BYTES)
      : serverChallenge
  return timingSafeEqual(desl(ntHash, answered), ntResponse) ? md4(ntHash) : undefined
}

function isStale(timestamp: bigint, now: bigint): boolean {
  const apart = timestamp > now ? timestamp - now : now - timestamp
  return apart > MAX_LIFETIME
}
