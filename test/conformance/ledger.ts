/**
 * The conformance ledger: tests claim the numbered requirements of the protocol documents that they verify, beside the
 * assertion that verifies them. When CONFORMANCE_CLAIMS names a file, each claim is appended to it as the requirement and
 * the test file that makes it, and the end of the test file as `passed` or `failed`: a claim counts only once its file has
 * passed (see claims.ts). Without that variable a claim is only checked for its form.
 */
import { appendFileSync, realpathSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import t from 'tap'

const FORM = /^MS-[A-Z]+_R\d+$/
const claimed = new Set<string>()
const { CONFORMANCE_CLAIMS } = process.env
const claimsFile = CONFORMANCE_CLAIMS === undefined ? undefined : resolve(CONFORMANCE_CLAIMS)

/** Claims a requirement, e.g. `requirement('MS-OXCFOLD_R476')`. Call it only after the assertion that proves it. */
export function requirement(...ids: string[]): void {
  for (const id of ids) {
    if (!FORM.test(id)) throw new TypeError(`not a requirement id: ${id}`)
    if (claimed.has(id)) continue
    claimed.add(id)
    note(id)
  }
}

/** The test file that runs, relative to the build folder. */
function testFile(): string {
  const build = dirname(dirname(import.meta.dirname))
  return relative(build, realpathSync(process.argv[1]))
}

function note(what: string): void {
  if (claimsFile !== undefined) appendFileSync(claimsFile, `${what}\t${testFile()}\n`)
}

// tap sets the exit code when it completes, which is before this unless the process ends in the middle of a test: then
// there are no results yet. A process that is killed writes neither word, and its claims do not count either.
if (claimsFile !== undefined) {
  process.once('exit', code => {
    const hasPassed = t.results?.ok === true && code === 0 && (process.exitCode ?? 0) === 0
    note(hasPassed ? 'passed' : 'failed')
  })
}
