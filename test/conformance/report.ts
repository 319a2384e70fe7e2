/**
 * `npm run conformance`: runs the tests, collects the requirements that they claim, and prints per document how many
 * are claimed, open and untestable. `-- --open MS-OXCFOLD` lists the open ones of a document; `--json` for scripts;
 * `--claims FILE` reads claims of an earlier run instead of running the tests.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readRequirements, requirementDocuments } from './requirements.js'

const { values } = parseArgs({
  options: { open: { type: 'string' }, json: { type: 'boolean', default: false }, claims: { type: 'string' } }
})

function collectClaims(): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ropewalk-claims-'))
  const file = values.claims ?? join(folder, 'claims')
  if (values.claims === undefined) {
    const env = { ...process.env, CONFORMANCE_CLAIMS: file }
    const run = spawnSync(process.execPath, ['.setup/run.mjs', 'test'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    if (run.status !== 0) process.stderr.write('Some tests failed: their claims do not count.\n')
  }
  const claims = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  rmSync(folder, { recursive: true })
  return new Set(claims)
}

const documents = requirementDocuments()
if (documents.length === 0) {
  process.stderr.write('The requirements of the protocol documents are not beside this checkout; nothing to report.\n')
  process.exitCode = 1
} else {
  const claims = collectClaims()
  const rows = documents.map(document => {
    const all = readRequirements(document)
    const testable = all.filter(one => one.testable)
    const open = testable.filter(one => !claims.has(one.id))
    return {
      document,
      claimed: testable.length - open.length,
      open: open.length,
      untestable: all.length - testable.length,
      list: open
    }
  })
  if (values.open !== undefined) {
    for (const one of rows.find(row => row.document === values.open)?.list ?? []) {
      process.stdout.write(`${one.id}\t${one.section}\t${one.text}\n`)
    }
  } else if (values.json) {
    process.stdout.write(
      `${JSON.stringify(
        rows.map(({ list: _, ...row }) => row),
        null,
        2
      )}\n`
    )
  } else {
    process.stdout.write(`${'document'.padEnd(18)} claimed    open  untestable\n`)
    for (const row of rows.filter(one => one.claimed > 0 || one.document.startsWith('MS-OXC'))) {
      const numbers = [row.claimed, row.open, row.untestable].map((n, i) => String(n).padStart([7, 8, 12][i])).join('')
      process.stdout.write(`${row.document.padEnd(18)} ${numbers}\n`)
    }
  }
}
