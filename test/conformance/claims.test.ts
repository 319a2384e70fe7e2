import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Claims, readClaims, unknownClaims } from './claims.js'

/** What the ledger writes for a fixture that ends in this way. */
function claimsOf(t: Test, ending: string): Claims {
  const file = join(t.testdir(), 'claims')
  const fixture = join(import.meta.dirname, 'fixture', 'claiming.js')
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TAP_'))
  const env = { ...Object.fromEntries(inherited), CONFORMANCE_CLAIMS: file, FIXTURE_ENDING: ending }
  spawnSync(process.execPath, [fixture], { env, timeout: 20_000 })
  return readClaims(existsSync(file) ? readFileSync(file, 'utf8') : '')
}

const FIXTURE = join('test', 'conformance', 'fixture', 'claiming.js')

t.test('a claim of a test file that passes counts, under the name of the file', async t => {
  const { files, failed, unfinished } = claimsOf(t, 'passes')
  t.strictSame([...files], [['MS-FIXTURE_R1', [FIXTURE]]])
  t.strictSame([failed, unfinished], [[], []])
})

for (const ending of ['assertion', 'throws', 'leaves', 'never ends']) {
  t.test(`a claim of a test file that fails does not count: ${ending}`, async t => {
    const { files, failed, unfinished } = claimsOf(t, ending)
    t.equal(files.size, 0)
    t.strictSame([failed, unfinished], [[FIXTURE], []])
  })
}

t.test('a claim of a test file that is killed does not count', async t => {
  const { files, failed, unfinished } = claimsOf(t, 'killed')
  t.equal(files.size, 0)
  t.strictSame([failed, unfinished], [[], [FIXTURE]])
})

t.test('of several runs of a file the last one counts', async t => {
  const failing = 'MS-X_R1\ta\nfailed\ta\n'
  const passing = 'MS-X_R1\ta\nMS-X_R2\ta\npassed\ta\n'
  t.strictSame([...readClaims(passing + failing).files], [])
  t.strictSame([...readClaims(failing + passing).files.keys()], ['MS-X_R1', 'MS-X_R2'])
  t.strictSame(readClaims(`${passing}MS-X_R2\ta\n`).unfinished, ['a'])
  t.strictSame([...readClaims(`${passing}MS-X_R2\ta\n`).files], [])
})

t.test('files that interleave are kept apart, and a row may have several', async t => {
  const { files, failed } = readClaims('MS-X_R1\tb\nMS-X_R1\ta\nMS-X_R2\tc\npassed\ta\nfailed\tc\npassed\tb\n')
  t.strictSame([...files], [['MS-X_R1', ['a', 'b']]])
  t.strictSame(failed, ['c'])
  t.throws(() => readClaims('MS-X_R1\n'), /not a line of the conformance ledger/)
})

t.test('claims of rows that no document has are named', async t => {
  const claims = readClaims('MS-X_R1\ta\nMS-X_R2\ta\npassed\ta\n')
  const known = [{ id: 'MS-X_R1', section: '1', text: '', testable: true }]
  t.strictSame(unknownClaims(claims, known), ['MS-X_R2'])
})
