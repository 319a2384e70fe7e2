import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { importFault } from './layers.js'
import { callsOf, functionsOf, importsOf, readSources, type Source } from './source.js'

const PRODUCT = ['src', 'rops', 'store']
const ALL = [...PRODUCT, 'bench', 'test']
const MAX_FILE_LINES = 500
const MAX_FUNCTION_LINES = 70
const FORBIDDEN_FOLDERS = new Set(['utils', 'common', 'helpers', 'core', 'lib', 'shared', 'types'])
const TOP_LEVEL = new Set([
  ...['src', 'rops', 'store', 'bench', 'test', 'captures', 'package.json', 'package-lock.json', 'tsconfig.json'],
  ...['biome.json', 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'LICENSE'],
  ...['node_modules', 'data']
])

/** Clock, random numbers, timers and the console have one door each. */
const BANNED: readonly { call: RegExp; except: RegExp; instead: string }[] = [
  {
    call: /^(Date\.now|performance\.now|new Date:0)$/,
    except: /^src\/(runtime\.ts|cli\/)/,
    instead: 'Runtime.now or Runtime.monotonic'
  },
  {
    call: /^(Math\.random|randomBytes|randomUUID|randomFillSync|crypto\.\w*[rR]andom\w*)$/,
    except: /^src\/runtime\.ts$/,
    instead: 'Runtime.random'
  },
  { call: /^(setTimeout|setInterval)$/, except: /^src\/(runtime\.ts|client\/|cli\/)/, instead: 'Runtime.timer' },
  { call: /^console\.\w+$/, except: /^src\/(cli\/|main\.ts)/, instead: 'the logger' },
  { call: /^process\.exit$/, except: /^src\/(cli\/|main\.ts)/, instead: 'an error' }
]

const sources = readSources(ALL)
const product = sources.filter(source => PRODUCT.some(folder => source.path.startsWith(`${folder}/`)))
const isGenerated = (source: Source): boolean => source.path.endsWith('.generated.ts')

t.test('every import goes to the own room or a lower floor', async t => {
  const faults: string[] = []
  for (const source of product) {
    for (const specifier of importsOf(source)) {
      if (!specifier.startsWith('.')) continue
      const target = normalize(join(dirname(source.path), specifier)).replace(/\.js$/, '.ts')
      const fault = importFault(source.path, target)
      if (fault !== undefined) faults.push(`${source.path} imports ${target}: ${fault}`)
    }
  }
  t.strictSame(faults, [])
})

t.test('the layer rules refuse what they should', async t => {
  t.match(importFault('store/keys.ts', 'src/oxcdata/ids.ts'), /may not import/)
  t.match(importFault('rops/folder/rop-open-folder.ts', 'rops/table/rop-query-rows.ts'), /another family/)
  t.match(importFault('rops/folder/rop-open-folder.ts', 'store/store.ts'), /never touches the store/)
  t.match(importFault('src/mailbox/folders/folder.ts', 'src/emsmdb/session.ts'), /may not import/)
  t.match(importFault('src/fronts/mapi-http/x.ts', 'src/fronts/autodiscover/y.ts'), /may not import/)
  t.equal(importFault('src/fronts/mapi-http/x.ts', 'src/fronts/http/y.ts'), undefined)
  t.equal(importFault('src/emsmdb/processor.ts', 'rops/index.ts'), undefined)
})

t.test('clock, random numbers, timers and console go through their one door', async t => {
  const faults: string[] = []
  for (const source of product) {
    for (const { name, args, line } of callsOf(source)) {
      const asWritten = name === 'new Date' ? `new Date:${Math.min(args, 1)}` : name
      const ban = BANNED.find(rule => rule.call.test(asWritten) && !rule.except.test(source.path))
      if (ban !== undefined) faults.push(`${source.path}:${line}: ${name}; use ${ban.instead}`)
    }
  }
  t.strictSame(faults, [])
})

t.test(`files stay under ${MAX_FILE_LINES} lines and functions under ${MAX_FUNCTION_LINES}`, async t => {
  const faults: string[] = []
  for (const source of sources) {
    if (isGenerated(source)) continue
    const lines = source.text.split('\n').length - 1
    if (lines > MAX_FILE_LINES) faults.push(`${source.path}: ${lines} lines`)
    for (const found of functionsOf(source)) {
      if (found.lines > MAX_FUNCTION_LINES)
        faults.push(`${source.path}:${found.line}: ${found.name} has ${found.lines} lines`)
    }
  }
  t.strictSame(faults, [])
})

t.test('names: kebab-case files, no forbidden folders, no default exports, no enums', async t => {
  const faults: string[] = []
  for (const source of sources) {
    const parts = source.path.split('/')
    if (parts.slice(0, -1).some(part => FORBIDDEN_FOLDERS.has(part)))
      faults.push(`${source.path}: folder name says nothing`)
    if (!/^[a-z0-9]+([-.][a-z0-9]+)*\.ts$/.test(parts.at(-1)!)) faults.push(`${source.path}: not kebab-case`)
    ts.forEachChild(source.tree, node => {
      if (ts.isEnumDeclaration(node)) faults.push(`${source.path}: enum`)
      if (ts.isExportAssignment(node)) faults.push(`${source.path}: default export`)
    })
  }
  t.strictSame(faults, [])
})

t.test('the top level holds what the plan names and nothing else', async t => {
  const odd = readdirSync('.').filter(name => !name.startsWith('.') && !TOP_LEVEL.has(name))
  t.strictSame(odd, [])
})

t.test('the lock file records no download addresses', async t => {
  t.notMatch(readFileSync('package-lock.json', 'utf8'), /"resolved":/)
  t.ok(existsSync('.npmrc'))
})
