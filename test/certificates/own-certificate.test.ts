import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeAuthority, makeKey, makeServerCertificate } from '../../src/certificates/make-certificate.js'
import { openOwnCertificate } from '../../src/certificates/own-certificate.js'
import type { TlsIdentity } from '../../src/certificates/server-certificate.js'
import { createLog } from '../../src/log.js'
import { customRuntime } from '../../src/runtime.js'
import { withOpenssl } from './openssl.js'

const NOW = Date.UTC(2026, 10, 27)
const authority = makeAuthority(customRuntime({ now: () => NOW }))
const key = makeKey()
const certificate = makeServerCertificate(customRuntime({ now: () => NOW }), authority, key, ['box', '*.example.com'])

/** Opens files with these contents; `lines` is what was logged. */
function openWith(folder: string, cert: string | Buffer, keyText: string | Buffer, names = ['box'], now = NOW) {
  const [certFile, keyFile] = [join(folder, 'own.crt'), join(folder, 'own.key')]
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, keyText)
  const lines: string[] = []
  const log = createLog({ level: 'warn', format: 'json', write: line => lines.push(line) })
  return { lines, opened: openOwnCertificate({ certFile, keyFile, names, now, log }) }
}

t.test('a chain and its key', async t => {
  const text = `subject=/CN=box\n${certificate}issuer\n${authority.certificate}`
  const { opened, lines } = openWith(t.testdir(), text, key, ['box', 'autodiscover.example.com'])
  t.same(lines, [])
  t.equal(opened.authority, undefined, 'nothing of ours to trust')
  const identity = opened.current() as TlsIdentity
  t.equal(identity.key, key)
  t.same(identity.certificates, certificate + authority.certificate, 'without the words around it')
  t.equal(opened.current(), identity)
})

t.test('what cannot be used', async t => {
  const hint = /tlsCertFile \(--tls-cert\) takes a PEM file .*openssl pkcs12/s
  const half = (text: string) => text.slice(0, 200)
  const cases: [string, string | Buffer, string | Buffer, RegExp][] = [
    ['another key', certificate, makeKey(), /the key in .*own\.key is not that of the certificate in .*own\.crt/],
    ['the issuer first', authority.certificate + certificate, key, /place 2 of .*own\.crt; it has to be the first/],
    ['half a certificate', half(certificate), key, /own\.crt has no whole PEM certificate/],
    ['half a chain', certificate + half(authority.certificate), key, /breaks off in the middle/],
    ['half a key', certificate, half(key), /own\.key has no whole PEM private key/],
    ['files the wrong way round', key, certificate, /own\.crt has no whole PEM certificate/],
    ['binary', Buffer.from([0x30, 0x82, 1, 2]), key, /no whole PEM/],
    [
      'nonsense inside',
      certificate.replace(/\n[^\n]{20}/, '\nAAAAAAAAAAAAAAAAAAAA'),
      key,
      /certificate 1 of .* cannot be read/
    ]
  ]
  for (const [what, cert, keyText, message] of cases)
    t.throws(() => openWith(t.testdir(), cert, keyText), { name: 'CertificateError', message, hint }, what)
  const files = { names: [], now: NOW, log: createLog({ level: 'silent' }) }
  const absent = join(t.testdir(), 'absent')
  t.throws(() => openOwnCertificate({ ...files, certFile: absent, keyFile: absent }), /there is no file .*absent/)
  t.throws(
    () => openOwnCertificate({ ...files, certFile: 'a', keyFile: '' }),
    /tlsCertFile is set, but tlsKeyFile is not/
  )
  t.throws(
    () => openOwnCertificate({ ...files, certFile: '', keyFile: 'a' }),
    /tlsKeyFile is set, but tlsCertFile is not/
  )
  t.throws(() => openOwnCertificate({ ...files, certFile: t.testdir(), keyFile: absent }), /cannot be read: EISDIR/)
})

t.test('what clients would complain of is a warning', async t => {
  const warned = (names: string[], now: number) => openWith(t.testdir(), certificate, key, names, now).lines.join('')
  t.match(warned(['box'], Date.UTC(2030, 1)), /own\.crt.*tls\.certificate-expired/)
  t.match(warned(['box'], Date.UTC(2020, 1)), /tls\.certificate-not-yet-valid/)
  t.match(warned(['box', 'example.com'], NOW), /"missing":\["example\.com"\].*tls\.certificate-lacks-names/)
  t.equal(warned(['box'], NOW), '')
})

t.test('keys and certificates of OpenSSL', withOpenssl, async t => {
  const folder = t.testdir()
  const file = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' })
  const request = ['req', '-x509', '-nodes', '-subj', '/CN=box', '-days', '30', '-addext', 'subjectAltName=DNS:box']
  // The certificates below begin at the second in which OpenSSL makes them.
  const now = Date.now() + 3_600_000
  const kinds: [string, string[]][] = [
    ['rsa:2048', []],
    ['ec', ['-pkeyopt', 'ec_paramgen_curve:P-384']],
    ['ed25519', []]
  ]
  for (const [kind, more] of kinds) {
    openssl(...request, '-newkey', kind, ...more, '-keyout', file('a.key'), '-out', file('a.crt'))
    const { lines } = openWith(folder, readFileSync(file('a.crt')), readFileSync(file('a.key')), ['box'], now)
    t.same(lines, [], kind)
  }
  openssl(...request, '-newkey', 'rsa:2048', '-keyout', file('a.key'), '-out', file('a.crt'))
  openssl('rsa', '-traditional', '-in', file('a.key'), '-out', file('old.key'))
  t.match(readFileSync(file('old.key'), 'utf8'), /BEGIN RSA PRIVATE KEY/)
  t.ok(openWith(folder, readFileSync(file('a.crt')), readFileSync(file('old.key')), ['box'], now), 'PKCS #1')
  openssl('pkey', '-aes256', '-passout', 'pass:x', '-in', file('a.key'), '-out', file('locked.key'))
  t.throws(() => openWith(folder, readFileSync(file('a.crt')), readFileSync(file('locked.key'))), {
    message: /protected by a passphrase/,
    hint: /openssl pkey -in .*own\.key/
  })
  openssl(...request, '-newkey', 'rsa:512', '-keyout', file('a.key'), '-out', file('a.crt'))
  t.throws(
    () => openWith(folder, readFileSync(file('a.crt')), readFileSync(file('a.key'))),
    /cannot be used for TLS: .*small/
  )
})
