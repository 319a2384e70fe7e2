/**
 * Does the time of a refusal tell who exists? Measures log-ons that fail for different reasons in pairs, in random order, and
 * compares the two distributions with Welch's t after cutting outliers off, as dudect does. Above 4.5 they differ.
 *
 *     node .build/test/auth/enumeration.js --pairs 10000
 */
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { AuthScheme } from '../../src/auth/index.js'
import { Random } from '../../src/bufferstructs/index.js'
import { challengeOf } from '../../src/client/log-on.js'
import { NtlmClient } from '../../src/client/ntlm-client.js'
import { authWorld } from './auth-world.js'

/** Prepares one log-on, untimed, and returns what is to be timed. */
export type Attempt = () => Promise<() => unknown>

export interface Comparison {
  name: string
  first: Attempt
  second: Attempt
}

/** |t| above which two distributions are taken to differ. */
export const LIMIT = 4.5
/** Shares of the pooled measurements that are kept: all, and without those above higher and lower thresholds. */
const KEPT = [1, 0.99, 0.95, 0.9, 0.75, 0.5]

/** Welch's t of two samples. */
export function welch(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [moments(a), moments(b)]
  const error = Math.sqrt(x.variance / a.length + y.variance / b.length)
  return error === 0 ? 0 : (x.mean - y.mean) / error
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, variance: squares / (values.length - 1) }
}

/** The largest |t| over all thresholds. */
export function largestT(a: readonly number[], b: readonly number[]): number {
  const pooled = [...a, ...b].sort((x, y) => x - y)
  const values = KEPT.map(share => {
    const threshold = pooled[Math.ceil(share * pooled.length) - 1]
    const [x, y] = [a.filter(value => value <= threshold), b.filter(value => value <= threshold)]
    return x.length < 2 || y.length < 2 ? 0 : Math.abs(welch(x, y))
  })
  return Math.max(...values)
}

/** Microseconds of both attempts of each pair. The order within a pair is random; the first tenth warms up. */
export async function measure(
  { first, second }: Comparison,
  pairs: number,
  seed = 1
): Promise<{ first: number[]; second: number[] }> {
  const random = new Random(seed)
  const times = { first: [] as number[], second: [] as number[] }
  const time = async (attempt: Attempt): Promise<number> => {
    const work = await attempt()
    const began = process.hrtime.bigint()
    const result = work()
    if (result instanceof Promise) await result
    return Number(process.hrtime.bigint() - began) / 1000
  }
  const warmUp = Math.ceil(pairs / 10)
  for (let pair = -warmUp; pair < pairs; pair++) {
    const firstGoesFirst = random.below(2) === 0
    const a = await time(firstGoesFirst ? first : second)
    const b = await time(firstGoesFirst ? second : first)
    if (pair < 0) continue
    times.first.push(firstGoesFirst ? a : b)
    times.second.push(firstGoesFirst ? b : a)
  }
  return times
}

/** Log-ons that must not differ: a wrong password against each other reason, by each scheme. */
export async function comparisons(passwordCost: number): Promise<Comparison[]> {
  const { authenticator, directory, add } = await authWorld({
    ...{ passwordCost, failuresPerAccount: 1e9, failuresPerSource: 1e9 }
  })
  const { guid } = await add('carol@example.com', 'secret')
  await directory.change(guid, { disabled: true })
  await add('david@example.com', null)
  for (let i = 0; i < 1000; i++) await directory.add({ address: `user${i}@example.com`, displayName: `User ${i}` })
  const reasons: [string, string, string][] = [
    ['unknown user', 'nobod', 'secret'],
    ['disabled user with the right password', 'carol', 'secret'],
    ['user without a password', 'david', 'secret']
  ]
  const schemes: [string, (user: string, password: string) => Attempt][] = [
    ['NTLM', (user, password) => ntlmAttempt(authenticator.ntlmScheme(), user, password)],
    ['Basic', (user, password) => basicAttempt(authenticator.basicScheme('x'), user, password)]
  ]
  const forms: [string, (user: string) => string][] = [
    ['user', user => user],
    ['user@domain', user => `${user}@example.com`],
    ['DOMAIN\\user', user => `EXAMPLE\\${user}`]
  ]
  return schemes.flatMap(([scheme, attempt]) =>
    reasons.flatMap(([reason, user, password]) =>
      forms.map(([form, name]) => ({
        name: `${scheme}, ${form}: wrong password and ${reason}`,
        first: attempt(name('alice'), 'wrong!'),
        second: attempt(name(user), password)
      }))
    )
  )
}

function ntlmAttempt(scheme: AuthScheme, user: string, password: string): Attempt {
  return async () => {
    const connection = { source: 'test', secure: false, state: new Map() }
    const client = new NtlmClient({ user, password })
    const offer = await scheme.authenticate(Buffer.from(client.negotiate).toString('base64'), connection)
    if (offer.kind !== 'continue') throw new Error('no challenge')
    const answer = Buffer.from(client.authenticate(challengeOf(offer.challenge))).toString('base64')
    return () => scheme.authenticate(answer, connection)
  }
}

/** One after the other, so that equal headers share no work. */
function basicAttempt(scheme: AuthScheme, user: string, password: string): Attempt {
  const connection = { source: 'test', secure: false, state: new Map() }
  const header = Buffer.from(`${user}:${password}`, 'utf8').toString('base64')
  return async () => () => scheme.authenticate(header, connection)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      pairs: { type: 'string', default: '10000' },
      cost: { type: 'string', default: '64' },
      only: { type: 'string' }
    }
  })
  const print = (line: string) => process.stdout.write(`${line}\n`)
  print(`${values.pairs} pairs each, scrypt N=${values.cost}; limit of |t| ${LIMIT}`)
  let worst = 0
  for (const comparison of await comparisons(Number(values.cost))) {
    if (values.only !== undefined && !comparison.name.includes(values.only)) continue
    const { first, second } = await measure(comparison, Number(values.pairs), Date.now())
    const t = largestT(first, second)
    worst = Math.max(worst, t)
    const median = (times: number[]) => times.sort((x, y) => x - y)[times.length >> 1].toFixed(2)
    print(`|t| ${t.toFixed(2).padStart(6)}  medians ${median(first)} and ${median(second)} us  ${comparison.name}`)
  }
  print(`largest |t| ${worst.toFixed(2)}`)
  if (worst > LIMIT) process.exitCode = 1
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main()
