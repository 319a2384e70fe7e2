import type { Requirement } from './requirements.js'

/** What a run of the tests claimed. */
export interface Claims {
  /** The test files that claim a requirement and passed, by requirement. */
  files: Map<string, string[]>
  /** Test files that failed: what they claimed does not count. */
  failed: string[]
  /** Test files that claimed something and were never heard of again: killed, or still running. */
  unfinished: string[]
}

/** Reads what the ledger wrote: `id, tab, test file`, and `passed` or `failed` with the test file at its end. */
export function readClaims(text: string): Claims {
  const pending = new Map<string, Set<string>>()
  const passed = new Map<string, Set<string>>()
  const failed = new Set<string>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [word, file] = line.split('\t')
    if (file === undefined) throw new TypeError(`not a line of the conformance ledger: ${line}`)
    if (word !== 'passed' && word !== 'failed') {
      pending.set(file, (pending.get(file) ?? new Set<string>()).add(word))
      continue
    }
    // The last run of a file counts, when one file of claims holds several.
    passed.delete(file)
    failed.delete(file)
    if (word === 'failed') failed.add(file)
    else passed.set(file, pending.get(file) ?? new Set())
    pending.delete(file)
  }
  const files = new Map<string, string[]>()
  const counting = [...passed].filter(([file]) => !pending.has(file))
  for (const [file, ids] of counting) for (const id of ids) files.set(id, [...(files.get(id) ?? []), file].sort())
  return { files, failed: [...failed].sort(), unfinished: [...pending.keys()].sort() }
}

/** Claims of rows that no document has: slips of the pen. */
export function unknownClaims(claims: Claims, known: Iterable<Requirement>): string[] {
  const ids = new Set(Array.from(known, ({ id }) => id))
  return [...claims.files.keys()].filter(id => !ids.has(id)).sort()
}
