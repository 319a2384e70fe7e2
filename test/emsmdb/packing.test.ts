import t from 'tap'
import { exchange2016 } from '../../src/personality.js'
import { requirement } from '../conformance/ledger.js'
import {
  alice,
  answersOf,
  connected,
  extended,
  fakeServer,
  logonRop,
  NONE,
  payloadOf,
  ROWS_IN_TABLE,
  run
} from './fakes.js'

const CHAIN = 7
const KIB = 1024

/** Handles: 0 logon, 1 folder, 2 table, 3 message, 4 stream. */
function prepared() {
  const { emsmdb } = fakeServer({ personality: { ...exchange2016, requestBufferBytes: 0x40000 } })
  const session = connected(emsmdb)
  const rops = [...logonRop(alice), 0x02, 0, 0, 1, 1, 0x04, 0, 1, 2, 0x03, 0, 0, 3, 0x2b, 0, 3, 4]
  const [answer] = answersOf(run(emsmdb, session, rops, [NONE, NONE, NONE, NONE, NONE]))
  t.same(answer.handles, [0, 1, 2, 3, 4])
  return { emsmdb, session }
}

const query = (rows: number, flags = 2) => [0x15, 0, 0, flags, 1, rows & 0xff, rows >> 8]
const read = (size: number) => [0x2c, 0, 0, 0xbe, 0xba, ...Buffer.from(new Uint32Array([size]).buffer)]
const rowsOf = (rops: Buffer) => rops.readUInt16LE(7)

t.test('a last RopQueryRows goes on in further payloads', async t => {
  const { emsmdb, session } = prepared()
  const response = run(emsmdb, session, query(ROWS_IN_TABLE), [2], { flags: CHAIN, maxRopOut: 0x40000 })
  const answers = answersOf(response)
  t.ok(answers.length > 3)
  t.same(
    answers.map(answer => answer.flags),
    [...new Array(answers.length - 1).fill(0), 4]
  )
  requirement('MS-OXCRPC_R775', 'MS-OXCRPC_R777', 'MS-OXCRPC_R778', 'MS-OXCRPC_R779', 'MS-OXCRPC_R965')
  for (const answer of answers) {
    t.equal(answer.rops[0], 0x15)
    t.equal(answer.rops.readUInt32LE(2), 0)
    t.same(answer.handles, [2])
    t.ok(answer.rops.length + 6 <= 32 * KIB)
  }
  requirement('MS-OXCRPC_R962', 'MS-OXCRPC_R963', 'MS-OXCRPC_R964', 'MS-OXCRPC_R967')
  const rows = answers.reduce((sum, answer) => sum + rowsOf(answer.rops), 0)
  const bytes = Buffer.concat(response.rop).length
  t.ok(rows <= ROWS_IN_TABLE && 0x40000 - bytes < 32 * KIB, 'stops when less than 32 KB are left')
  requirement('MS-OXCRPC_R4852')
})

t.test('no more rows than were asked for', async t => {
  const { emsmdb, session } = prepared()
  const answers = answersOf(run(emsmdb, session, query(500), [2], { flags: CHAIN, maxRopOut: 0x40000 }))
  t.equal(answers.length, 2)
  t.equal(
    answers.reduce((sum, answer) => sum + rowsOf(answer.rops), 0),
    500
  )
  requirement('MS-OXCRPC_R972', 'MS-OXCRPC_R973')
})

t.test('packing only for those who ask', async t => {
  const { emsmdb, session } = prepared()
  t.equal(answersOf(run(emsmdb, session, query(500), [2], { flags: 3, maxRopOut: 0x40000 })).length, 1, 'no Chain')
  t.equal(answersOf(run(emsmdb, session, query(500, 0), [2], { flags: CHAIN, maxRopOut: 0x40000 })).length, 1)
  t.equal(answersOf(run(emsmdb, session, query(500, 3), [2], { flags: CHAIN, maxRopOut: 0x40000 })).length, 1)
  const notLast = [...query(500), 0x1f, 0, 1]
  t.equal(answersOf(run(emsmdb, session, notLast, [2, 1], { flags: CHAIN, maxRopOut: 0x40000 })).length, 1)
  requirement('MS-OXCRPC_R642')
})

t.test('a last RopReadStream goes on, and ends with the data', async t => {
  const { emsmdb, session } = prepared()
  const answers = answersOf(run(emsmdb, session, read(1000000), [4], { flags: CHAIN, maxRopOut: 0x40000 }))
  const data = Buffer.concat(answers.map(answer => answer.rops.subarray(8)))
  t.equal(data.length, 100000)
  t.ok(
    data.every((byte, at) => byte === (at & 0xff)),
    'every byte once, in order'
  )
  t.ok(
    answers.every(answer => answer.rops.readUInt16LE(6) > 0),
    'no empty payload at the end'
  )
})

t.test('no more bytes than were asked for, and only with 8 KB to spare', async t => {
  const { emsmdb, session } = prepared()
  const answers = answersOf(run(emsmdb, session, read(40000), [4], { flags: CHAIN, maxRopOut: 0x40000 }))
  t.equal(
    answers.reduce((sum, answer) => sum + answer.rops.readUInt16LE(6), 0),
    40000
  )
  requirement('MS-OXCRPC_R1280')
  const tight = answersOf(run(emsmdb, session, read(60000), [4], { flags: CHAIN, maxRopOut: 0x8008 + 8000 }))
  t.equal(tight.length, 1)
})

t.test('at most 96 payloads', async t => {
  const { emsmdb, session } = prepared()
  const rops = read(0x7fffffff)
  const stream = session.handles.resolve(4, session.logons[0]!)
  if (typeof stream === 'number') throw new Error('no stream')
  Object.defineProperty(stream.object, 'position', { get: () => 99900, set() {} })
  const response = run(emsmdb, session, rops, [4], { flags: CHAIN, maxRopOut: 0x100000 })
  t.equal(answersOf(response).length, 96)
  requirement('MS-OXCRPC_R969')
})

t.test('uploads go on in further request payloads', async t => {
  const { emsmdb, session } = prepared()
  const write = (size: number) => [0xa3, 0, 0, size & 0xff, size >> 8, ...new Array(size).fill(0x55)]
  const execute = (parts: Buffer[]) => {
    const response = emsmdb.execute(session, {
      flags: 3,
      rop: Buffer.concat(parts),
      maxRopOut: 0x10000,
      auxiliary: new Uint8Array(0)
    })
    if (response instanceof Promise) throw new Error('not answered at once')
    return response
  }
  const joined = execute([
    extended(payloadOf(write(1000), [4]), 0),
    extended(payloadOf(write(2000), [4]), 0),
    extended(payloadOf(write(3000), [4]), 4)
  ])
  const answers = answersOf(joined)
  t.equal(answers.length, 1)
  t.equal(answers[0].rops.readUInt32LE(6), 6000, 'one ROP with all the data')
  requirement('MS-OXCRPC_R1649011')
  const wrong = execute([extended(payloadOf(write(1), [4]), 0), extended(payloadOf([0x1f, 0, 1], [4, 1]), 4)])
  t.equal(wrong.errorCode, 0x4b6)
  const unpackable = execute([extended(payloadOf([0x1f, 0, 0], [1]), 0), extended(payloadOf([0x1f, 0, 0], [1]), 4)])
  t.equal(unpackable.errorCode, 0x4b6)
})
