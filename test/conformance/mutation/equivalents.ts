import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutation } from './mutations.js'

/** Mutations that change nothing that anybody could observe, each with the reason. */
export const EQUIVALENTS_FILE = join('test', 'conformance', 'mutation', 'equivalents.tsv')

export interface Equivalent {
  /** The source, e.g. `src/mailbox/folders/folder.ts`, and the function in it. */
  source: string
  within: string
  was: string
  becomes: string
  reason: string
}

/** Five columns: source, function, expression, what it becomes, reason. Lines that begin with # are remarks. */
export function readEquivalents(file: string = EQUIVALENTS_FILE): Equivalent[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => {
      const [source, within, was, becomes, reason, ...rest] = line.split('\t')
      if (reason === undefined || reason === '' || rest.length > 0)
        throw new TypeError(`${file}: not 'source, function, was, becomes, reason': ${line}`)
      return { source, within, was, becomes, reason }
    })
}

/** Whether a mutation of a compiled script is in the list. */
export function isEquivalent(list: readonly Equivalent[], script: string, mutation: Mutation): boolean {
  const source = script.replace(/\.js$/, '.ts')
  return list.some(
    one =>
      one.source === source &&
      one.within === mutation.within &&
      one.was === mutation.was &&
      one.becomes === mutation.becomes
  )
}
