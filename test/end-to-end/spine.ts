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

/** From discovery to deletion, through a restart, with a large attachment and many clients, by one door. */
export function spine(whole: Pick<typeof t, 'test' | 'teardown'>, door: Door): void {
  const dataDir = mkdtempSync(join(tmpdir(), 'ropewalk-spine-'))
  whole.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  let server: ServerProcess

  let message = 0
  let moved = ''
  const data = attachmentData()

  whole.test('a client discovers, logs on, browses and writes', async t => {
    server = await ServerProcess.start(dataDir)
    t.equal(statSync(join(dataDir, 'server.json')).mode & 0o777, 0o600, 'server.json is for its owner only')
    t.match(await server.textWith('Ctrl-C'), /alice@ropewalk\.example +alice\n/, 'the start-up names the demo users')
    const client = await server.openClient('alice@ropewalk.example', 'alice', door)
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

    message = await createMessage(
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
    await changeMessage(session, inbox, message, [property(tags.PidTagSubject, 'Changed')])
    const other = await createMessage(session, inbox, [property(tags.PidTagSubject, 'To be deleted')])
    await deleteMessages(session, inbox, [other])
    moved = 'To be moved'
    const third = await createMessage(session, inbox, [property(tags.PidTagSubject, moved)])
    await moveMessages(session, inbox, session.folderIds[LogonFolder.deletedItems], [third])
    const subjects = (await listMessages(session, inbox, [tags.PidTagSubject])).map(([subject]) => subject)
    t.ok(subjects.includes('Changed'))
    t.notOk(subjects.includes('To be deleted'))
    t.notOk(subjects.includes(moved))
    await client.disconnect()
    client.close()
  })

  whole.test('everything is found again after a stop and a start', async t => {
    const stopped = await server.stop()
    t.equal(stopped.code, 0)
    t.ok(stopped.tookMs < 5000, `stopped in ${stopped.tookMs} ms`)
    t.notOk(existsSync(join(dataDir, 'server.json')), 'server.json is gone after a clean stop')
    server = await ServerProcess.start(dataDir)
    const client = await server.openClient('alice@ropewalk.example', 'alice', door)
    await client.connect()
    const session = await MailboxSession.logOn(client)
    const inbox = session.folderIds[LogonFolder.inbox]
    const wanted = [tags.PidTagSubject, tags.PidTagBody, tags.PidTagHasAttachments, tags.PidTagMessageSize]
    const [subject, body, hasAttachments, size] = await readMessage(session, inbox, message, wanted)
    t.same([subject, body, hasAttachments], ['Changed', 'see attachment', true])
    t.ok(Number(size) > ATTACHMENT_BYTES)
    t.equal(sha256(await readAttachment(session, inbox, message, 0)), sha256(data))
    const deleted = await listMessages(session, session.folderIds[LogonFolder.deletedItems], [tags.PidTagSubject])
    t.ok(deleted.some(([found]) => found === moved))
    client.close()
  })

  whole.test('200 clients at once', async t => {
    const clients = await Promise.all(
      Array.from({ length: 200 }, () => server.openClient('bob@ropewalk.example', 'bob', door))
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
  })

  whole.test('a second server on the same data directory is refused with a clear message', async t => {
    await t.rejects(ServerProcess.start(dataDir), /already in use by another server/)
  })

  whole.test('a client that keeps its session over a broken connection goes on', async t => {
    const client = await server.openClient('alice@ropewalk.example', 'alice', door)
    await client.connect()
    const session = await MailboxSession.logOn(client)
    await client.reopen()
    const folders = await session.listFolders()
    t.ok(folders.length > 10)
    client.close()
  })

  whole.teardown(() => server.stop())
}
