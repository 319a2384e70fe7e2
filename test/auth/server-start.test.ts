/** The key of the passwords as a whole server has it: in its data directory, asked for at each start. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { SECRET_KEY_FILE } from '../../src/auth/index.js'
import { HttpConnection } from '../../src/client/http-connection.js'
import { type StartOptions, startServer } from '../../src/index.js'
import { MAIN } from '../end-to-end/server-process.js'

const common: StartOptions = { world: null, ports: 0, httpsPort: null, logLevel: 'silent' }

function folder(t: Test): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'ropewalk-start-'))
  t.teardown(() => rmSync(dataDir, { recursive: true }))
  return dataDir
}

test('a key is made once; without it the server does not start, unless it is told to', async t => {
  const dataDir = folder(t)
  const file = join(dataDir, SECRET_KEY_FILE)
  await (await startServer({ ...common, dataDir })).stop()
  if (process.platform !== 'win32') t.equal(statSync(file).mode & 0o777, 0o600)
  await (await startServer({ ...common, dataDir })).stop()
  rmSync(file)
  await t.rejects(startServer({ ...common, dataDir }), { name: 'SecretKeyError' })
  t.notOk(existsSync(file))
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'serve', '--data', dataDir, '--http-port', '0'], {
    encoding: 'utf8',
    timeout: 30_000
  })
  t.equal(status, 1)
  t.match(stderr, /secret\.key is missing/)
  t.match(stderr, /Put the right file back from your backup.*--replace-secret-key/s)
  t.notMatch(stderr, /\bat /, 'no stack')
  await (await startServer({ ...common, dataDir, replaceSecretKey: true })).stop()
  t.ok(existsSync(file))
  await (await startServer({ ...common, dataDir })).stop()
})

test('settings choose what a 401 offers', async t => {
  const offers = async (settings: StartOptions) => {
    const server = await startServer({ ...common, memory: true, ...settings })
    const { hostname, port } = new URL(server.urls.http!)
    const connection = await HttpConnection.open({ host: hostname, port: Number(port) })
    const answer = await connection.request('POST', '/mapi/emsmdb/', {}, new Uint8Array())
    connection.close()
    await server.stop()
    return answer.headers.get('www-authenticate')
  }
  t.equal(await offers({}), 'NTLM, Basic realm="ropewalk"')
  t.equal(await offers({ authSchemes: ['basic'] }), 'Basic realm="ropewalk"')
  t.equal(await offers({ authSchemes: ['basic', 'ntlm'], serverName: 'mail' }), 'Basic realm="mail", NTLM')
  await t.rejects(offers({ authSchemes: ['kerberos'] as never }), /authSchemes/)
  await t.rejects(offers({ authSchemes: [] }), /authSchemes/)
  await t.rejects(offers({ lmCompatibilityLevel: 6 }), /lmCompatibilityLevel/)
})
