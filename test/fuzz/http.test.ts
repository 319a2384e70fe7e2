/**
 * Raw bytes on the HTTP port of a whole server, and MAPI/HTTP bodies made from valid ones: every connection is answered or
 * ended, nothing is logged as a defect, memory stays bounded, and a healthy client beside all this notices nothing.
 */
import t, { type Test } from 'tap'
import { RopGetHierarchyTable } from '../../rops/folder/rop-get-hierarchy-table.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopCreateMessage } from '../../rops/message/rop-create-message.js'
import { RopSaveChangesMessage } from '../../rops/message/rop-save-changes-message.js'
import { RopGetPropertiesAll } from '../../rops/property/rop-get-properties-all.js'
import { RopSetProperties } from '../../rops/property/rop-set-properties.js'
import { RopQueryRows } from '../../rops/table/rop-query-rows.js'
import { RopSetColumns } from '../../rops/table/rop-set-columns.js'
import { Random } from '../../src/bufferstructs/index.js'
import { MailboxSession } from '../../src/client/mailbox-session.js'
import type { MapiClient } from '../../src/client/mapi-client.js'
import { writeConnectRequest, writeExecuteRequest } from '../../src/client/mapi-http-body.js'
import { property } from '../../src/client/property-values.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { RawClient } from '../fronts/raw-client.js'
import { damages, noise, wrap } from './damage.js'
import { FuzzServer } from './fuzz-server.js'
import { fuzzRounds, fuzzSeed, heapAfterCollection } from './fuzz-settings.js'

const CONNECTIONS = 240 * fuzzRounds
const BODIES = 900 * fuzzRounds
const AT_ONCE = 12
t.setTimeout(60_000 * fuzzRounds)
const ANSWER_MS = 15_000
const HEAP_GROWTH_BYTES = 48 << 20

const basic = (user: string): string => `Basic ${Buffer.from(`${user}@example.test:${user}`).toString('base64')}`

/** Whole requests as clients send them. */
function valid(mailboxId: string, dn: string): Buffer[] {
  const post = (path: string, headers: string, body: Uint8Array): Buffer =>
    Buffer.concat([
      Buffer.from(
        `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic('alice')}\r\n${headers}Content-Length: ${body.byteLength}\r\n\r\n`
      ),
      body
    ])
  const mapi = (type: string, body: Uint8Array): Buffer =>
    post(
      `/mapi/emsmdb/?MailboxId=${mailboxId}`,
      `Content-Type: application/mapi-http\r\nX-RequestType: ${type}\r\nX-RequestId: {11111111-1111-4111-8111-111111111111}:1\r\n` +
        'X-ClientInfo: {x}:1\r\nX-ClientApplication: Outlook/16.0.4266.1001\r\n',
      body
    )
  const discover =
    '<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>' +
    '<EMailAddress>alice@example.test</EMailAddress><AcceptableResponseSchema>' +
    'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>'
  return [
    Buffer.from('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'),
    Buffer.from(`OPTIONS /mapi/emsmdb/ HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic('alice')}\r\n\r\n`),
    post(
      '/autodiscover/autodiscover.xml',
      'Content-Type: text/xml\r\nX-MapiHttpCapability: 1\r\n',
      Buffer.from(discover)
    ),
    mapi('Connect', writeConnectRequest({ userDn: dn })),
    mapi('PING', new Uint8Array(0)),
    mapi('Execute', writeExecuteRequest(Buffer.alloc(20))),
    mapi('Disconnect', Buffer.alloc(4)),
    Buffer.from('POST /mapi/emsmdb/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n')
  ]
}

async function rawConnection(port: number, seeds: readonly Buffer[], random: Random): Promise<string | undefined> {
  const parts = Array.from({ length: 1 + random.below(3) }, () => Buffer.from(seeds[random.below(seeds.length)]))
  let bytes: Buffer = Buffer.concat(parts)
  for (let i = random.below(3); i > 0 && bytes.length > 0; i--)
    bytes = damages[random.below(damages.length)](bytes, random)
  if (random.below(20) === 0) bytes = noise(random.below(4000), random)
  const client = await RawClient.open(port)
  try {
    for (let at = 0; at < bytes.length && !client.ended; ) {
      const size = random.below(4) === 0 ? 1 + random.below(30) : bytes.length
      client.send(bytes.subarray(at, at + size))
      at += size
      if (random.below(3) === 0) await new Promise(resolve => setImmediate(resolve))
    }
    client.socket.end()
    const answer = await client.all(ANSWER_MS)
    if (answer !== '' && !answer.startsWith('HTTP/1.1 ')) return `no HTTP: ${answer.slice(0, 60)}`
    return / 500 /.test(answer.split('\r\n', 1)[0]) ? 'answered 500' : undefined
  } catch (error) {
    return (error as Error).message.slice(0, 200)
  } finally {
    client.close()
  }
}

async function attack(
  t: Test,
  rounds: number,
  one: (round: number) => Promise<string | undefined>,
  server: FuzzServer
) {
  const findings: string[] = []
  for (let round = 0; round < rounds; round += AT_ONCE) {
    const heart = server.heartbeat()
    const results = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => one(round + i)))
    results.forEach((found, i) => {
      if (found !== undefined) findings.push(`round ${round + i}: ${found}`)
    })
    findings.push(...(await heart))
    if (findings.length + server.log.events.length > 0) break
  }
  t.same(findings, [])
}

t.test('raw bytes on the port', async t => {
  const server = await FuzzServer.start()
  const alice = server.server.directory.byAddress('alice@example.test')!
  const seeds = valid(`${alice.mailboxGuid}@example.test`, alice.legacyDn)
  const one = (round: number) => rawConnection(server.port, seeds, new Random(fuzzSeed + round))
  await attack(t, AT_ONCE * 3, one, server)
  const before = heapAfterCollection()
  await attack(t, CONNECTIONS, one, server)
  t.ok(heapAfterCollection() - before < HEAP_GROWTH_BYTES, 'memory is given back')
  t.same(await server.stop(), [])
})

/** A client whose bodies are damaged on the way; it connects again when its context has gone. */
class Attacker {
  private handles: number[] = []

  private client: MapiClient | undefined

  constructor(
    private readonly server: FuzzServer,
    private readonly random: Random
  ) {}

  async round(): Promise<string | undefined> {
    const { random } = this
    if (this.handles.length === 0) await this.connect()
    const [type, body] = this.request()
    const response = await this.client!.post(type, body)
    const code = response.headers.get('x-responsecode')
    if (response.status === 500) return `${type}: HTTP 500`
    if (response.status === 200 && code === undefined) return `${type}: no X-ResponseCode`
    if (code !== '0' || type === 'Disconnect' || type === 'Connect' || random.below(30) === 0) this.handles = []
    return undefined
  }

  private async connect(): Promise<void> {
    // A new client each time: the cookies of a context that has gone are refused.
    this.client?.close()
    this.client = await FuzzServer.openClient(this.server.server, 'alice')
    await this.client.connect()
    const session = await MailboxSession.logOn(this.client)
    this.handles = [session.logonHandle]
    const batch = new RopBatch(this.handles)
    const inbox = session.folderIds[4]
    batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: inbox, openModeFlags: 0 })
    batch.add(RopGetHierarchyTable, { input: 1, output: 2 }, { tableFlags: 4 })
    batch.add(RopCreateMessage, { input: 0, output: 3 }, { codePageId: 0x0fff, folderId: inbox, associatedFlag: false })
    await this.client.execute(batch)
    this.handles = batch.handles
  }

  private request(): [string, Buffer] {
    const { random } = this
    const kind = random.below(20)
    const damage = (bytes: Buffer): Buffer => damages[random.below(damages.length)](Buffer.from(bytes), random)
    if (kind === 0) return ['Connect', damage(writeConnectRequest({ userDn: this.client!.mailbox!.legacyDn }))]
    if (kind === 1) return ['Disconnect', damage(Buffer.alloc(4))]
    if (kind === 2) return ['PING', damage(Buffer.alloc(4))]
    const payload = this.payload()
    const rop = wrap(kind < 8 ? damage(payload) : payload, random)
    const body = writeExecuteRequest(
      rop,
      random.below(8),
      [0, 7, 8, 32, 0x1000, 0x8000, 0x10000, 0x40000][random.below(8)]
    )
    return ['Execute', kind < 14 ? damage(body) : body]
  }

  private payload(): Buffer {
    const { random } = this
    const batch = new RopBatch(this.handles)
    const propertyTags = [tags.PidTagDisplayName, tags.PidTagFolderId, tags.PidTagSubject]
    for (let i = 1 + random.below(5); i > 0; i--) {
      const input = random.below(this.handles.length)
      const kind = random.below(6)
      if (kind === 0) batch.add(RopGetPropertiesAll, { input }, { propertySizeLimit: 0, wantUnicode: true })
      else if (kind === 1) batch.add(RopSetColumns, { input: 2 }, { setColumnsFlags: 0, propertyTags })
      else if (kind === 2) batch.add(RopQueryRows, { input: 2 }, { queryRowsFlags: 0, forwardRead: true, rowCount: 50 })
      else if (kind === 3)
        batch.add(
          RopSetProperties,
          { input: 3 },
          { propertyValues: [property(tags.PidTagSubject, 'x'.repeat(random.below(900)))] }
        )
      else if (kind === 4) batch.add(RopSaveChangesMessage, { response: 3, input: 3 }, { saveFlags: 2 })
      else batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: 2 ** 48 + 0x10c, openModeFlags: 0 })
    }
    return batch.write()
  }
}

t.test('damaged MAPI/HTTP bodies', async t => {
  const server = await FuzzServer.start()
  const attackers = Array.from({ length: AT_ONCE }, (_, i) => new Attacker(server, new Random(fuzzSeed * 31 + i)))
  const one = (round: number) =>
    attackers[round % AT_ONCE].round().catch(error => `the attacker cannot go on: ${(error as Error).stack}`)
  await attack(t, AT_ONCE * 5, one, server)
  const before = heapAfterCollection()
  await attack(t, BODIES, one, server)
  t.ok(heapAfterCollection() - before < HEAP_GROWTH_BYTES, 'memory is given back')
  t.same(await server.stop(), [])
})

t.test('canary: a front that throws is found', async t => {
  const server = await FuzzServer.start()
  const { emsmdb } = server.server
  emsmdb.execute = () => {
    throw new TypeError('planted')
  }
  const attacker = new Attacker(server, new Random(fuzzSeed))
  for (let i = 0; i < 3; i++) await attacker.round().catch(() => {})
  t.match((await server.stop()).join('\n'), /planted/)
})
