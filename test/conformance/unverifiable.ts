import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Testable rows that this server cannot verify, each with the reason; read by people as much as by the report. */
export const UNVERIFIABLE_FILE = join('test', 'conformance', 'unverifiable.tsv')

/** The reasons by requirement. Each line is a requirement, a tab and a sentence; lines that begin with # are remarks. */
export function readUnverifiable(file: string = UNVERIFIABLE_FILE): Map<string, string> {
  const reasons = new Map<string, string>()
  if (!existsSync(file)) return reasons
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [id, reason, ...rest] = line.split('\t')
    if (!/^MS-[A-Z]+_R\d+$/.test(id) || reason === undefined || reason === '' || rest.length > 0)
      throw new TypeError(`${file}: not 'requirement, tab, reason': ${line}`)
    if (reasons.has(id)) throw new TypeError(`${file}: ${id} stands there twice`)
    reasons.set(id, reason)
  }
  return reasons
}
