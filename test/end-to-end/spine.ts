import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type t from 'tap'
import { idOf, LogonFolder, MailboxSession } from '../../src/client/mailbox-session.js'
import {
  changeMessage,
  createMessage,
  deleteMessages,
  listMessages,
  moveMessages,
  readAttachment,
  readMessage
} from '../../src/client/message-actions.js'
import { property } from '../../src/client/property-values.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { type Door, ServerProcess } from './server-process.js'

const ATTACHMENT_BYTES = 20 * 1024 * 1024

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Bytes that do not repeat within a piece: a lost or doubled piece changes the digest. */
function attachmentData(): Buffer {
  const data = Buffer.alloc(ATTACHMENT_BYTES)
  for (let at = 0; at < data.length; at += 4) data.writeUInt32LE((at * 2654435761) >>> 0, at)
  return data
}

type Tap = Pick<typeof t, 'ok' | 'notOk' | 'equal' | 'same' | 'match' | 'rejects'>

/** What the parts of one way share: the server as it is at the moment, and what they have written. */
interface Way {
  readonly dataDir: string
  readonly door: Door
  server: ServerProcess
  message: number
}

const MOVED = 'To be moved'
const data = attachmentData()

async function browseAndWrite(t: Tap, way: Way): Promise<void> {
  way.server = await ServerProcess.start(way.dataDir)
  t.equal(statSync(join(way.dataDir, 'server.json')).mode & 0o777, 0o600, 'server.json is for its owner only')
  t.match(await way.server.textWith('Ctrl-C'), /alice@ropewalk\.example +alice\n/, 'the start-up names the demo users')
  const client = await way.server.openClient('alice@ropewalk.example', 'alice', way.door)
  const connected = await client.connect()
  t.equal(connected.displayName, 'Alice Archer')
  const session = await MailboxSession.logOn(client)
  const folders = await session.listFolders()
  t.ok(folders.some(folder => folder.displayName === 'Inbox'))
  t.ok(
    folders.some(folder => folder.displayName === 'Ropewalk'),
    'the folder of the world file is there'
  )
  const inbox = session.folderIds[LogonFolder.inbox]
  const rows = await listMessages(session, inbox, [tags.PidTagMid, tags.PidTagSubject])
  t.equal(rows.length, 1001)
  const welcome = rows.find(([, subject]) => subject === 'Welcome to Ropewalk')!
  const [body] = await readMessage(session, inbox, idOf(welcome[0]), [tags.PidTagBody])
  t.match(body, /demo world/)

  way.message = await createMessage(
    session,
    inbox,
    [property(tags.PidTagSubject, 'With a large attachment'), property(tags.PidTagBody, 'see attachment')],
    [
      {
        properties: [property(tags.PidTagAttachMethod, 1), property(tags.PidTagAttachLongFilename, 'large.bin')],
        data
      }
    ]
  )
  await changeMessage(session, inbox, way.message, [property(tags.PidTagSubject, 'Changed')])
  const other = await createMessage(session, inbox, [property(tags.PidTagSubject, 'To be deleted')])
  await deleteMessages(session, inbox, [other])
  const third = await createMessage(session, inbox, [property(tags.PidTagSubject, MOVED)])
  await moveMessages(session, inbox, session.folderIds[LogonFolder.deletedItems], [third])
  const subjects = (await listMessages(session, inbox, [tags.PidTagSubject])).map(([subject]) => subject)
  t.ok(subjects.includes('Changed'))
  t.notOk(subjects.includes('To be deleted'))
  t.notOk(subjects.includes(MOVED))
  await client.disconnect()
  client.close()
}

async function findAgain(t: Tap, way: Way): Promise<void> {
  const stopped = await way.server.stop()
  t.equal(stopped.code, 0)
  t.ok(stopped.tookMs < 5000, `stopped in ${stopped.tookMs} ms`)
  t.notOk(existsSync(join(way.dataDir, 'server.json')), 'server.json is gone after a clean stop')
  way.server = await ServerProcess.start(way.dataDir)
  const client = await way.server.openClient('alice@ropewalk.example', 'alice', way.door)
  await client.connect()
  const session = await MailboxSession.logOn(client)
  const inbox = session.folderIds[LogonFolder.inbox]
  const wanted = [tags.PidTagSubject, tags.PidTagBody, tags.PidTagHasAttachments, tags.PidTagMessageSize]
  const [subject, body, hasAttachments, size] = await readMessage(session, inbox, way.message, wanted)
  t.same([subject, body, hasAttachments], ['Changed', 'see attachment', true])
  t.ok(Number(size) > ATTACHMENT_BYTES)
  t.equal(sha256(await readAttachment(session, inbox, way.message, 0)), sha256(data))
  const deleted = await listMessages(session, session.folderIds[LogonFolder.deletedItems], [tags.PidTagSubject])
  t.ok(deleted.some(([found]) => found === MOVED))
  client.close()
}

async function manyClients(t: Tap, way: Way): Promise<void> {
  const clients = await Promise.all(
    Array.from({ length: 200 }, () => way.server.openClient('bob@ropewalk.example', 'bob', way.door))
  )
  const found = await Promise.all(
    clients.map(async (client, index) => {
      await client.connect()
      const session = await MailboxSession.logOn(client)
      const drafts = session.folderIds[LogonFolder.outbox]
      const mid = await createMessage(session, drafts, [property(tags.PidTagSubject, `from client ${index}`)])
      const [subject] = await readMessage(session, drafts, mid, [tags.PidTagSubject])
      await client.disconnect()
      client.close()
      return subject
    })
  )
  t.same(
    found,
    clients.map((_, index) => `from client ${index}`)
  )
}

async function secondServer(t: Tap, way: Way): Promise<void> {
  await t.rejects(ServerProcess.start(way.dataDir), /already in use by another server/)
}

async function brokenConnection(t: Tap, way: Way): Promise<void> {
  const client = await way.server.openClient('alice@ropewalk.example', 'alice', way.door)
  await client.connect()
  const session = await MailboxSession.logOn(client)
  await client.reopen()
  const folders = await session.listFolders()
  t.ok(folders.length > 10)
  client.close()
}

/** From discovery to deletion, through a restart, with a large attachment and many clients, by one door. */
export function spine(whole: Pick<typeof t, 'test' | 'teardown'>, door: Door): void {
  const dataDir = mkdtempSync(join(tmpdir(), 'ropewalk-spine-'))
  const way = { dataDir, door, message: 0 } as Way
  whole.teardown(async () => {
    await way.server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  whole.test('a client discovers, logs on, browses and writes', t => browseAndWrite(t, way))
  whole.test('everything is found again after a stop and a start', t => findAgain(t, way))
  whole.test('200 clients at once', t => manyClients(t, way))
  whole.test('a second server on the same data directory is refused with a clear message', t => secondServer(t, way))
  whole.test('a client that keeps its session over a broken connection goes on', t => brokenConnection(t, way))
}
