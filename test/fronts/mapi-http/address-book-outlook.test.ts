/** The recorded requests of Outlook's address book, in the order of the recording, put to the real service. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { type Layout, Reader, Writer } from '../../../src/bufferstructs/index.js'
import {
  type AddressBookRequestType,
  type AddressBookResponse,
  addressBookBodies,
  getMatchesRequest
} from '../../../src/fronts/mapi-http/grammar/address-book-bodies.js'
import { parseInnerStream } from '../../../src/fronts/mapi-http/grammar/inner-stream.js'
import { AddressBook } from '../../../src/nspi/index.js'
import { decodeValue, encodeValue } from '../../../src/oxcdata/property-value.js'
import { serve } from './fake-emsmdb.js'
import { MapiSession } from './mapi-session.js'

const folder = join(process.cwd(), '..', 'shared', 'captures', '03-mapi-http')
const skip = existsSync(folder) ? false : 'recorded bodies are not here'
const types = new Map(Object.keys(addressBookBodies).map(type => [type.toLowerCase(), type as AddressBookRequestType]))

const bindBody = () => readFileSync(join(folder, 'bind_req4.bin'))

interface Recorded {
  number: number
  type: AddressBookRequestType
  body: Buffer
}

function recorded(): Recorded[] {
  const list: Recorded[] = []
  for (const name of readdirSync(folder)) {
    const [, word, number] = /^([a-z]+)_req(\d+)\.bin$/.exec(name) ?? []
    const type = types.get(word)
    if (type !== undefined) list.push({ number: Number(number), type, body: readFileSync(join(folder, name)) })
  }
  // Unbind is number 10; what came later was asked in another context.
  return list.sort((a, b) => a.number - b.number)
}

function parsed<T extends AddressBookRequestType>(type: T, response: Buffer): AddressBookResponse<T> {
  const layout = addressBookBodies[type].response as unknown as Layout<AddressBookResponse<T>>
  const body = parseInnerStream(response)?.body ?? Buffer.alloc(0)
  const reader = new Reader(body)
  const value = layout.read(reader)
  if (reader.remaining !== 0) throw new Error(`${type}: ${reader.remaining} bytes left`)
  return value
}

test('every request is answered', { skip }, async t => {
  const server = await serve({ nspi: parts => new AddressBook(parts) })
  t.teardown(server.close)
  const session = await MapiSession.open(server.port, server.alice, server.alice, 'nspi')
  t.teardown(() => session.close())
  const answers: string[] = []
  for (const { number, type, body } of recorded()) {
    if (number > 10 && !session.cookies.has('MapiContext')) await session.post('Bind', { body: bindBody() })
    const answer = await session.post(type, { body })
    t.equal(answer.code, 0, `${type} ${number}`)
    const { errorCode } = parsed(type, answer.body)
    answers.push(`${type} 0x${errorCode.toString(16)}`)
    if (type === 'Unbind') session.cookies.clear()
  }
  t.same(answers, [
    'Bind 0x0',
    'GetSpecialTable 0x0',
    'GetMatches 0x0',
    'DNToMId 0x0',
    'Unbind 0x1',
    'DNToMId 0x0',
    // Of the object 0x11, which is Alice here.
    'GetProps 0x0',
    'GetProps 0x40380',
    'GetProps 0x0'
  ])
})

test('Outlook finds its user by the address, in 15 columns', { skip }, async t => {
  const server = await serve({ nspi: parts => new AddressBook(parts) })
  t.teardown(server.close)
  const session = await MapiSession.open(server.port, server.alice, server.alice, 'nspi')
  t.teardown(() => session.close())
  await session.post('Bind', { body: bindBody() })
  const request = getMatchesRequest.read(new Reader(readFileSync(join(folder, 'getmatches_req6.bin'))))
  if (request.filter?.kind !== 'property') return t.fail('not the filter of Outlook')
  request.filter.value.bytes = encodeValue(0x1f, '=SMTP:alice@example.com')
  const writer = new Writer(getMatchesRequest.size(request))
  getMatchesRequest.write(writer, request)
  const answer = await session.post('GetMatches', { body: writer.written() })
  const { errorCode, minimalIds, table } = parsed('GetMatches', answer.body)
  t.equal(errorCode, 0)
  t.equal(minimalIds?.length, 1)
  t.same(table?.columns, request.columns)
  const row = new Map(table?.rows[0]?.map(({ tag, bytes }) => [tag, bytes]))
  t.equal(decodeValue(0x1e, row.get(0x3001001e) ?? new Uint8Array(0)), 'Alice <Ä>')
  t.equal(decodeValue(0x1e, row.get(0x39fe001e) ?? new Uint8Array(0)), 'alice@example.com')
  t.equal(decodeValue(0x1e, row.get(0x3002001e) ?? new Uint8Array(0)), 'EX')
  t.equal(decodeValue(0x1e, row.get(0x3003001e) ?? new Uint8Array(0)), server.alice.legacyDn)
})
