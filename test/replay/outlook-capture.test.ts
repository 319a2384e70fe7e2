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
 * Where our answer differs from the recorded server's, by number of the exchange, place of the ROP and path in its
 * answer: what stands there in both, and why. An entry that does not hold fails.
 */
const DIFFERENCES: Record<string, { theirs: unknown; ours: unknown; why: string }> = {
  '19/0/logonFlags': {
    ...{ theirs: 0x09, ours: 0x01 },
    why: '[MS-OXCSTOR] 2.2.1.1.3 (R118): the answer has Private, Undercover and Ghosted only, not SpoolerProcess'
  },
  '19/0/replId': {
    ...{ theirs: 0xffff, ours: 1 },
    why: '[MS-OXCSTOR] 2.2.1.1.3 (R131): the REPLID that stands for ReplGuid in ids, which is 1'
  },
  '19/0/gwartTime': {
    ...{ theirs: 133_141_398_210_000_000n, ours: 0n },
    why: '[MS-OXCSTOR] 2.2.1.1.3: the age of a gateway table, of which there is none'
  },
  '21/0/addressTypes/0': { theirs: 'SMTP', ours: 'EX', why: 'the order of types is free ([MS-OXOMSG] 2.2.3.7.2)' },
  '21/0/addressTypes/1': { theirs: 'EX', ours: 'SMTP', why: 'the order of types is free ([MS-OXOMSG] 2.2.3.7.2)' },
  '43/0/row/2': {
    ...{ theirs: 0x8004010f, ours: 'bytes' },
    why: 'PidTagServerTypeDisplayName names the kind of server; a client that asks for it may be told'
  },
  '158/0/returnValue': {
    ...{ theirs: 0, ours: 0x80040108 },
    why: '[MS-OXCROPS] 3.2.5.4: the handle is that of an upload context which no recorded request opens; here it was a folder, and released'
  },
  '158/0/folderId': { theirs: 0, ours: undefined, why: 'an error has no body' }
}

/** Fields whose values belong to one server or moment: only their kind is compared. */
const MASKED = /(folderIds\/\d+|globcnt|mailboxGuid|replGuid|databaseGuid|globalCount|logonTime\/\w+)$/

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
  t.equal(names.length, 20)
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
  theirs.forEach((id, at) => {
    ids.set(id, own[at])
  })
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
    const [left, right] = [leaves(theirs, where), leaves(ours[at], where)]
    for (const [path, difference] of Object.entries(DIFFERENCES)) {
      if (path !== where && !path.startsWith(`${where}/`)) continue
      t.same([left.get(path), right.get(path)], [difference.theirs, difference.ours], `${path}: ${difference.why}`)
      left.delete(path)
      right.delete(path)
    }
    t.same(Object.fromEntries(right), Object.fromEntries(left), `${where}: the answer of ${theirs.name}`)
  })
}

/** ReturnValue and every field of an answer, by path; what belongs to one server as its kind, bytes as their number. */
function leaves({ returnValue, value }: Answer, where: string): Map<string, unknown> {
  const found = new Map<string, unknown>([[`${where}/returnValue`, returnValue]])
  const visit = (one: unknown, path: string): void => {
    if (one instanceof Uint8Array) found.set(path, bytesOf(one, path))
    else if (one !== null && typeof one === 'object' && Object.keys(one).length > 0) {
      for (const [name, inner] of Object.entries(one)) visit(inner, `${path}/${name}`)
    } else if (one !== undefined) found.set(path, MASKED.test(path) ? typeof one : one)
  }
  visit(value, where)
  return found
}

/** Fixed values and entry ids have the size that they have everywhere; names are as long as they are. */
function bytesOf(bytes: Uint8Array, path: string): string {
  return /^(47|55)\//.test(path) ? `${bytes.byteLength} bytes` : 'bytes'
}

type TapTest = Pick<typeof t, 'same' | 'equal' | 'not'>
