/**
 * The permission list as bytes ([MS-OXCPERM] 2.2, [MS-OXCDATA] 2.11): requests are written by hand with raw tags, answers are
 * read at fixed places, through the processor and over HTTP.
 */
import t, { type Test as TapTest } from 'tap'
import { unwrapPayloads, wrapPayload } from '../../../src/client/extended-buffer.js'
import { MapiClient } from '../../../src/client/mapi-client.js'
import { readEnvelope, readExecuteResponse, writeExecuteRequest } from '../../../src/client/mapi-http-body.js'
import { startServer } from '../../../src/index.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { worldSchema } from '../../../src/world/schema.js'
import { requirement } from '../../conformance/ledger.js'
import { RawClient } from '../../fronts/raw-client.js'
import { alice, bob, RealClient } from './real-driver.js'

/** Takes an input buffer of ROPs, gives the output buffer. */
type Exchange = (payload: Buffer) => Promise<Buffer>

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1')
const NO_HANDLE = 'ffffffff'

/** RopSize, ROPs, handle table. */
function input(rops: Buffer, ...handles: string[]): Buffer {
  const size = Buffer.from([(rops.length + 2) & 0xff, (rops.length + 2) >> 8])
  return Buffer.concat([size, rops, ...handles.map(hex)])
}

/** The answers of an output buffer, and its handles as they are on the wire. */
function output(payload: Buffer): { answers: Buffer; handles: string[] } {
  const size = payload[0] + payload[1] * 256
  const handles: string[] = []
  for (let at = size; at < payload.length; at += 4) handles.push(payload.subarray(at, at + 4).toString('hex'))
  return { answers: payload.subarray(2, size), handles }
}

/** Logs on to the mailbox of a legacy DN and opens its Inbox; gives the folder's handle. */
async function openInbox(exchange: Exchange, legacyDn: string): Promise<string> {
  const size = legacyDn.length + 1
  const essdn = Buffer.concat([Buffer.from([size & 0xff, size >> 8]), ascii(`${legacyDn}\0`)])
  const logon = Buffer.concat([hex('fe 00 00 01 00000001 00000000'), essdn])
  const loggedOn = output(await exchange(input(logon, NO_HANDLE)))
  // RopId, handle index, ReturnValue, LogonFlags, then the ids of thirteen folders: the fifth is the Inbox.
  const folderId = loggedOn.answers.subarray(7 + 4 * 8, 7 + 5 * 8)
  const open = Buffer.concat([hex('02 00 00 01'), folderId, hex('00')])
  return output(await exchange(input(open, loggedOn.handles[0], NO_HANDLE))).handles[1]
}

/** Entry id of somebody of the address book: flags, provider, version, type, DN ([MS-OXCDATA] 2.2.5.2). */
const entryIdOf = (legacyDn: string): Buffer =>
  Buffer.concat([hex('00000000 dca740c8c042101ab4b908002b2fe182 01000000 00000000'), ascii(`${legacyDn}\0`)])

/** RopModifyPermissions with one row to add: PidTagEntryId, PidTagMemberRights. */
function addRow(entryId: Buffer, rights: string): Buffer {
  const head = hex('40 00 00 00 0100 01 0200')
  const count = Buffer.from([entryId.length & 0xff, entryId.length >> 8])
  return Buffer.concat([head, hex('0201ff0f'), count, entryId, hex('03007366'), hex(rights)])
}

const MODIFIED = '40 00 00000000'
/** RopGetPermissionsTable, RopSetColumns: PidTagMemberId, PidTagMemberName, PidTagMemberRights, PidTagEntryId; RopQueryRows. */
const LIST = hex('3e 00 00 01 00' + '12 00 01 00 0400 14007166 1f007266 03007366 0201ff0f' + '15 00 01 00 01 0010')
const OPENED = hex('3e 01 00000000' + '12 01 00000000 00' + '15 01 00000000 02 0300')

interface Row {
  flag: number
  memberId: string
  name: Buffer
  rights: string
  entryId: Buffer
}

/** The rows behind the answers of LIST, byte by byte; nothing may be left. */
function rowsOf(t: TapTest, answers: Buffer): Row[] {
  t.equal(answers.subarray(0, OPENED.length).toString('hex'), OPENED.toString('hex'))
  let at = OPENED.length
  const take = (size: number): Buffer => {
    at += size
    return answers.subarray(at - size, at)
  }
  const rows: Row[] = []
  while (at < answers.length) {
    const [flag] = take(1)
    const memberId = take(8).toString('hex')
    const from = at
    while (take(2).some(byte => byte !== 0)) {}
    const name = answers.subarray(from, at)
    const rights = take(4).toString('hex')
    const [low, high] = take(2)
    rows.push({ flag, memberId, name, rights, entryId: take(low + high * 256) })
  }
  t.equal(at, answers.length)
  return rows
}

interface Guest {
  legacyDn: string
  displayName: string
}

/** Adds somebody to the list of an Inbox and reads the list, as bytes. */
async function addAndList(t: TapTest, exchange: Exchange, owner: Guest, guest: Guest): Promise<string> {
  const inbox = await openInbox(exchange, owner.legacyDn)
  const entryId = entryIdOf(guest.legacyDn)
  const added = output(await exchange(input(addRow(entryId, '1b040000'), inbox)))
  t.equal(added.answers.toString('hex'), MODIFIED.replaceAll(' ', ''))
  const { answers } = output(await exchange(input(LIST, inbox, NO_HANDLE)))
  const rows = rowsOf(t, answers)
  t.same(
    rows.map(({ flag, name, rights }) => [flag, name.toString('hex'), rights]),
    [
      [0, '0000', '00000000'],
      [0, '41006e006f006e0079006d006f00750073000000', '00000000'],
      [0, Buffer.from(`${guest.displayName}\0`, 'utf16le').toString('hex'), '1b040000']
    ]
  )
  t.same(
    rows.slice(0, 2).map(row => row.memberId),
    ['0000000000000000', 'ffffffffffffffff']
  )
  t.match(rows[2].memberId, /^(?!0{16}|f{16})[0-9a-f]{16}$/)
  t.equal(rows[2].entryId.toString('hex'), entryId.toString('hex'))
  return inbox
}

t.test('the list through the processor', async t => {
  const client = await RealClient.connect()
  const { emsmdb, session } = client.driver
  const exchange: Exchange = async payload => {
    const request = { flags: 3, rop: Buffer.from(wrapPayload(payload)), maxRopOut: 0x8000, auxiliary: Buffer.alloc(0) }
    return unwrapPayloads(Buffer.concat((await emsmdb.execute(session, request)).rop))[0]
  }
  const inbox = await addAndList(t, exchange, alice, bob)
  // The tags of the columns name id and type; the columns stand in their order without a byte between or behind them.
  requirement('MS-OXPROPS_R6100', 'MS-OXPROPS_R6101', 'MS-OXPROPS_R6904', 'MS-OXPROPS_R6905', 'MS-OXPROPS_R6911')
  requirement('MS-OXPROPS_R6912', 'MS-OXPROPS_R6918', 'MS-OXPROPS_R6919')
  requirement('MS-OXCDATA_R2707', 'MS-OXCDATA_R2700', 'MS-OXCDATA_R455')
  // The lowest byte comes first, in what is packed and, as the store keeps it, in what was taken apart.
  const kept = [...client.mailbox.tree.all()].find(({ fid }) => fid === specialFid('inbox'))!.permissions.members
  t.equal(kept.find(({ guid }) => guid === bob.guid)?.rights, 0x41b)
  requirement('MS-OXCPERM_R6', 'MS-OXCPERM_R7')
  const request = addRow(entryIdOf(alice.legacyDn), '1b040000')
  request.set(hex('0201fe0f'), 9)
  const { answers } = output(await exchange(input(request, inbox)))
  t.equal(answers.toString('hex'), '400057000780', 'another id is another property, which names nobody')
})

const world = worldSchema.parse({
  ropewalk: 1,
  name: 'permissions',
  domain: 'permissions.example',
  users: ['anna', 'bert'].map(name => ({ address: `${name}@permissions.example`, name, password: 'secret' }))
})

t.test('the list over HTTP', async t => {
  const server = await startServer({ world, memory: true, httpPort: 0, logLevel: 'silent' })
  t.teardown(() => server.stop())
  const url = new URL(server.urls.http)
  const dial = { host: url.hostname, port: Number(url.port) }
  const open = async (name: string): Promise<MapiClient> => {
    const client = await MapiClient.open({ ...dial, address: `${name}@permissions.example`, password: 'secret' })
    t.teardown(() => client.close())
    return client
  }
  const client = await open('anna')
  await client.connect()
  const { legacyDn } = (await open('bert')).mailbox!
  const exchange: Exchange = async payload => {
    const { status, body } = await client.post('Execute', writeExecuteRequest(wrapPayload(payload), 3))
    t.equal(status, 200)
    return unwrapPayloads(readExecuteResponse(readEnvelope(body).body).rop)[0]
  }
  const anna = { legacyDn: client.mailbox!.legacyDn, displayName: 'anna' }
  await addAndList(t, exchange, anna, { legacyDn, displayName: 'bert' })
  requirement('MS-OXCPERM_R3')

  const stranger = await RawClient.open(dial.port)
  t.teardown(() => stranger.close())
  const target = new URL(client.mailbox!.mailStoreUrl)
  const head = `POST ${target.pathname}${target.search} HTTP/1.1\r\nHost: ${target.host}\r\n`
  const type = 'X-RequestType: Connect\r\nContent-Type: application/mapi-http\r\nContent-Length: 0\r\n\r\n'
  const refused = await stranger.send(head + type).response()
  t.equal(refused.status, 401, 'nobody without credentials comes as far as a folder')
  requirement('MS-OXCPERM_R2005')
})
