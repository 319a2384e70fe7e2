/**
 * Makes the project's own recording anew: `node .build/test/captures/make-first-steps.js [folder]`, by default
 * captures/first-steps. The client of the project does with the server of the project what a mail program does first.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RopDeleteMessages } from '../../rops/folder/rop-delete-messages.js'
import { RopGetContentsTable } from '../../rops/folder/rop-get-contents-table.js'
import { RopGetHierarchyTable } from '../../rops/folder/rop-get-hierarchy-table.js'
import { RopMoveCopyMessages } from '../../rops/folder/rop-move-copy-messages.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopGetReceiveFolder } from '../../rops/logon/rop-get-receive-folder.js'
import { RopLogon } from '../../rops/logon/rop-logon.js'
import { RopLongTermIdFromId } from '../../rops/logon/rop-long-term-id-from-id.js'
import { RopCreateAttachment } from '../../rops/message/rop-create-attachment.js'
import { RopCreateMessage } from '../../rops/message/rop-create-message.js'
import { RopModifyRecipients } from '../../rops/message/rop-modify-recipients.js'
import { RopOpenAttachment } from '../../rops/message/rop-open-attachment.js'
import { RopOpenMessage } from '../../rops/message/rop-open-message.js'
import { RopReadRecipients } from '../../rops/message/rop-read-recipients.js'
import { RopSaveChangesAttachment } from '../../rops/message/rop-save-changes-attachment.js'
import { RopSaveChangesMessage } from '../../rops/message/rop-save-changes-message.js'
import { RopRelease } from '../../rops/other/rop-release.js'
import { RopGetNamesFromPropertyIds } from '../../rops/property/rop-get-names-from-property-ids.js'
import { RopGetPropertiesAll } from '../../rops/property/rop-get-properties-all.js'
import { RopGetPropertiesSpecific } from '../../rops/property/rop-get-properties-specific.js'
import { RopGetPropertyIdsFromNames } from '../../rops/property/rop-get-property-ids-from-names.js'
import { RopSetProperties } from '../../rops/property/rop-set-properties.js'
import { RopCommitStream } from '../../rops/stream/rop-commit-stream.js'
import { RopOpenStream } from '../../rops/stream/rop-open-stream.js'
import { RopReadStream } from '../../rops/stream/rop-read-stream.js'
import { RopWriteStream } from '../../rops/stream/rop-write-stream.js'
import { RopQueryRows } from '../../rops/table/rop-query-rows.js'
import { RopRestrict } from '../../rops/table/rop-restrict.js'
import { RopSetColumns } from '../../rops/table/rop-set-columns.js'
import { RopSortTable } from '../../rops/table/rop-sort-table.js'
import { type AnyLayout, interpret, Random, Reader, Writer } from '../../src/bufferstructs/index.js'
import { SessionRecorder } from '../../src/captures/recorder.js'
import { AddressBookClient } from '../../src/client/address-book-client.js'
import { unwrapPayloads, wrapPayload } from '../../src/client/extended-buffer.js'
import { decodeCell, idOf, LogonFolder, logonRequest, succeeded } from '../../src/client/mailbox-session.js'
import { MapiClient } from '../../src/client/mapi-client.js'
import {
  readEnvelope,
  readExecuteResponse,
  writeConnectRequest,
  writeExecuteRequest
} from '../../src/client/mapi-http-body.js'
import { property } from '../../src/client/property-values.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import { serverAddress } from '../../src/client/server-address.js'
import { addressBookBodies } from '../../src/fronts/mapi-http/grammar/address-book-bodies.js'
import { startServer } from '../../src/index.js'
import { statAtBeginning } from '../../src/nspi/stat.js'
import { makeTag } from '../../src/oxcdata/property-tag.js'
import { newRecipientRow } from '../../src/oxcdata/recipient-row.js'
import { PidLidReminderSet } from '../../src/oxprops/named-properties.generated.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'

const FOLDER = join('captures', 'first-steps')
const USER = { address: 'kim@steps.example', password: 'kim' }
/** The recorded server's clock: two minutes after the last message arrived. */
const NOW = Date.UTC(2026, 2, 1, 9, 2)
const SEED = 9
const NO_COMPRESSION = 0x1
const READ_WRITE = 0x01
const KEEP_OPEN_READ_WRITE = 0x02
const CREATE = 0x02
const UNKNOWN_FOLDER = 2 ** 48 + 0xfffff
const SMTP = 3
const UNICODE_CODE_PAGE = 0x0fff
const NOTHING = new Uint8Array(0)

class Recording {
  constructor(
    private readonly recorder: SessionRecorder,
    private readonly client: MapiClient,
    private readonly book: AddressBookClient
  ) {}

  /** Sends a body and takes the exchange in. */
  async post(name: string, type: string, request: Uint8Array): Promise<Buffer> {
    const response = await this.client.post(type, request)
    const url = publicUrl(this.client.mailbox!.mailStoreUrl)
    this.recorder.add({ name, type, url, request, response })
    return readEnvelope(response.body).body
  }

  async execute(name: string, batch: RopBatch, form: { flags?: number; xor?: boolean } = {}): Promise<RopBatch> {
    const rop = wrapPayload(batch.write(), { xor: form.xor })
    const answer = await this.post(name, 'Execute', writeExecuteRequest(rop, form.flags))
    batch.readResponses(unwrapPayloads(readExecuteResponse(answer).rop))
    return batch
  }

  async release(name: string, ...handles: number[]): Promise<void> {
    const batch = new RopBatch(handles)
    handles.forEach((_, input) => {
      batch.add(RopRelease, { input }, {})
    })
    await this.execute(name, batch)
  }

  async ask(name: string, type: keyof typeof addressBookBodies, question: object): Promise<Record<string, unknown>> {
    const { request: layout, response: answer } = addressBookBodies[type] as { request: AnyLayout; response: AnyLayout }
    const writer = new Writer(1024)
    interpret.write(layout, writer, { reserved: 0, ...question, auxiliary: new Uint8Array(0) })
    const request = writer.written()
    const response = await this.book.post(type, request)
    const url = publicUrl(this.client.mailbox!.addressBookUrl!)
    this.recorder.add({ name, type, url, request, response })
    const { body } = readEnvelope(response.body)
    return interpret.read(answer, new Reader(body)) as Record<string, unknown>
  }
}

/** The port of the recorded server was any free one, and no part of what is recorded. */
function publicUrl(url: string): string {
  const { pathname, search } = new URL(url)
  return `http://127.0.0.1:8080${pathname}${search}`
}

/** Every folder, then the messages of the Inbox, the newest first; returns their ids. */
async function browse(recording: Recording, logon: number, folderIds: readonly number[]): Promise<number[]> {
  const folders = new RopBatch([logon])
  folders.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: folderIds[LogonFolder.ipmSubtree], openModeFlags: 0 })
  folders.add(RopGetHierarchyTable, { input: 1, output: 2 }, { tableFlags: 0x04 })
  const columns = [tags.PidTagFolderId, tags.PidTagParentFolderId, tags.PidTagDisplayName, tags.PidTagContentCount]
  folders.add(RopSetColumns, { input: 2 }, { setColumnsFlags: 0, propertyTags: columns })
  folders.add(RopQueryRows, { input: 2 }, { queryRowsFlags: 0, forwardRead: true, rowCount: 100 }, { columns })
  folders.add(RopRelease, { input: 1 }, {})
  await recording.execute('folders', folders)
  await recording.release('folders-end', folders.handles[2])

  const contents = new RopBatch([logon])
  contents.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: folderIds[LogonFolder.inbox], openModeFlags: 0 })
  contents.add(RopGetContentsTable, { input: 1, output: 2 }, { tableFlags: 0 })
  const shown = [
    ...[tags.PidTagMid, tags.PidTagSubject, tags.PidTagSenderName, tags.PidTagMessageDeliveryTime],
    ...[tags.PidTagMessageFlags, tags.PidTagHasAttachments, tags.PidTagEntryId, tags.PidTagFlagStatus]
  ]
  contents.add(RopSetColumns, { input: 2 }, { setColumnsFlags: 0, propertyTags: shown })
  const sortOrders = [{ tag: tags.PidTagMessageDeliveryTime, order: 1 as const }]
  const sort = { sortTableFlags: 0, sortOrderCount: 1, categoryCount: 0, expandedCount: 0, sortOrders }
  contents.add(RopSortTable, { input: 2 }, sort)
  const ask = { queryRowsFlags: 0, forwardRead: true, rowCount: 2 }
  const page = contents.add(RopQueryRows, { input: 2 }, ask, { columns: shown })
  contents.add(RopRelease, { input: 1 }, {})
  await recording.execute('messages', contents, { flags: NO_COMPRESSION, xor: true })

  // The columns of this page were set in the exchange before it.
  const table = contents.handles[2]
  const next = new RopBatch([table])
  const rest = next.add(RopQueryRows, { input: 0 }, ask, { columns: shown })
  await recording.execute('messages-rest', next)
  const filter = new RopBatch([table])
  const mask = { kind: 'bitmask', relop: 1, tag: tags.PidTagMessageFlags, mask: 0x10 } as const
  filter.add(RopRestrict, { input: 0 }, { restrictFlags: 0, restriction: mask })
  filter.add(RopQueryRows, { input: 0 }, { ...ask, rowCount: 50 }, { columns: shown })
  await recording.execute('messages-with-attachments', filter)
  const find = new RopBatch([table])
  const sought = property(tags.PidTagSubject, 'rope')
  const subject = { kind: 'content', fuzzyLow: 1, fuzzyHigh: 1, tag: tags.PidTagSubject, value: sought } as const
  find.add(RopRestrict, { input: 0 }, { restrictFlags: 0, restriction: subject })
  find.add(RopQueryRows, { input: 0 }, { ...ask, rowCount: 50 }, { columns: shown })
  find.add(RopRestrict, { input: 0 }, { restrictFlags: 0, restriction: null })
  await recording.execute('messages-about-rope', find)
  await recording.release('messages-end', table)
  const rows = [...succeeded(page).rows, ...succeeded(rest).rows]
  return rows.map(([mid]) => idOf(decodeCell(tags.PidTagMid, mid)))
}

/** Opens a message, reads some properties, all properties, recipients; asks for a folder that does not exist. */
async function read(recording: Recording, logon: number, folderId: number, messageId: number): Promise<void> {
  const open = new RopBatch([logon])
  const target = { codePageId: UNICODE_CODE_PAGE, folderId, openModeFlags: 0, messageId }
  const opened = open.add(RopOpenMessage, { input: 0, output: 1 }, target)
  const propertyTags = [
    ...[tags.PidTagSubject, tags.PidTagBody, tags.PidTagImportance, tags.PidTagMessageSize, tags.PidTagAccess],
    ...[tags.PidTagCreationTime, tags.PidTagChangeKey, tags.PidTagParentEntryId, tags.PidTagSentRepresentingEntryId]
  ]
  open.add(RopGetPropertiesSpecific, { input: 1 }, { propertySizeLimit: 0, wantUnicode: true, propertyTags })
  await recording.execute('open-message', open)
  const all = new RopBatch([open.handles[1], logon])
  all.add(RopGetPropertiesAll, { input: 0 }, { propertySizeLimit: 512, wantUnicode: true })
  const columns = succeeded(opened).recipientColumns
  all.add(RopReadRecipients, { input: 0 }, { rowId: 0 }, { columns })
  all.add(RopLongTermIdFromId, { input: 1 }, { objectId: messageId })
  all.add(RopOpenFolder, { input: 1, output: 2 }, { folderId: UNKNOWN_FOLDER, openModeFlags: 0 })
  all.add(RopGetReceiveFolder, { input: 1 }, { messageClass: 'IPM.Note' })
  await recording.execute('message-whole', all)
  await recording.release('message-end', open.handles[1])
}

/** Writes a message with a named property, recipients and an attachment; reads it, moves it and deletes it. */
async function write(recording: Recording, logon: number, folderIds: readonly number[]): Promise<void> {
  const names = new RopBatch([logon])
  const propertyNames = [{ guid: PidLidReminderSet.guid, lid: PidLidReminderSet.lid }]
  const asked = names.add(RopGetPropertyIdsFromNames, { input: 0 }, { flags: CREATE, propertyNames })
  await recording.execute('named-property', names)
  const [reminderSet] = succeeded(asked).propertyIds
  const inverse = new RopBatch([logon])
  inverse.add(RopGetNamesFromPropertyIds, { input: 0 }, { propertyIds: [reminderSet, 0x0037] })
  await recording.execute('named-property-inverse', inverse)

  const folderId = folderIds[LogonFolder.inbox]
  const draft = new RopBatch([logon])
  draft.add(
    RopCreateMessage,
    { input: 0, output: 1 },
    { codePageId: UNICODE_CODE_PAGE, folderId, associatedFlag: false }
  )
  const propertyValues = [
    property(tags.PidTagSubject, 'Three strands'),
    property(tags.PidTagBody, 'Hemp, jute, sisal. Größer als gedacht.'),
    property(makeTag(reminderSet, PidLidReminderSet.type), true)
  ]
  draft.add(RopSetProperties, { input: 1 }, { propertyValues })
  const row = { ...newRecipientRow(SMTP, true), email: 'lee@steps.example', displayName: 'Lee Loom', cells: [] }
  const recipients = { recipientColumns: [], recipientRows: [{ rowId: 0, recipientType: 1, row }] }
  draft.add(RopModifyRecipients, { input: 1 }, recipients)
  draft.add(RopCreateAttachment, { input: 1, output: 2 }, {})
  draft.add(
    RopSetProperties,
    { input: 2 },
    { propertyValues: [property(tags.PidTagAttachLongFilename, 'strands.txt')] }
  )
  const stream = { propertyTag: tags.PidTagAttachDataBinary, openModeFlags: CREATE }
  draft.add(RopOpenStream, { input: 2, output: 3 }, stream)
  draft.add(RopWriteStream, { input: 3 }, { data: Buffer.from('hemp\njute\nsisal\n') })
  draft.add(RopCommitStream, { input: 3 }, {})
  await recording.execute('draft', draft)
  const save = new RopBatch(draft.handles.slice(1))
  save.add(RopSaveChangesAttachment, { response: 1, input: 1 }, { saveFlags: KEEP_OPEN_READ_WRITE })
  const saved = save.add(RopSaveChangesMessage, { response: 0, input: 0 }, { saveFlags: KEEP_OPEN_READ_WRITE })
  for (const input of [2, 1, 0]) save.add(RopRelease, { input }, {})
  await recording.execute('save-draft', save)
  const { messageId } = succeeded(saved)
  await readBack(recording, logon, folderIds, messageId, reminderSet)
}

async function readBack(
  recording: Recording,
  logon: number,
  folderIds: readonly number[],
  messageId: number,
  reminderSet: number
): Promise<void> {
  const folderId = folderIds[LogonFolder.inbox]
  const read = new RopBatch([logon])
  const target = { codePageId: UNICODE_CODE_PAGE, folderId, openModeFlags: READ_WRITE, messageId }
  read.add(RopOpenMessage, { input: 0, output: 1 }, target)
  const propertyTags = [tags.PidTagSubject, makeTag(reminderSet, PidLidReminderSet.type), tags.PidTagSourceKey]
  read.add(RopGetPropertiesSpecific, { input: 1 }, { propertySizeLimit: 0, wantUnicode: true, propertyTags })
  read.add(RopOpenAttachment, { input: 1, output: 2 }, { openAttachmentFlags: 0, attachmentId: 0 })
  read.add(RopOpenStream, { input: 2, output: 3 }, { propertyTag: tags.PidTagAttachDataBinary, openModeFlags: 0 })
  read.add(RopReadStream, { input: 3 }, { byteCount: 4096 })
  for (const input of [3, 2, 1]) read.add(RopRelease, { input }, {})
  await recording.execute('read-draft', read)

  const move = new RopBatch([logon])
  move.add(RopOpenFolder, { input: 0, output: 1 }, { folderId, openModeFlags: 0 })
  move.add(RopOpenFolder, { input: 0, output: 2 }, { folderId: folderIds[LogonFolder.deletedItems], openModeFlags: 0 })
  const copies = { messageIds: [messageId], wantAsynchronous: false, wantCopy: true }
  move.add(RopMoveCopyMessages, { source: 1, destination: 2 }, copies)
  const gone = { wantAsynchronous: false, notifyNonRead: false, messageIds: [messageId] }
  move.add(RopDeleteMessages, { input: 1 }, gone)
  move.add(RopOpenMessage, { input: 0, output: 3 }, { ...target, openModeFlags: 0 })
  move.add(RopRelease, { input: 1 }, {})
  await recording.execute('copy-and-delete', move)
  await cleanUp(recording, move.handles[2])
}

/** Deletes what lies in a folder, so that the session finds on the next server what it found on this one. */
async function cleanUp(recording: Recording, folder: number): Promise<void> {
  const columns = [tags.PidTagMid, tags.PidTagSubject]
  const list = new RopBatch([folder])
  list.add(RopGetContentsTable, { input: 0, output: 1 }, { tableFlags: 0 })
  list.add(RopSetColumns, { input: 1 }, { setColumnsFlags: 0, propertyTags: columns })
  const ask = { queryRowsFlags: 0, forwardRead: true, rowCount: 50 }
  const page = list.add(RopQueryRows, { input: 1 }, ask, { columns })
  list.add(RopRelease, { input: 1 }, {})
  await recording.execute('deleted-items', list)
  const messageIds = succeeded(page).rows.map(([mid]) => idOf(decodeCell(tags.PidTagMid, mid)))
  const remove = new RopBatch([folder])
  remove.add(RopDeleteMessages, { input: 0 }, { wantAsynchronous: false, notifyNonRead: false, messageIds })
  remove.add(RopRelease, { input: 0 }, {})
  await recording.execute('delete-for-good', remove)
}

/** What a mail program asks an address book when a name is typed. */
async function lookUp(recording: Recording, legacyDn: string): Promise<void> {
  await recording.ask('book-bind', 'Bind', { flags: 0, state: statAtBeginning() })
  await recording.ask('book-tables', 'GetSpecialTable', { flags: 4, state: statAtBeginning(), version: null })
  const { minimalIds } = await recording.ask('book-name', 'DNToMId', { names: [legacyDn] })
  const columns = [tags.PidTagDisplayName, tags.PidTagSmtpAddress, tags.PidTagObjectType, tags.PidTagEntryId]
  const [currentRecord] = minimalIds as number[]
  const state = statAtBeginning({ currentRecord })
  await recording.ask('book-properties', 'GetProps', { flags: 0, state, propertyTags: columns })
  const rows = { flags: 0, state: statAtBeginning(), explicitTable: [], rowCount: 10, columns }
  await recording.ask('book-rows', 'QueryRows', rows)
  const names = { state: statAtBeginning(), propertyTags: columns, names: ['lee', 'nobody at all'] }
  await recording.ask('book-resolve', 'ResolveNames', names)
  await recording.ask('book-unbind', 'Unbind', {})
}

/** Starts a server with the world of the recording, plays the session and writes the recording to a folder. */
export async function makeFirstSteps(folder: string): Promise<void> {
  const random = new Random(SEED)
  const server = await startServer({
    ...{ world: join(FOLDER, 'world.yaml'), memory: true, ports: 0, logLevel: 'silent', clock: () => NOW },
    random: bytes => {
      for (let at = 0; at < bytes.byteLength; at++) bytes[at] = random.below(256)
      return bytes
    }
  })
  const at = serverAddress(server.urls.http)
  const client = await MapiClient.open({ ...at, ...USER })
  const { displayName, legacyDn, address, addressBookUrl } = client.mailbox!
  const { pathname, search } = new URL(addressBookUrl!)
  const book = await AddressBookClient.openAt({ ...at, ...USER }, `${pathname}${search}`)
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const recorder = new SessionRecorder({
    ...{ name: 'first-steps', recorded: new Date(NOW).toISOString(), world: 'world.yaml' },
    client: `the client of Ropewalk ${version}`,
    server: `Ropewalk ${version}, personality exchange2016, with its clock standing still`,
    how: 'node .build/test/captures/make-first-steps.js',
    user: { address, displayName, legacyDn }
  })
  const recording = new Recording(recorder, client, book)
  try {
    await recording.post('ping', 'PING', NOTHING)
    await recording.post('connect', 'Connect', writeConnectRequest({ userDn: legacyDn }))
    const logOn = new RopBatch()
    const logon = logOn.add(RopLogon, { output: logOn.slot() }, logonRequest(legacyDn))
    await recording.execute('logon', logOn)
    const { folderIds } = succeeded(logon)
    const [handle] = logOn.handles
    const messages = await browse(recording, handle, folderIds)
    await read(recording, handle, folderIds[LogonFolder.inbox], messages[0])
    await write(recording, handle, folderIds)
    await recording.post('disconnect', 'Disconnect', Buffer.alloc(4))
    await lookUp(recording, legacyDn)
    recorder.save(folder)
  } finally {
    client.close()
    book.close()
    await server.stop()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await makeFirstSteps(process.argv[2] ?? FOLDER)
