import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t from 'tap'
import { makeAuthority, makeKey, makeServerCertificate } from '../../src/certificates/make-certificate.js'
import { HttpConnection } from '../../src/client/http-connection.js'
import { MailboxSession } from '../../src/client/mailbox-session.js'
import { MapiClient } from '../../src/client/mapi-client.js'
import { writeConnectRequest } from '../../src/client/mapi-http-body.js'
import { serverAddress } from '../../src/client/server-address.js'
import { startServer, type World } from '../../src/index.js'
import { createLog } from '../../src/log.js'
import { systemRuntime } from '../../src/runtime.js'
import { worldSchema } from '../../src/world/schema.js'
import { requirement } from '../conformance/ledger.js'

const kim = { address: 'kim@tls.example', password: 'kim' }
const world: World = worldSchema.parse({
  ropewalk: 1,
  name: 'tls',
  domain: 'tls.example',
  users: [{ ...kim, name: 'Kim', aliases: ['kim@alias.example'] }]
})
const quiet = { world, logLevel: 'silent' } as const

/** The certificate that a server shows. */
function shownAt(url: string): Promise<X509Certificate> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()!)
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

t.test('MAPI over HTTPS, from Autodiscover to the logon', async t => {
  const server = await startServer({ ...quiet, memory: true, ports: 0 })
  t.teardown(() => server.stop())
  t.equal(server.caFile, undefined, 'in memory')
  const at = serverAddress(server.urls.https!, server.caCertificate)
  const client = await MapiClient.open({ ...at, ...kim })
  t.match(client.mailbox?.mailStoreUrl, new RegExp(`^${server.urls.https}/mapi/emsmdb/`), 'the URL it came by')
  await client.connect()
  const session = await MailboxSession.logOn(client)
  t.ok(session.folderIds.length > 0)
  requirement('MS-OXCMAPIHTTP_R2')
  await client.disconnect()
  client.close()
  await t.rejects(
    MapiClient.open({ ...serverAddress(server.urls.https!), ...kim }),
    /self.signed/i,
    'Node.js alone does not'
  )
})

t.test('cookies are for TLS only where they came by TLS', async t => {
  const server = await startServer({ ...quiet, memory: true, ports: 0 })
  t.teardown(() => server.stop())
  for (const url of [server.urls.http, server.urls.https!]) {
    const at = serverAddress(url, server.caCertificate)
    const client = await MapiClient.open({ ...at, ...kim })
    const { setCookies } = await client.post('Connect', writeConnectRequest({ userDn: client.mailbox!.legacyDn }))
    t.ok(setCookies.length >= 4)
    for (const line of setCookies) {
      t.equal(/; *secure *(;|$)/i.test(line), url.startsWith('https'), line.split('=', 1)[0])
      t.match(line, /; *HttpOnly/i)
    }
    client.close()
  }
})

t.test('the names of the certificate', async t => {
  const server = await startServer({
    ...{ ...quiet, memory: true, ports: 0 },
    ...{ publicUrl: 'https://mail.public.example:8443', serverName: 'ropes' }
  })
  t.teardown(() => server.stop())
  const shown = await shownAt(server.urls.https!)
  const names = [
    ...[hostname(), 'localhost', 'mail.public.example', 'ropes', 'tls.example', 'autodiscover.tls.example'],
    ...['alias.example', 'autodiscover.alias.example']
  ]
  for (const name of names) t.ok(shown.checkHost(name), name)
  for (const address of ['127.0.0.1', '::1']) t.ok(shown.checkIP(address), address)
  t.ok(shown.verify(new X509Certificate(server.caCertificate!).publicKey))
  t.notOk(shown.checkHost('new.example'))
  await server.directory.add({ address: 'lee@new.example', displayName: 'Lee' })
  const renewed = await shownAt(server.urls.https!)
  for (const name of [...names, 'new.example', 'autodiscover.new.example']) t.ok(renewed.checkHost(name), name)
  t.ok(renewed.verify(new X509Certificate(server.caCertificate!).publicKey), 'trust in the authority is enough')
})

t.test('a server that listens everywhere is reached by every address of the machine', async t => {
  const server = await startServer({ ...quiet, memory: true, ports: 0, host: '0.0.0.0' })
  t.teardown(() => server.stop())
  t.match(server.urls.http, /^http:\/\/127\.0\.0\.1:/)
  t.match(server.urls.https, /^https:\/\/127\.0\.0\.1:/)
  const connection = await HttpConnection.open(serverAddress(server.urls.https!, server.caCertificate))
  t.equal((await connection.request('GET', '/healthz', {})).status, 200)
  connection.close()
})

t.test('the authority stays the same over restarts', async t => {
  const dataDir = t.testdir()
  const first = await startServer({ ...quiet, dataDir, ports: 0 })
  const shown = await shownAt(first.urls.https!)
  t.equal(first.caFile, join(dataDir, 'tls', 'ca.crt'))
  t.equal(readFileSync(first.caFile!, 'utf8'), first.caCertificate)
  await first.stop()
  const second = await startServer({ logLevel: 'silent', dataDir, ports: 0 })
  t.equal(second.caCertificate, first.caCertificate)
  t.equal((await shownAt(second.urls.https!)).serialNumber, shown.serialNumber)
  await second.stop()
})

t.test('certificates live in the time of their clients, not of the server', async t => {
  const server = await startServer({ ...quiet, memory: true, ports: 0, clock: () => Date.UTC(2001, 1, 1) })
  t.teardown(() => server.stop())
  const connection = await HttpConnection.open(serverAddress(server.urls.https!, server.caCertificate))
  t.match((await connection.request('GET', '/healthz', {})).headers.get('date'), /2001/)
  connection.close()
})

t.test('without TLS nothing of it is made', async t => {
  const dataDir = t.testdir()
  const server = await startServer({ ...quiet, dataDir, ports: 0, httpsPort: null })
  t.match(server, { urls: { https: undefined }, caFile: undefined, caCertificate: undefined })
  t.notOk(existsSync(join(dataDir, 'tls')))
  await server.stop()
})

t.test('a certificate of your own', async t => {
  const folder = t.testdir()
  const [tlsCertFile, tlsKeyFile] = [join(folder, 'own.crt'), join(folder, 'own.key')]
  const authority = makeAuthority(systemRuntime)
  const key = makeKey()
  writeFileSync(tlsKeyFile, key)
  writeFileSync(tlsCertFile, makeServerCertificate(systemRuntime, authority, key, ['localhost', '127.0.0.1']))
  const lines: string[] = []
  const log = createLog({ level: 'warn', write: line => lines.push(line) })
  const server = await startServer({ world, dataDir: join(folder, 'data'), ports: 0, log, tlsCertFile, tlsKeyFile })
  t.match(server, { caFile: undefined, caCertificate: undefined })
  t.notOk(existsSync(join(folder, 'data', 'tls')))
  t.match(lines.join(''), /tls\.certificate-lacks-names .*autodiscover\.tls\.example/)
  const connection = await HttpConnection.open(serverAddress(server.urls.https!, authority.certificate))
  t.equal((await connection.request('GET', '/healthz', {})).status, 200)
  connection.close()
  await server.stop()
  writeFileSync(tlsKeyFile, makeKey())
  const wrong = startServer({ ...quiet, memory: true, ports: 0, tlsCertFile, tlsKeyFile })
  await t.rejects(wrong, { name: 'CertificateError', message: /own\.key is not that of the certificate/ })
})

t.test('ports', async t => {
  const server = await startServer({ ...quiet, memory: true, httpPort: 0 })
  t.not(new URL(server.urls.https!).port, '8443', 'who takes any port for HTTP takes any for TLS')
  const taken = Number(new URL(server.urls.https!).port)
  await t.rejects(startServer({ ...quiet, memory: true, ports: 0, httpsPort: taken }), {
    code: 'EADDRINUSE',
    port: taken
  })
  await server.stop()
  await t.rejects(startServer({ ...quiet, memory: true, ports: 5 as 0 }), /setting ports: only 0/)
  await t.rejects(startServer({ ...quiet, memory: true, tlsMinVersion: 'SSLv3' as 'TLSv1' }), /setting tlsMinVersion/)
})

t.test('plain HTTP can stay on one address while TLS listens on another', async t => {
  const server = await startServer({ ...quiet, memory: true, ports: 0, host: '127.0.0.2', httpHost: '127.0.0.1' })
  t.teardown(() => server.stop())
  t.equal(new URL(server.urls.http).hostname, '127.0.0.1')
  t.equal(new URL(server.urls.https!).hostname, '127.0.0.2')
  const there = (await fetch(`${server.urls.http}/healthz`)).status
  t.equal(there, 200)
  const { port } = new URL(server.urls.http)
  await t.rejects(fetch(`http://127.0.0.2:${port}/healthz`), 'plain HTTP is not on the other address')
  t.ok((await shownAt(server.urls.https!)).subject, 'TLS is')
})
