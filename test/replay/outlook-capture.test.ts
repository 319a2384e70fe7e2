import { existsSync } from 'node:fs'
import t from 'tap'
import { unwrapPayloads, wrapPayload } from '../../src/client/extended-buffer.js'
import { MapiClient } from '../../src/client/mapi-client.js'
import {
  PLAIN_ANSWER,
  readConnectResponse,
  readEnvelope,
  readExecuteResponse,
  writeExecuteRequest
} from '../../src/client/mapi-http-body.js'
import { RopBatch, type RopSlots } from '../../src/client/rop-batch.js'
import { startServer } from '../../src/index.js'
import { worldSchema } from '../../src/world/schema.js'
import { CAPTURE_FOLDER, readBody, readRequest, readResponse, readResponses } from './recorded-execute.js'

/**
 * What the recorded Outlook sent, played in order against a world that holds its user. Folder ids, handles and the
 * recorded server's GUIDs are translated by what the two logons answered; the answers must have the same structure: the
 * same ROPs in the same slots with the same ReturnValue, the same cells present. Where documents and recorded server
 * differ the documents win, and the case stands in DIFFERENCES.
 */
const absent = existsSync(CAPTURE_FOLDER) ? false : 'the recorded traffic is not beside this checkout'

const EXECUTES = [19, 21, 22, 28, 37, 38, 39, 43, 45, 47, 55, 158]

/**
 * Where our answer differs from the recorded server's, by number of the exchange and place of the ROP.
 * - 22: the logon is released before later requests use its handle; the recording joins several sessions. It is replayed
 *   in a session of its own.
 * - 158: its upload context was opened by a request that was not recorded, so its handle names nothing here.
 */
const DIFFERENCES: Record<string, string> = {
  '43/0/2': 'PidTagServerTypeDisplayName and its icons are documented store properties; the recorded server had none',
  '158/0': 'the handle of the upload context was never issued here: ecNullObject ([MS-OXCROPS] 3.2.5.1)'
}

const USER_DN = '/o=I638513D0/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=0100000001000000-T1'
const world = worldSchema.parse({
  ropewalk: 1,
  name: 'recorded-outlook',
  organization: 'I638513D0',
  domain: 'recorded.example',
  users: [{ address: 't1@recorded.example', name: 'T1', password: 't1', legacyDn: USER_DN }]
})

/** REPLID 1 in the upper bits, a small counter below: what a folder id of the recorded server looks like. */
const isId = (value: unknown): value is number => typeof value === 'number' && value > 2 ** 48

t.test('every recorded Execute request decodes completely', { skip: absent }, async t => {
  const names = EXECUTES.flatMap(number => readRequest(number).rops.map(({ rop }) => rop.name))
  t.equal(names.length, 21)
  t.ok(names.includes('RopSynchronizationImportHierarchyChange'))
})

t.test('the recorded session is answered as it was recorded', { skip: absent }, async t => {
  const server = await startServer({ world, memory: true, httpPort: 0, logLevel: 'silent' })
  t.teardown(() => server.stop())
  const url = new URL(server.urls.http)
  const address = { host: url.hostname, port: Number(url.port) }
  const client = await MapiClient.open({ ...address, address: 't1@recorded.example', password: 't1' })
  t.teardown(() => client.close())

  const connected = await client.post('Connect', readBody('connect_req18.bin'))
  t.equal(connected.headers.get('x-responsecode'), '0')
  const answer = readConnectResponse(readEnvelope(connected.body).body)
  const recordedAnswer = readConnectResponse(readBody('connect_resp18.bin'))
  t.same([answer.statusCode, answer.errorCode, answer.retryCount], [0, 0, recordedAnswer.retryCount])

  const ids = new Map<number, number>()
  const handles = new Map<number, number>()
  for (const number of EXECUTES.filter(n => n !== 22)) {
    const request = readRequest(number)
    const columns = request.rops
      .filter(({ rop }) => !rop.noResponse)
      .map(({ fields }) => (fields.propertyTags ?? []) as number[])
    const recorded = readResponse(number, columns)
    const batch = new RopBatch(request.handles.map(handle => handles.get(handle) ?? handle))
    for (const { rop, slots, fields } of request.rops)
      batch.add(rop, namedSlots(rop.handles, slots), translate(fields, ids))
    const body = writeExecuteRequest(wrapPayload(batch.write(), { xor: true }), PLAIN_ANSWER, 32775)
    const executed = readExecuteResponse(readEnvelope((await client.post('Execute', body)).body).body)
    t.equal(executed.errorCode, 0, `exchange ${number} is executed`)
    const ours = readResponses(unwrapPayloads(executed.rop)[0], columns)
    compare(t, number, recorded.rops, ours.rops)
    recorded.handles.forEach((handle, slot) => {
      if (!handles.has(handle)) handles.set(handle, ours.handles[slot])
    })
    if (number === 19) learnFolders(recorded.rops[0].value, ours.rops[0].value, ids)
  }
})

t.test('a recorded release is answered by nothing but its handle table', { skip: absent }, async t => {
  const { rops, handles } = readRequest(22)
  t.same([rops.map(({ rop }) => rop.name), handles], [['RopRelease'], [0]])
  t.same(readResponse(22, []).rops, [])
})

function namedSlots(form: string, slots: number[]): RopSlots {
  return form === 'none' ? {} : Object.fromEntries(form.split(' ').map((name, at) => [name, slots[at]]))
}

/** The fields of a request with folder ids as our logon named them. */
function translate(fields: Record<string, unknown>, ids: ReadonlyMap<number, number>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isId(value) ? (ids.get(value) ?? value) : value])
  )
}

function learnFolders(recorded: unknown, ours: unknown, ids: Map<number, number>): void {
  const theirs = (recorded as { folderIds: number[] }).folderIds
  const own = (ours as { folderIds: number[] }).folderIds
  theirs.forEach((id, at) => ids.set(id, own[at]))
}

type Answer = ReturnType<typeof readResponses>['rops'][number]

function compare(t: TapTest, number: number, recorded: Answer[], ours: Answer[]): void {
  t.same(
    ours.map(one => [one.name, one.slot]),
    recorded.map(one => [one.name, one.slot]),
    `exchange ${number}: the same ROPs in the same slots`
  )
  recorded.forEach((theirs, at) => {
    const where = `${number}/${at}`
    if (DIFFERENCES[where] !== undefined) {
      t.not(ours[at].returnValue, theirs.returnValue, `${where}: ${DIFFERENCES[where]}`)
      return
    }
    t.equal(ours[at].returnValue, theirs.returnValue, `${where}: ReturnValue of ${theirs.name}`)
    t.same(shapeOf(ours[at].value, where), shapeOf(theirs.value, where), `${where}: structure of ${theirs.name}`)
  })
}

/** A value with everything left out that may differ between two servers: only which fields there are, and of what kind. */
function shapeOf(value: unknown, where: string): unknown {
  if (value instanceof Uint8Array) return 'bytes'
  if (Array.isArray(value))
    return value.map((one, at) => (DIFFERENCES[`${where}/${at}`] ? 'differs' : cellShape(one, where)))
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one, where)]))
  }
  return typeof value
}

/** In a row an error stands as its number; which error it is belongs to the structure. */
function cellShape(value: unknown, where: string): unknown {
  return typeof value === 'number' && value > 0x80000000 && value < 2 ** 32 ? value : shapeOf(value, where)
}

type TapTest = Pick<typeof t, 'same' | 'equal' | 'not'>
