/**
 * A restart changes no id that a client caches: what Autodiscover, the logon, tables, properties and the address book say is
 * collected, and collected again after a clean stop and after a kill.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { RopGetHierarchyTable } from '../../rops/folder/rop-get-hierarchy-table.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopLogon } from '../../rops/logon/rop-logon.js'
import { RopGetPropertiesSpecific } from '../../rops/property/rop-get-properties-specific.js'
import { RopGetPropertyIdsFromNames } from '../../rops/property/rop-get-property-ids-from-names.js'
import { AddressBookClient } from '../../src/client/address-book-client.js'
import { logonRequest, MailboxSession, succeeded } from '../../src/client/mailbox-session.js'
import type { MapiClient } from '../../src/client/mapi-client.js'
import { listMessages } from '../../src/client/message-actions.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import { statAtBeginning } from '../../src/nspi/stat.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { ServerProcess } from './server-process.js'

const IDS = [
  ...[tags.PidTagEntryId, tags.PidTagSourceKey, tags.PidTagChangeKey, tags.PidTagPredecessorChangeList],
  ...[tags.PidTagRecordKey, tags.PidTagInstanceKey, tags.PidTagParentSourceKey, tags.PidTagMappingSignature]
]
const STORE_IDS = [
  ...[tags.PidTagStoreEntryId, tags.PidTagStoreRecordKey, tags.PidTagMappingSignature, tags.PidTagUserEntryId],
  ...[tags.PidTagMailboxOwnerEntryId, tags.PidTagSerializedReplidGuidMap, tags.PidTagIpmSubtreeEntryId]
]
const BOOK_COLUMNS = [
  ...[tags.PidTagEntryId, tags.PidTagInstanceKey, tags.PidTagRecordKey, tags.PidTagSearchKey],
  ...[tags.PidTagEmailAddress, tags.PidTagAddressBookObjectGuid, tags.PidTagAddressBookContainerId]
]
const NAME = { guid: 'c1c1c1c1-0000-4000-8000-000000000001', name: 'Restart' }
const DEPTH = 0x04
const CREATE = 0x02
/** More columns than a page of an address book has room for are not needed here. */
const BOOK_ROWS = 100

/** Bytes stand as hexadecimal text, so that two collections can be compared and read. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, one) => {
      if (typeof one === 'bigint') return String(one)
      return one?.type === 'Buffer' ? Buffer.from(one.data).toString('hex') : one
    })
  )
}

const hex = (bytes: unknown): unknown => (bytes instanceof Uint8Array ? Buffer.from(bytes).toString('hex') : bytes)

async function idsOfMailbox(client: MapiClient): Promise<unknown> {
  const batch = new RopBatch()
  const logon = batch.add(RopLogon, { output: batch.slot() }, logonRequest(client.mailbox!.legacyDn))
  await client.execute(batch)
  const { folderIds, mailboxGuid, replGuid, replId } = succeeded(logon)
  const session = await MailboxSession.logOn(client)
  const store = new RopBatch([session.logonHandle])
  const asked = { propertySizeLimit: 0, wantUnicode: true, propertyTags: STORE_IDS }
  const properties = store.add(RopGetPropertiesSpecific, { input: 0 }, asked, { columns: STORE_IDS })
  const names = store.add(RopGetPropertyIdsFromNames, { input: 0 }, { flags: CREATE, propertyNames: [NAME] })
  await client.execute(store)
  return {
    logon: { folderIds, mailboxGuid, replGuid, replId },
    store: succeeded(properties).row.map(hex),
    named: succeeded(names).propertyIds,
    folders: await foldersOf(session),
    messages: (await listMessages(session, session.folderIds[4], [tags.PidTagMid, ...IDS])).map(row => row.map(hex))
  }
}

async function foldersOf(session: MailboxSession): Promise<unknown[]> {
  const batch = new RopBatch([session.logonHandle])
  const [root, table] = [batch.slot(), batch.slot()]
  batch.add(RopOpenFolder, { input: 0, output: root }, { folderId: session.folderIds[0], openModeFlags: 0 })
  batch.add(RopGetHierarchyTable, { input: root, output: table }, { tableFlags: DEPTH })
  await session.client.execute(batch)
  const rows = await session.readRows(batch.handles[table], [tags.PidTagFolderId, tags.PidTagDisplayName, ...IDS])
  return rows.map(row => row.map(hex))
}

async function idsOfAddressBook(book: AddressBookClient): Promise<unknown> {
  const serverGuid = await book.bind()
  const hierarchy = await book.ask('GetSpecialTable', { flags: 0x04, state: statAtBeginning(), version: 0 })
  const query = { flags: 0, state: statAtBeginning(), explicitTable: [], rowCount: BOOK_ROWS, columns: BOOK_COLUMNS }
  const people = await book.ask('QueryRows', query)
  return { serverGuid, hierarchy, people }
}

async function everyId(server: ServerProcess): Promise<Record<string, unknown>> {
  const client = await server.openClient('alice@ropewalk.example')
  const { displayName } = await client.connect()
  const mailbox = await idsOfMailbox(client)
  const book = await AddressBookClient.open({ ...server.address, address: 'alice@ropewalk.example', password: 'alice' })
  const addressBook = await idsOfAddressBook(book)
  // The port is a free one, another each time.
  const { origin } = new URL(client.mailbox!.mailStoreUrl)
  const discovered = JSON.parse(JSON.stringify(client.mailbox).replaceAll(origin, ''))
  await book.unbind()
  book.close()
  client.close()
  const authority = readFileSync(server.file.caFile!, 'utf8')
  return plain({ discovered, displayName, mailbox, addressBook, authority }) as Record<string, unknown>
}

t.test('what clients cache stays the same', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ropewalk-ids-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  let server = await ServerProcess.start(dataDir)
  const before = await everyId(server)
  const { mailbox, addressBook } = before as {
    mailbox: { folders: unknown[]; messages: unknown[]; store: unknown[] }
    addressBook: { people: { table: { rows: unknown[] } | null }; hierarchy: { rows: unknown[] | null } }
  }
  t.ok(mailbox.folders.length > 20 && mailbox.messages.length > 1000, 'folders and messages')
  t.notOk(mailbox.store.includes(null), 'every id of the store is there')
  t.ok(
    (addressBook.people.table?.rows.length ?? 0) > 8 && (addressBook.hierarchy.rows?.length ?? 0) > 5,
    'the address book'
  )
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await server.stop(signal)
    server = await ServerProcess.start(dataDir)
    t.same(await everyId(server), before, `after ${signal}`)
  }
  await server.stop()
})
