/**
 * `npm run bench`: everything that is measured, in one run on one machine: layouts and compression, the store, worlds,
 * tables, folders, the address book, the HTTP front, and whole operations over HTTP. `npm run bench -- micro`, `-- store`, `-- world` or `-- end-to-end` take a part;
 * `-- --quick` measures each case briefly. Figures worth keeping stand in bench/README.md.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } }
})
const here = import.meta.dirname

const PARTS: Readonly<Record<string, string[]>> = {
  micro: [join(here, 'micro', 'index.js'), ...(values.quick ? ['--ms', '20'] : [])],
  store: [join(here, 'store', 'main.js')],
  world: [join(here, 'world', 'main.js'), ...(values.quick ? ['--messages', '5000'] : [])],
  tables: ['--expose-gc', join(here, 'tables', 'main.js'), ...(values.quick ? ['--messages', '1000'] : [])],
  folders: [join(here, 'folders', 'main.js'), ...(values.quick ? ['--messages', '5000'] : [])],
  nspi: [join(here, 'nspi', 'main.js'), ...(values.quick ? ['--people', '1000'] : [])],
  fronts: [join(here, 'fronts', 'http.bench.js')],
  'end-to-end': [
    join(here, '..', 'src', 'main.js'),
    'bench',
    ...(values.quick ? ['--seconds', '1', '--warmup', '0.3'] : [])
  ]
}

const unknown = positionals.filter(name => PARTS[name] === undefined)
if (unknown.length > 0) {
  process.stderr.write(`There is no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}.\n`)
  process.exitCode = 1
} else {
  for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
    process.stdout.write(`\n# ${name}\n`)
    const { status } = spawnSync(process.execPath, PARTS[name], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}
