import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join, normalize } from 'node:path'

/** Where a compiled place stands in the source: `src/mailbox/folders/folder.ts:178`, or in the script without a map. */
export function sourcePosition(build: string, script: string, text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  const line = before.length - 1
  const map = join(build, `${script}.map`)
  if (!existsSync(map)) return `${script}:${line + 1}`
  const entry = new SourceMap(JSON.parse(readFileSync(map, 'utf8'))).findEntry(line, before[line].length)
  if (!('originalSource' in entry)) return `${script}:${line + 1}`
  return `${normalize(script).replace(/\.js$/, '.ts')}:${entry.originalLine + 1}`
}
