/**
 * `npm run conformance`: runs the tests, collects the requirements that they claim, and prints per document how many are
 * claimed, open (explained ones among them) and untestable. `-- --open MS-OXCFOLD` lists the open ones of a document;
 * `--json` prints all of it for scripts; `--claims FILE` reads what an earlier run with CONFORMANCE_CLAIMS=FILE wrote.
 * `--mutate 50 --seed 1` breaks claimed behaviours one at a time and fails when their tests still pass; `--only` narrows
 * it to a document or to sources whose path matches a pattern, and may be given several times.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Claims, readClaims, unknownClaims } from './claims.js'
import { reportMutations } from './mutation/mutation-report.js'
import { readRequirements, requirementDocuments } from './requirements.js'
import { type Tally, tally } from './tally.js'
import { readUnverifiable } from './unverifiable.js'

const { values } = parseArgs({
  options: {
    open: { type: 'string' },
    json: { type: 'boolean', default: false },
    claims: { type: 'string' },
    mutate: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] }
  }
})

function fail(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}

/** Runs all tests; undefined when they could not even begin, with the reason on the error output. */
function runTests(): Claims | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'ropewalk-claims-'))
  try {
    const file = join(folder, 'claims')
    const env = { ...process.env, CONFORMANCE_CLAIMS: file }
    const run = spawnSync(process.execPath, ['.setup/run.mjs', 'test'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: Number.POSITIVE_INFINITY
    })
    if (!existsSync(file)) {
      process.stderr.write(run.stdout)
      fail('The tests did not run.')
      return undefined
    }
    if (run.status !== 0) fail('Some tests failed; npm test says which. What a failed test file claims does not count.')
    return readClaims(readFileSync(file, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function printTable(rows: readonly Tally[]): void {
  const widths = [18, 8, 8, 8, 11, 12]
  const print = (cells: readonly (string | number)[]): void => {
    const line = cells.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[0]) : String(cell).padStart(widths[i])))
    process.stdout.write(`${line.join('')}\n`)
  }
  print(['document', 'claimed', '', 'open', 'explained', 'untestable'])
  for (const row of rows.filter(one => one.claimed > 0 || one.document.startsWith('MS-OXC')))
    print([row.document, row.claimed, `${row.percent.toFixed(1)}%`, row.open, row.explained, row.untestable])
}

/** The open rows of one document, the unexplained first. */
function printOpen({ list }: Tally): void {
  const line = ({ id, section, text }: Tally['list'][number]): string => `${id}\t${section}\t${text}\n`
  for (const one of list.filter(({ reason }) => reason === undefined)) process.stdout.write(line(one))
  for (const one of list.filter(({ reason }) => reason !== undefined))
    process.stdout.write(`${line(one)}\texplained: ${one.reason}\n`)
}

function report(documents: readonly string[], claims: Claims): void {
  const requirements = documents.map(readRequirements)
  const reasons = readUnverifiable()
  const rows = documents.map((document, i) => tally(document, requirements[i], claims, reasons))
  const unknown = unknownClaims(claims, requirements.flat())
  const { failed, unfinished } = claims
  if (values.open !== undefined) {
    const row = rows.find(one => one.document === values.open)
    if (row === undefined) fail(`There are no requirements of ${values.open}; there are ${documents.join(', ')}.`)
    else if (values.json) process.stdout.write(`${JSON.stringify(row.list, null, 2)}\n`)
    else printOpen(row)
  } else if (values.json) {
    const byId = Object.fromEntries([...claims.files].sort())
    process.stdout.write(`${JSON.stringify({ documents: rows, claims: byId, failed, unfinished, unknown }, null, 2)}\n`)
  } else printTable(rows)
  for (const file of failed) fail(`${file} failed: its claims do not count.`)
  for (const file of unfinished) fail(`${file} did not finish: its claims do not count.`)
  for (const id of unknown) fail(`${id} is claimed by ${claims.files.get(id)!.join(', ')}, but no document has it.`)
}

// `| head` is an end, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

async function main(): Promise<void> {
  if (values.mutate !== undefined) {
    const count = Number(values.mutate)
    if (!Number.isInteger(count) || count < 1) return fail(`--mutate takes a number of mutants, not ${values.mutate}.`)
    return await reportMutations({ count, seed: values.seed, only: values.only, json: values.json })
  }
  const documents = requirementDocuments()
  if (documents.length === 0)
    return fail('The requirements of the protocol documents are not beside this checkout; nothing to report.')
  const claims = values.claims === undefined ? runTests() : readClaims(readFileSync(values.claims, 'utf8'))
  if (claims !== undefined) report(documents, claims)
}

await main()
