/** `ropewalk inspect` and `ropewalk replay` as a user calls them. */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { JsonTree } from '../../src/captures/listing/tree-json.js'
import { startServer } from '../../src/index.js'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.js')
const FOLDER = join('captures', 'first-steps')
const scratch = mkdtempSync(join(tmpdir(), 'ropewalk-commands-'))
t.teardown(() => rmSync(scratch, { recursive: true, force: true }))

interface Ended {
  status: number | null
  stdout: string
  stderr: string
}

/** Runs the command line to its end, without a terminal. */
function ropewalk(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const clean = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ROPEWALK_PASSWORD: undefined, ...env }
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: clean })
    const ended = { stdout: '', stderr: '' }
    child.stdout.on('data', chunk => (ended.stdout += chunk))
    child.stderr.on('data', chunk => (ended.stderr += chunk))
    child.once('error', reject)
    child.once('close', status => resolve({ status, ...ended }))
  })
}

t.test('inspect a folder, one exchange, one file', async t => {
  const whole = await ropewalk(['inspect', FOLDER])
  t.match(whole, { status: 0, stderr: '' })
  t.match(whole.stdout, /^captures.first-steps: 29 exchanges\nrecording first-steps\n/)
  t.notMatch(whole.stdout, /undecoded/, 'whole')
  t.notOk(whole.stdout.includes('\u001b'), 'without colours')
  t.match(whole.stdout, /PidTagSubject +"Three strands"/)
  const one = await ropewalk(['inspect', FOLDER, '--only', '7'])
  t.match(one.stdout, /\n07-messages-rest {2}Execute {2}HTTP 200/)
  t.match(one.stdout, /input 0 \(contents of folder Inbox\)/, 'what earlier exchanges taught')
  t.match(one.stdout, /PidTagMessageDeliveryTime +2026-03-01T08:00:00Z/, 'columns set in the exchange before')
  t.notMatch(one.stdout, /06-messages/)
  const file = await ropewalk(['inspect', join(FOLDER, '07-messages-rest.response.bin'), '--hex'])
  t.match(file.stdout, /^0000\w\w +\d+ .*PidTagSubject/m)
  t.notMatch(file.stdout, /request {2}\d+ bytes/)
  const coloured = await ropewalk(['inspect', FOLDER, '--only', '3', '--color', 'always'])
  t.ok(coloured.stdout.includes('\u001b[1;36mRopLogon'))
})

t.test('inspect as JSON', async t => {
  const { stdout, status } = await ropewalk(['inspect', FOLDER, '--json', '--only', '18'])
  t.equal(status, 0)
  const json = JSON.parse(stdout) as { exchanges: { name: string; response: { fields: JsonTree[] } }[] }
  t.equal(json.exchanges.length, 1)
  const flat = (trees: readonly JsonTree[]): JsonTree[] => trees.flatMap(one => [one, ...flat(one.children ?? [])])
  const fields = flat(json.exchanges[0].response.fields)
  t.match(
    fields.find(({ name }) => name === 'PidTagSubject'),
    { value: 'Three strands', text: '"Three strands"', kind: 'text' }
  )
  t.match(
    fields.find(({ name }) => name === 'PidLidReminderSet'),
    { value: true }
  )
})

t.test('inspect what is none', async t => {
  const missing = await ropewalk(['inspect', join(scratch, 'nothing')])
  t.match(missing, { status: 1, stderr: /error: .*does not exist.*\nWhat can be read:/ })
  t.match(await ropewalk(['inspect', FOLDER, '--only', '99']), {
    status: 1,
    stderr: /no exchange 99.*\nExchanges: 01-ping/
  })
  t.match(await ropewalk(['inspect']), { status: 1, stderr: /missing required argument/ })
})

t.test('replay', async t => {
  const world = join(FOLDER, 'world.yaml')
  const server = await startServer({ world, memory: true, ports: 0, logLevel: 'silent' })
  t.teardown(() => server.stop())
  const { http } = server.urls
  const same = await ropewalk(['replay', FOLDER, '--server', http], { ROPEWALK_PASSWORD: 'kim' })
  t.match(same, { status: 0, stderr: '' })
  t.match(same.stdout, /^01-ping +PING +ok/)
  t.match(same.stdout, /\n29 exchanges compared: no unexplained difference\n$/)

  const folder = join(scratch, 'false')
  cpSync(FOLDER, folder, { recursive: true })
  const path = join(folder, '07-messages-rest.response.bin')
  const bytes = readFileSync(path)
  bytes.write('X', bytes.indexOf(Buffer.from('Welcome', 'utf16le')), 'latin1')
  writeFileSync(path, bytes)
  const args = ['replay', folder, '--server', http, '--user', 'kim@steps.example', '--password', 'kim']
  const differs = await ropewalk([...args, '--stop-on-difference'])
  t.equal(differs.status, 1)
  t.match(
    differs.stdout,
    /07-messages-rest +Execute +differs.*\n {2}RopQueryRows.rows.\[0\].PidTagSubject\n {4}recorded {2}"Xelcome"\n {4}live {6}"Welcome"/
  )
  t.match(differs.stdout, /7 exchanges compared: 1 unexplained difference\n$/)
  const json = await ropewalk([...args, '--json'])
  t.equal(json.status, 1)
  t.match(JSON.parse(json.stdout), { user: 'kim@steps.example', server: http, unexplained: 1 })

  t.match(await ropewalk(['replay', FOLDER, '--server', http]), { status: 2, stderr: /ROPEWALK_PASSWORD/ })
  t.match(await ropewalk(['replay', FOLDER]), { status: 1, stderr: /--server/ })
})
