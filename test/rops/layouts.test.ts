/**
 * Layouts of ROPs against bytes that others made: examples of the documents (../shared/vectors) and recorded sessions of
 * real clients and servers (../shared/captures). Where that folder is absent, these tests skip.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { allRops, ropTable } from '../../rops/index.js'
import { reservedRopIds } from '../../rops/reserved.js'
import { interpret, type Reader } from '../../src/bufferstructs/index.js'
import { requirement } from '../conformance/ledger.js'
import {
  type Codec,
  codecs,
  listOf,
  readerOf,
  readRequest,
  readResponse,
  type WireRop,
  writeRequest,
  writeResponse,
  writerOf
} from './rop-codec.js'

const SHARED = '../shared'
const skip = existsSync(SHARED) ? false : 'no ../shared here'
const EXAMPLES = ['MS-OXCFOLD', 'MS-OXCTABL', 'MS-OXCPRPT', 'MS-OXCPERM', 'MS-OXORULE', 'MS-OXOMSG']
/** Client-to-server traces with an Outlook, and sessions with an Exchange Server SE. */
const SESSIONS = ['captures/03-mapi-http', 'captures/17-exchange-se/fixtures/exchange-se']

interface Example {
  id: string
  direction: 'request' | 'response'
  hex: string
  truncated?: boolean
  decoded: Record<string, unknown>
}

const seenRequests = new Set<number>()
const seenResponses = new Set<number>()

const unhex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

function examples(): Example[] {
  return EXAMPLES.flatMap(
    document => JSON.parse(readFileSync(join(SHARED, 'vectors', `${document}.json`), 'utf8')) as Example[]
  )
}

/** Names of the documents to names of the layouts, where they differ by more than the first letter. */
const RENAMED: Record<string, string> = { IsExistingFolder: 'existing' }

/** A fact of an example as a number, boolean or string where it is one: `0x1C RopCreateFolder`, `0001-00000E915212`. */
function factOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const id = /^([0-9a-f]{4})-([0-9a-f]{12})$/i.exec(value)
  if (id !== null) return Number.parseInt(id[1], 16) * 2 ** 48 + Number.parseInt(id[2], 16)
  const hex = /^0x([0-9a-f]+)/i.exec(value)
  return hex === null ? value : Number.parseInt(hex[1], 16)
}

function checkFacts(t: Test, example: Example, read: WireRop): void {
  const fields = (read.value ?? {}) as Record<string, unknown>
  for (const [name, fact] of Object.entries(example.decoded)) {
    const expected = factOf(fact)
    const field = RENAMED[name] ?? name[0].toLowerCase() + name.slice(1)
    if (name === 'RopId') t.equal(read.rop.id, expected, 'RopId')
    else if (name === 'LogonId') t.equal(read.logonId ?? fields.logonId, expected, name)
    else if (name === 'ReturnValue') t.equal(read.returnValue, expected, name)
    else if (/HandleIndex$/.test(name)) t.ok(read.handles.includes(expected as number), name)
    else if (fields[field] === null) t.equal(false, expected, name)
    else if (typeof fields[field] === 'boolean') t.equal(Number(fields[field]), Number(expected), name)
    else if (typeof fields[field] === 'number') t.equal(fields[field], expected, name)
    else if (typeof fields[field] === 'string') t.equal(fields[field], expected, name)
    else if (Array.isArray(fields[field]) && Array.isArray(fact)) checkList(t, fields[field], fact, name)
  }
}

/** Lists of tags and ids element by element; of structures the number and the tags. */
function checkList(t: Test, values: unknown[], facts: unknown[], name: string): void {
  const plain = (value: unknown): unknown => (value as { tag?: number }).tag ?? value
  const fact = (value: unknown): unknown => factOf((value as { tag?: string }).tag ?? value)
  t.strictSame(values.map(plain), facts.map(fact), name)
}

for (const codec of codecs) {
  t.test(`examples of the documents, ${codec.name}`, { skip }, async t => {
    for (const example of examples()) {
      await t.test(example.id, async t => {
        const bytes = unhex(example.hex)
        const reader = readerOf(bytes)
        if (example.decoded.fullLength !== undefined || example.truncated) {
          t.throws(() => readRequest(codec, reader), /wanted|exceed|left/, 'an example that breaks off is refused')
          return
        }
        const isRequest = example.direction === 'request'
        const read = isRequest ? readRequest(codec, reader) : readResponse(codec, reader)
        t.equal(reader.position, bytes.byteLength, 'all bytes read')
        const writer = writerOf()
        if (isRequest) writeRequest(codec, writer, read)
        else writeResponse(codec, writer, read)
        t.equal(Buffer.from(writer.written()).toString('hex'), example.hex, 'written again')
        checkFacts(t, example, read)
        ;(isRequest ? seenRequests : seenResponses).add(read.rop.id)
      })
    }
  })
}

/** Every file below a folder, sorted. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
}

interface Exchange {
  name: string
  request: Uint8Array | undefined
  response: Uint8Array | undefined
}

/** The Execute exchanges of a folder, in the order in which they were recorded. */
function exchanges(folder: string): Exchange[] {
  const found = new Map<string, Exchange>()
  for (const file of filesBelow(folder)) {
    const execute = /execute/.test(file) && file.endsWith('.bin')
    if (!execute) continue
    const name = file.replace(/_(req|resp)(?=\d)/, '_').replace(/\.(request|response)\.bin$|\.bin$/, '')
    const exchange = found.get(name) ?? { name, request: undefined, response: undefined }
    if (/_req\d|\.request\./.test(file)) exchange.request = new Uint8Array(readFileSync(file))
    else exchange.response = new Uint8Array(readFileSync(file))
    found.set(name, exchange)
  }
  return [...found.values()]
}

type Decompress = (bytes: Uint8Array, size: number) => Uint8Array

/** Payloads of the extended buffers in an Execute body: [MS-OXCMAPIHTTP] 2.2.4.2, [MS-OXCRPC] 2.2.2.1. */
function payloadsOf(body: Uint8Array, start: number, decompress: Decompress | undefined): Uint8Array[] | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  let at = start + 4
  const end = at + view.getUint32(start, true)
  const payloads: Uint8Array[] = []
  while (at < end) {
    const flags = view.getUint16(at + 2, true)
    const size = view.getUint16(at + 4, true)
    const actual = view.getUint16(at + 6, true)
    let payload: Uint8Array = body.slice(at + 8, at + 8 + size)
    if ((flags & 0x0002) !== 0) payload = payload.map(byte => byte ^ 0xa5)
    if ((flags & 0x0001) !== 0) {
      if (decompress === undefined) return undefined
      payload = decompress(payload, actual)
    }
    payloads.push(payload)
    at += 8 + size
  }
  return payloads
}

/** Where the MAPI/HTTP response body begins, behind the meta tags and headers that Exchange puts in front. */
function bodyStart(response: Uint8Array): number {
  const text = Buffer.from(response).toString('latin1')
  return text.startsWith('PROCESSING') ? text.indexOf('\r\n\r\n') + 4 : 0
}

async function loadDecompress(): Promise<Decompress | undefined> {
  try {
    const module = await import('../../src/compression/lz77.js')
    return (bytes, size) => new Uint8Array(module.decompressLz77(bytes, size))
  } catch {
    return undefined
  }
}

function readList<T>(payload: Uint8Array, read: (reader: Reader) => T): T[] {
  const reader = readerOf(listOf(payload))
  const list: T[] = []
  while (reader.remaining > 0) list.push(read(reader))
  return list
}

/** Columns by session folder and table handle: rows follow those of the last RopSetColumns. */
class Columns {
  private readonly tables = new Map<string, readonly number[]>()

  static handleOf(payload: Uint8Array, index: number): number {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
    const at = view.getUint16(0, true) + index * 4
    return at + 4 <= payload.byteLength ? view.getUint32(at, true) : 0xffffffff
  }

  set(session: string, handle: number, columns: readonly number[]): void {
    this.tables.set(`${session}/${handle}`, columns)
  }

  get(session: string, handle: number): readonly number[] {
    return this.tables.get(`${session}/${handle}`) ?? []
  }
}

interface Row {
  propertyTags?: readonly number[]
}

/** Reads a recorded response with what its request says of columns; gives the responses that were read. */
function readResponses(
  t: Test,
  codec: Codec,
  requests: readonly WireRop[],
  response: Uint8Array,
  columnsOf: (request: WireRop) => readonly number[]
): WireRop[] {
  const waiting = requests.filter(request => request.rop.noResponse !== true)
  const reader = readerOf(listOf(response))
  const responses: WireRop[] = []
  while (reader.remaining > 0) {
    const request = waiting[responses.length]
    reader.context.columns = request === undefined ? [] : columnsOf(request)
    const at = reader.position
    const read = readResponse(codec, reader)
    responses.push(read)
    const writer = writerOf(reader.context.columns)
    writeResponse(codec, writer, read)
    const original = listOf(response).subarray(at, reader.position)
    t.same(Buffer.from(writer.written()), Buffer.from(original), `${read.rop.name} response written again`)
    seenResponses.add(read.rop.id)
  }
  return responses
}

for (const codec of codecs) {
  t.test(`recorded sessions, ${codec.name}`, { skip }, async t => {
    const decompress = await loadDecompress()
    let decoded = 0
    let answers = 0
    for (const folder of SESSIONS.map(name => join(SHARED, name))) {
      const columns = new Columns()
      for (const { name, request, response } of exchanges(folder)) {
        if (request === undefined) {
          // Of some exchanges only the answer is there; it has no rows, whose columns would stand in the request.
          const answer = payloadsOf(response!, bodyStart(response!) + 12, decompress)
          readResponses(t, codec, [], answer![0], () => [])
          answers++
          continue
        }
        const session = name.slice(0, name.lastIndexOf('/'))
        const payloads = payloadsOf(request, 4, decompress)
        if (payloads === undefined) {
          t.comment(`${name}: compressed, and there is nothing to expand it with`)
          continue
        }
        for (const payload of payloads) {
          const requests = readList(payload, reader => readRequest(codec, reader))
          const writer = writerOf()
          for (const read of requests) {
            writeRequest(codec, writer, read)
            seenRequests.add(read.rop.id)
          }
          t.same(Buffer.from(writer.written()), Buffer.from(listOf(payload)), `${name}: request written again`)
          decoded++
          const answer = response === undefined ? undefined : payloadsOf(response, bodyStart(response) + 12, decompress)
          const handleTable = answer?.[0] ?? payload
          for (const read of requests) {
            const tags = (read.value as Row).propertyTags
            if (read.rop.name !== 'RopSetColumns' || tags === undefined) continue
            columns.set(session, Columns.handleOf(handleTable, read.handles[0]), tags)
          }
          if (answer === undefined) continue
          answers++
          readResponses(t, codec, requests, answer[0], read => {
            const own = (read.value as Row).propertyTags
            return own ?? columns.get(session, Columns.handleOf(handleTable, read.handles[0]))
          })
        }
      }
    }
    t.equal(decoded, 115, 'recorded requests that decode')
    t.equal(answers, 95, 'recorded answers that decode')
  })
}

t.test('every RopId is a row or reserved, and not both', async t => {
  t.equal(ropTable.length, 256)
  t.equal(allRops.length, 132)
  for (let id = 0; id < 256; id++) {
    const row = ropTable[id]
    t.equal(row !== undefined, !reservedRopIds.has(id), `0x${id.toString(16)} is a row or reserved`)
    if (row !== undefined) t.equal(row.id, id)
  }
  requirement('MS-OXCROPS_R1413')
})

t.test('rows agree with themselves', async t => {
  for (const row of allRops) {
    t.match(row.name, /^Rop[A-Z]/)
    const writesHandle = row.handles === 'input output' || row.handles === 'output'
    t.equal(row.output !== undefined, writesHandle, `${row.name}: an output has its handle index`)
    t.equal(
      row.destination !== undefined,
      row.handles === 'source destination',
      `${row.name}: a destination has its index`
    )
    t.notOk(row.execute !== undefined && row.stream !== undefined, `${row.name} has one handler`)
    if (row.responseAlways !== undefined) {
      const compiled = writerOf()
      row.response.write(compiled, row.responseAlways)
      const interpreted = writerOf()
      interpret.write(row.response, interpreted, row.responseAlways)
      t.same(compiled.written(), interpreted.written(), `${row.name}: the body of failures can be written`)
    }
  }
})

t.test('ledger of outside bytes', { skip }, async t => {
  const lacking = (seen: Set<number>, has: (id: number) => boolean): string[] =>
    allRops.filter(row => !seen.has(row.id) && has(row.id)).map(row => row.name)
  const requests = lacking(seenRequests, id => ropTable[id]!.serverOriginated !== true)
  const responses = lacking(seenResponses, id => ropTable[id]!.noResponse !== true)
  t.comment(`requests without an outside vector (${requests.length}): ${requests.join(' ')}`)
  t.comment(`responses without an outside vector (${responses.length}): ${responses.join(' ')}`)
  t.ok(seenRequests.size >= 28, `${seenRequests.size} requests have one`)
  t.ok(seenResponses.size >= 28, `${seenResponses.size} responses have one`)
})
