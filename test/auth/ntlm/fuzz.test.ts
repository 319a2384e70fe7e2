/** Damaged and invented messages: each is refused, by MalformedBuffer or as wrong, and none costs more than its size. */
import { test } from 'tap'
import { parseAuthenticateMessage } from '../../../src/auth/ntlm/authenticate-message.js'
import { parseChallengeMessage } from '../../../src/auth/ntlm/challenge-message.js'
import { parseNegotiateMessage } from '../../../src/auth/ntlm/negotiate-message.js'
import { MalformedBuffer, Random } from '../../../src/bufferstructs/index.js'
import { challengeOf } from '../../../src/client/log-on.js'
import { NtlmClient } from '../../../src/client/ntlm-client.js'
import { authWorld } from '../auth-world.js'

const ROUNDS = 3000 * Number(process.env.FUZZ_ROUNDS ?? 1)
const SEED = Number(process.env.FUZZ_SEED ?? 1)

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

/** Changes bytes, numbers and the length of a message. */
function damage(message: Uint8Array, random: Random): Uint8Array {
  let bytes = Buffer.from(message)
  const at = () => random.below(bytes.length)
  for (let i = 1 + random.below(4); i > 0 && bytes.length > 0; i--) {
    switch (random.below(5)) {
      case 0:
        bytes[at()] ^= 1 << random.below(8)
        break
      case 1:
        bytes[at()] = random.below(256)
        break
      case 2: {
        const place = at()
        if (place + 4 <= bytes.length)
          bytes.writeUInt32LE([0, 0xffffffff, 0x7fffffff, bytes.length][random.below(4)], place)
        break
      }
      case 3:
        bytes = Buffer.from(bytes.subarray(0, at()))
        break
      default:
        bytes = Buffer.concat([bytes, Buffer.alloc(1 + random.below(64), 0x41)])
    }
  }
  return bytes
}

test('damaged messages are refused', async t => {
  const world = await authWorld({ failuresPerAccount: 1e9, failuresPerSource: 1e9 })
  const scheme = world.authenticator.ntlmScheme()
  const random = new Random(SEED)
  const state = new Map<string, unknown>()
  const connection = { source: 'test', secure: false, state }
  const ask = (message: Uint8Array) => scheme.authenticate(`${base64(message)}`, connection)
  const outcomes = new Map<string, number>()
  for (let round = 0; round < ROUNDS; round++) {
    const client = new NtlmClient({ user: 'EXAMPLE\\alice', password: 'pass:wörd', workstation: 'PC' })
    const offer = random.below(4) === 0 ? damage(client.negotiate, random) : client.negotiate
    const first = await ask(offer)
    outcomes.set(first.kind, (outcomes.get(first.kind) ?? 0) + 1)
    if (first.kind !== 'continue') continue
    const right = client.authenticate(challengeOf(first.challenge))
    const damaged = damage(right, random)
    if (base64(damaged) === base64(right)) continue
    const last = await ask(damaged)
    if (last.kind !== 'refused') t.fail(`round ${round} of seed ${SEED}: ${last.kind}`)
    t.equal(state.size, 0, 'nothing is kept')
  }
  t.ok((outcomes.get('continue') ?? 0) > ROUNDS / 2)
})

test('parsers take any bytes', async t => {
  const random = new Random(SEED)
  const client = new NtlmClient({ user: 'alice', password: 'x' })
  const world = await authWorld()
  const state = new Map<string, unknown>()
  const outcome = await world.authenticator
    .ntlmScheme()
    .authenticate(base64(client.negotiate), { source: 's', secure: false, state })
  if (outcome.kind !== 'continue') throw new Error('no challenge')
  const challenge = challengeOf(outcome.challenge)
  const all: [(message: Uint8Array) => unknown, Uint8Array][] = [
    [parseNegotiateMessage, client.negotiate],
    [parseChallengeMessage, challenge],
    [parseAuthenticateMessage, client.authenticate(challenge)]
  ]
  let refused = 0
  for (let round = 0; round < ROUNDS; round++) {
    const [parse, message] = all[round % 3]
    try {
      parse(damage(message, random))
    } catch (error) {
      if (!(error instanceof MalformedBuffer)) throw error
      refused++
    }
  }
  t.ok(refused > ROUNDS / 10)
})
