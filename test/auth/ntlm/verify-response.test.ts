/** What makes an answer right or wrong beyond its proof ([MS-NLMP] 3.2.5.1.2). */
import { test } from 'tap'
import {
  formatAuthenticateMessage,
  parseAuthenticateMessage,
  withMic
} from '../../../src/auth/ntlm/authenticate-message.js'
import { AV_FLAG_MIC, type AvPair, flagsPair, writeAvPairs } from '../../../src/auth/ntlm/av-pairs.js'
import { desl } from '../../../src/auth/ntlm/des.js'
import { NegotiateFlags } from '../../../src/auth/ntlm/negotiate-flags.js'
import { hmacMd5, ntowfv1, ntowfv2 } from '../../../src/auth/ntlm/one-way-functions.js'
import { rc4 } from '../../../src/auth/ntlm/rc4.js'
import { type Handshake, responseKindOf, verifyResponse } from '../../../src/auth/ntlm/verify-response.js'

const ntHash = ntowfv1('secret')
const handshake: Handshake = {
  negotiate: Buffer.from('the offer'),
  challenge: Buffer.from('the challenge'),
  serverChallenge: Buffer.from('12345678')
}
const now = 133_000_000_000_000_000n
const policy = { lmCompatibilityLevel: 3, now }
const HOUR = 36_000_000_000n
const NOTHING = new Uint8Array()

interface Answer {
  user?: string
  domain?: string
  /** Domain that goes into the hash. */
  hashed?: string
  timestamp?: bigint
  pairs?: AvPair[]
  flags?: number
  lmResponse?: Uint8Array
  encryptedSessionKey?: Uint8Array
  /** Makes the MIC from the session base key. */
  mic?: (baseKey: Uint8Array, unsigned: Uint8Array) => Uint8Array
}

function answerOf(given: Answer): Uint8Array {
  const { user = 'alice', domain = 'EXAMPLE', timestamp = now, pairs = [], flags = 0 } = given
  const head = Buffer.alloc(28)
  head[0] = head[1] = 1
  head.writeBigUInt64LE(timestamp, 8)
  const blob = Buffer.concat([head, writeAvPairs(pairs), Buffer.alloc(4)])
  const key = ntowfv2(ntHash, user, given.hashed ?? domain)
  const proof = hmacMd5(key, handshake.serverChallenge, blob)
  const message = formatAuthenticateMessage({
    ...{ flags: flags | NegotiateFlags.UNICODE, user, domain, workstation: 'PC' },
    lmResponse: given.lmResponse ?? new Uint8Array(24),
    ntResponse: Buffer.concat([proof, blob]),
    encryptedSessionKey: given.encryptedSessionKey ?? NOTHING
  })
  return given.mic === undefined ? message : withMic(message, given.mic(hmacMd5(key, proof), message))
}

function verdict(raw: Uint8Array, changes: Partial<typeof policy> = {}) {
  return verifyResponse(raw, parseAuthenticateMessage(raw), handshake, ntHash, { ...policy, ...changes })
}

const micOf = (key: Uint8Array, unsigned: Uint8Array) =>
  hmacMd5(key, handshake.negotiate, handshake.challenge, unsigned)

test('names go into the hash as they were sent', async t => {
  t.match(verdict(answerOf({})), { right: true, kind: 'ntlmv2' })
  t.match(verdict(answerOf({ user: 'ALICE' })), { right: true }, 'users in upper case')
  t.match(verdict(answerOf({ user: 'alice@example.com', domain: '' })), { right: true })
  t.match(verdict(answerOf({ hashed: '' })), { right: true }, 'clients that leave the domain out are borne with')
  t.match(verdict(answerOf({ hashed: 'example' })), { right: false, reason: 'wrong response' }, 'domains as they are')
})

test('clocks', async t => {
  t.match(verdict(answerOf({ timestamp: now - 36n * HOUR })), { right: true })
  t.match(verdict(answerOf({ timestamp: now + 36n * HOUR })), { right: true })
  for (const timestamp of [now - 36n * HOUR - 1n, now + 36n * HOUR + 1n, 0n, 0xffffffffffffffffn])
    t.match(verdict(answerOf({ timestamp })), { right: false, reason: /clocks/ })
})

test('a MIC that is claimed must be right', async t => {
  const pairs = [flagsPair(AV_FLAG_MIC)]
  t.match(verdict(answerOf({ pairs, mic: micOf })), { right: true })
  t.match(verdict(answerOf({ pairs })), { right: false, reason: 'wrong MIC' }, 'claimed and not there')
  t.match(verdict(answerOf({ pairs: [flagsPair(1)] })), { right: true }, 'not claimed')
  const raw = answerOf({ pairs, mic: micOf })
  const message = parseAuthenticateMessage(raw)
  for (const changed of [{ negotiate: Buffer.from('another offer') }, { challenge: Buffer.from('another challenge') }])
    t.match(verifyResponse(raw, message, { ...handshake, ...changed }, ntHash, policy), { reason: 'wrong MIC' })
  const altered = Buffer.from(raw)
  altered.writeUInt8(altered[60] ^ 0x20, 60)
  t.match(verdict(altered), { right: false, reason: 'wrong MIC' }, 'other flags than were signed')
})

test('a session key of the client', async t => {
  const pairs = [flagsPair(AV_FLAG_MIC)]
  const sessionKey = Buffer.alloc(16, 9)
  const flags = NegotiateFlags.KEY_EXCH | NegotiateFlags.SIGN
  // The encrypted key depends on the response, which does not depend on it: the first message gives the base key.
  let baseKey: Uint8Array = NOTHING
  answerOf({ pairs, mic: key => (baseKey = key) })
  const encryptedSessionKey = rc4(baseKey, sessionKey)
  const raw = answerOf({ pairs, flags, encryptedSessionKey, mic: (_, unsigned) => micOf(sessionKey, unsigned) })
  t.match(verdict(raw), { right: true, sessionKey })
  t.match(verdict(answerOf({ pairs, flags, encryptedSessionKey, mic: micOf })), { reason: 'wrong MIC' })
  const none = { right: false, reason: /no session key/ }
  t.match(verdict(answerOf({ flags })), none)
  t.match(verdict(answerOf({ flags, encryptedSessionKey: new Uint8Array(15) })), none)
  t.match(verdict(answerOf({ flags: NegotiateFlags.KEY_EXCH })), { right: true }, 'none is exchanged without signing')
})

test('kinds of responses, and the levels that take them', async t => {
  const nt = desl(ntHash, handshake.serverChallenge)
  const plain = {
    flags: NegotiateFlags.UNICODE,
    user: 'alice',
    domain: '',
    workstation: '',
    encryptedSessionKey: NOTHING
  }
  const read = (lmResponse: Uint8Array, ntResponse: Uint8Array, flags = 0) => {
    const raw = formatAuthenticateMessage({ ...plain, flags: plain.flags | flags, lmResponse, ntResponse })
    return { raw, kind: responseKindOf(parseAuthenticateMessage(raw)) }
  }
  const ntlm = read(nt, nt)
  t.equal(ntlm.kind, 'ntlm')
  for (const lmCompatibilityLevel of [0, 1, 2, 3, 4])
    t.match(verdict(ntlm.raw, { lmCompatibilityLevel }), { right: true })
  t.match(verdict(ntlm.raw, { lmCompatibilityLevel: 5 }), { right: false, reason: 'ntlm is not taken' })
  t.match(verdict(answerOf({}), { lmCompatibilityLevel: 5 }), { right: true })
  const session = NegotiateFlags.EXTENDED_SESSIONSECURITY
  t.equal(read(new Uint8Array(24), nt, session).kind, 'ntlm2-session')
  t.match(verdict(read(new Uint8Array(24), nt, session).raw), { right: false, reason: 'wrong response' })
  t.equal(read(NOTHING, nt, session).kind, undefined, 'a session response without its challenge')
  const lm = read(nt, NOTHING)
  t.equal(lm.kind, 'lmv2')
  t.match(verdict(lm.raw), { right: false, reason: 'wrong response' }, 'LM alone is never right')
  for (const [lmBytes, ntBytes] of [
    [0, 0],
    [24, 23],
    [23, 0],
    [1, 1],
    [25, 0]
  ])
    t.equal(read(new Uint8Array(lmBytes), new Uint8Array(ntBytes)).kind, undefined, `${lmBytes} and ${ntBytes} bytes`)
})
