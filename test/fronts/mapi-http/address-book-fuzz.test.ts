/** Damaged requests of every type, those of Outlook among them: each is taken or refused with code 12, and nothing worse. */
import { deepStrictEqual } from 'node:assert'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { interpret, type Layout, MalformedBuffer, Random, Reader } from '../../../src/bufferstructs/index.js'
import {
  type AddressBookRequestType,
  addressBookBodies
} from '../../../src/fronts/mapi-http/grammar/address-book-bodies.js'
import { damages } from '../../fuzz/damage.js'
import { fuzzRounds, fuzzSeed, within } from '../../fuzz/fuzz-settings.js'
import { bytes, someStat } from './address-book-bytes.js'
import { OPERATION_CASES } from './address-book-cases.js'
import { serve } from './fake-emsmdb.js'
import { MapiSession } from './mapi-session.js'

interface Seed {
  type: AddressBookRequestType
  body: Buffer
}

const ROUNDS_PER_SEED = 25
const LIMIT_MS = 2000
const types = new Map(Object.keys(addressBookBodies).map(type => [type.toLowerCase(), type as AddressBookRequestType]))

/** Bodies put together by hand, and recorded ones where they lie beside the checkout. */
function seeds(): Seed[] {
  const made: Seed[] = [
    { type: 'Bind', body: bytes().u32(0).u8(0xff).stat(someStat()).u32(0).buffer },
    { type: 'Unbind', body: Buffer.alloc(8) },
    ...OPERATION_CASES.map(({ type, request }) => ({
      type: type as AddressBookRequestType,
      body: Buffer.concat([request.buffer, Buffer.alloc(4)])
    })),
    {
      type: 'GetMatches',
      body: bytes()
        .u32(0)
        .u8(0xff)
        .stat(someStat())
        .u8(0)
        .u32(0)
        .hex('ff 00 03000000 02 08 1f000130 01 01000000 03 0200 0100 1f000130 ff 1f000130 ff 4100 0000')
        .hex('0a 01 02110f80 ff 02000000 ff 01000000 05 00 01 0b 05000000 09 0d000f36 06 01 03000039 0f000000')
        .u8(0)
        .u32(50)
        .u8(0, 0, 0, 0, 0).buffer
    }
  ]
  const folder = join(process.cwd(), '..', 'shared', 'captures', '03-mapi-http')
  if (!existsSync(folder)) return made
  for (const name of readdirSync(folder)) {
    const type = types.get(/^([a-z]+)_req\d+\.bin$/.exec(name)?.[1] ?? '')
    if (type !== undefined) made.push({ type, body: readFileSync(join(folder, name)) })
  }
  return made
}

/** What a body is read as: the value and where it ends, or the place of the fault. */
function reading(read: (reader: Reader) => unknown, body: Buffer): unknown {
  const reader = new Reader(body)
  try {
    return { value: read(reader), end: reader.position }
  } catch (error) {
    if (error instanceof MalformedBuffer) return { fault: error.offset }
    throw error
  }
}

test(`damaged requests, seed ${fuzzSeed}`, async t => {
  const server = await serve()
  t.teardown(server.close)
  for (const { method, answers } of OPERATION_CASES) server.nspi.answers.set(method, answers[0][0])
  const random = new Random(fuzzSeed)
  const codes = new Map<number | undefined, number>()
  let session = await MapiSession.open(server.port, server.alice, server.alice, 'nspi')
  await session.bind()
  for (const { type, body } of seeds()) {
    const layout = addressBookBodies[type].request as Layout<unknown>
    for (let round = 0; round < ROUNDS_PER_SEED * fuzzRounds; round++) {
      const damage = damages[random.below(damages.length)]
      const damaged = damage(Buffer.from(body), random)
      const what = () => `${type} ${damaged.toString('hex')}`
      const compiled = reading(reader => layout.read(reader), damaged)
      deepStrictEqual(
        reading(reader => interpret.read(layout, reader), damaged),
        compiled,
        what()
      )
      const answer = await within(LIMIT_MS, what, session.post(type, { body: damaged }))
      codes.set(answer.code, (codes.get(answer.code) ?? 0) + 1)
      const expected = (compiled as { fault?: number }).fault === undefined ? 0 : 12
      if (answer.status !== 200 || answer.code !== expected) t.fail(`code ${answer.code} for ${what()}`)
      if (type !== 'Unbind' || answer.code !== 0) continue
      session.close()
      session = await MapiSession.open(server.port, server.alice, server.alice, 'nspi')
      await session.bind()
    }
  }
  session.close()
  t.ok((codes.get(0) ?? 0) > 100, 'many are still requests')
  t.ok((codes.get(12) ?? 0) > 100, 'many are not')
  t.equal(codes.size, 2)
})
