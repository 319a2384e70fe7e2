import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeAuthority, makeKey, makeServerCertificate } from '../../src/certificates/make-certificate.js'
import { systemRuntime } from '../../src/runtime.js'
import { run, withCurl } from '../certificates/openssl.js'
import { MAIN, ServerProcess } from '../end-to-end/server-process.js'

const WORLD = `ropewalk: 1
name: trust
domain: trust.example
users: [{ address: kim@trust.example, name: Kim, password: kim }]
`

const ropewalk = (...args: string[]) => run(process.execPath, [MAIN, ...args])

t.test('from the start of a server to a client that trusts it', async t => {
  const folder = t.testdir({ 'world.yaml': WORLD })
  const data = join(folder, 'data')
  t.match(await ropewalk('trust', '--data', data), {
    code: 1,
    text: /has no certification authority yet[\s\S]*ropewalk serve/
  })
  const server = await ServerProcess.start(data, ['--world', join(folder, 'world.yaml')])
  t.teardown(() => server.stop())
  const { httpsUrl, caFile } = server.file
  t.equal(caFile, join(data, 'tls', 'ca.crt'))
  const printed = await server.textWith('Ctrl-C')
  t.match(printed, new RegExp(`TLS +${httpsUrl}  \\(trust ${caFile}; how: ropewalk trust --data ${data}\\)`))

  const { fingerprint, fingerprint256, subject } = new X509Certificate(readFileSync(caFile!))
  const { code, text } = await ropewalk('trust', '--data', data)
  t.equal(code, 0)
  for (const part of [fingerprint, fingerprint256, subject.split('CN=')[1], caFile!]) t.ok(text.includes(part), part)
  t.match(text, /certutil -addstore -user Root ca\.crt/)
  t.match(text, /sudo update-ca-certificates/)
  t.match(text, new RegExp(`NODE_EXTRA_CA_CERTS=${caFile} node`))

  const facts = JSON.parse((await ropewalk('trust', '--data', data, '--json')).text)
  t.match(facts, { caFile, fingerprintSha256: fingerprint256, fingerprintSha1: fingerprint, validTo: /^20\d\d-.*Z$/ })
  t.same(Object.keys(facts.recipes), ['windows', 'debian', 'curl', 'node'])

  t.test('as it says for curl', withCurl, async t => {
    const [program, ...args] = facts.recipes.curl.commands[0].split(' ')
    t.match(await run(program, ['-sS', ...args]), { code: 0, text: 'ok\n' })
  })
  t.test('as it says for Node.js', async t => {
    const script = `fetch('${httpsUrl}/healthz').then(async r => process.stdout.write(await r.text()))`
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: caFile }
    const answer = await new Promise(resolve =>
      execFile(process.execPath, ['-e', script], { env }, (_, out) => resolve(out))
    )
    t.equal(answer, 'ok\n')
  })
})

t.test('what serve says when TLS cannot be had', async t => {
  const folder = t.testdir({ 'world.yaml': WORLD })
  const [cert, key] = [join(folder, 'own.crt'), join(folder, 'own.key')]
  const authority = makeAuthority(systemRuntime)
  const serverKey = makeKey()
  writeFileSync(cert, makeServerCertificate(systemRuntime, authority, serverKey, ['localhost']))
  writeFileSync(key, makeKey())
  const data = join(folder, 'data')
  const serve = (...args: string[]) =>
    ropewalk('serve', '--data', data, '--world', join(folder, 'world.yaml'), '--http-port', '0', ...args)
  t.match(await serve('--tls-cert', cert, '--tls-key', key), {
    code: 1,
    text: /^error: the key in .*own\.key is not that/
  })
  t.match(await serve('--tls-cert', cert), { code: 1, text: /tlsKeyFile is not\n.*--tls-key/ })
  t.match(await serve('--https-port', 'x'), {
    code: 1,
    text: /^error: setting httpsPort: must be a port from 0 to 65535, or off/
  })
  t.match(await serve('--tls-min-version', 'SSLv3'), { code: 1, text: /Allowed choices are TLSv1, / })

  writeFileSync(key, serverKey)
  const server = await ServerProcess.start(data, ['--tls-cert', cert, '--tls-key', key])
  t.match(await server.textWith('Ctrl-C'), /TLS +https:\/\/127\.0\.0\.1:\d+ {2}\(your own certificate\)/)
  t.equal(server.file.caFile, undefined)
  t.match(await ropewalk('trust', '--data', data), { code: 1, text: /shows a certificate of your own/ })
  const other = join(folder, 'other')
  const port = new URL(server.file.httpsUrl!).port
  t.match(
    await ropewalk(
      'serve',
      '--data',
      other,
      '--world',
      join(folder, 'world.yaml'),
      '--http-port',
      '0',
      '--https-port',
      port
    ),
    {
      code: 1,
      text: new RegExp(`Port ${port} of 127\\.0\\.0\\.1 is taken\\.\\n.*--https-port`)
    }
  )
  await server.stop()

  const off = await ServerProcess.start(data, ['--https-port', 'off'])
  t.equal(off.file.httpsUrl, undefined)
  t.notMatch(await off.textWith('Ctrl-C'), /^ *TLS /m)
  await off.stop()
})
