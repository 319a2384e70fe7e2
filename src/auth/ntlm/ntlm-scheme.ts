import { MalformedBuffer } from '../../bufferstructs/index.js'
import { type Runtime, toFiletime } from '../../runtime.js'
import type { AuthConnection, AuthOutcome, AuthScheme } from '../auth-scheme.js'
import { type AuthenticateMessage, parseAuthenticateMessage } from './authenticate-message.js'
import { AvId, namePair, TargetInfo, timestampPair } from './av-pairs.js'
import { challengeFlags, formatChallengeMessage } from './challenge-message.js'
import { MESSAGE_LIMIT_BYTES, messageTypeOf, messageTypes } from './message-fields.js'
import { parseNegotiateMessage } from './negotiate-message.js'
import type { Handshake } from './verify-response.js'

/** Who the server is: what a challenge says of it. */
export interface NtlmNames {
  /** NetBIOS names, at most 15 letters in upper case. */
  nbComputerName: string
  nbDomainName: string
  dnsComputerName: string
  dnsDomainName: string
}

/** What the scheme asks of those who know the accounts. */
export interface NtlmAccounts {
  names(): NtlmNames
  /** The verdict over a whole handshake; `raw` is the last message as it came. */
  logOn(raw: Uint8Array, message: AuthenticateMessage, handshake: Handshake, source: string): AuthOutcome
}

const KEY = 'auth.ntlm'
const REFUSED: AuthOutcome = { kind: 'refused' }
const CHALLENGE_BYTES = 8
/** Longest credentials that are decoded, in base64 characters. */
const TEXT_LIMIT = (MESSAGE_LIMIT_BYTES / 3) * 4 + 4
/** A first message is kept until the last one comes; it has two short names at most. */
const NEGOTIATE_LIMIT_BYTES = 2048

/**
 * NTLM over HTTP ([MS-NTHT] 3.2): the client offers, the server challenges with a 401, the client answers on the same connection,
 * which is authenticated from then on. An offer may come at any time and begins the handshake anew. What a client learns before
 * it has answered does not depend on who it is, and a challenge can be answered once.
 */
export class NtlmScheme implements AuthScheme {
  readonly name = 'NTLM'
  readonly connectionBound = true
  readonly challenge = 'NTLM'

  constructor(
    private readonly accounts: NtlmAccounts,
    private readonly runtime: Runtime
  ) {}

  authenticate(credentials: string, { source, state }: AuthConnection): AuthOutcome {
    const handshake = state.get(KEY) as Handshake | undefined
    state.delete(KEY)
    const message = messageOf(credentials)
    if (message === undefined) return REFUSED
    try {
      if (messageTypeOf(message) === messageTypes.negotiate) {
        const next = this.begin(message)
        if (next === undefined) return REFUSED
        state.set(KEY, next)
        return { kind: 'continue', challenge: `NTLM ${Buffer.from(next.challenge).toString('base64')}` }
      }
      if (handshake === undefined) return REFUSED
      const answer = parseAuthenticateMessage(message)
      return isAnonymous(answer) ? { kind: 'anonymous' } : this.accounts.logOn(message, answer, handshake, source)
    } catch (error) {
      if (error instanceof MalformedBuffer) return REFUSED
      throw error
    }
  }

  private begin(negotiate: Uint8Array): Handshake | undefined {
    if (negotiate.length > NEGOTIATE_LIMIT_BYTES) return undefined
    const names = this.accounts.names()
    const flags = challengeFlags(parseNegotiateMessage(negotiate).flags, true)
    if (flags === undefined) return undefined
    const serverChallenge = this.runtime.random(new Uint8Array(CHALLENGE_BYTES))
    const targetInfo = new TargetInfo([
      namePair(AvId.NbDomainName, names.nbDomainName),
      namePair(AvId.NbComputerName, names.nbComputerName),
      namePair(AvId.DnsDomainName, names.dnsDomainName),
      namePair(AvId.DnsComputerName, names.dnsComputerName),
      namePair(AvId.DnsTreeName, names.dnsDomainName),
      timestampPair(toFiletime(this.runtime.now()))
    ])
    const challenge = formatChallengeMessage({ flags, targetName: names.nbDomainName, serverChallenge, targetInfo })
    // Copies that hold nothing but themselves: small buffers are parts of larger ones, and these wait for the next request.
    return { negotiate: new Uint8Array(negotiate), challenge: new Uint8Array(challenge), serverChallenge }
  }
}

function messageOf(credentials: string): Uint8Array | undefined {
  if (credentials.length > TEXT_LIMIT || !/^[A-Za-z0-9+/]+={0,2}$/.test(credentials)) return undefined
  return Buffer.from(credentials, 'base64')
}

/** [MS-NLMP] 3.2.5.1.2: no name, no response, and an LM response of one zero byte or none. */
function isAnonymous({ user, ntResponse, lmResponse }: AuthenticateMessage): boolean {
  return (
    user === '' &&
    ntResponse.length === 0 &&
    (lmResponse.length === 0 || (lmResponse.length === 1 && lmResponse[0] === 0))
  )
}
