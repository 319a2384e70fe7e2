import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CertificateFolder } from '../../src/certificates/certificate-folder.js'
import { IssuedCertificate } from '../../src/certificates/issued-certificate.js'
import type { TlsIdentity } from '../../src/certificates/server-certificate.js'
import { type FileSystem, systemFiles } from '../../src/file-system.js'
import { createLog, silentLog } from '../../src/log.js'
import { customRuntime } from '../../src/runtime.js'

const DAY_MS = 24 * 3600 * 1000

/** A server's certificate whose world a test moves: the time, the names, whether files can be written. */
class Moving {
  now = Date.UTC(2026, 10, 27)
  generation = 0
  names: string[] = ['box', 'example.com']
  omitted = 0
  asked = 0
  diskIsFull = false
  readonly lines: string[] = []
  certificate!: IssuedCertificate

  async open(path?: string): Promise<this> {
    const files: FileSystem = {
      ...systemFiles,
      write: (file, text) => {
        if (this.diskIsFull) throw new Error('ENOSPC')
        systemFiles.write(file, text)
      }
    }
    this.certificate = await IssuedCertificate.open({
      runtime: customRuntime({ now: () => this.now }),
      log: createLog({ level: 'info', format: 'json', write: line => this.lines.push(line) }),
      folder: path === undefined ? undefined : new CertificateFolder(path, silentLog, files),
      names: () => {
        this.asked++
        return { names: this.names, omitted: this.omitted }
      },
      generation: () => this.generation
    })
    return this
  }

  async shown(): Promise<X509Certificate> {
    return new X509Certificate((await this.certificate.current()).certificates)
  }
}

t.test('in memory', async t => {
  const server = await new Moving().open()
  const identity = server.certificate.current() as TlsIdentity
  t.equal(server.certificate.current(), identity, 'at hand, and the same one')
  t.equal(server.certificate.authority.file, undefined)
  const [own, ca] = identity.certificates
    .match(/-----BEGIN[\s\S]*?END CERTIFICATE-----/g)!
    .map(one => new X509Certificate(one))
  t.ok(own.checkHost('example.com'))
  t.ok(own.verify(ca.publicKey))
  t.equal(ca.toString(), server.certificate.authority.certificate, 'the authority stands behind it')
})

t.test('a name that comes up is in the next certificate, and in one certificate only', async t => {
  const server = await new Moving().open()
  const before = server.certificate.current()
  server.names = [...server.names, 'new.example', 'autodiscover.new.example']
  t.equal(server.certificate.current(), before, 'names are looked at when something changed')
  server.generation++
  const [one, other] = [server.certificate.current(), server.certificate.current()]
  t.ok(one instanceof Promise)
  t.equal(await one, await other, 'two connections at once get the same')
  t.not(await one, before)
  t.ok((await server.shown()).checkHost('autodiscover.new.example'))
  t.equal(server.certificate.current(), await one)
})

t.test('a name that goes stays until the next certificate', async t => {
  const server = await new Moving().open()
  const before = server.certificate.current()
  server.names = ['box']
  server.generation++
  t.equal(server.certificate.current(), before)
  const { asked } = server
  server.certificate.current()
  t.equal(server.asked, asked, 'names are looked at once for each change')
})

t.test('it is renewed before it ends, and not after its authority', async t => {
  const server = await new Moving().open()
  const first = await server.shown()
  server.now = Date.parse(first.validTo) - 31 * DAY_MS
  t.equal((await server.shown()).serialNumber, first.serialNumber)
  server.now += 2 * DAY_MS
  const second = await server.shown()
  t.not(second.serialNumber, first.serialNumber)
  t.equal(Date.parse(second.validTo) - server.now, 396 * DAY_MS)
  const end = Date.parse(new X509Certificate(server.certificate.authority.certificate).validTo)
  server.now = end - 100 * DAY_MS
  const last = await server.shown()
  t.equal(Date.parse(last.validTo), end)
  server.now = end - DAY_MS
  t.equal((await server.shown()).serialNumber, last.serialNumber)
})

t.test('what is kept is used again', async t => {
  const path = join(t.testdir(), 'tls')
  const first = await new Moving().open(path)
  const serial = (await first.shown()).serialNumber
  const second = await new Moving().open(path)
  t.equal((await second.shown()).serialNumber, serial)
  t.equal(second.certificate.authority.certificate, first.certificate.authority.certificate)
  t.equal(second.certificate.authority.file, join(path, 'ca.crt'))
  t.notMatch(second.lines.join(''), /made/)
  const third = new Moving()
  third.names = ['other']
  await third.open(path)
  t.ok((await third.shown()).checkHost('other'))
  t.equal(third.certificate.authority.certificate, first.certificate.authority.certificate)
  t.equal(new X509Certificate(readFileSync(join(path, 'server.crt'))).serialNumber, (await third.shown()).serialNumber)
})

t.test('a renewal that fails leaves the old one in place and is tried again', async t => {
  const server = await new Moving().open(join(t.testdir(), 'tls'))
  const { serialNumber } = await server.shown()
  server.diskIsFull = true
  server.names.push('late.example')
  server.generation++
  t.equal((await server.shown()).serialNumber, serialNumber)
  t.match(server.lines.join(''), /ENOSPC.*tls\.renewal-failed/)
  const failures = server.lines.length
  await server.shown()
  t.equal(server.lines.length, failures, 'not at once')
  server.diskIsFull = false
  server.now += 61_000
  t.ok((await server.shown()).checkHost('late.example'))
})

t.test('what a person should know is in the log', async t => {
  const path = join(t.testdir(), 'tls')
  const server = new Moving()
  server.omitted = 3
  await server.open(path)
  t.match(server.lines.join(''), /ca\.crt.*tls\.authority-made/)
  t.match(server.lines.join(''), /"names":2.*tls\.certificate-made/)
  t.match(server.lines.join(''), /"omitted":3.*tls\.too-many-names/)
  const late = new Moving()
  late.now = Date.UTC(2036, 9, 1)
  await late.open(path)
  t.match(late.lines.join(''), /2036.*tls\.authority-ends/)
  const early = new Moving()
  early.now = Date.UTC(2020, 1, 1)
  await early.open(path)
  t.match(early.lines.join(''), /2026.*tls\.authority-not-yet-valid/)
  const over = new Moving()
  over.now = Date.UTC(2036, 11, 1)
  await t.rejects(over.open(path), { name: 'CertificateError', message: /has expired/, hint: /Remove the folder/ })
})
