import { formatAuthenticateMessage, withMic } from '../auth/ntlm/authenticate-message.js'
import { AV_FLAG_MIC, AvId, type AvPair, flagsPair, namePair, writeAvPairs } from '../auth/ntlm/av-pairs.js'
import { parseChallengeMessage } from '../auth/ntlm/challenge-message.js'
import { NegotiateFlags } from '../auth/ntlm/negotiate-flags.js'
import { formatNegotiateMessage } from '../auth/ntlm/negotiate-message.js'
import { hmacMd5, ntowfv1, ntowfv2 } from '../auth/ntlm/one-way-functions.js'
import { type Runtime, systemRuntime, toFiletime } from '../runtime.js'

export interface NtlmClientOptions {
  /** `user`, `user@domain` or `DOMAIN\user`. */
  user: string
  password: string
  workstation?: string
  /** Service principal name of the server, as MsvAvTargetName; `HTTP/host`. */
  targetName?: string
  /** MD5 of the channel bindings; zeros say that there are none. */
  channelBindings?: Uint8Array
  runtime?: Runtime
}

/** What Windows offers over HTTP: no signing or sealing, thus no key exchange. */
const OFFER =
  NegotiateFlags.UNICODE |
  NegotiateFlags.OEM |
  NegotiateFlags.REQUEST_TARGET |
  NegotiateFlags.NTLM |
  NegotiateFlags.ALWAYS_SIGN |
  NegotiateFlags.EXTENDED_SESSIONSECURITY |
  NegotiateFlags.VERSION |
  NegotiateFlags.KEY_128 |
  NegotiateFlags.KEY_56

/** One NTLMv2 handshake from the client's side ([MS-NLMP] 3.1.5.1), with a MIC where the server sends its time. */
export class NtlmClient {
  readonly negotiate = formatNegotiateMessage({ flags: OFFER, domain: '', workstation: '' })
  private readonly user: string
  private readonly domain: string
  private readonly runtime: Runtime

  constructor(private readonly options: NtlmClientOptions) {
    const backslash = options.user.indexOf('\\')
    this.domain = backslash < 0 ? '' : options.user.slice(0, backslash)
    this.user = options.user.slice(backslash + 1)
    this.runtime = options.runtime ?? systemRuntime
  }

  /** The AUTHENTICATE message for a challenge. MalformedBuffer when the server sent none. */
  authenticate(challenge: Uint8Array): Uint8Array {
    const { user, domain } = this
    const { flags, serverChallenge, targetInfo } = parseChallengeMessage(challenge)
    const time = targetInfo.timestamp
    const clientChallenge = this.runtime.random(new Uint8Array(8))
    const key = ntowfv2(ntowfv1(this.options.password.normalize('NFC')), user, domain)
    const blob = this.clientChallenge(
      time ?? toFiletime(this.runtime.now()),
      clientChallenge,
      targetInfo.pairs,
      time !== undefined
    )
    const proof = hmacMd5(key, serverChallenge, blob)
    // Who gets the server's time sends no LMv2 response and a MIC instead (3.1.5.1.2).
    const lmV2 = (): Uint8Array => Buffer.concat([hmacMd5(key, serverChallenge, clientChallenge), clientChallenge])
    const message = formatAuthenticateMessage({
      ...{ flags: flags & OFFER, user, domain, workstation: this.options.workstation ?? '' },
      lmResponse: time === undefined ? lmV2() : new Uint8Array(24),
      ntResponse: Buffer.concat([proof, blob]),
      encryptedSessionKey: new Uint8Array()
    })
    if (time === undefined) return message
    return withMic(message, hmacMd5(hmacMd5(key, proof), this.negotiate, challenge, message))
  }

  /** [MS-NLMP] 2.2.2.7. */
  private clientChallenge(time: bigint, random: Uint8Array, pairs: readonly AvPair[], hasMic: boolean): Uint8Array {
    const head = Buffer.alloc(28)
    head[0] = 1
    head[1] = 1
    head.writeBigUInt64LE(time, 8)
    head.set(random, 16)
    const added: AvPair[] = hasMic ? [flagsPair(AV_FLAG_MIC)] : []
    added.push({ id: AvId.ChannelBindings, value: this.options.channelBindings ?? new Uint8Array(16) })
    if (this.options.targetName !== undefined) added.push(namePair(AvId.TargetName, this.options.targetName))
    return Buffer.concat([head, writeAvPairs([...pairs, ...added]), new Uint8Array(4)])
  }
}
