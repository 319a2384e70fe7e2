/** Nothing tells who exists: neither the answer nor how often one may ask. How long it takes is measured by enumeration.ts. */
import { test } from 'tap'
import { HttpConnection } from '../../src/client/http-connection.js'
import { challengeOf } from '../../src/client/log-on.js'
import { NtlmClient } from '../../src/client/ntlm-client.js'
import { authWorld, bothSchemes, whoServer } from './auth-world.js'
import { comparisons, LIMIT, largestT, measure, welch } from './enumeration.js'

const REASONS: [string, string][] = [
  ['alice@example.com', 'wrong'],
  ['nobody@example.com', 'wrong'],
  ['carol@example.com', 'secret'],
  ['room@example.com', 'secret'],
  ['room@example.com', ''],
  ['alice@elsewhere.com', 'pass:wörd'],
  ['EXAMPLE\\nobody', 'wrong'],
  ['nobody', 'wrong']
]

async function setUp(options: Parameters<typeof authWorld>[0] = {}) {
  const world = await authWorld(options)
  const { guid } = await world.add('carol@example.com', 'secret')
  await world.directory.change(guid, { disabled: true })
  return world
}

test('every refusal is the same answer', async t => {
  const world = await setUp()
  const port = await whoServer(t, world, bothSchemes(world))
  const answers = new Set<string>()
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  for (const [user, password] of REASONS) {
    const connection = await HttpConnection.open({ host: '127.0.0.1', port })
    const ask = async (authorization: string) => {
      const { status, headers, body } = await connection.request('GET', '/who', { Authorization: authorization })
      headers.delete('date')
      return { text: JSON.stringify([status, [...headers], body.toString()]), headers }
    }
    const ntlm = new NtlmClient({ user, password })
    const offer = await ask(`NTLM ${base64(ntlm.negotiate)}`)
    const challenge = challengeOf(offer.headers.get('www-authenticate'))
    answers.add((await ask(`NTLM ${base64(ntlm.authenticate(challenge))}`)).text)
    answers.add((await ask(`Basic ${base64(Buffer.from(`${user}:${password}`))}`)).text)
    connection.close()
  }
  t.same(
    [...answers],
    [
      JSON.stringify([
        401,
        [
          ['www-authenticate', 'NTLM, Basic realm="test"'],
          ['content-length', '0']
        ],
        ''
      ])
    ]
  )
})

test('names of nobody run out of attempts as those of users do', async t => {
  const world = await setUp({ failuresPerAccount: 3, failuresPerSource: 1e9 })
  const { authenticator } = world
  let derived = 0
  const { passwords } = authenticator.credentials
  const verify = passwords.verify.bind(passwords)
  passwords.verify = (password, record) => {
    derived++
    return verify(password, record)
  }
  const workOf = async (name: string) => {
    const before = derived
    for (const form of [
      name,
      `${name}@example.com`,
      `EXAMPLE\\${name}`,
      `example.com\\${name}`,
      `.\\${name}`,
      name.toUpperCase()
    ])
      await authenticator.basic(Buffer.from(`${form}:wrong`).toString('base64'), 'source')
    return derived - before
  }
  for (const name of ['alice', 'nobody', 'carol', 'room']) t.equal(await workOf(name), 3, name)
})

test('the measuring tool', async t => {
  // Figures and result by Python's statistics module.
  const a = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
  const b = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4]
  t.equal(welch(a, b).toFixed(2), '-2.46')
  t.equal(welch(a, a), 0)
  const noise = (seed: number) => Array.from({ length: 2000 }, (_, i) => 50 + ((i * 7919 + seed * 104729) % 997) / 100)
  t.ok(largestT(noise(1), noise(2)) < LIMIT)
  const slower = noise(2).map(time => time + 0.5)
  t.ok(largestT(noise(1), slower) > LIMIT, 'a constant half microsecond')
  t.ok(
    largestT(
      noise(1),
      slower.map((time, i) => (i % 50 === 0 ? time + 1e6 : time))
    ) > LIMIT,
    'behind outliers, too'
  )
  t.equal(largestT([1, 1, 1], [1, 1, 1]), 0)
  // Whether times differ is not for a machine that runs other tests meanwhile: the tool only has to work.
  for (const comparison of await comparisons(16)) {
    const { first, second } = await measure(comparison, 5)
    t.equal(first.length + second.length, 10, comparison.name)
  }
})
