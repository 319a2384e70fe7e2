import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestCoverage } from './coverage.js'
import { isCovered } from './covered-ranges.js'
import { type Equivalent, isEquivalent } from './equivalents.js'
import { type Mutation, mutationsOf } from './mutations.js'

/** A covered place that can be broken. */
export interface Candidate {
  /** The compiled script, relative to the build folder. */
  script: string
  mutation: Mutation
  /** The test files that run the place, the likeliest to notice first. */
  tests: TestCoverage[]
}

/** Every place that one of the test files runs, in scripts that `chosen` accepts. */
export function candidatesOf(
  build: string,
  coverage: readonly TestCoverage[],
  chosen: (script: string) => boolean
): Candidate[] {
  const scripts = [...new Set(coverage.flatMap(({ covered }) => Object.keys(covered)))].filter(chosen).sort()
  return scripts.flatMap(script => {
    const running = inOrder(
      script,
      coverage.filter(({ covered }) => covered[script] !== undefined)
    )
    return mutationsOf(readFileSync(join(build, script), 'utf8')).flatMap(mutation => {
      const tests = running.filter(({ covered }) => isCovered(covered[script], mutation.start))
      return tests.length === 0 ? [] : [{ script, mutation, tests }]
    })
  })
}

/**
 * `count` of the candidates, the same ones for the same seed. Each has a place in the draw of its own, so that a change of
 * the sources changes the draw only where it touches them. Those known to be equivalent are passed over.
 */
export function draw(
  candidates: readonly Candidate[],
  count: number,
  seed: string,
  equivalents: readonly Equivalent[]
): Candidate[] {
  const lot = ({ script, mutation }: Candidate): string =>
    createHash('sha1')
      .update([seed, script, ...[mutation.within, mutation.was, mutation.becomes, mutation.occurrence]].join('\0'))
      .digest('hex')
  return candidates
    .filter(({ script, mutation }) => !isEquivalent(equivalents, script, mutation))
    .map(candidate => ({ candidate, lot: lot(candidate) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate)
}

/** Tests whose path speaks of the same things as the script come first, then quick ones. */
function inOrder(script: string, tests: readonly TestCoverage[]): TestCoverage[] {
  const words = new Set(wordsOf(script))
  const kinship = ({ file }: TestCoverage): number => new Set(wordsOf(file).filter(word => words.has(word))).size
  return [...tests].sort((a, b) => kinship(b) - kinship(a) || a.durationMs - b.durationMs)
}

/** `src/mailbox/folders/copy-folder.js`: mailbox, folder, copy. */
function wordsOf(path: string): string[] {
  return path.split(/[/.-]/).map(word => word.replace(/s$/, ''))
}
