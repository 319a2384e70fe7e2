import { test } from 'tap'
import type { Nspi } from '../../../src/nspi/nspi.js'
import { requirement } from '../../conformance/ledger.js'
import { type Bytes, bytes } from './address-book-bytes.js'
import { OPERATION_CASES } from './address-book-cases.js'
import { serve } from './fake-emsmdb.js'
import { MapiSession } from './mapi-session.js'

/** An auxiliary buffer, which the server takes and does not look at; answers have none. */
const auxiliary = bytes().u32(3).u8(1, 2, 3).buffer
const NO_AUXILIARY = bytes().u32(0).buffer

test('the bodies of every operation', async t => {
  const server = await serve()
  t.teardown(server.close)
  const session = await MapiSession.open(server.port, server.alice, server.alice, 'nspi')
  t.teardown(() => session.close())
  await session.bind()
  for (const { type, request, method, asked, answers, claims } of OPERATION_CASES) {
    for (const [answer, response] of answers) {
      server.nspi.answers.set(method, answer)
      const got = await session.post(type, { body: Buffer.concat([request.buffer, auxiliary]) })
      t.equal(got.code, 0, `${type}: processed`)
      t.equal(got.header('x-requesttype'), type)
      t.equal(server.nspi.last.method, method)
      t.same(server.nspi.last.request, asked, `${type}: what was asked`)
      t.equal(server.nspi.last.caller.principal, server.alice)
      const expected = Buffer.concat([response.buffer, NO_AUXILIARY])
      t.equal(got.inner?.body.toString('hex'), expected.toString('hex'), `${type}: ${answer.errorCode}`)
    }
    requirement(...claims)
  }
  requirement('MS-OXCMAPIHTTP_R321', 'MS-OXCMAPIHTTP_R1462', 'MS-OXCMAPIHTTP_R1463')
})

/** Requests that leave out whatever may be left out. */
const BARE: readonly [type: string, body: Bytes, method: keyof Nspi, asked: unknown][] = [
  ['CompareMIds', bytes().u32(0).u8(0).u32(1, 2), 'compareMids', { stat: null, mid1: 1, mid2: 2 }],
  ['DNToMId', bytes().u32(0).u8(0), 'dnToMid', { names: null }],
  [
    'GetMatches',
    bytes().u32(0).u8(0, 0).u32(0).u8(0, 0).u32(5).u8(0),
    'getMatches',
    { stat: null, mids: null, interfaceFlags: 0, filter: null, propertyName: null, rowCount: 5, columns: null }
  ],
  ['GetProps', bytes().u32(0).u8(0, 0), 'getProps', { flags: 0, stat: null, tags: null }],
  ['GetSpecialTable', bytes().u32(0).u8(0, 0), 'getSpecialTable', { flags: 0, stat: null, version: null }],
  [
    'GetTemplateInfo',
    bytes().u32(0, 6).u8(0).u32(1252, 9),
    'getTemplateInfo',
    { flags: 0, displayType: 6, templateDn: null, codePage: 1252, localeId: 9 }
  ],
  ['ModLinkAtt', bytes().u32(0, 1, 2).u8(0), 'modLinkAtt', { flags: 0, tag: 1, mid: 2, entryIds: null }],
  ['ModProps', bytes().u32(0).u8(0, 0, 0), 'modProps', { stat: null, remove: null, values: null }],
  [
    'QueryRows',
    bytes().u32(0).u8(0).u32(0, 5).u8(0),
    'queryRows',
    { flags: 0, stat: null, mids: [], rowCount: 5, columns: null }
  ],
  ['ResolveNames', bytes().u32(0).u8(0, 0, 0), 'resolveNames', { stat: null, columns: null, names: null }],
  ['ResortRestriction', bytes().u32(0).u8(0, 0), 'resortRestriction', { stat: null, mids: null }],
  [
    'SeekEntries',
    bytes().u32(0).u8(0, 0, 0, 0),
    'seekEntries',
    { stat: null, target: null, mids: null, columns: null }
  ],
  ['UpdateStat', bytes().u32(0).u8(0, 0), 'updateStat', { stat: null, wantsDelta: false }]
]

test('requests that leave out what they may, and requests that end too soon', async t => {
  const server = await serve()
  t.teardown(server.close)
  const session = await MapiSession.open(server.port, server.alice, server.alice, 'nspi')
  t.teardown(() => session.close())
  await session.bind()
  for (const [type, body, method, asked] of BARE) {
    server.nspi.answers.set(method, OPERATION_CASES.find(one => one.type === type)?.answers[0][0] ?? { errorCode: 0 })
    const whole = body.u32(0).buffer
    t.equal((await session.post(type, { body: whole })).code, 0, type)
    t.same(server.nspi.last.request, asked, `${type}: null for what is not there`)
    for (const size of [0, 4, whole.length - 1]) {
      const sequence = session.cookies.get('MapiSequence')
      const cut = await session.post(type, { body: whole.subarray(0, size) })
      t.equal(cut.code, 12, `${type} of ${size} bytes`)
      t.equal(session.cookies.get('MapiSequence'), sequence, 'the sequence does not move on')
    }
  }
})

test('limits of counts', async t => {
  const server = await serve()
  t.teardown(server.close)
  const session = await MapiSession.open(server.port, server.alice, server.alice, 'nspi')
  t.teardown(() => session.close())
  await session.bind()
  server.nspi.answers.set('queryRows', { errorCode: 0, stat: null, columns: null, rows: [] })
  const query = (count: number) =>
    bytes()
      .u32(0)
      .u8(0)
      .u32(count)
      .raw(Buffer.alloc(count * 4))
      .u32(5)
      .u8(0)
      .u32(0).buffer
  t.equal((await session.post('QueryRows', { body: query(100_000) })).code, 0)
  t.equal((await session.post('QueryRows', { body: query(100_001) })).code, 12)
  server.nspi.answers.set('dnToMid', { errorCode: 0, mids: null })
  const names = (count: number) => bytes().u32(0).u8(0xff).u32(count).raw(Buffer.alloc(count)).u32(0).buffer
  t.equal((await session.post('DNToMId', { body: names(100_000) })).code, 0)
  t.equal((await session.post('DNToMId', { body: names(100_001) })).code, 12)
  t.equal((await session.post('DNToMId', { body: bytes().u32(0).u8(0xff).u32(0xffffffff).buffer })).code, 12)
  t.equal((await session.post('ModProps', { body: Buffer.alloc((2 << 20) + 1) })).code, 9)
})
