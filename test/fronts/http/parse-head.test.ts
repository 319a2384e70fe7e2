import { test } from 'tap'
import { findHeadEnd, parseHead } from '../../../src/fronts/http/parse-head.js'
import type { RequestHead } from '../../../src/fronts/http/request-head.js'

const parse = (text: string) => {
  const bytes = Buffer.from(text, 'latin1')
  return parseHead(bytes, 0, bytes.length)
}

function head(text: string): RequestHead {
  const result = parse(text)
  if (typeof result === 'number') throw new Error(`refused with ${result}`)
  return result
}

test('a head is taken apart', async t => {
  const h = head(
    'POST /MAPI/Emsmdb/?MailboxId=a%40b&x HTTP/1.1\r\nHost: h:80\r\nX-RequestId:{1}:2\r\nEmpty:\r\nCookie: a=1 \t\r\ncookie: b=2\r\n\r\n'
  )
  t.equal(h.method, 'POST')
  t.equal(h.minor, 1)
  t.equal(h.path, '/mapi/emsmdb/')
  t.equal(h.query, 'MailboxId=a%40b&x')
  t.equal(h.queryParameter('mailboxid'), 'a@b')
  t.equal(h.queryParameter('x'), '')
  t.equal(h.queryParameter('y'), undefined)
  t.equal(h.header('host'), 'h:80')
  t.equal(h.header('x-requestid'), '{1}:2')
  t.equal(h.header('empty'), '')
  t.same(h.headers('cookie'), ['a=1', 'b=2'])
  t.equal(h.header('cook'), undefined)
  t.equal(h.headerCount, 5)
  t.equal(head('GET http://server.example/a/B?q HTTP/1.0\r\n\r\n').path, '/a/b')
  t.equal(head('GET http://server.example HTTP/1.0\r\n\r\n').path, '/')
  t.equal(head('OPTIONS * HTTP/1.1\r\n\r\n').path, '*')
  t.equal(head('RPC_IN_DATA /rpc/rpcproxy.dll?h:6001 HTTP/1.1\r\n\r\n').method, 'RPC_IN_DATA')
  t.equal(head('X-MS-ENUMATTS / HTTP/1.1\r\n\r\n').method, 'X-MS-ENUMATTS')
  t.ok(head('GET / HTTP/1.1\r\nConnection: Upgrade, CLOSE\r\n\r\n').lists('connection', 'close'))
  t.equal(head('GET /?m=%zz HTTP/1.1\r\n\r\n').queryParameter('m'), undefined, 'what cannot be decoded is absent')
})

test('what two servers could read differently is refused', async t => {
  const refused: [number, string][] = [
    [400, 'POST / HTTP/1.1\r\nHost : a\r\n\r\n'],
    [400, 'POST / HTTP/1.1\r\n folded\r\n\r\n'],
    [400, 'POST / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n'],
    [400, 'POST / HTTP/1.1\r\nA: b\nB: c\r\n\r\n'],
    [400, 'POST / HTTP/1.1\r\nA: b\rB: c\r\n\r\n'],
    [400, 'POST / HTTP/1.1\r\nA: \0\r\n\r\n'],
    [400, 'POST / HTTP/1.1\r\n: b\r\n\r\n'],
    [400, 'POST / HTTP/1.1\r\nA b\r\n\r\n'],
    [400, 'POST  / HTTP/1.1\r\n\r\n'],
    [400, 'POST / \r\n\r\n'],
    [400, 'POST /\r\n\r\n'],
    [400, 'PO(ST / HTTP/1.1\r\n\r\n'],
    [400, 'POST / HTTP/1.10\r\n\r\n'],
    [400, 'POST / http/1.1\r\n\r\n'],
    [400, `${'M'.repeat(33)} / HTTP/1.1\r\n\r\n`],
    [400, 'POST /\x80 HTTP/1.1\r\n\r\n'],
    [414, `GET /${'a'.repeat(9000)} HTTP/1.1\r\n\r\n`],
    [431, `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(101)}\r\n`],
    [505, 'GET / HTTP/2.0\r\n\r\n'],
    [505, 'GET / HTTP/0.9\r\n\r\n']
  ]
  for (const [status, text] of refused) t.equal(parse(text), status, JSON.stringify(text.slice(0, 60)))
})

/** The same grammar said once more, with regular expressions. */
function reference(text: string): { method: string; target: string; headers: [string, string][] } | undefined {
  const lines = text.slice(0, -4).split('\r\n')
  const first = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([!-~]+) HTTP\/1\.[0-9]$/.exec(lines[0])
  if (first === null || lines.length > 101) return undefined
  const headers: [string, string][] = []
  for (const line of lines.slice(1)) {
    const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*)$/.exec(line)
    if (field === null) return undefined
    headers.push([field[1], field[2].replace(/[ \t]+$/, '')])
  }
  return { method: first[1], target: first[2], headers }
}

/** xorshift32: the seed is printed with a failure. */
function random(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

test('seeded fuzz: the parser agrees with the reference grammar', async t => {
  const sound =
    'POST /mapi/emsmdb/?MailboxId=x HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nX-RequestType: PING\r\nCookie: a=b; c=d\r\n\r\n'
  const odd = '\r\n\0 \t:;AZaz09-_\x7f\x80\xff"()/HTTP/1.1'
  let accepted = 0
  let refused = 0
  for (let seed = 1; seed <= 20_000; seed++) {
    const next = random(seed * 2654435761)
    let text = sound
    for (let edits = next(4); edits > 0; edits--) {
      const at = next(text.length - 4)
      const kind = next(3)
      const character = odd[next(odd.length)]
      if (kind === 0) text = text.slice(0, at) + character + text.slice(at)
      else if (kind === 1) text = text.slice(0, at) + text.slice(at + 1)
      else text = text.slice(0, at) + character + text.slice(at + 1)
    }
    const bytes = Buffer.from(text, 'latin1')
    const end = findHeadEnd(bytes, 0, bytes.length)
    if (end < 0) continue
    const whole = text.slice(0, end)
    const expected = reference(whole)
    const got = parseHead(bytes, 0, end)
    if (typeof got === 'number') {
      refused++
      if (expected !== undefined && got === 400) t.fail(`seed ${seed}: refused ${JSON.stringify(whole)}`)
      continue
    }
    accepted++
    const found = { method: got.method, target: got.target, headers: got.entries() }
    if (JSON.stringify(found) !== JSON.stringify(expected))
      t.same(found, expected, `seed ${seed}: ${JSON.stringify(whole)}`)
  }
  t.ok(accepted > 3000, `${accepted} accepted`)
  t.ok(refused > 3000, `${refused} refused`)
})
