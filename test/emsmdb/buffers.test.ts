import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ropTable } from '../../rops/index.js'
import { codecContext, MalformedBuffer, Random, Reader, Writer } from '../../src/bufferstructs/index.js'
import { readAuxiliaryBuffer } from '../../src/emsmdb/auxiliary-buffer.js'
import { RopList } from '../../src/emsmdb/rop-list.js'
import { openExtendedBuffer, readExtendedBuffers, sealExtendedBuffer } from '../../src/emsmdb/rpc-header-ext.js'
import { exchange2016 } from '../../src/personality.js'
import { requirement } from '../conformance/ledger.js'
import {
  alice,
  answersOf,
  connected,
  extended,
  fakeServer,
  fakeTable,
  logonRop,
  NONE,
  payloadOf,
  run
} from './fakes.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const captures = '../shared/captures'
const outlook = join(captures, '03-mapi-http')
const exchange = join(captures, '17-exchange-se/fixtures/exchange-se')
const skipOutlook = existsSync(outlook) ? false : 'the captures beside the repository are absent'
const skipExchange = existsSync(exchange) ? false : 'the captures beside the repository are absent'

/** The rop field of an Execute request body: flags u32, RopBufferSize u32, RopBuffer ([MS-OXCMAPIHTTP] 2.2.4.2.1). */
function ropBufferOf(body: Buffer): Buffer {
  return body.subarray(8, 8 + body.readUInt32LE(4))
}

/** The same field of a response body: StatusCode, ErrorCode, Flags, RopBufferSize, RopBuffer ([MS-OXCMAPIHTTP] 2.2.4.2.2). */
function ropBufferOfAnswer(body: Buffer): Buffer {
  return body.subarray(16, 16 + body.readUInt32LE(12))
}

function decode(bytes: Uint8Array): RopList {
  const [payload] = readExtendedBuffers(bytes)
  const list = new RopList()
  list.read(ropTable, new Reader(payload, codecContext()), payload, () => false)
  return list
}

const names = (list: RopList) => list.rows.slice(0, list.count).map(row => row.name)

t.test('requests of Outlook', { skip: skipOutlook }, async t => {
  const names19 = (number: number) =>
    names(decode(ropBufferOf(readFileSync(join(outlook, `execute_req${number}.bin`)))))
  t.same(names19(19), ['RopLogon'])
  t.same(names19(21), ['RopGetAddressTypes'])
  t.same(names19(22), ['RopRelease'])
  t.same(names19(28), ['RopLongTermIdFromId'])
  t.same(names19(37), ['RopOpenFolder', 'RopGetPropertiesSpecific'])
  t.same(names19(38), ['RopSetProperties'])
  t.same(names19(39), ['RopRelease', 'RopGetLocalReplicaIds'])
  t.same(names19(45), ['RopOpenFolder', 'RopOpenFolder', 'RopOpenFolder'], 'compressed by Outlook')
  t.same(names19(47), ['RopRelease', 'RopRelease', 'RopRelease', 'RopGetPropertiesSpecific'])
  t.same(names19(158), ['RopSynchronizationImportHierarchyChange'], 'compressed by Outlook')
  const list = decode(ropBufferOf(readFileSync(join(outlook, 'execute_req47.bin'))))
  t.same(list.offsets.slice(0, 4), [2, 5, 8, 11])
  t.equal(list.nextOffset(3), list.payload.byteLength - list.handles.length * 4)
})

t.test('auxiliary buffers of Outlook and of its server', { skip: skipOutlook }, async t => {
  const request = readFileSync(join(outlook, 'connect_req18.bin'))
  const dnEnd = request.indexOf(0) + 1
  const auxiliary = request.subarray(dnEnd + 20)
  t.equal(request.readUInt32LE(dnEnd + 16), auxiliary.length)
  const blocks = readAuxiliaryBuffer(auxiliary)
  t.ok(blocks.length > 0)
  const response = readFileSync(join(outlook, 'connect_resp18.bin'))
  const answered = readAuxiliaryBuffer(response.subarray(response.length - 36))
  t.same(
    answered.map(block => [block.version, block.type, hex(block.payload)]),
    [
      [1, 0x17, '03000000'],
      [1, 0x0a, '0c00000000840c24'],
      [1, 0x48, '01000000']
    ]
  )
})

t.test('requests to Exchange', { skip: skipExchange }, async t => {
  let requests = 0
  for (const scenario of readdirSync(exchange)) {
    for (const file of readdirSync(join(exchange, scenario))) {
      if (!/execute.*\.request\.bin$/.test(file)) continue
      const list = decode(ropBufferOf(readFileSync(join(exchange, scenario, file))))
      t.ok(list.count > 0, `${scenario}/${file}: ${names(list).join(' ')}`)
      requests++
    }
  }
  t.ok(requests > 40, `${requests} requests`)
})

t.test('the handle tables of Exchange: released, failed', { skip: skipExchange }, async t => {
  const payloadOfAnswer = (file: string) => {
    const body = readFileSync(join(exchange, file))
    const rop = ropBufferOfAnswer(body.subarray(body.indexOf('\r\n\r\n') + 4))
    const [payload] = readExtendedBuffers(rop)
    return { ropSize: payload[0] | (payload[1] << 8), rest: hex(payload.subarray(payload[0] | (payload[1] << 8))) }
  }
  const released = Buffer.alloc(4)
  released.writeUInt32LE(exchange2016.releasedHandleSlot)
  const slot = released.toString('hex')
  t.same(payloadOfAnswer('session-en-us/11-execute-hierarchy-release.response.bin'), { ropSize: 2, rest: slot })
  t.same(payloadOfAnswer('items-en-us/26-execute-body-stream.response.bin'), { ropSize: 2, rest: slot + slot })
  t.equal(payloadOfAnswer('wrong-server/02-execute-logon-redirect.response.bin').rest, 'ffffffff')
})

t.test('extended buffers that contradict themselves', async t => {
  const bad: Record<string, string> = {
    'no header': '000004000000',
    'unknown version': '0100040002000200' + '0200',
    'Size past the end': '0000040003000300' + '0200',
    'sizes differ without compression': '0000040002000300' + '0200',
    'compression that does not shrink': '0000050002000200' + '0200',
    'no Last flag': '0000000002000200' + '0200',
    'bytes behind the last buffer': '0000040002000200' + '020000',
    'a payload over 32 KB': '000005000200ffff' + '0200',
    'compressed garbage': '0000050002000300' + 'ffff'
  }
  for (const [what, bytes] of Object.entries(bad)) {
    t.throws(() => readExtendedBuffers(Buffer.from(bytes, 'hex')), MalformedBuffer, what)
    const { emsmdb } = fakeServer()
    const request = { flags: 3, rop: Buffer.from(bytes, 'hex'), maxRopOut: 0x8000, auxiliary: new Uint8Array(0) }
    const code = bytes.length < 16 ? 0x80040115 : 0x4b6
    t.match(emsmdb.execute(connected(emsmdb), request), { errorCode: code, rop: [] }, what)
  }
})

t.test('obfuscation and several payloads', async t => {
  const plain = '0000000002000200' + '0200'
  const masked = '0000060002000200' + 'a7a5'
  const payloads = readExtendedBuffers(Buffer.from(plain + masked, 'hex'))
  t.same(payloads.map(hex), ['0200', '0200'])
  const writer = new Writer(16)
  const header = openExtendedBuffer(writer)
  writer.u16(2)
  sealExtendedBuffer(writer, header, 0, true)
  t.equal(hex(writer.written()), masked, 'too small to compress')
  const { emsmdb } = fakeServer()
  const session = connected(emsmdb)
  const rops = [...logonRop(alice), 0x02, 0, 0, 1, 1, 0x0a, 0, 1, 0x00, 0x20, 0, 0]
  const request = payloadOf(rops, [NONE, NONE])
  request.forEach((byte, at) => {
    request[at] = byte ^ 0xa5
  })
  const execute = (flags: number) => {
    const response = emsmdb.execute(session, {
      flags,
      rop: extended(request, 6),
      maxRopOut: 0x10000,
      auxiliary: new Uint8Array(0)
    })
    if (response instanceof Promise) throw new Error('not answered at once')
    return Buffer.concat(response.rop)
  }
  const untouched = execute(3)
  t.equal(untouched.readUInt16LE(2), 4)
  requirement('MS-OXCRPC_R634', 'MS-OXCRPC_R638')
  const obfuscated = execute(1)
  t.equal(obfuscated.readUInt16LE(2), 6)
  t.equal(obfuscated.length, untouched.length)
  // Handles differ from call to call, and stand behind the responses.
  const responses = untouched.length - 8 - 8
  t.ok(obfuscated.subarray(8, 8 + responses).every((byte, at) => byte === (untouched[at + 8] ^ 0xa5)))
  requirement('MS-OXCRPC_R783', 'MS-OXCRPC_R956')
  const compressed = execute(2)
  t.equal(compressed.readUInt16LE(2), 5)
  t.ok(compressed.readUInt16LE(4) < compressed.readUInt16LE(6))
  t.equal(compressed.readUInt16LE(4) + 8, compressed.length)
  t.equal(readExtendedBuffers(compressed)[0].byteLength, untouched.length - 8)
  requirement('MS-OXCRPC_R780', 'MS-OXCRPC_R966', 'MS-OXCRPC_R38')
  t.equal(execute(0).readUInt16LE(2), 5, 'what is compressed is not obfuscated as well')
})

t.test('handle tables and sizes that contradict the payload', async t => {
  const { emsmdb } = fakeServer()
  const session = connected(emsmdb)
  for (const payload of ['', '02', '0000', '0100', '0300', '020000', '0200000000']) {
    const response = emsmdb.execute(session, {
      flags: 3,
      rop: extended(Buffer.from(payload, 'hex')),
      maxRopOut: 0x8000,
      auxiliary: new Uint8Array(0)
    })
    t.match(response, { errorCode: 0x4b6 }, payload)
  }
  const empty = run(emsmdb, session, [], [5, 6])
  t.same(answersOf(empty)[0].handles, [5, 6], 'a list without ROPs is answered by one')
})

/** Any bytes give an answer or an error code; the session lives on, because nothing that comes from outside is a defect. */
async function fuzz(t: Test, table: typeof ropTable, seed: number, rounds: number): Promise<void> {
  const random = new Random(seed)
  const { emsmdb } = fakeServer({ ropTable: table })
  const session = connected(emsmdb)
  const known = table.filter(row => row !== undefined).map(row => row.id)
  let parsed = 0
  for (let n = 0; n < rounds; n++) {
    const rops: number[] = n % 4 === 0 ? [...logonRop(alice, random.below(2), random.below(3), random.below(2))] : []
    for (let r = random.below(3); r >= 0; r--) {
      rops.push(known[random.below(known.length)], random.below(3), random.below(4))
      for (let b = random.below(random.below(4) === 0 ? 30 : 8); b > 0; b--)
        rops.push(random.below(4) === 0 ? random.below(256) : random.below(3))
    }
    const handles = Array.from({ length: random.below(5) }, () => random.below(8))
    const rop = extended(payloadOf(rops, handles), random.below(16) === 0 ? 5 : 4)
    if (random.below(8) === 0) rop[random.below(rop.length)] = random.below(256)
    const flags = random.below(8)
    const response = await emsmdb.execute(session, {
      flags,
      rop,
      maxRopOut: random.below(0x9000),
      auxiliary: rop.subarray(0, 0)
    })
    if (![0, 0x4b6, 0x47d, 0x80040115].includes(response.errorCode)) t.fail(`${response.errorCode} for ${hex(rop)}`)
    if (response.errorCode === 0) parsed++
    if (session.ended !== undefined) {
      t.fail(`the session ended for ${hex(rop)}`)
      return
    }
  }
  t.ok(parsed > rounds / 50, `${parsed} of ${rounds} parsed`)
}

t.test('any bytes, at the rules', async t => {
  await fuzz(
    t,
    fakeTable.map(row => (row?.name === 'RopBreak' ? undefined : row)),
    1,
    20000
  )
})

t.test('any bytes, at the layouts of every ROP', async t => {
  // The handlers are not asked here: the fake objects are no mailbox.
  const layouts = ropTable.map(
    row =>
      row && (fakeTable[row.id]?.id === 0xfe ? fakeTable[row.id] : { ...row, execute: undefined, stream: undefined })
  )
  await fuzz(t, layouts as typeof ropTable, 2, 20000)
})
