import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The package's version, from its package.json: two folders above the compiled file. */
export function packageVersion(): string {
  const path = join(import.meta.dirname, '..', '..', 'package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
