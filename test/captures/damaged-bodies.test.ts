/** Damaged bodies: the listing neither crashes nor hangs, says where it stopped, and shows the rest. */
import t from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import { formatTree, plainPaint } from '../../src/captures/listing/format-tree.js'
import { MISTAKE, SessionListing } from '../../src/captures/listing/list-exchange.js'
import { nodesOf, type Tree } from '../../src/captures/listing/tree.js'
import { MAX_FIELDS } from '../../src/captures/listing/walk.js'
import { readFolder } from '../../src/captures/read-session.js'
import type { RecordedExchange, RecordedMessage } from '../../src/captures/recorded-session.js'
import { damages, wrap } from '../fuzz/damage.js'
import { recordedFolders } from './recorded-folders.js'

const SEED = Number(process.env.FUZZ_SEED ?? 1)
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 3)
/** CPU time that one message may take, far above what any does. */
const LONGEST_MS = 10_000

function exchangeOf(type: string, request?: Buffer, response?: Buffer): RecordedExchange {
  const message = (bytes: Buffer | undefined): RecordedMessage | undefined =>
    bytes && { file: 'body.bin', bytes, headers: [] }
  return {
    ...{ name: 'one', type, url: undefined, status: undefined, requestBytes: undefined, responseBytes: undefined },
    ...{ request: message(request), response: message(response) }
  }
}

function mistakesIn(tree: Tree | undefined): string[] {
  if (tree === undefined) return []
  const lines = [...formatTree(tree, { hex: true, paint: plainPaint })]
  if (lines.length === 0 && tree.end > 0) return ['nothing is shown']
  return [...nodesOf(tree)].flatMap(({ fault }) => (fault?.startsWith(MISTAKE) ? [fault] : []))
}

t.test('recorded and own messages, damaged', async t => {
  const random = new Random(SEED)
  const sessions = [...recordedFolders(), 'captures/first-steps'].map(readFolder)
  const damaged = (message: RecordedMessage | undefined): RecordedMessage | undefined => {
    if (message === undefined) return undefined
    const bytes = Buffer.from(message.bytes.length === 0 ? [0] : message.bytes)
    return { ...message, bytes: Buffer.from(damages[random.below(damages.length)](bytes, random)) }
  }
  let messages = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const session of sessions) {
      const listing = new SessionListing()
      for (const exchange of session.exchanges) {
        const request = random.below(3) === 0 ? exchange.request : damaged(exchange.request)
        const { user: before } = process.cpuUsage()
        const listed = listing.list({ ...exchange, request, response: damaged(exchange.response) })
        const mistakes = [...mistakesIn(listed.request), ...mistakesIn(listed.response)]
        const cpuMs = (process.cpuUsage().user - before) / 1000
        if (cpuMs > LONGEST_MS) t.fail(`${exchange.name} of round ${round} takes ${cpuMs} ms`)
        if (mistakes.length > 0)
          t.same(mistakes, [], `${session.source} ${exchange.name}, round ${round}, seed ${SEED}`)
        messages++
      }
    }
  }
  t.ok(messages > 30, `${messages} exchanges`)
})

t.test('extended buffers of every odd form', async t => {
  const random = new Random(SEED)
  const list = Buffer.from('09000200000000000000000108000000', 'hex')
  for (let round = 0; round < 200; round++) {
    const rop = wrap(list, random)
    const head = Buffer.alloc(8)
    head.writeUInt32LE(rop.length, 4)
    const body = Buffer.concat([head, rop, Buffer.from('0000010000000000', 'hex')])
    const { request } = new SessionListing().list(exchangeOf('Execute', body))
    t.same(mistakesIn(request), [])
  }
})

t.test('the listing says where it stopped, shows the rest and goes on behind it', async t => {
  // RopOpenFolder whole, then a reserved RopId; the handle table and the fields behind are read all the same.
  const list = Buffer.from('0200000101000000000001080028aabb', 'hex')
  const payload = Buffer.concat([Buffer.from([list.length + 2, 0]), list, Buffer.from('ffffffffffffffff', 'hex')])
  const head = Buffer.alloc(16)
  head.writeUInt32LE(3, 0)
  head.writeUInt32LE(payload.length + 8, 4)
  head.writeUInt16LE(4, 10)
  head.writeUInt16LE(payload.length, 12)
  head.writeUInt16LE(payload.length, 14)
  const body = Buffer.concat([head, payload, Buffer.from('0000010000000000', 'hex')])
  const { request } = new SessionListing().list(exchangeOf('Execute', body))
  const lines = [...formatTree(request!, { hex: false, paint: plainPaint })].map(line => line.trim())
  const stop = lines.findIndex(line => line.startsWith('undecoded'))
  t.match(lines[stop], /^undecoded: 3 bytes: no remote operation has the id 0x28 at offset 0x1f, rop\[0\]/)
  t.match(lines[stop + 1], /^00001f {2}28 aa bb/)
  t.ok(
    lines.some(line => /^RopOpenFolder/.test(line)),
    'what stands before is listed'
  )
  t.ok(
    lines.some(line => /^maxRopOut +65536/.test(line)),
    'and what stands behind'
  )
})

t.test('rows without columns are no guess', async t => {
  const row = Buffer.from('15000000000001010000', 'hex')
  const payload = Buffer.concat([Buffer.from([row.length + 2, 0]), row, Buffer.from('05000000', 'hex')])
  const head = Buffer.alloc(24)
  head.writeUInt32LE(payload.length + 8, 12)
  head.writeUInt16LE(4, 18)
  head.writeUInt16LE(payload.length, 20)
  head.writeUInt16LE(payload.length, 22)
  const body = Buffer.concat([head, payload, Buffer.alloc(4)])
  const { response } = new SessionListing().list(exchangeOf('Execute', undefined, body))
  const faults = [...nodesOf(response!)].flatMap(({ fault }) => fault ?? [])
  t.equal(faults.length, 1)
  t.match(faults[0], /the columns of these rows are not known: no request of this recording sets them/)
})

/** Columns of type PtypNull, whose cells have no bytes: a row of one byte has as many cells as there are columns. */
function nullColumns(count: number): Buffer {
  const columns = Buffer.alloc(count * 4)
  for (let at = 0; at < columns.length; at += 4) columns.writeUInt32LE(0x66000001, at)
  return columns
}

t.test('a message has no more fields than can be held: rows of a table', async t => {
  const columns = nullColumns(4000)
  const ask = [
    Buffer.from('1200000000', 'hex').subarray(0, 4),
    u16(4000),
    columns,
    Buffer.from('150000000100a00f', 'hex')
  ]
  const answer = [Buffer.from('12000000000000', 'hex'), Buffer.from('150000000000010410', 'hex'), Buffer.alloc(4100)]
  const exchange = exchangeOf('Execute', executeOf(8, Buffer.concat(ask)), executeOf(16, Buffer.concat(answer)))
  const { user: before } = process.cpuUsage()
  const { response } = new SessionListing().list(exchange)
  t.ok((process.cpuUsage().user - before) / 1000 < LONGEST_MS)
  const nodes = [...nodesOf(response!)]
  t.ok(nodes.length < MAX_FIELDS + 1000)
  t.match(nodes.find(({ fault }) => fault !== undefined)?.fault, /more than 200000 fields/)
})

t.test('a message has no more fields than can be held: rows of an address book', async t => {
  // StatusCode, ErrorCode, no state; columns and rows of one byte.
  const count = 20_000
  const body = [
    Buffer.alloc(9),
    Buffer.of(0xff),
    u32(count),
    nullColumns(count),
    u32(count),
    Buffer.alloc(count),
    u32(0)
  ]
  const { user: before } = process.cpuUsage()
  const { response } = new SessionListing().list(exchangeOf('QueryRows', undefined, Buffer.concat(body)))
  t.ok((process.cpuUsage().user - before) / 1000 < LONGEST_MS)
  t.match([...nodesOf(response!)].find(({ fault }) => fault !== undefined)?.fault, /more than 200000 fields/)
})

function u16(value: number): Buffer {
  return Buffer.of(value & 255, value >> 8)
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** A body whose first `front` bytes, the size of the operations among them, stand before the extended buffer. */
function executeOf(front: number, list: Buffer): Buffer {
  const payload = Buffer.concat([u16(list.length + 2), list, Buffer.from('01000000', 'hex')])
  const head = Buffer.alloc(front)
  head.writeUInt32LE(payload.length + 8, front - 4)
  const extended = Buffer.concat([Buffer.of(0, 0, 4, 0), u16(payload.length), u16(payload.length)])
  return Buffer.concat([head, extended, payload, Buffer.alloc(front === 8 ? 8 : 4)])
}
