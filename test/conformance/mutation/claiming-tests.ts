import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** The compiler writes an import on one line. */
const IMPORT = /^(?:import|export)\b[^'"\n]*['"](\.[^'"\n]*\.js)['"];$/gm

/** The compiled test files that import the ledger, themselves or through what they import; relative to the build folder. */
export function claimingTests(build: string): string[] {
  const ledger = join('test', 'conformance', 'ledger.js')
  const reaches = new Map<string, boolean>([[ledger, true]])
  const reachesLedger = (file: string): boolean => {
    const known = reaches.get(file)
    if (known !== undefined) return known
    reaches.set(file, false)
    // What is not a test imports none.
    const found = file.startsWith('test') && importsOf(build, file).some(reachesLedger)
    reaches.set(file, found)
    return found
  }
  return testFiles(build, 'test').filter(reachesLedger)
}

function importsOf(build: string, file: string): string[] {
  const path = join(build, file)
  if (!existsSync(path)) return []
  return [...readFileSync(path, 'utf8').matchAll(IMPORT)].map(([, specifier]) =>
    normalize(join(dirname(file), specifier))
  )
}

function testFiles(build: string, folder: string): string[] {
  return readdirSync(join(build, folder), { withFileTypes: true })
    .flatMap(entry => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return testFiles(build, path)
      return entry.name.endsWith('.test.js') ? [path] : []
    })
    .sort()
}
