import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readClaims } from '../claims.js'
import { coveredRanges, type Ranges, type ScriptCoverage, unionOf } from './covered-ranges.js'
import { inParallel } from './in-parallel.js'
import { runTestFile } from './test-process.js'

/** What one test file runs and claims. Paths are relative to the build folder. */
export interface TestCoverage {
  file: string
  passed: boolean
  durationMs: number
  /** The requirements that it claims. */
  claims: string[]
  /** Every compiled script that it loads, with the hash of its text: while all are the same, all of this is. */
  scripts: Record<string, string>
  /** What runs, by script; only of scripts that may be broken. */
  covered: Record<string, Ranges>
}

export interface CoverageOptions {
  /** The folder of the compiled files. */
  build: string
  /** Test files, relative to the build folder. */
  tests: readonly string[]
  /** Whether a script (relative to the build folder) may be broken. */
  mayBreak: (script: string) => boolean
  jobs: number
  /** Where coverage is kept between runs; nowhere when undefined. */
  cache?: string
  onTest?: () => void
}

const TEST_TIMEOUT_MS = 300_000

/** Runs test files with V8's coverage on, except those of which nothing has changed since it was last measured. */
export async function measureCoverage(options: CoverageOptions): Promise<TestCoverage[]> {
  const { build, cache } = options
  const kept: TestCoverage[] = cache !== undefined && existsSync(cache) ? JSON.parse(readFileSync(cache, 'utf8')) : []
  const hash = hasher(build)
  const isFresh = ({ passed, scripts }: TestCoverage): boolean =>
    passed && Object.entries(scripts).every(([script, was]) => hash(script) === was)
  const known = new Map(kept.filter(isFresh).map(one => [one.file, one]))
  const measured = await inParallel(options.tests, options.jobs, async file => {
    const result = known.get(file) ?? (await measureTwice(options, file, hash))
    known.set(file, result)
    options.onTest?.()
    return result
  })
  if (cache !== undefined) writeFileSync(cache, JSON.stringify([...known.values()]))
  return measured
}

/** The hash of a script's text, read once; undefined when it is gone. */
function hasher(build: string): (script: string) => string | undefined {
  const hashes = new Map<string, string | undefined>()
  return script => {
    if (!hashes.has(script)) {
      const path = join(build, script)
      hashes.set(script, existsSync(path) ? createHash('sha1').update(readFileSync(path)).digest('hex') : undefined)
    }
    return hashes.get(script)
  }
}

/** A test that waits for something may fail on a machine that is busy with the others: it gets a second chance. */
async function measureTwice(...args: Parameters<typeof measureTest>): Promise<TestCoverage> {
  const first = await measureTest(...args)
  return first.passed ? first : measureTest(...args)
}

async function measureTest(
  { build, mayBreak }: CoverageOptions,
  file: string,
  hash: (script: string) => string | undefined
): Promise<TestCoverage> {
  const folder = mkdtempSync(join(tmpdir(), 'ropewalk-coverage-'))
  try {
    const claimsFile = join(folder, 'claims')
    const env = { NODE_V8_COVERAGE: join(folder, 'v8'), CONFORMANCE_CLAIMS: claimsFile }
    const { passed, durationMs } = await runTestFile(join(build, file), env, TEST_TIMEOUT_MS)
    const claims = existsSync(claimsFile) ? [...readClaims(readFileSync(claimsFile, 'utf8')).files.keys()] : []
    const scripts: Record<string, string> = {}
    const covered: Record<string, Ranges> = {}
    for (const script of coverageFiles(join(folder, 'v8'))) {
      if (!script.url.startsWith('file:')) continue
      const path = relative(build, fileURLToPath(script.url))
      const text = path.startsWith('..') ? undefined : hash(path)
      if (text === undefined) continue
      scripts[path] = text
      if (mayBreak(path)) covered[path] = unionOf(covered[path] ?? [], coveredRanges(script))
    }
    return { file, passed, durationMs, claims, scripts, covered }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The scripts in what V8 has written, one file for each process that a test had. */
function* coverageFiles(folder: string): Generator<ScriptCoverage> {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: ScriptCoverage[] }
    yield* result
  }
}
