import { createPrivateKey, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeAuthority, makeKey, makeServerCertificate } from '../../src/certificates/make-certificate.js'
import { customRuntime, systemRuntime } from '../../src/runtime.js'
import { run, withOpenssl } from './openssl.js'

const DAY_MS = 24 * 3600 * 1000
const NAMES = ['box-1', 'localhost', '127.0.0.1', '::1', 'autodiscover.example.com', 'example.com', 'under_score.local']

const days = ({ validFrom, validTo }: X509Certificate): number => (Date.parse(validTo) - Date.parse(validFrom)) / DAY_MS

t.test('an authority and a certificate that Node.js takes', async t => {
  const now = Date.UTC(2031, 4, 17, 12)
  const runtime = customRuntime({ now: () => now })
  const authority = makeAuthority(runtime)
  const key = makeKey()
  const ca = new X509Certificate(authority.certificate)
  const server = new X509Certificate(makeServerCertificate(runtime, authority, key, NAMES))
  t.ok(ca.ca)
  t.notOk(server.ca)
  t.ok(ca.verify(ca.publicKey) && ca.checkIssued(ca) && ca.checkPrivateKey(createPrivateKey(authority.key)))
  t.ok(server.verify(ca.publicKey) && server.checkIssued(ca) && server.checkPrivateKey(createPrivateKey(key)))
  t.match(ca.subject, /^O=Ropewalk\nCN=Ropewalk CA [0-9a-f]{8}$/)
  t.equal(server.subject, 'O=Ropewalk\nCN=box-1')
  for (const name of NAMES)
    t.ok(name.includes(':') || /^\d/.test(name) ? server.checkIP(name) : server.checkHost(name), name)
  t.notOk(server.checkHost('example.org'))
  t.notOk(server.checkIP('127.0.0.2'))
  t.equal(Date.parse(ca.validFrom), now - DAY_MS, 'the clock is that of the runtime; clients may be a day behind')
  t.equal(Date.parse(server.validFrom), now - DAY_MS)
  t.equal(days(ca), 3650)
  t.equal(days(server), 397)
  t.same(server.keyUsage, ['1.3.6.1.5.5.7.3.1'], 'extended key usage: TLS servers')
})

t.test('serial numbers and authorities are never the same', async t => {
  const authorities = [makeAuthority(systemRuntime), makeAuthority(systemRuntime)]
  const key = makeKey()
  const all = [0, 0, 1, 1].map(
    at => new X509Certificate(makeServerCertificate(systemRuntime, authorities[at], key, ['a']))
  )
  t.equal(new Set(all.map(({ serialNumber }) => serialNumber)).size, 4)
  for (const { serialNumber } of all) t.match(serialNumber, /^[4-7][0-9A-F]{31}$/, '16 bytes, positive')
  t.not(all[0].issuer, all[2].issuer)
})

t.test('no certificate outlives its authority', async t => {
  let now = Date.UTC(2026, 0, 1)
  const runtime = customRuntime({ now: () => now })
  const authority = makeAuthority(runtime)
  now += 3600 * DAY_MS
  const late = new X509Certificate(makeServerCertificate(runtime, authority, makeKey(), ['a']))
  t.equal(late.validTo, new X509Certificate(authority.certificate).validTo)
})

t.test('dates from 2050 on have four digits for the year (RFC 5280 4.1.2.5)', async t => {
  const runtime = customRuntime({ now: () => Date.UTC(2045, 5, 1) })
  const authority = new X509Certificate(makeAuthority(runtime).certificate)
  t.match(authority.validFrom, /2045 GMT$/)
  t.match(authority.validTo, /2055 GMT$/)
  const der = authority.raw.toString('latin1')
  t.ok(der.includes('450531000000Z'), 'UTCTime')
  t.ok(der.includes('20550529000000Z'), 'GeneralizedTime')
})

t.test('what OpenSSL says of them', withOpenssl, async t => {
  const folder = t.testdir()
  const [caFile, serverFile] = [join(folder, 'ca.crt'), join(folder, 'server.crt')]
  const authority = makeAuthority(systemRuntime)
  writeFileSync(caFile, authority.certificate)
  writeFileSync(serverFile, makeServerCertificate(systemRuntime, authority, makeKey(), NAMES))
  const verify = (...args: string[]) =>
    run('openssl', ['verify', '-x509_strict', '-CAfile', caFile, ...args, serverFile])
  t.equal((await verify('-purpose', 'sslserver')).code, 0)
  t.equal((await verify('-verify_hostname', 'autodiscover.example.com')).code, 0)
  t.equal((await verify('-verify_ip', '::1')).code, 0)
  t.match(await verify('-verify_hostname', 'www.example.com'), { code: 2, text: /hostname mismatch/i })
  for (const purpose of ['smimesign', 'sslclient', 'timestampsign'])
    t.match(await verify('-purpose', purpose), { code: 2, text: /purpose|CA cert/ }, `no ${purpose}`)
  const text = async (file: string) => (await run('openssl', ['x509', '-in', file, '-noout', '-text'])).text
  const ca = await text(caFile)
  t.match(ca, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
  t.match(ca, /X509v3 Key Usage: critical\s+Certificate Sign, CRL Sign\s/)
  const server = await text(serverFile)
  t.match(server, /Basic Constraints: critical\s+CA:FALSE/)
  t.match(server, /X509v3 Key Usage: critical\s+Digital Signature\s*\n/)
  t.match(server, /NIST CURVE: P-256/)
  const [, identifier] = /Subject Key Identifier:\s+([0-9A-F:]{59})/.exec(ca)!
  t.match(server, new RegExp(`Authority Key Identifier:\\s+(keyid:)?${identifier}`))
})
