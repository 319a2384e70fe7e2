import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { CommanderError } from 'commander'
import t from 'tap'
import { writeServerFile } from '../../src/cli/server-file.js'
import { CommandError } from '../../src/cli/terminal.js'
import { userCommand } from '../../src/cli/user-command.js'
import { checkDataDir, startServer } from '../../src/index.js'
import { openStoreDirectory } from '../../store/open-store.js'
import { MAIN, ServerProcess } from '../end-to-end/server-process.js'

interface Ran {
  code: number | null
  out: string
  err: string
}

const dataDir = mkdtempSync(join(tmpdir(), 'ropewalk-user-'))
t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))

/** Runs the command in this process: most of what it costs otherwise is starting Node. */
async function run(args: readonly string[]): Promise<Ran> {
  const command = userCommand()
  const ran: Ran = { code: 0, out: '', err: '' }
  for (const each of [command, ...command.commands]) {
    each.exitOverride().configureOutput({
      writeOut: text => (ran.out += text),
      writeErr: text => (ran.err += text)
    })
  }
  const { write } = process.stdout
  process.stdout.write = (text: string | Uint8Array) => {
    ran.out += String(text)
    return true
  }
  try {
    await command.parseAsync([...args, '--data', dataDir], { from: 'user' })
  } catch (error) {
    if (error instanceof CommandError) {
      ran.code = error.exitCode
      ran.err += `${error.message}
${error.hint ?? ''}`
    } else if (error instanceof CommanderError) ran.code = error.exitCode
    else throw error
  } finally {
    process.stdout.write = write
  }
  // Colours were decided when the module was loaded, and the test runner asks for them.
  return { ...ran, out: stripVTControlCharacters(ran.out) }
}

/** Runs the command as a person does. */
function spawned(args: readonly string[], input = ''): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, 'user', ...args, '--data', dataDir], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined }
  })
  const ran: Ran = { code: null, out: '', err: '' }
  child.stdout.on('data', chunk => (ran.out += chunk))
  child.stderr.on('data', chunk => (ran.err += chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise(resolve => child.once('close', code => resolve({ ...ran, code })))
}

const users = async () => JSON.parse((await run(['list', '--json'])).out) as { address: string; disabled: boolean }[]

async function limit(test: typeof t, kim: string): Promise<void> {
  const limits = ['--limit', 'receive=2 MB', '--limit', 'send=unlimited', '--limit', 'warning=']
  const limited = await run(['set', kim, ...limits, '--json'])
  test.match(JSON.parse(limited.out), {
    limits: { receiveBytes: 2 << 20, sendBytes: Number.MAX_SAFE_INTEGER, warningBytes: null }
  })
  test.match(await run(['set', kim, '--limit', 'receive=much']), { code: 1, err: /--limit receive: a size such as/ })
  test.match(await run(['set', kim, '--limit', 'size=1MB']), {
    code: 1,
    err: /name=size is wanted.*\n.*warning, send/s
  })
}

/** What is asked of users, the same with and without a server. */
async function manage(test: typeof t, domain: string): Promise<void> {
  const kim = `kim@${domain}`
  const fields = ['--name', 'Kim', '--attribute', 'title=Clerk', '--locale', 'de-DE']
  const added = await spawned(['add', kim, '--password-stdin', ...fields], 'secret\n')
  test.match(added, { code: 0, out: new RegExp(`Added ${kim} \\(Kim\\)`), err: '' })
  const team = await run(['add', `team@${domain}`, '--kind', 'sharedMailbox', '--json'])
  test.match(JSON.parse(team.out), { kind: 'sharedMailbox', hasPassword: false })
  const set = await run([
    ...[
      'set',
      kim,
      '--name',
      'Kim Kay',
      '--alias',
      `k@${domain}`,
      '--alias',
      `kk@${domain}`,
      '--opens',
      `team@${domain}`
    ],
    ...[
      '--attribute',
      'title=',
      '--attribute',
      'city=Rome',
      '--attribute',
      'businessPhones=1',
      '--attribute',
      'businessPhones=2'
    ],
    ...['--attribute', `photo=@${MAIN}`, '--role', 'publicFolderOwner', '--disable', '--json']
  ])
  test.match(set, { code: 0 }, set.err)
  const changed = JSON.parse(set.out)
  test.match(changed, {
    ...{ name: 'Kim Kay', aliases: [`k@${domain}`, `kk@${domain}`], opens: [`team@${domain}`], disabled: true },
    ...{ roles: ['publicFolderOwner'], attributes: { city: 'Rome', businessPhones: ['1', '2'], photo: String } }
  })
  test.notOk('title' in changed.attributes)
  test.match(await run(['list']), {
    code: 0,
    out: new RegExp(`${kim.replace('.', '\\.')} +Kim Kay  \\(publicFolderOwner, disabled\\)`)
  })
  const enabled = JSON.parse(
    (await run(['set', `K@${domain}`, '--enable', '--alias', '', '--role', 'none', '--no-password', '--json'])).out
  )
  test.match(enabled, { disabled: false, aliases: [], roles: [], hasPassword: false, name: 'Kim Kay' })

  await limit(test, kim)
  const again = await run(['add', kim, '--no-password'])
  test.match(again, { code: 1, err: /address: the address .* belongs to .* already\n.*user set/s })
  test.match(await run(['set', `nobody@${domain}`, '--name', 'x']), { code: 1, err: /has no nobody@.*\n.*user list/s })
  test.match(await run(['add', 'nonsense', '--no-password']), { code: 1, err: /address: must be an address/ })
  test.match(await run(['add', `x@${domain}`, '--no-password', '--opens', 'no@x.y']), {
    code: 1,
    err: /opens\.0: no mailbox/
  })
  test.match(await run(['remove', `team@${domain}`]), { code: 0, out: /Removed team@/ })
  test.match(await run(['remove', `team@${domain}`]), { code: 1, err: /has no team@/ })
  test.notOk((await users()).some(({ address }) => address === `team@${domain}`))
}

t.test('without a data directory', async t => {
  const { code, err } = await run(['list'])
  t.equal(code, 1)
  t.match(err, /is not a data directory.*\n.*ropewalk serve --data/s)
  const server = await startServer({ dataDir, world: null, ports: 0, httpsPort: null, logLevel: 'silent' })
  await server.stop()
  t.match(await run(['list']), { code: 0, out: /no users yet/ })
})

t.test('without a server', async t => {
  await manage(t as never, 'still.example')
  t.match(await checkDataDir(dataDir), { mailboxes: 1, problems: [] })
})

t.test('while a server runs', async t => {
  const server = await ServerProcess.start(dataDir, ['--https-port', 'off'])
  try {
    await manage(t as never, 'running.example')
    t.match(await spawned(['set', 'kim@running.example', '--password-stdin'], 'another'), { code: 0 })
    const client = await server.openClient('kim@running.example', 'another')
    await client.connect()
    t.match(await run(['set', 'kim@running.example', '--disable']), { code: 0 })
    await t.rejects(client.connect(), 'the server itself has disabled the user')
    client.close()
  } finally {
    await server.stop()
  }
  t.ok(
    (await users()).some(({ address }) => address === 'kim@running.example'),
    'and it stays'
  )
})

t.test('how a password is said', async t => {
  t.match(await spawned(['add', 'a@x.example']), { code: 1, err: /no terminal.*\n.*--password-stdin.*--no-password/s })
  t.match(await spawned(['add', 'a@x.example', '--password-stdin'], ''), { code: 1, err: /has no password/ })
  t.match(await spawned(['add', 'a@x.example', '--password-stdin'], 'x'.repeat(5000)), { code: 1, err: /too long/ })
  t.match(await run(['add', 'a@x.example', '--password-stdin', '--password', 'x']), {
    code: 1,
    err: /one way only/
  })
  const help = await run(['add', '--help'])
  t.match(help.out.replace(/\s+/g, ' '), /everybody on this machine can see it, prefer --password-stdin/)
})

t.test('what is said wrong', async t => {
  const refused = async (args: string[], err: RegExp) => t.match(await run(args), { code: 1, err })
  await refused(['set', 'a@x.example'], /Nothing to change/)
  await refused(['set', 'a@x.example', '--attribute', 'colour=red'], /no attribute colour.*\n.*givenName/s)
  await refused(['set', 'a@x.example', '--attribute', 'title'], /name=value/)
  await refused(['set', 'a@x.example', '--attribute', 'seniority=high'], /whole number/)
  await refused(['set', 'a@x.example', '--attribute', 'richText=perhaps'], /true or false/)
  await refused(['set', 'a@x.example', '--attribute', 'photo=me.jpg'], /@FILE/)
  await refused(['set', 'a@x.example', '--attribute', 'photo=@/nowhere/me.jpg'], /ENOENT/)
  await refused(['set', 'a@x.example', '--enable', '--disable'], /do not go together/)
  await refused(['set', 'a@x.example', '--role', 'king'], /roles\.0/)
  await refused(['fly', 'a@x.example'], /unknown command/)
})

t.test('a store that is in use, and server files that lie', async t => {
  const objects = await openStoreDirectory(join(dataDir, 'store'))
  t.match(await run(['list']), { code: 1, err: /is in use, but no server answers/ })
  await objects.close()
  const file = { version: 'x', httpUrl: 'http://127.0.0.1:9', adminToken: 'x', users: [] }
  writeServerFile(dataDir, { ...file, pid: process.pid })
  t.match(await run(['list']), { code: 0, out: /kim@still\.example/ }, 'the process is another one')
  writeServerFile(dataDir, { ...file, pid: 0x3fffffff })
  t.match(await run(['list']), { code: 0 }, 'the process is gone')
  writeFileSync(join(dataDir, 'server.json'), '{')
  t.match(await run(['list']), { code: 0 }, 'the file is none')
  if (process.getuid?.() !== 0) {
    chmodSync(join(dataDir, 'server.json'), 0)
    t.match(await run(['list']), { code: 1, err: /belongs to another user/ })
  }
  rmSync(join(dataDir, 'server.json'), { force: true })
})
