import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { certificateNames, missingNames } from '../../src/certificates/certificate-names.js'
import { makeAuthority, makeKey, makeServerCertificate } from '../../src/certificates/make-certificate.js'
import { systemRuntime } from '../../src/runtime.js'

t.test('hosts first, then two names for each domain', async t => {
  const { names, omitted } = certificateNames(
    ['Box', 'localhost', '[::1]', '127.0.0.1', 'box.'],
    ['b.example', 'a.example']
  )
  t.same(names, [
    ...['box', 'localhost', '::1', '127.0.0.1'],
    ...['autodiscover.b.example', 'b.example', 'autodiscover.a.example', 'a.example']
  ])
  t.equal(omitted, 0)
})

t.test('what is no name is left out', async t => {
  const odd = ['', '*.example', 'a b', 'a..b', '-a', 'x'.repeat(64), `${'a.'.repeat(127)}a`, 'a\0b', 'a,DNS:evil']
  t.same(certificateNames(odd, []).names, [])
  t.same(certificateNames(['bücher.example', 'my_host'], []).names, ['xn--bcher-kva.example', 'my_host'])
})

t.test('there is room for so many; the first names are the ones that stay', async t => {
  const domains = Array.from({ length: 1000 }, (_, at) => `department-${at}.example`)
  const { names, omitted } = certificateNames(['box'], domains)
  t.equal(names.length + omitted, 2001)
  t.equal(names[0], 'box')
  t.ok(omitted > 0 && names.length > 200)
  const certificate = new X509Certificate(
    makeServerCertificate(systemRuntime, makeAuthority(systemRuntime), makeKey(), names)
  )
  t.ok(certificate.raw.length < 14_000, 'the message with it fits into one TLS record')
})

t.test('names that a certificate lacks', async t => {
  const of = (...names: string[]) =>
    new X509Certificate(makeServerCertificate(systemRuntime, makeAuthority(systemRuntime), makeKey(), names))
  const own = of('box', '10.0.0.1', '::1')
  t.same(missingNames(own, ['box', '10.0.0.1', '0:0::1']), [])
  t.same(missingNames(own, ['box2', '10.0.0.2', '::1', 'ropewalk']), ['box2', '10.0.0.2', 'ropewalk'])
  t.same(missingNames(of('*.example.com'), ['autodiscover.example.com', 'example.com']), ['example.com'], 'a wildcard')
})
