import { test } from 'tap'
import { requestOrigin } from '../../../src/fronts/http/index.js'
import { findHeadEnd, parseHead } from '../../../src/fronts/http/parse-head.js'
import type { RequestHead } from '../../../src/fronts/http/request-head.js'

function origin(host: string | undefined, { secure = false, publicUrl = '' } = {}): string | undefined {
  const text = `GET / HTTP/1.${host === undefined ? 0 : 1}\r\n${host === undefined ? '' : `Host: ${host}\r\n`}\r\n`
  const bytes = Buffer.from(text, 'latin1')
  const head = parseHead(bytes, 0, findHeadEnd(bytes, 0, bytes.length)) as RequestHead
  const connection = { source: '', secure, state: new Map<string, unknown>() }
  return requestOrigin({ head, connection }, publicUrl, 'ropewalk')
}

test('where a client reached the server', async t => {
  t.equal(origin('mail.example.com'), 'http://mail.example.com')
  t.equal(origin('mail.example.com', { secure: true }), 'https://mail.example.com')
  t.equal(origin('my_host-1.example.:8443', { secure: true }), 'https://my_host-1.example.:8443')
  t.equal(origin('127.0.0.1:80'), 'http://127.0.0.1:80')
  t.equal(origin('[2001:db8::1]:8080'), 'http://[2001:db8::1]:8080')
  t.equal(origin('[::ffff:192.0.2.1]'), 'http://[::ffff:192.0.2.1]')
  t.equal(origin(undefined), 'http://ropewalk', 'HTTP/1.0')
  t.equal(origin('inside', { publicUrl: 'https://mail.example.com:443//' }), 'https://mail.example.com:443')
})

test('what is no host', async t => {
  const long = `${'a'.repeat(63)}.`.repeat(5)
  for (const host of [
    ...[
      'a b',
      'a"',
      "a'",
      '<a>',
      'a&b',
      'a/b',
      'a?b',
      'a#b',
      'a\\b',
      'u@h',
      'a..b',
      '.a',
      '-a',
      'a-',
      'a:',
      'a:b',
      'a:65536'
    ],
    ...['a:123456', '[::1', '::1', '[]', '[1.2.3.4]', '[::1]x', '\xe4', '%41', 'a,b', 'a;b', '*', long]
  ]) {
    t.equal(origin(host), undefined, host)
  }
})
