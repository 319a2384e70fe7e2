/** The machinery that tests the tests, on a product so small that what must be noticed is known. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { TestCoverage } from './coverage.js'
import type { Equivalent } from './equivalents.js'
import { type MutantResult, mutate } from './mutate.js'
import { runTestFile } from './test-process.js'

const build = dirname(dirname(dirname(import.meta.dirname)))
const fixture = join('test', 'conformance', 'fixture')
const product = join(fixture, 'parcel.js')

const options = {
  build,
  tests: ['parcel-checks.js', 'failing-checks.js'].map(file => join(fixture, file)),
  count: 100,
  seed: '1',
  documents: [],
  mayBreak: (script: string) => script === product,
  chosen: () => true,
  equivalents: [] as Equivalent[],
  jobs: 2
}

const mutantOf = (mutants: readonly MutantResult[], was: string): MutantResult | undefined =>
  mutants.find(one => one.was === was)

t.test('what the checks look at is noticed, what they pass by survives', async t => {
  const cache = join(t.testdir(), 'coverage.json')
  const { mutants, places, failing } = await mutate({ ...options, cache })
  const [passing] = options.tests
  t.match(mutantOf(mutants, 'kilograms > 20'), { verdict: 'killed', killedBy: passing, becomes: 'kilograms >= 20' })
  t.match(mutantOf(mutants, 'metres > 2'), {
    verdict: 'survived',
    position: /^test\/conformance\/fixture\/parcel\.ts:10$/,
    within: 'isLong',
    tests: [passing],
    claims: ['MS-FIXTURE_R2', 'MS-FIXTURE_R3']
  })
  // The failing file runs it, and would notice everything.
  t.equal(mutantOf(mutants, "label === 'glass'"), undefined)
  t.strictSame(failing, [join(fixture, 'failing-checks.js')])
  t.equal(places, 2)

  // What is known is not measured again; what has changed since is.
  const kept: TestCoverage[] = JSON.parse(readFileSync(cache, 'utf8'))
  const first = kept.find(({ file }) => file === passing)!
  writeFileSync(cache, JSON.stringify([{ ...first, claims: ['MS-KEPT_R1'] }]))
  const again = await mutate({ ...options, cache, tests: [passing], count: 1, documents: ['MS-KEPT'] })
  t.equal(again.places, 2)
  writeFileSync(cache, JSON.stringify([{ ...first, claims: ['MS-KEPT_R1'], scripts: { [passing]: 'another' } }]))
  t.equal((await mutate({ ...options, cache, tests: [passing], documents: ['MS-KEPT'] })).places, 0)
})

t.test('a mutant that is known to change nothing is passed over', async t => {
  const known = { within: 'isLong', was: 'metres > 2', becomes: 'metres >= 2', reason: 'of no account' }
  const equivalents = [{ source: product.replace(/\.js$/, '.ts'), ...known }]
  const { mutants } = await mutate({ ...options, tests: options.tests.slice(0, 1), equivalents })
  t.strictSame(
    mutants.map(({ verdict, within }) => [verdict, within]),
    [['killed', 'isHeavy']]
  )
})

t.test('a test that hangs is killed', async t => {
  const path = join(build, fixture, 'claiming.js')
  const outcome = await runTestFile(path, {}, 20_000)
  t.match(outcome, { passed: true, timedOut: false })
  t.match(await runTestFile(path, { FIXTURE_ENDING: 'hangs' }, 1500), { passed: false, timedOut: true })
})
