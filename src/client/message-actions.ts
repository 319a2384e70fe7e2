import { RopDeleteMessages } from '../../rops/folder/rop-delete-messages.js'
import { RopGetContentsTable } from '../../rops/folder/rop-get-contents-table.js'
import { RopMoveCopyMessages } from '../../rops/folder/rop-move-copy-messages.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopCreateAttachment } from '../../rops/message/rop-create-attachment.js'
import { RopCreateMessage } from '../../rops/message/rop-create-message.js'
import { RopOpenAttachment } from '../../rops/message/rop-open-attachment.js'
import { RopOpenMessage } from '../../rops/message/rop-open-message.js'
import { RopSaveChangesAttachment } from '../../rops/message/rop-save-changes-attachment.js'
import { RopSaveChangesMessage } from '../../rops/message/rop-save-changes-message.js'
import { RopGetPropertiesSpecific } from '../../rops/property/rop-get-properties-specific.js'
import { RopSetProperties } from '../../rops/property/rop-set-properties.js'
import { RopCommitStream } from '../../rops/stream/rop-commit-stream.js'
import { RopOpenStream } from '../../rops/stream/rop-open-stream.js'
import { RopReadStream } from '../../rops/stream/rop-read-stream.js'
import { RopWriteStream } from '../../rops/stream/rop-write-stream.js'
import type { PropertyEntry, PropertyTag } from '../oxcdata/property-tag.js'
import type { PropertyValue } from '../oxcdata/property-value.js'
import { PidTagAttachDataBinary } from '../oxprops/property-tags.generated.js'
import { decodeCell, type MailboxSession, succeeded } from './mailbox-session.js'
import { RopBatch } from './rop-batch.js'

/**
 * What a mail program does to messages, each as one or a few round trips. Handles are released; results that had to
 * succeed and did not are RopErrors.
 */

const UNICODE_CODE_PAGE = 0x0fff
const READ_WRITE = 0x01
const KEEP_OPEN_READ_WRITE = 0x02
const CREATE = 0x02
/** Bytes of one stream ROP: as much as fits into a ROP buffer with its headers. */
const STREAM_STEP = 0x7000

/** Creates and saves a message, with attachments when there are any; returns its id. */
export async function createMessage(
  session: MailboxSession,
  folderId: number,
  properties: PropertyEntry[],
  attachments: readonly { properties: PropertyEntry[]; data: Uint8Array }[] = []
): Promise<number> {
  const { client } = session
  const batch = new RopBatch([session.logonHandle])
  const created = { codePageId: UNICODE_CODE_PAGE, folderId, associatedFlag: false }
  const message = batch.add(RopCreateMessage, { input: 0, output: 1 }, created)
  const set = batch.add(RopSetProperties, { input: 1 }, { propertyValues: properties })
  if (attachments.length === 0) {
    const saved = batch.add(RopSaveChangesMessage, { response: 1, input: 1 }, { saveFlags: KEEP_OPEN_READ_WRITE })
    await client.execute(batch)
    succeeded(message)
    succeeded(set)
    const { messageId } = succeeded(saved)
    await session.release(batch.handles[1])
    return messageId
  }
  await client.execute(batch)
  succeeded(message)
  succeeded(set)
  const handle = batch.handles[1]
  for (const attachment of attachments) await addAttachment(session, handle, attachment)
  const save = new RopBatch([handle])
  const saved = save.add(RopSaveChangesMessage, { response: 0, input: 0 }, { saveFlags: KEEP_OPEN_READ_WRITE })
  await client.execute(save)
  const { messageId } = succeeded(saved)
  await session.release(handle)
  return messageId
}

async function addAttachment(
  session: MailboxSession,
  message: number,
  attachment: { properties: PropertyEntry[]; data: Uint8Array }
): Promise<void> {
  const { client } = session
  const open = new RopBatch([message])
  succeededLater(open)
  open.add(RopCreateAttachment, { input: 0, output: 1 }, {})
  open.add(RopSetProperties, { input: 1 }, { propertyValues: attachment.properties })
  open.add(RopOpenStream, { input: 1, output: 2 }, { propertyTag: PidTagAttachDataBinary, openModeFlags: CREATE })
  await client.execute(open)
  const [, attachmentHandle, stream] = open.handles
  for (let at = 0; at < attachment.data.length; at += STREAM_STEP) {
    const write = new RopBatch([stream])
    succeededLater(write)
    write.add(RopWriteStream, { input: 0 }, { data: attachment.data.subarray(at, at + STREAM_STEP) })
    await client.execute(write)
  }
  const save = new RopBatch([stream, attachmentHandle])
  succeededLater(save)
  save.add(RopCommitStream, { input: 0 }, {})
  save.add(RopSaveChangesAttachment, { response: 1, input: 1 }, { saveFlags: KEEP_OPEN_READ_WRITE })
  await client.execute(save)
  await session.release(stream, attachmentHandle)
}

/** Every result of the batch must be a success when it is read. */
function succeededLater(batch: RopBatch): void {
  batch.onResult = result => {
    succeeded(result)
  }
}

/** Properties of a stored message; undefined in place of one that is absent or too large. */
export async function readMessage(
  session: MailboxSession,
  folderId: number,
  messageId: number,
  propertyTags: PropertyTag[]
): Promise<(PropertyValue | undefined)[]> {
  const batch = new RopBatch([session.logonHandle])
  const target = { codePageId: UNICODE_CODE_PAGE, folderId, openModeFlags: 0, messageId }
  const opened = batch.add(RopOpenMessage, { input: 0, output: 1 }, target)
  const wanted = { propertySizeLimit: 0, wantUnicode: true, propertyTags }
  const read = batch.add(RopGetPropertiesSpecific, { input: 1 }, wanted)
  await session.client.execute(batch)
  succeeded(opened)
  const { row } = succeeded(read)
  await session.release(batch.handles[1])
  return row.map((cell, index) => decodeCell(propertyTags[index], cell))
}

/** The data of an attachment, read as a stream. */
export async function readAttachment(
  session: MailboxSession,
  folderId: number,
  messageId: number,
  attachmentId: number
): Promise<Buffer> {
  const open = new RopBatch([session.logonHandle])
  succeededLater(open)
  const target = { codePageId: UNICODE_CODE_PAGE, folderId, openModeFlags: 0, messageId }
  open.add(RopOpenMessage, { input: 0, output: 1 }, target)
  open.add(RopOpenAttachment, { input: 1, output: 2 }, { openAttachmentFlags: 0, attachmentId })
  open.add(RopOpenStream, { input: 2, output: 3 }, { propertyTag: PidTagAttachDataBinary, openModeFlags: 0 })
  await session.client.execute(open)
  const pieces: Buffer[] = []
  for (;;) {
    const batch = new RopBatch([open.handles[3]])
    const read = batch.add(RopReadStream, { input: 0 }, { byteCount: STREAM_STEP })
    await session.client.execute(batch)
    const { data } = succeeded(read)
    if (data.length === 0) break
    pieces.push(Buffer.from(data))
  }
  await session.release(...open.handles.slice(1))
  return Buffer.concat(pieces)
}

/** Changes properties of a stored message and saves it. */
export async function changeMessage(
  session: MailboxSession,
  folderId: number,
  messageId: number,
  properties: PropertyEntry[]
): Promise<void> {
  const batch = new RopBatch([session.logonHandle])
  succeededLater(batch)
  const target = { codePageId: UNICODE_CODE_PAGE, folderId, openModeFlags: READ_WRITE, messageId }
  batch.add(RopOpenMessage, { input: 0, output: 1 }, target)
  batch.add(RopSetProperties, { input: 1 }, { propertyValues: properties })
  batch.add(RopSaveChangesMessage, { response: 1, input: 1 }, { saveFlags: KEEP_OPEN_READ_WRITE })
  await session.client.execute(batch)
  await session.release(batch.handles[1])
}

export async function deleteMessages(session: MailboxSession, folderId: number, messageIds: number[]): Promise<void> {
  const batch = new RopBatch([session.logonHandle])
  succeededLater(batch)
  batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId, openModeFlags: 0 })
  batch.add(RopDeleteMessages, { input: 1 }, { wantAsynchronous: false, notifyNonRead: false, messageIds })
  await session.client.execute(batch)
  await session.release(batch.handles[1])
}

export async function moveMessages(
  session: MailboxSession,
  from: number,
  to: number,
  messageIds: number[],
  wantCopy = false
): Promise<void> {
  const batch = new RopBatch([session.logonHandle])
  succeededLater(batch)
  batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: from, openModeFlags: 0 })
  batch.add(RopOpenFolder, { input: 0, output: 2 }, { folderId: to, openModeFlags: 0 })
  batch.add(RopMoveCopyMessages, { source: 1, destination: 2 }, { messageIds, wantAsynchronous: false, wantCopy })
  await session.client.execute(batch)
  await session.release(batch.handles[1], batch.handles[2])
}

/** The rows of a folder's contents table, decoded, in default order. */
export async function listMessages(
  session: MailboxSession,
  folderId: number,
  columns: readonly PropertyTag[]
): Promise<(PropertyValue | undefined)[][]> {
  const batch = new RopBatch([session.logonHandle])
  succeededLater(batch)
  batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId, openModeFlags: 0 })
  batch.add(RopGetContentsTable, { input: 1, output: 2 }, { tableFlags: 0 })
  await session.client.execute(batch)
  const rows = await session.readRows(batch.handles[2], columns)
  await session.release(batch.handles[2], batch.handles[1])
  return rows
}
