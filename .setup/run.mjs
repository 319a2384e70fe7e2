/**
 * What `npm start`, `npm test` and the other npm scripts go through: makes a fresh clone ready (installs from the lock
 * file when it is missing or stale, builds when a source is newer than the last build), then runs what was asked for.
 * Plain JavaScript without dependencies, because it runs before there are any. When nothing is stale it costs a few
 * milliseconds: one hash of the lock file and one stat per source file.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const installStamp = join(root, 'node_modules', '.ropewalk-installed')
const buildStamp = join(root, '.build', '.ropewalk-built')
const sourceFolders = ['src', 'rops', 'store', 'bench', 'test']

const [major] = process.versions.node.split('.').map(Number)
if (major < 20) fail(`Ropewalk needs Node.js 20 or newer; this is ${process.version}.`)

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function say(message) {
  process.stderr.write(`${message}\n`)
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (result.error) fail(`${command} could not be started: ${result.error.message}`)
  return result.status ?? 1
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** Installs exactly what the lock file names, once per lock file. */
function ensureInstalled() {
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).update(process.version).digest('hex')
  if (readStamp(installStamp) === lock) return
  say('Installing dependencies from package-lock.json ...')
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  if (run('npm', ['ci', ...quiet], { stdio: ['ignore', 2, 'inherit'] }) !== 0) {
    fail('npm ci failed. Check that the npm registry can be reached, then run the command again.')
  }
  writeFileSync(installStamp, lock)
}

/** The source files and the configuration that the build depends on, with their times: changes when any is added, removed or edited. */
function sourceState() {
  const hash = createHash('sha256')
  const visit = folder => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (entry.name.endsWith('.ts')) hash.update(`${path.slice(root.length)}:${statSync(path).mtimeMs}\n`)
    }
  }
  for (const folder of sourceFolders) if (existsSync(join(root, folder))) visit(join(root, folder))
  hash.update(readFileSync(join(root, 'tsconfig.json'))).update(readStamp(installStamp))
  return hash.digest('hex')
}

function ensureBuilt() {
  const state = sourceState()
  if (readStamp(buildStamp) === state) return
  say('Building ...')
  removeOrphans()
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  if (run(process.execPath, [tsc, '-p', root]) !== 0) fail('The build failed; the messages above say where.')
  mkdirSync(dirname(buildStamp), { recursive: true })
  writeFileSync(buildStamp, state)
}

/** Compiled files whose source is gone would still be found by the test runner. */
function removeOrphans() {
  const visit = folder => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (entry.name.endsWith('.js')) {
        const source = join(root, path.slice(join(root, '.build').length).replace(/\.js$/, '.ts'))
        if (!existsSync(source)) {
          rmSync(path)
          rmSync(`${path}.map`, { force: true })
        }
      }
    }
  }
  for (const folder of sourceFolders) {
    const built = join(root, '.build', folder)
    if (existsSync(built)) visit(built)
  }
}

/** Runs a compiled module in this process, as if it had been started directly with these arguments. */
async function runModule(file, args) {
  const path = join(root, '.build', file)
  process.argv = [process.execPath, path, ...args]
  await import(pathToFileURL(path).href)
}

/** Test files below .build/test, or those whose path contains one of the given words. */
function testFiles(words) {
  const found = []
  const visit = folder => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (entry.name.endsWith('.test.js')) found.push(path.slice(root.length + 1))
    }
  }
  visit(join(root, '.build', 'test'))
  found.sort()
  return words.length === 0 ? found : found.filter(file => words.some(word => file.includes(word)))
}

/** What remains on the screen when the reporter has finished: its report without the frames that it redrew. */
function lastFrame(output) {
  const shown = output.slice(output.lastIndexOf('\u001b[?25h') + 1)
  return shown.replace(/\u001b?\[[0-9;?]*[A-Za-z]/g, '')
}

/** Lints, then runs the tests and closes with one plain line that says how many passed and failed. */
async function test(words) {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
  if (words.length === 0 && run(process.execPath, [biome, 'ci', '--error-on-warnings', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.']) !== 0) {
    fail('The linter found something to mend; `npm run format` repairs what can be repaired.')
  }
  const files = testFiles(words)
  if (files.length === 0) fail(`No test file matches ${words.join(', ')}.`)
  const tap = join(root, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs')
  // A chosen part may be a long run of a fuzzer or of the kill driver; the whole is stopped when it hangs.
  const timeout = words.length === 0 ? 300 : 0
  const args = [tap, '--disable-coverage', '--jobs=2', `--timeout=${timeout}`, '--reporter=terse', ...files]
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
    if (process.stdout.isTTY) process.stdout.write(chunk)
  })
  child.on('close', code => {
    const totals = /# \{ total: (\d+)(?:, pass: (\d+))?(?:, fail: (\d+))?(?:, skip: (\d+))?/.exec(output)
    const [pass, failed, skipped] = totals === null ? [0, 0, 0] : [totals[2], totals[3], totals[4]].map(n => Number(n ?? 0))
    if (!process.stdout.isTTY) process.stdout.write(lastFrame(output))
    process.stdout.write(`\n${pass} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
    process.exitCode = code === 0 && totals === null ? 1 : (code ?? 1)
  })
}

const [what = 'start', ...rest] = process.argv.slice(2)
ensureInstalled()
if (what === 'format') process.exit(run(process.execPath, [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--write', '.']))
ensureBuilt()
if (what === 'start') await runModule('src/main.js', ['serve', ...rest])
else if (what === 'test') await test(rest)
else if (what === 'ropewalk') await runModule('src/main.js', rest)
else if (what === 'module') await runModule(rest[0], rest.slice(1))
else if (what !== 'build') fail(`.setup/run.mjs does not know '${what}'.`)
