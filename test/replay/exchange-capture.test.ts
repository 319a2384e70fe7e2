/**
 * What a client sent to a real Exchange Server SE, sent to us: the same bytes in the same order, to a mailbox of the same
 * name. Answers must be the recorded ones byte for byte, or have the recorded size where the bytes could not be had;
 * what differs stands in DIFFERENCES with its reason, and a difference that is none fails.
 */
import { existsSync } from 'node:fs'
import t from 'tap'
import { MapiClient } from '../../src/client/mapi-client.js'
import { readConnectResponse, readExecuteResponse, writeConnectRequest } from '../../src/client/mapi-http-body.js'
import { startServer } from '../../src/index.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import { PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { worldSchema } from '../../src/world/schema.js'
import { requirement } from '../conformance/ledger.js'
import { alice, Driver, stubMailbox } from '../rops/driver.js'
import { MissingRequests } from './exchange-missing.js'
import { EXCHANGE_FOLDER, type Exchange, readScenario, rewrite, send } from './exchange-scenario.js'

const absent = existsSync(EXCHANGE_FOLDER) ? false : 'the recorded traffic is not beside this checkout'

const FOLDERS = 'which folders a mailbox has beyond those that [MS-OXOSFLD] 2.2 names, and their names, is no protocol'
const MESSAGES = 'the texts of the seeded messages are not known'

/** Answers of another size than the recorded ones, and why. */
const DIFFERENCES: Record<string, string> = {
  'session/09-execute-hierarchy': FOLDERS,
  'session/10-execute-hierarchy': FOLDERS,
  'session/12-execute-hierarchy-deep': FOLDERS,
  'session/13-execute-hierarchy-deep': FOLDERS,
  'session/18-execute-contents': MESSAGES,
  'session/19-execute-contents': MESSAGES,
  'session/20-execute-contents': MESSAGES,
  'session/21-execute-contents': MESSAGES,
  'writes/14-execute-attachment-content':
    'the recipients of the recorded draft, which RopOpenMessage shows, are not known'
}

/** Bytes of an answer that are not the recorded ones: what stands there in both, and why. */
const CHANGED: Record<string, readonly { at: number; ours: string; theirs: string; why: string }[]> = {
  'acts/12-execute-submit-refused': [
    {
      ...{ at: 32, ours: '00', theirs: '01' },
      why: 'HasNamedProperties: Exchange gives every message some named properties; ours has none ([MS-OXCMSG] 2.2.3.1.2)'
    },
    {
      at: 71,
      ours: 'ff0f0480',
      theirs: '67040000',
      why: 'RopSubmitMessage: sending is not built, which is what it answers'
    }
  ]
}

interface Mask {
  at: number
  bytes: number
  why: string
}

const SAVED: readonly Mask[] = [{ at: 33, bytes: 8, why: 'the id of a new message, set to zero before publication' }]
const MOVED: readonly Mask[] = [{ at: 61, bytes: 8, why: 'the id of a new message, set to zero before publication' }]
const REMINDERS: readonly Mask[] = [
  { at: 104, bytes: 6, why: 'the counter of Reminders, which is another one in each recorded mailbox' }
]

/** Bytes of a recorded answer that belong to one mailbox or one moment. */
const MASKED: Record<string, readonly Mask[]> = {
  'session/16-execute-special-folders': REMINDERS,
  'acts/04-execute-drafts-folder': REMINDERS,
  'acts/06-execute-create-message': SAVED,
  'acts/14-execute-find-moved-message': MOVED,
  'acts/16-execute-delete-leftovers': MOVED,
  'writes/04-execute-drafts-folder': REMINDERS,
  'writes/09-execute-create-draft': SAVED
}

const users = [
  { number: 1, name: 'Developer User', locale: 'en-US', language: 'en-us' },
  { number: 2, name: 'Developer User 2', locale: 'nl-NL', language: 'nl-nl' }
] as const

const dnOf = (number: number, name: string): string =>
  `/o=Lab/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=${String(number).padStart(32, '0')}-${name}`

const world = worldSchema.parse({
  ropewalk: 1,
  name: 'recorded-exchange',
  organization: 'Lab',
  domain: 'lab.local',
  users: users.map(({ number, name, locale }) => ({
    ...{ address: `dev${number}@lab.local`, name, password: 'dev', locale, legacyDn: dnOf(number, name) }
  }))
})

/** A server that holds the recorded user, with as many messages in the Inbox as the recorded pages showed. */
async function serverWithMessages(number: number) {
  const server = await startServer({ world, memory: true, httpPort: 0, logLevel: 'silent' })
  const mailbox = (await server.mailboxes.find(server.directory.byAddress(`dev${number}@lab.local`)!.mailboxNumber))!
  const drafts = Array.from({ length: 7 }, (_, n) => ({
    ...{ recipients: [], attachments: [], time: 1n },
    properties: PropertyBag.of([{ tag: PidTagSubject, bytes: storedString(`message ${n}`) }])
  }))
  await mailbox.importMessages(specialFid('inbox'), drafts)
  return server
}

async function connect(t: TapTest, number: number): Promise<MapiClient> {
  const server = await serverWithMessages(number)
  t.teardown(() => server.stop())
  const url = new URL(server.urls.http)
  const address = { host: url.hostname, port: Number(url.port) }
  const client = await MapiClient.open({ ...address, address: `dev${number}@lab.local`, password: 'dev' })
  t.teardown(() => client.close())
  return client
}

for (const { number, language } of users) {
  for (const kind of ['session', 'acts', 'writes']) {
    t.test(`${kind}-${language}`, { skip: absent }, async t => {
      const client = await connect(t, number)
      const missing = new MissingRequests(kind)
      let compared = 0
      for (const exchange of readScenario(`${kind}-${language}`)) {
        const recorded = exchange.type === 'Execute' ? exchange.request : undefined
        if (recorded !== undefined)
          t.same(rewrite(recorded), recorded, `${exchange.name}: our client writes the same request`)
        const request = exchange.request ?? missing.requestFor(exchange)
        if (request === undefined) continue
        const answer = await send(
          client,
          exchange.type,
          recorded === undefined ? request : missing.withOurIds(recorded)
        )
        missing.learn(exchange.name, answer)
        if (!missing.isStandIn(exchange)) compared += compare(t, `${kind}/${exchange.name}`, exchange, answer)
      }
      t.ok(compared >= 15, `${compared} answers compared`)
    })
  }
}

t.test('connect-refused', { skip: absent }, async t => {
  const client = await connect(t, 1)
  const [{ response }] = readScenario('connect-refused')
  const answer = await send(client, 'Connect', writeConnectRequest({ userDn: dnOf(9, 'Nobody') }))
  const { auxiliary: _, ...ours } = readConnectResponse(answer)
  const { auxiliary: __, ...theirs } = readConnectResponse(response!)
  t.same(ours, theirs, 'every field is there, though there is no such user')
})

t.test('wrong-server', { skip: absent }, async t => {
  const [, logon] = readScenario('wrong-server')
  const shared = { ...alice, legacyDn: dnOf(3, 'Shared Mailbox') }
  const server = '/o=Lab/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers'
  const serverName = `${server}/cn=00000000-0000-0000-0000-000000000003@lab.local`
  const options = { actor: shared, redirect: () => serverName }
  const { emsmdb, session } = await Driver.connect(stubMailbox({ owner: shared }), options)
  const rop = logon.request!.subarray(8, 8 + logon.request!.readUInt32LE(4))
  const request = { flags: 3, rop, maxRopOut: 0x10000, auxiliary: new Uint8Array(0) }
  const answer = await emsmdb.execute(session, request)
  const recorded = readExecuteResponse(logon.response!).rop.toString('hex')
  t.equal(Buffer.concat(answer.rop).toString('hex'), recorded, 'the redirect of a logon, byte for byte')
  requirement('MS-OXCSTOR_R112', 'MS-OXCSTOR_R114', 'MS-OXCSTOR_R115', 'MS-OXCSTOR_R116', 'MS-OXCSTOR_R1061')
  requirement('MS-OXCSTOR_R183')
})

function compare(t: TapTest, key: string, exchange: Exchange, answer: Buffer): number {
  const { type, response, responseBytes } = exchange
  const differs = DIFFERENCES[key]
  if (type === 'Connect') compareConnect(t, response!, answer)
  else if (response === undefined && differs === undefined) t.equal(answer.length, responseBytes, `${key}: its size`)
  else if (response === undefined) t.not(answer.length, responseBytes, `${key}: ${differs}`)
  else {
    const [ours, theirs] = [Buffer.from(answer), Buffer.from(response)]
    for (const { at, bytes } of MASKED[key] ?? []) for (const one of [ours, theirs]) one.fill(0, at, at + bytes)
    for (const { at, why, ...changed } of CHANGED[key] ?? []) {
      const size = changed.ours.length / 2
      const both = [ours, theirs].map(one => one.subarray(at, at + size).toString('hex'))
      t.same(both, [changed.ours, changed.theirs], `${key}: ${why}`)
      ours.set(theirs.subarray(at, at + size), at)
    }
    t.equal(ours.toString('hex'), theirs.toString('hex'), `${key}: byte for byte`)
  }
  return 1
}

/** The recorded one without RetryDelay and auxiliary buffer, which were taken out before publication. */
function compareConnect(t: TapTest, response: Buffer, answer: Buffer): void {
  const { retryDelayMs: _, auxiliary: __, ...ours } = readConnectResponse(answer)
  const { retryDelayMs: ___, auxiliary: ____, ...theirs } = readConnectResponse(response)
  t.same(ours, theirs, 'the answer to Connect')
}

type TapTest = Pick<typeof t, 'same' | 'equal' | 'not' | 'teardown'>
