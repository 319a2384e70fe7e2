import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { BoundedFiles, demandExchanges, MAX_EXCHANGES, MAX_FILE_BYTES } from '../../src/captures/read-bounded.js'
import { readSession } from '../../src/captures/read-session.js'
import { CaptureError } from '../../src/captures/recorded-session.js'
import { selectExchanges } from '../../src/captures/select-exchanges.js'

const folder = mkdtempSync(join(tmpdir(), 'ropewalk-captures-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** The error that reading a path ends with. */
function refused(path: string, type?: string): CaptureError {
  try {
    readSession(path, type)
  } catch (error) {
    if (error instanceof CaptureError) return error
    throw error
  }
  throw new Error(`${path} was read`)
}

t.test('what is no recording is refused with what to do', async t => {
  t.match(refused(join(folder, 'nothing')), { message: /does not exist/, hint: /session\.json/ })
  mkdirSync(join(folder, 'empty'))
  t.match(refused(join(folder, 'empty')), { message: /holds no recording/, hint: /NN-name\.request\.bin/ })
  put('above/one/execute_req1.bin', '')
  t.match(refused(join(folder, 'above')), { hint: /Recordings below it:\n.*above.one/ })
  t.match(refused(put('notes.txt', 'x')), { message: /does not say what it is/, hint: /--type/ })
  t.match(refused(put('body.bin', 'x'), 'Guess'), { message: /no request type Guess/ })
  t.match(refused(put('body.bin', 'x'), 'Execute:sideways'), { message: /:request and :response/ })
})

t.test('a file over the limit is not read', async t => {
  const path = put('large/execute_req1.bin', '')
  truncateSync(path, MAX_FILE_BYTES + 1)
  t.match(refused(join(folder, 'large')), { message: /16,777,217 bytes/, hint: /packet capture/ })
  truncateSync(path, 0)
  const files = new BoundedFiles(10)
  t.throws(() => files.read(put('eleven', '12345678901')), CaptureError)
  t.throws(() => demandExchanges(MAX_EXCHANGES + 1, 'x'), /10,000/)
})

t.test('a session file that is none is refused with the place', async t => {
  t.match(refused(join(put('a/session.json', '{'), '..')), { message: /is not JSON/ })
  t.match(refused(put('b/session.json', '{"ropewalk":2}')), { message: /ropewalk: .*name: / })
  const named = (name: string) =>
    JSON.stringify({
      ...{ ropewalk: 1, name: 'x', recorded: '', client: '', server: '', how: '' },
      exchanges: [{ name, type: 'PING' }]
    })
  for (const name of ['../../etc/passwd', '/etc/passwd', '', 'a/b'])
    t.match(refused(put('c/session.json', named(name))), { message: /exchanges\.0\.name/ }, `no way out by ${name}`)
  t.equal(readSession(put('d/session.json', named('01-ping'))).session.exchanges[0].request, undefined)
})

t.test('numbered bodies, one file of them, a file with its type', async t => {
  put('numbered/execute_req10.bin', 'a')
  put('numbered/execute_resp10.bin', 'bc')
  put('numbered/dntomid_req9.bin', 'd')
  put('numbered/readme.md', '')
  const { session, onlyFile } = readSession(join(folder, 'numbered'))
  t.equal(onlyFile, undefined)
  t.match(session.exchanges, [
    { name: 'dntomid_9', type: 'DNToMId', request: { file: 'dntomid_req9.bin' }, response: undefined },
    { name: 'execute_10', type: 'Execute', requestBytes: 1, responseBytes: 2 }
  ])
  const one = readSession(join(folder, 'numbered', 'execute_resp10.bin'))
  t.equal(one.onlyFile, 'execute_resp10.bin')
  t.equal(one.session.exchanges.length, 2, 'the others are read as well: they say what its rows mean')
  const typed = readSession(put('odd.bin', 'x'), 'getprops:response').session.exchanges[0]
  t.match(typed, { type: 'GetProps', request: undefined, response: { file: 'odd.bin' } })
  t.equal(readSession(put('my-connect-request.bin', 'x')).session.exchanges[0].type, 'Connect')
  t.ok(selectExchanges(session, '10').has(session.exchanges[1]))
  t.ok(selectExchanges(session, 'dntomid_9').has(session.exchanges[0]))
  t.throws(() => selectExchanges(session, '11'), /no exchange 11/)
})

t.test('a folder with meta files', async t => {
  const meta = [
    '# comment',
    '[exchange]',
    'name = 01-ping',
    'request-type = PING',
    'url = https://x/mapi/emsmdb/',
    'status = 200',
    'request-bytes = 0',
    'response-bytes = 54',
    '[request-headers]',
    'X-RequestType: PING',
    '[response-headers]',
    'x-responsecode: 0'
  ].join('\n')
  put('meta/01-ping.meta.txt', meta)
  put('meta/01-ping.response.bin', 'DONE\r\n\r\n')
  const { session } = readSession(join(folder, 'meta'))
  t.match(session.exchanges, [
    {
      ...{ name: '01-ping', type: 'PING', url: 'https://x/mapi/emsmdb/', status: 200, responseBytes: 54 },
      request: { bytes: Buffer.alloc(0), headers: [['X-RequestType', 'PING']] },
      response: { file: '01-ping.response.bin', headers: [['x-responsecode', '0']] }
    }
  ])
})
