/**
 * The package as somebody gets it who installs it: packed by npm, unpacked beside its dependencies in a project of its
 * own, started from the command line and from a script, its types read by the compiler.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ServerProcess } from '../end-to-end/server-process.js'

const root = join(import.meta.dirname, '..', '..', '..')
const project = mkdtempSync(join(tmpdir(), 'ropewalk-package-'))
const installed = join(project, 'node_modules', 'ropewalk')
t.teardown(() => rmSync(project, { recursive: true, force: true }))

function run(command: string, args: readonly string[], cwd = project): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}

interface Packed {
  filename: string
  size: number
  files: { path: string }[]
}

let packed: Packed

t.before(() => {
  // The build is the one that these tests are part of, so that nothing has to be built again.
  const output = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], root)
  ;[packed] = JSON.parse(output) as [Packed]
  mkdirSync(installed, { recursive: true })
  run('tar', ['-xzf', join(project, packed.filename), '-C', installed, '--strip-components', '1'])
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'))
  symlinkSync(join(root, 'node_modules', '@types'), join(project, 'node_modules', '@types'))
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'somebody', private: true, type: 'module' }))
})

t.test('what is in it', async t => {
  const paths = packed.files.map(({ path }) => path)
  for (const path of ['README.md', 'LICENSE', 'CHANGELOG.md', '.build/src/main.js', '.build/src/index.d.ts']) {
    t.ok(paths.includes(path), path)
  }
  const foreign = paths.filter(path => /(^|\/)(test|bench|captures|\.setup|\.ci)\//.test(path))
  t.same(
    foreign.filter(path => !/^(\.build\/)?src\/(cli\/bench|captures)\//.test(path)),
    [],
    'no tests, no recordings, no tools of the project'
  )
  t.ok(packed.size < 3e6, `${packed.size} bytes`)
})

t.test('the command line', async t => {
  const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const command = join(installed, bin.ropewalk)
  t.match(run(process.execPath, [command, 'version']), /^ropewalk \d+\.\d+\.\d+/)
  const server = await ServerProcess.start(join(project, 'data'), [], command)
  t.match(await server.textWith('Ctrl-C'), /is ready/)
  const answer = await fetch(`${server.file.httpUrl}/healthz`)
  t.equal(answer.status, 200)
  t.equal((await server.stop()).code, 0)
})

t.test('a script of five lines', async t => {
  const script = [
    "import { startServer } from 'ropewalk'",
    'const server = await startServer({ memory: true, ports: 0 })',
    'console.log((await fetch(`$' + '{server.urls.http}/healthz`)).status, server.users.length > 2)',
    'await server.stop()'
  ]
  writeFileSync(join(project, 'script.mjs'), script.join('\n'))
  const child = spawn(process.execPath, ['script.mjs'], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', chunk => (output += chunk))
  const code = await new Promise(resolve => child.once('exit', resolve))
  t.equal(code, 0)
  t.match(output, /^200 true\n$/m)
})

t.test('its types', async t => {
  const source = [
    "import { type RopewalkServer, startServer } from 'ropewalk'",
    'const server: RopewalkServer = await startServer({ memory: true, ports: 0 })',
    'const url: string = server.urls.http',
    '// @ts-expect-error There is no such option.',
    'await startServer({ memoy: true })',
    'console.log(url)'
  ]
  writeFileSync(join(project, 'use.ts'), source.join('\n'))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck']
  run(process.execPath, [tsc, ...options, '--types', 'node', 'use.ts'])
  t.ok(existsSync(join(installed, '.build', 'src', 'index.d.ts')))
})
