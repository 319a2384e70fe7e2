import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { claimingTests } from './claiming-tests.js'
import { readEquivalents } from './equivalents.js'
import { type MutantResult, type MutationReport, mutate } from './mutate.js'
import { Progress } from './progress.js'

export interface MutationReportOptions {
  count: number
  seed: string
  /** Documents (`MS-OXCFOLD`), and patterns of source paths (`src/mailbox/folders`). */
  only: readonly string[]
  json: boolean
}

/** Where claimed behaviours lie. */
const BREAKABLE = /^(src\/(mailbox|emsmdb|oxcdata|nspi|fronts\/mapi-http)|rops)\//
/** Generated tables, and the checker of stores, which no client ever meets. */
const SPARED = /\.generated\.js$|^src\/mailbox\/check\.js$/

/** `npm run conformance -- --mutate 50 --seed 1`: prints what survives as it is found; the exit code is 1 when anything does. */
export async function reportMutations({ count, seed, only, json }: MutationReportOptions): Promise<void> {
  const build = dirname(dirname(dirname(import.meta.dirname)))
  const tests = claimingTests(build)
  const documents = only.filter(one => /^MS-[A-Z]+$/.test(one))
  const paths = only.filter(one => !documents.includes(one)).map(one => new RegExp(one))
  const startMs = performance.now()
  let progress = await Progress.start('Measuring what the tests run', tests.length)
  const report = await mutate({
    build,
    tests,
    count,
    seed,
    documents,
    mayBreak: script => BREAKABLE.test(script) && !SPARED.test(script),
    chosen: script => paths.length === 0 || paths.some(path => path.test(script.replace(/\.js$/, '.ts'))),
    equivalents: readEquivalents(),
    jobs: availableParallelism(),
    cache: join(build, 'conformance-coverage.json'),
    onTest: () => progress.step(),
    onMutants: async drawn => {
      progress.stop()
      progress = await Progress.start('Breaking claimed behaviours', drawn)
    },
    onMutant: mutant => {
      progress.step()
      if (mutant.verdict === 'survived' && !json) progress.print(survivor(mutant))
    }
  })
  progress.stop()
  const seconds = Math.round((performance.now() - startMs) / 1000)
  if (json) process.stdout.write(`${JSON.stringify({ seed, seconds, ...report }, null, 2)}\n`)
  else print(report, seed, seconds)
  const hasSurvivors = report.mutants.some(({ verdict }) => verdict === 'survived')
  if (hasSurvivors || report.failing.length > 0 || report.mutants.length === 0) process.exitCode = 1
}

function print({ places, mutants, failing }: MutationReport, seed: string, seconds: number): void {
  for (const file of failing) process.stdout.write(`${file} fails without any mutation.\n`)
  const number = (verdict: MutantResult['verdict']): number => mutants.filter(one => one.verdict === verdict).length
  process.stdout.write(
    `${mutants.length} of ${places} places broken with seed ${seed}: ${number('killed')} killed, ` +
      `${number('timed out')} timed out, ${number('survived')} survived, in ${seconds} s\n`
  )
}

function survivor({ position, within, was, becomes, tests, claims }: MutantResult): string {
  const counts = new Map<string, number>()
  for (const id of claims) {
    const document = id.slice(0, id.indexOf('_'))
    counts.set(document, (counts.get(document) ?? 0) + 1)
  }
  const claimed = [...counts].map(([document, count]) => `${document} ${count}`).join(', ')
  const nearest = tests.slice(0, 3).map(file => file.replace(/\.js$/, '.ts'))
  return (
    `${position} ${within}\n  ${was}\n  survives as ${becomes}\n` +
    `  run by ${tests.length} test files (${nearest.join(', ')}${tests.length > 3 ? ' ...' : ''})\n` +
    `  that claim ${claimed}\n\n`
  )
}
