import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { type Layout, Reader, Writer } from '../../../src/bufferstructs/index.js'
import * as bodies from '../../../src/fronts/mapi-http/grammar/bodies.js'
import { formatDone, parseInnerStream } from '../../../src/fronts/mapi-http/grammar/inner-stream.js'
import { requirement } from '../../conformance/ledger.js'

// Bodies recorded from Outlook and from real servers; the checkout of the project alone does not have them.
const CAPTURES = join(process.cwd(), '..', 'shared', 'captures')
const exchange = join(CAPTURES, '17-exchange-se', 'fixtures', 'exchange-se')
const outlook = join(CAPTURES, '03-mapi-http')
const skip = existsSync(exchange) && existsSync(outlook) ? false : 'recorded bodies are not here'

function read<T>(layout: Layout<T>, bytes: Buffer): T {
  const reader = new Reader(bytes)
  const value = layout.read(reader)
  if (reader.remaining !== 0) throw new Error(`${reader.remaining} bytes left`)
  const writer = new Writer(bytes.length)
  layout.write(writer, value)
  if (!bytes.equals(writer.written())) throw new Error('written bytes differ from the recorded ones')
  return value
}

const inner = (bytes: Buffer) => {
  const stream = parseInnerStream(bytes)
  if (stream === undefined) throw new Error('no inner stream')
  return stream
}

test('bodies of Exchange', { skip }, async t => {
  const file = (name: string) => readFileSync(join(exchange, name))
  const connect = inner(file('session-en-us/02-connect.response.bin'))
  t.same(connect.metaTags, ['PROCESSING', 'DONE'])
  t.same([...connect.headers.keys()], ['x-starttime', 'x-elapsedtime'])
  const answer = read(bodies.connectResponse, connect.body)
  t.match(answer, { statusCode: 0, errorCode: 0, pollsMaxMs: 60000, retryCount: 6, dnPrefix: '' })
  t.ok(answer.displayName.length > 0)
  const refused = read(bodies.connectResponse, inner(file('connect-refused/01-connect.response.bin')).body)
  t.match(refused, { statusCode: 0, errorCode: 0x3eb, pollsMaxMs: 0, retryCount: 0, retryDelayMs: 0, displayName: '' })
  t.match(
    read(bodies.connectRequest, file('session-en-us/02-connect.request.bin')).userDn,
    /^\/o=Lab\/ou=Exchange Admin/
  )
  t.equal(inner(file('session-en-us/01-ping.response.bin')).body.length, 0)
  let executes = 0
  for (const scenario of readdirSync(exchange)) {
    for (const name of readdirSync(join(exchange, scenario))) {
      if (/execute.*request\.bin$/.test(name)) {
        const { rop, maxRopOut } = read(bodies.executeRequest, file(join(scenario, name)))
        if (rop.length < 8 || maxRopOut !== 0x10000) t.fail(name)
        executes++
      } else if (/execute.*response\.bin$/.test(name)) {
        const { statusCode, flags } = read(bodies.executeResponse, inner(file(join(scenario, name))).body)
        if (statusCode !== 0 || flags !== 0) t.fail(name)
        executes++
      } else if (/disconnect\.request\.bin$/.test(name)) read(bodies.disconnectRequest, file(join(scenario, name)))
      else if (/disconnect\.response\.bin$/.test(name))
        read(bodies.disconnectResponse, inner(file(join(scenario, name))).body)
    }
  }
  t.ok(executes > 20, `${executes} Execute bodies`)
})

test('bodies of Outlook', { skip }, async t => {
  const file = (name: string) => readFileSync(join(outlook, name))
  const request = read(bodies.connectRequest, file('connect_req18.bin'))
  t.match(request.userDn, /^\/O=I638513D0\/OU=EXCHANGE/)
  t.ok(request.auxiliary.length > 100, 'Outlook describes itself in auxiliary blocks')
  read(bodies.executeRequest, file('execute_req45.bin'))
  read(bodies.notificationWaitRequest, file('notificationwait_req79.bin'))
  t.equal(read(bodies.notificationWaitResponse, file('notificationwait_resp79.bin')).statusCode, 0)
  read(bodies.disconnectResponse, file('disconnect_resp23.bin'))
})

test('inner stream', async t => {
  const done = formatDone({ startTime: 'Wed, 25 Nov 2026 03:05:00 GMT', elapsedMs: 7 })
  const stream = inner(Buffer.from(`PROCESSING\r\nPENDING\r\nPENDING\r\n${done}abc`))
  t.same(stream.metaTags, ['PROCESSING', 'PENDING', 'PENDING', 'DONE'])
  t.equal(stream.headers.get('x-elapsedtime'), '7')
  t.equal(stream.headers.get('x-starttime'), 'Wed, 25 Nov 2026 03:05:00 GMT')
  t.equal(stream.body.toString(), 'abc')
  requirement('MS-OXCMAPIHTTP_R168', 'MS-OXCMAPIHTTP_R170')
  t.equal(parseInnerStream(Buffer.from('DONE\r\nX: y\r\n')), undefined, 'no empty line')
  t.equal(parseInnerStream(Buffer.from('\0\0\0\0\r\n\r\n')), undefined, 'a body without meta-tags')
  const late = formatDone({ startTime: 'x', elapsedMs: 1, lateResponseCode: 1 })
  t.equal(inner(Buffer.from(late)).headers.get('x-responsecode'), '1')
})
