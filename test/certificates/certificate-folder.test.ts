import { X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CertificateError } from '../../src/certificates/certificate-error.js'
import { CertificateFolder } from '../../src/certificates/certificate-folder.js'
import { IssuedCertificate } from '../../src/certificates/issued-certificate.js'
import { makeAuthority, makeKey, makeServerCertificate } from '../../src/certificates/make-certificate.js'
import { type FileSystem, systemFiles } from '../../src/file-system.js'
import { createLog, silentLog } from '../../src/log.js'
import { systemRuntime } from '../../src/runtime.js'
import { Interrupted, InterruptedFiles } from './interrupted-files.js'

/** Without flushes, which cost most of the time. */
const quick: FileSystem = { ...systemFiles, fsync: () => {} }

const open = (path: string, names = ['localhost'], files = quick) =>
  IssuedCertificate.open({
    runtime: systemRuntime,
    log: silentLog,
    folder: new CertificateFolder(path, silentLog, files),
    names: () => ({ names, omitted: 0 }),
    generation: () => 0
  })

const modeOf = (path: string) => statSync(path).mode & 0o777

t.test('files and who may read them', async t => {
  const path = join(t.testdir(), 'tls')
  await open(path)
  t.same(readdirSync(path).sort(), ['ca.crt', 'ca.key', 'server.crt', 'server.key'])
  if (process.platform !== 'win32') {
    t.equal(modeOf(path), 0o700)
    for (const name of ['ca.key', 'server.key']) t.equal(modeOf(join(path, name)), 0o600, name)
  }
  t.test('a key that others may read is closed again', { skip: process.platform === 'win32' }, async t => {
    chmodSync(join(path, 'ca.key'), 0o644)
    const lines: string[] = []
    const log = createLog({ level: 'warn', write: line => lines.push(line) })
    t.ok(new CertificateFolder(path, log).read())
    t.equal(modeOf(join(path, 'ca.key')), 0o600)
    t.match(lines.join(''), /tls\.key-was-readable .*mode=644/)
  })
})

t.test('a process that dies while it makes the set leaves nothing or what the next start completes', async t => {
  let rounds = 0
  for (const half of [false, true]) {
    for (let diesAt = 1; ; diesAt++) {
      const path = join(t.testdir(), 'tls')
      const files = new InterruptedFiles(diesAt, half)
      const died = await open(path, ['localhost'], files).then(
        () => false,
        error => error instanceof Interrupted
      )
      if (!died) break
      rounds++
      const caFile = join(path, 'ca.crt')
      const before = existsSync(caFile) ? readFileSync(caFile, 'utf8') : undefined
      const certificate = await open(path)
      if (before !== undefined && certificate.authority.certificate !== before)
        t.fail(`the authority changed after ${files.calls.at(-1)}`)
      if (!isWhole(path)) t.fail(`not whole after ${files.calls.at(-1)}`)
    }
  }
  t.ok(rounds > 40, `${rounds} places to die at`)
})

t.test('a process that dies while it renews leaves the old certificate or the new one', async t => {
  let rounds = 0
  for (const half of [false, true]) {
    for (let diesAt = 1; ; diesAt++) {
      const path = join(t.testdir(), 'tls')
      const { authority } = await open(path)
      const old = readFileSync(join(path, 'server.crt'), 'utf8')
      const files = new InterruptedFiles(diesAt, half)
      const died = await open(path, ['localhost', 'more'], files).then(
        () => false,
        error => error instanceof Interrupted
      )
      if (!died) break
      rounds++
      t.ok(isWhole(path))
      const now = readFileSync(join(path, 'server.crt'), 'utf8')
      t.ok(now === old || new X509Certificate(now).checkHost('more'), `${files.calls.at(-1)}`)
      t.equal((await open(path, ['localhost', 'more'])).authority.certificate, authority.certificate)
      t.ok(new X509Certificate(readFileSync(join(path, 'server.crt'))).checkHost('more'))
    }
  }
  t.ok(rounds > 8, `${rounds} places to die at`)
})

t.test('the power may go: a file is flushed before it gets its name, and its name before the next one', async t => {
  const path = join(t.testdir(), 'tls')
  const files = new InterruptedFiles(Number.POSITIVE_INFINITY, false)
  await open(path, ['localhost'], files)
  const names = files.calls.map(call => call.replaceAll(path, 'tls').replaceAll(join(path, '..'), '.'))
  const flushed = (file: string) => [
    ...[`remove tls/${file}.new`, `open tls/${file}.new`, `write tls/${file}.new`, `fsync tls/${file}.new`],
    ...[`rename tls/${file}.new tls/${file}`, 'open tls', 'fsync tls']
  ]
  t.same(names, [
    ...['mkdir tls', 'open .', 'fsync .', ...flushed('ca.key'), ...flushed('ca.crt')],
    ...['remove tls/server.crt', ...flushed('server.key'), ...flushed('server.crt')]
  ])
})

t.test('damaged files are told of, with what to do, and never replaced', async t => {
  const authorityHint = /Put the files back from a copy, or remove the folder/
  const serverHint = /Remove server\.key and server\.crt .*tlsCertFile/s
  const half = (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 150))
  const other = makeAuthority(systemRuntime)
  const cases: [string, (file: (name: string) => string) => void, RegExp, RegExp][] = [
    ['half an authority', file => half(file('ca.crt')), /ca\.crt has no whole PEM certificate/, authorityHint],
    ['an empty authority', file => writeFileSync(file('ca.crt'), ''), /no whole PEM/, authorityHint],
    ['a damaged authority', file => corrupt(file('ca.crt')), /ca\.crt cannot be read/, authorityHint],
    ['half an authority key', file => half(file('ca.key')), /ca\.key has no whole PEM private key/, authorityHint],
    ['no authority key', file => rmSync(file('ca.key')), /there is no file .*ca\.key/, authorityHint],
    ['no authority', file => rmSync(file('ca.crt')), /has a server\.crt, but no ca\.crt/, authorityHint],
    ['another key', file => writeFileSync(file('ca.key'), other.key), /do not belong together/, authorityHint],
    [
      'no authority at all',
      file => writeFileSync(file('ca.crt'), readFileSync(file('server.crt'))),
      /belong/,
      authorityHint
    ],
    ['half a certificate', file => half(file('server.crt')), /server\.crt has no whole PEM/, serverHint],
    ['half a key', file => half(file('server.key')), /server\.key has no whole PEM/, serverHint],
    ['another server key', file => writeFileSync(file('server.key'), makeKey()), /do not belong together/, serverHint],
    ['somebody else issued it', file => foreign(file), /was not issued by the ca\.crt beside it/, serverHint],
    ['a folder in its place', file => folderFor(file('ca.key')), /ca\.key cannot be read: EISDIR/, authorityHint]
  ]
  function foreign(file: (name: string) => string): void {
    const key = readFileSync(file('server.key'), 'utf8')
    writeFileSync(file('server.crt'), makeServerCertificate(systemRuntime, other, key, ['localhost']))
  }
  for (const [what, damage, message, hint] of cases) {
    const path = join(t.testdir(), 'tls')
    await open(path)
    damage(name => join(path, name))
    const before = snapshot(path)
    const error = await open(path).then(
      () => undefined,
      fault => fault as CertificateError
    )
    t.ok(error instanceof CertificateError, what)
    t.match(error?.message, message, what)
    t.match(error?.hint, hint, what)
    t.same(snapshot(path), before, 'nothing was changed')
  }
})

t.test('what can be made again without anybody noticing is made again', async t => {
  const path = join(t.testdir(), 'tls')
  const { authority } = await open(path)
  for (const names of [['server.crt'], ['server.key'], ['server.crt', 'server.key']]) {
    for (const name of names) rmSync(join(path, name))
    t.equal((await open(path)).authority.certificate, authority.certificate, `without ${names}`)
    t.ok(isWhole(path))
  }
})

t.test('other files in the folder are left alone', async t => {
  const path = join(t.testdir({ tls: { 'my.pem': 'mine' } }), 'tls')
  await open(path)
  t.equal(readFileSync(join(path, 'my.pem'), 'utf8'), 'mine')
  t.ok(isWhole(path))
})

/** Whether the four files belong together. */
function isWhole(path: string): boolean {
  const stored = new CertificateFolder(path, silentLog).read()
  return stored?.server?.parsed.verify(stored.authority.parsed.publicKey) === true
}

function corrupt(file: string): void {
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, `${text.slice(0, 100)}AAAAAAAA${text.slice(108)}`)
}

function folderFor(file: string): void {
  rmSync(file)
  mkdirSync(file)
}

function snapshot(path: string): [string, string][] {
  return readdirSync(path).map(name => [
    name,
    statSync(join(path, name)).isDirectory() ? '' : readFileSync(join(path, name), 'latin1')
  ])
}
