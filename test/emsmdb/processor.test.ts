import t from 'tap'
import { limits } from '../../src/limits.js'
import { silentLog } from '../../src/log.js'
import { requirement } from '../conformance/ledger.js'
import {
  alice,
  answersOf,
  bob,
  connected,
  connectRequest,
  extended,
  fakeServer,
  journal,
  logonRop,
  mailboxes,
  NONE,
  payloadOf,
  run
} from './fakes.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const RELEASED = 0x01fffffe

/** A session with a logon (handle 0) and a folder (handle 1). */
function withFolder() {
  const { emsmdb, clock } = fakeServer()
  const session = connected(emsmdb)
  const [answer] = answersOf(run(emsmdb, session, [...logonRop(alice), 0x02, 0, 0, 1, 9], [NONE, NONE]))
  t.same(answer.handles, [0, 1])
  return { emsmdb, clock, session }
}

t.test('responses come in the order of the requests, handles count up from 0', async t => {
  const { emsmdb } = fakeServer()
  const session = connected(emsmdb)
  const rops = [...logonRop(alice), 0x02, 0, 0, 1, 9, 0x04, 0, 1, 2]
  const [answer] = answersOf(run(emsmdb, session, rops, [NONE, NONE, NONE]))
  t.equal(hex(answer.rops), 'fe000000000001' + '02010000000009' + '040200000000')
  t.same(answer.handles, [0, 1, 2])
  t.equal(answer.flags, 4, 'one payload, the last')
  requirement('MS-OXCROPS_R4550', 'MS-OXCROPS_R4719', 'MS-OXCROPS_R4558', 'MS-OXCROPS_R4559', 'MS-OXCROPS_R4565')
  requirement('MS-OXCROPS_R4673', 'MS-OXCROPS_R4675', 'MS-OXCROPS_R6', 'MS-OXCROPS_R11', 'MS-OXCRPC_R621')
})

t.test('a released handle is not used again and its slot says so', async t => {
  const { emsmdb, session } = withFolder()
  const [answer] = answersOf(run(emsmdb, session, [0x01, 0, 0, 0x02, 0, 1, 2, 5], [1, 0, NONE]))
  t.equal(hex(answer.rops), '02020000000005', 'RopRelease has no response')
  t.same(answer.handles, [RELEASED, 0, 2])
  requirement('MS-OXCROPS_R4581', 'MS-OXCROPS_R4560')
  const [alone] = answersOf(run(emsmdb, session, [0x01, 0, 0], [2]))
  t.equal(alone.rops.length, 0)
  t.same(alone.handles, [RELEASED])
})

t.test('errors of RopRelease are dropped', async t => {
  const { emsmdb, session } = withFolder()
  const rops = [0x01, 0, 0, 0x01, 0, 9, 0x01, 5, 0]
  const [answer] = answersOf(run(emsmdb, session, rops, [77]))
  t.equal(answer.rops.length, 0)
  t.same(answer.handles, [77])
})

t.test('a handle is refused for what is wrong with it', async t => {
  const { emsmdb, session } = withFolder()
  run(emsmdb, session, logonRop(alice, 1), [NONE])
  run(emsmdb, session, [0x02, 0, 0, 1, 1], [0, NONE])
  run(emsmdb, session, [0x01, 0, 0], [3])
  const refusal = (rops: number[], handles: number[]) =>
    answersOf(run(emsmdb, session, rops, handles))[0]
      .rops.readUInt32LE(2)
      .toString(16)
  t.equal(refusal([0x02, 0, 0, 1, 1], [500, NONE]), '4b9', 'never issued')
  t.equal(refusal([0x02, 0, 0, 1, 1], [NONE, NONE]), '4b9', 'no handle')
  t.equal(refusal([0x02, 0, 0, 1, 1], [RELEASED, NONE]), '4b9', 'the mark of a released slot')
  t.equal(refusal([0x02, 0, 7, 1, 1], [0, NONE]), '4b9', 'index outside the table')
  t.equal(refusal([0x02, 0, 0, 7, 1], [0, NONE]), '4b9', 'output index outside the table')
  t.equal(refusal([0x02, 9, 0, 1, 1], [0, NONE]), '4b9', 'no such logon')
  requirement('MS-OXCROPS_R457302')
  t.equal(refusal([0x02, 0, 0, 1, 1], [3, NONE]), '80040108', 'released')
  t.equal(refusal([0x02, 1, 0, 1, 1], [1, NONE]), '80070005', 'of another logon')
  requirement('MS-OXCROPS_R457303')
  t.equal(refusal([0x04, 0, 0, 1], [0, NONE]), '80040102', 'wrong kind')
})

t.test('a failed ROP leaves no handle behind, and its object is released', async t => {
  const { emsmdb, session } = withFolder()
  journal.length = 0
  const [answer] = answersOf(run(emsmdb, session, [0x02, 0, 0, 1, 0xff, 0x02, 0, 0, 2, 1], [0, 1, NONE]))
  t.equal(hex(answer.rops), '02010f010480' + '02020000000001')
  t.same(answer.handles, [0, NONE, 2])
  t.match(journal[0], /^released folder/)
})

t.test('releasing a parent does not kill its children; releasing a logon releases all of it', async t => {
  const { emsmdb, session } = withFolder()
  run(emsmdb, session, [0x04, 0, 0, 1], [1, NONE])
  const [answer] = answersOf(run(emsmdb, session, [0x01, 0, 0, 0x15, 0, 1, 0, 1, 1, 0], [1, 2]))
  t.equal(answer.rops.readUInt32LE(2), 0, 'the table still answers')
  journal.length = 0
  run(emsmdb, session, [0x01, 0, 0], [0])
  t.match(journal, [/^released table/])
  t.equal(session.handles.size, 0)
  t.equal(session.logons[0], undefined)
})

t.test('RopLogon with an active LogonId replaces the logon', async t => {
  const { emsmdb, session } = withFolder()
  const rops = [...logonRop(alice), 0x02, 0, 1, 2, 1]
  const [answer] = answersOf(run(emsmdb, session, rops, [NONE, 1, NONE]))
  t.same(answer.handles, [2, 1, NONE])
  t.equal(answer.rops.readUInt32LE(9), 0x80040108, 'objects of the former logon are gone')
})

t.test('failures with bodies, redirects, other response ids', async t => {
  const { emsmdb, session } = withFolder()
  const rops = [...logonRop('elsewhere', 3, 2), ...logonRop('nobody', 3, 2), 0x1f, 0, 1, 0x60, 0, 0, 1, 2]
  const [answer] = answersOf(run(emsmdb, session, rops, [0, 1, NONE]))
  const redirect = `fe0278040000${'01'}${'0600'}${Buffer.from('there\0').toString('hex')}`
  t.equal(hex(answer.rops), `${redirect}fe02eb030000200100000000070000006000ff0f0480`)
  t.same(answer.handles, [0, 1, NONE])
  const [moves] = answersOf(run(emsmdb, session, [0x33, 0, 0, 1, 0x33, 0, 0, 0, 0x33, 0, 1, 0], [1, NONE]))
  t.equal(hex(moves.rops), `3300030500000100000000${'33000000000000'}3301b904000000`)
})

t.test('fields that depend on the kind of the logon, known before anything runs', async t => {
  const { emsmdb } = fakeServer()
  const session = connected(emsmdb)
  const flag = (logonId: number) => [0x03, logonId, 0, 1, 0x11, logonId, 2, 1, 4]
  const client = new Array(24).fill(0x77)
  const [isPublic] = answersOf(
    run(emsmdb, session, [...logonRop(alice, 0, 0, 0), ...flag(0), ...client], [NONE, NONE, NONE])
  )
  t.equal(hex(isPublic.rops.subarray(13)), '1102000000000101', 'response index, success, input index, public tail')
  const [isPrivate] = answersOf(run(emsmdb, session, [...logonRop(alice, 1), ...flag(1)], [NONE, NONE, NONE]))
  t.equal(hex(isPrivate.rops.subarray(13)), '11020000000001')
  const [later] = answersOf(run(emsmdb, session, [0x11, 0, 1, 0, 4, ...client], [1, NONE]))
  t.equal(hex(later.rops), '1101000000000001', 'the kind of an open logon counts')
})

t.test('a list that does not parse fails the call and changes nothing', async t => {
  const { emsmdb, session } = withFolder()
  journal.length = 0
  const open = [0x02, 0, 0, 1, 9]
  for (const [what, rops] of Object.entries({
    'a reserved RopId': [...open, 0x05, 0, 0],
    'a ROP that only servers send': [...open, 0x6e, 0, 0],
    'a ROP cut short': [...open, 0x02, 0, 0]
  })) {
    const response = run(emsmdb, session, rops, [0, NONE])
    t.equal(response.errorCode, 0x4b6, what)
    t.same(response.rop, [], what)
  }
  t.same(journal, [], 'nothing ran')
  requirement('MS-OXCROPS_R4551', 'MS-OXCRPC_R697', 'MS-OXCRPC_R698')
  t.equal(session.handles.size, 2)
})

t.test('what does not fit is sent back', async t => {
  const { emsmdb, session } = withFolder()
  const ask = (size: number) => [0x0a, 0, 0, size & 0xff, size >> 8, 0, 0]
  run(emsmdb, session, [0x03, 0, 0, 1], [0, NONE])
  const rops = [...ask(20000), ...ask(20000), ...ask(1)]
  const [answer] = answersOf(run(emsmdb, session, rops, [2]))
  t.equal(answer.rops.readUInt32LE(2), 0)
  const tail = answer.rops.subarray(6 + 2 + 20000)
  t.equal(hex(tail), `ffff7f${hex(Buffer.from([...ask(20000), ...ask(1)]))}`, 'RopBufferTooSmall ends the list')
  const [again] = answersOf(run(emsmdb, session, [...ask(20000), ...ask(1)], [2]))
  t.equal(again.rops.length, 8 + 20000 + 8 + 1, 'and goes through when it comes again')
  t.match(
    run(emsmdb, session, ask(40000), [2]),
    { errorCode: 0x47d, statusCode: 0x47d },
    'what fits nowhere fails the call'
  )
  const [small] = answersOf(run(emsmdb, session, ask(300), [2], { maxRopOut: 100 }))
  t.equal(hex(small.rops), `ffff7f${hex(Buffer.from(ask(300)))}`, 'what fits a larger buffer is sent back')
  t.equal(run(emsmdb, session, ask(1), [2], { maxRopOut: 0x40000 }).errorCode, 0)
  t.same(run(emsmdb, session, ask(1), [2], { maxRopOut: 7 }).rop, [], 'no room for a header: nothing is done')
  requirement('MS-OXCRPC_R2002')
  t.equal(run(emsmdb, session, ask(1), [2], { maxRopOut: 12 }).errorCode, 0x47d)
})

t.test('a ROP that has committed is not sent back', async t => {
  const { emsmdb, session } = withFolder()
  const ask = (size: number) => [0x0a, 0, 0, size & 0xff, size >> 8, 0, 0]
  journal.length = 0
  const [answer] = answersOf(run(emsmdb, session, [...ask(20000), ...ask(20000), ...ask(1)], [1]))
  const tail = answer.rops.subarray(6 + 2 + 20000)
  t.equal(hex(tail), '0a007d040000' + '0a0000000000010041')
  t.equal(journal.length, 3, 'each ran once')
})

t.test('a ROP that fills the space left does not begin in a corner', async t => {
  const { emsmdb, session } = withFolder()
  run(emsmdb, session, [0x04, 0, 0, 1, 0x03, 0, 2, 3], [1, NONE, 0, NONE])
  const query = [0x15, 0, 0, 0, 1, 0xff, 0xff]
  const [answer] = answersOf(run(emsmdb, session, [0x0a, 0, 1, 0x40, 0x70, 0, 0, ...query], [2, 3]))
  t.equal(hex(answer.rops.subarray(8 + 0x7040)), `ffff7f${hex(Buffer.from(query))}`)
  const [rows] = answersOf(run(emsmdb, session, query, [2]))
  const count = rows.rops.readUInt16LE(7)
  t.ok(count >= 326 && rows.rops.length + 2 + 4 <= limits.payloadBytes, `${count} rows in one payload`)
  requirement('MS-OXCRPC_R1628', 'MS-OXCRPC_R961', 'MS-OXCRPC_R4852')
})

t.test('a defect ends the session, with its stack in the log', async t => {
  const logged: [string, Record<string, unknown>][] = []
  const log = { ...silentLog, error: (event: string, fields = {}) => void logged.push([event, fields]) }
  for (const how of [1, 2]) {
    const { emsmdb } = fakeServer({ log })
    const session = connected(emsmdb)
    run(emsmdb, session, logonRop(alice), [NONE])
    const response = await emsmdb.execute(session, {
      flags: 3,
      rop: extended(payloadOf([0x50, 0, 0, how], [0])),
      maxRopOut: 0x10000,
      auxiliary: new Uint8Array(0)
    })
    t.equal(response.errorCode, 0x80040115)
    t.equal(session.ended, 'defect')
    t.equal(emsmdb.sessionCount, 0)
  }
  t.match(logged, [
    ['emsmdb.defect', { rop: 'RopBreak', error: TypeError }],
    ['emsmdb.defect', { rop: 'RopBreak', error: RangeError }]
  ])
})

t.test('handlers that take their time are waited for, in order', async t => {
  const { emsmdb } = fakeServer()
  const session = connected(emsmdb)
  const rops = [...logonRop(alice), 0x02, 0, 0, 1, 0xaa, 0x02, 0, 1, 2, 1]
  const request = {
    flags: 3,
    rop: extended(payloadOf(rops, [NONE, NONE, NONE])),
    maxRopOut: 0x8000,
    auxiliary: new Uint8Array(0)
  }
  const pending = emsmdb.execute(session, request)
  t.ok(pending instanceof Promise)
  const second = await emsmdb.execute(session, request)
  t.equal(second.errorCode, 0x7ee, 'one call of a session at a time')
  const [answer] = answersOf(await pending)
  t.equal(hex(answer.rops), 'fe000000000001' + '020100000000aa' + '02020000000001')
  t.same(answer.handles, [0, 1, 2])
})

t.test('what a call opens after its session has ended is released', async t => {
  const { emsmdb, session } = withFolder()
  const rop = extended(payloadOf([0x02, 0, 0, 1, 0xaa, 0x03, 0, 0, 1], [0, NONE]))
  const pending = emsmdb.execute(session, { flags: 3, rop, maxRopOut: 0x8000, auxiliary: new Uint8Array(0) })
  emsmdb.disconnect(session)
  await pending
  t.equal(session.handles.size, 0)
  t.equal(emsmdb.sessionCount, 0)
})

t.test('an answer waits for the disk, once', async t => {
  const { emsmdb, session } = withFolder()
  let flushed = () => {}
  mailboxes.alice.flush = new Promise(resolve => {
    flushed = resolve
  })
  const request = {
    flags: 3,
    rop: extended(payloadOf([0x1f, 0, 0], [1])),
    maxRopOut: 0x8000,
    auxiliary: new Uint8Array(0)
  }
  let answered = false
  const pending = Promise.resolve(emsmdb.execute(session, request)).then(response => {
    answered = true
    return response
  })
  await new Promise(resolve => setImmediate(resolve))
  t.equal(answered, false)
  t.equal(session.busy, true)
  flushed()
  t.equal((await pending).errorCode, 0)
  mailboxes.alice.flush = Promise.reject(new Error('disk full'))
  const failed = await emsmdb.execute(session, request)
  t.equal(failed.errorCode, 0x80040115, 'nobody is told of what is not on disk')
  t.equal(session.ended, 'store')
  mailboxes.alice.flush = undefined
})

t.test('objects per kind are limited', async t => {
  const { emsmdb, session } = withFolder()
  for (let n = 1; n < limits.handlesPerKind; n++) run(emsmdb, session, [0x02, 0, 0, 1, 1], [0, NONE])
  const [answer] = answersOf(run(emsmdb, session, [0x02, 0, 0, 1, 1, 0x03, 0, 0, 1], [0, NONE]))
  t.equal(answer.rops.readUInt32LE(2), 0x4de)
  t.equal(answer.rops.readUInt32LE(8), 0, 'another kind has its own room')
})

t.test('RopBackoff stands for a delayed ROP and ends the list; old clients get a busy call', async t => {
  const backoff = { durationMs: 500, rops: [{ ropId: 2, durationMs: 700 }] }
  const { emsmdb } = fakeServer({ admit: (_session, _logonId, row) => (row.id === 0x02 ? backoff : undefined) })
  const session = connected(emsmdb)
  const [answer] = answersOf(run(emsmdb, session, [...logonRop(alice), 0x02, 0, 0, 1, 1], [NONE, NONE]))
  t.equal(hex(answer.rops), 'fe000000000001' + 'f900f40100000102bc0200000000')
  const old = emsmdb.connect({ ...connectRequest, clientVersion: [0x0c00, 0x8000 | 4228, 0] })
  if (old instanceof Promise || old.session === null) throw new Error('not connected')
  t.match(run(emsmdb, old.session, [...logonRop(alice), 0x02, 0, 0, 1, 1], [NONE, NONE]), {
    errorCode: 0x6bb,
    statusCode: 0x6bb
  })
  requirement('MS-OXCROPS_R4541', 'MS-OXCROPS_R4542')
})

t.test('queued notifications follow the responses; what does not fit is announced', async t => {
  const { emsmdb, session } = withFolder()
  const event = (n: number, size = 4) => ({
    handle: 0x11,
    logonId: 0,
    size,
    write: (writer: { u8(v: number): void }) => {
      for (let i = 0; i < size; i++) writer.u8(n)
    }
  })
  session.notifications.push(event(1))
  session.notifications.push(event(2))
  const [both] = answersOf(run(emsmdb, session, [0x1f, 0, 0], [1]))
  t.equal(hex(both.rops), `20000000000007000000${'2a1100000000'}01010101${'2a1100000000'}02020202`)
  requirement('MS-OXCROPS_R4426', 'MS-OXCROPS_R4428')
  session.notifications.push(event(3))
  session.notifications.push(event(4, 2000))
  const [one] = answersOf(run(emsmdb, session, [0x1f, 0, 0], [1], { maxRopOut: 1000 }))
  const index = session.index.toString(16).padStart(2, '0')
  t.equal(hex(one.rops), `20000000000007000000${'2a1100000000'}03030303${`6e${index}00`}`)
  requirement('MS-OXCROPS_R4437', 'MS-OXCRPC_R536')
  t.equal(session.notifications.length, 1)
})

t.test('RopNotify has no place behind RopBufferTooSmall', async t => {
  const { emsmdb, session } = withFolder()
  run(emsmdb, session, [0x03, 0, 0, 1], [0, NONE])
  session.notifications.push({ handle: 1, logonId: 0, size: 0, write() {} })
  const [answer] = answersOf(run(emsmdb, session, [0x0a, 0, 0, 100, 0, 0, 0], [2], { maxRopOut: 100 }))
  t.equal(answer.rops[0], 0xff)
  t.equal(answer.rops.length, 3 + 7)
  t.equal(session.notifications.length, 1)
})

t.test('the figures of the rows', async t => {
  const { emsmdb, session } = withFolder()
  run(emsmdb, session, [0x02, 0, 0, 1, 0xff], [0, NONE])
  const figures = emsmdb.metrics.snapshot()
  const open = figures.find(row => row.name === 'RopOpenFolder')
  t.equal(open?.calls, 2)
  t.same(open?.failures, { 2147746063: 1 })
  t.equal(
    open?.histogram.reduce((a, b) => a + b),
    2
  )
})

t.test('a logon of another mailbox has handles of its own', async t => {
  const { emsmdb, session } = withFolder()
  const [answer] = answersOf(run(emsmdb, session, [...logonRop(bob, 1), 0x02, 1, 0, 1, 1], [NONE, NONE]))
  t.same(answer.handles, [2, 3])
  t.equal(session.logons[1]?.mailbox, mailboxes.bob)
  t.equal(session.firstMailbox, mailboxes.alice)
})
