import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Candidate, candidatesOf, draw } from './candidates.js'
import { type CoverageOptions, measureCoverage } from './coverage.js'
import type { Equivalent } from './equivalents.js'
import { inParallel } from './in-parallel.js'
import { broken, type Mutation } from './mutations.js'
import { sourcePosition } from './source-position.js'
import { runTestFile } from './test-process.js'

export interface MutateOptions extends CoverageOptions {
  count: number
  seed: string
  /** Only places that a test file runs which claims a requirement of one of these documents; all when empty. Every test judges. */
  documents: readonly string[]
  /** Which scripts are broken, of those that may be. */
  chosen: (script: string) => boolean
  equivalents: readonly Equivalent[]
  onMutants?: (count: number) => Promise<void>
  onMutant?: (result: MutantResult) => void
}

/** What became of one mutant. */
export interface MutantResult extends Pick<Mutation, 'kind' | 'within' | 'was' | 'becomes'> {
  /** In the TypeScript source: `src/mailbox/folders/folder.ts:178`. */
  position: string
  verdict: 'killed' | 'timed out' | 'survived'
  /** The test file that noticed. */
  killedBy?: string
  /** The test files that run the place. */
  tests: string[]
  /** The requirements that those claim. */
  claims: string[]
}

export interface MutationReport {
  /** Covered places that could be broken, each in one way. */
  places: number
  mutants: MutantResult[]
  /** Claiming test files that fail without any mutation: they can tell nothing. */
  failing: string[]
}

/** How long a test may take with a mutant, beside the time that it took without. */
const PATIENCE = { factor: 5, extraMs: 10_000 }

/** Breaks claimed behaviours one at a time and runs the tests that claim them. */
export async function mutate(options: MutateOptions): Promise<MutationReport> {
  const all = await measureCoverage(options)
  const failing = all.filter(({ passed }) => !passed).map(({ file }) => file)
  const claiming = all.filter(({ passed, claims }) => passed && claims.length > 0)
  const candidates = candidatesOf(options.build, claiming, options.chosen).filter(({ tests }) =>
    tests.some(({ claims }) => claims.some(id => isOf(id, options.documents)))
  )
  const drawn = draw(candidates, options.count, options.seed, options.equivalents)
  await options.onMutants?.(drawn.length)
  const mutants = await inParallel(drawn, options.jobs, async candidate => {
    const result = await judge(options.build, candidate)
    options.onMutant?.(result)
    return result
  })
  return { places: candidates.length, mutants, failing }
}

function isOf(id: string, documents: readonly string[]): boolean {
  return documents.length === 0 || documents.some(document => id.startsWith(`${document}_`))
}

/** Runs the tests of a place, one after another, until one of them notices. */
async function judge(build: string, { script, mutation, tests }: Candidate): Promise<MutantResult> {
  const folder = mkdtempSync(join(tmpdir(), 'ropewalk-mutant-'))
  try {
    const original = readFileSync(join(build, script), 'utf8')
    const file = join(folder, 'mutant.json')
    const url = pathToFileURL(join(build, script)).href
    writeFileSync(file, JSON.stringify({ url, source: broken(original, mutation) }))
    const result: MutantResult = {
      position: sourcePosition(build, script, original, mutation.start),
      ...pick(mutation),
      verdict: 'survived',
      tests: tests.map(one => one.file),
      claims: [...new Set(tests.flatMap(one => one.claims))].sort()
    }
    for (const test of tests) {
      const timeoutMs = test.durationMs * PATIENCE.factor + PATIENCE.extraMs
      const { passed, timedOut } = await runTestFile(join(build, test.file), mutantEnvironment(file), timeoutMs)
      if (!passed) return { ...result, verdict: timedOut ? 'timed out' : 'killed', killedBy: test.file }
    }
    return result
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function pick({ kind, within, was, becomes }: Mutation): Pick<Mutation, 'kind' | 'within' | 'was' | 'becomes'> {
  return { kind, within, was, becomes }
}

/** A mutant may turn into a loop that takes all memory there is: the heap is limited. */
function mutantEnvironment(mutant: string): NodeJS.ProcessEnv {
  const preload = pathToFileURL(join(import.meta.dirname, 'mutant-preload.js')).href
  const options = [process.env.NODE_OPTIONS ?? '', `--import ${preload}`, '--max-old-space-size=2048']
  return { ROPEWALK_MUTANT: mutant, NODE_OPTIONS: options.join(' ').trim() }
}
