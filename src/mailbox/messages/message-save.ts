import { keys } from '../../../store/index.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Mid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { storedString, stringOf } from '../../oxcdata/stored-string.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Actor, Maybe } from '../domain.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import type { ReadableMessage } from '../public-store/read-states.js'
import {
  type LargeValue,
  largeOfAttachment,
  type MessageRecord,
  readAttachmentRecord,
  writeAttachmentRecord
} from '../record-codec.js'
import { bool, int32, int64, readInt32, size32 } from '../stored-values.js'
import type { StoreMessage } from './message.js'
import { attachmentSource, largeOfContent, type MessageContent } from './message-content.js'
import { MessageFlag } from './message-flags.js'
import { previewEntry } from './message-store.js'

/** The bits of PidTagMessageFlags that belong to the read state. */
const READ_STATE = MessageFlag.read | MessageFlag.everRead | MessageFlag.notifyRead | MessageFlag.notifyUnread

/** Bytes of a large value that a table cell can show. */
const PREVIEW_BYTES = 512

const NONE: ReadonlySet<number> = new Set()

/** The display lists of a message without recipients. */
const NO_NAMES = storedString('')

/**
 * Saves an open message ([MS-OXCMSG] 3.2.5.3): an embedded one into its attachment, any other into the mailbox. Throws
 * ecObjectModified when the stored message is another one than was opened, unless `force`, and ecObjectDeleted when it
 * is gone.
 */
export function saveMessage(message: StoreMessage, force: boolean, actor: Actor): Maybe<Mid> {
  const { core } = message
  if (message.failsSave) throw new MapiError(ErrorCode.ecError)
  if (message.holder !== undefined) {
    stampContent(message, actor, int64(core.filetime()))
    if (message.cn === 0) message.cn = message.holder.message.cn
    message.holder.embeddedSaved(message.content.clone())
    return 0
  }
  const { content } = message
  const fail = (error: unknown): never => {
    content.visitProperties(properties => properties.unstage())
    throw error
  }
  try {
    const saved = core.write('save message', turn => saveIn(turn, message, force, actor))
    return saved instanceof Promise ? saved.catch(fail) : saved
  } catch (error) {
    return fail(error)
  }
}

function saveIn(turn: MailboxTurn, message: StoreMessage, force: boolean, actor: Actor): Maybe<Mid> {
  const { core, content } = message
  const previous = message.mid === 0 ? undefined : core.messages.find(message.mid)
  demandUnchanged(message, previous, force)
  const fid = previous?.fid ?? message.fid
  const node = core.demandNode(fid, ErrorCode.ecObjectDeleted)
  const mid = message.mid === 0 ? turn.takeMid(node) : message.mid
  if (previous !== undefined) {
    keepReadState(message, previous)
    if (previous.cn !== message.cn) meetAttachments(message, previous)
  }
  stampContent(message, actor, int64(turn.time))
  if (previous === undefined) stampNew(turn, message, node)
  const large = content.largeInMemory()
  const before = large.length === 0 ? NONE : new Set(large.map(({ blobId }) => blobId))
  content.visitProperties(properties => {
    if (properties === content.properties) return
    properties.attachPending(turn.batch)
  })
  const heads = content.properties.pendingHeads(PREVIEW_BYTES)
  content.properties.attachPending(turn.batch)
  const cn = turn.nextCn()
  const readCn = previous?.readCn ?? 0
  keepRead(
    turn,
    message,
    mid,
    { fid, cn, associated: message.associated, softDeleted: message.softDeleted },
    actor,
    previous
  )
  const { associated, softDeleted } = message
  const { nextAttachment, attachments, recipients, large: held } = content.recordParts()
  const record = { fid, associated, softDeleted, cn, readCn, nextAttachment, attachments, recipients, large: held }
  if (held.size > 0 || (previous !== undefined && previous.large.size > 0)) {
    changeReferences(turn, message, previous?.large.values() ?? [], held.values(), before)
  }
  writeAttachments(turn, message, mid, { fid, cn }, before)
  const previews = heads.map(({ id, type, head }) => previewEntry(id, type, head))
  for (const [id, value] of held) if (before.has(value.blobId)) previews.unshift(core.messages.preview(id, value))
  const written = core.messages.put(turn, node, mid, record, content.properties.writable(), previous, previews)
  turn.after(() => {
    message.mid = mid
    message.fid = fid
    message.cn = cn
    message.readCn = readCn
    content.changed.clear()
    content.removed.clear()
  })
  return written === undefined ? mid : written.then(() => mid)
}

/** In a public store the message that somebody saves stays read for him; everybody else sees a new or changed one. */
function keepRead(
  turn: MailboxTurn,
  { core, content }: StoreMessage,
  mid: Mid,
  saved: ReadableMessage,
  actor: Actor,
  previous: MessageRecord | undefined
): void {
  const reader = core.readStates?.of(actor)
  if (reader === undefined) return
  const flags = readInt32(content.properties.get(tags.PidTagMessageFlags)) ?? 0
  const isRead = previous === undefined ? (flags & MessageFlag.read) !== 0 : reader.has(previous.fid, previous.cn)
  if (isRead) reader.mark(turn, mid, saved, true)
}

function demandUnchanged(message: StoreMessage, previous: MessageRecord | undefined, force: boolean): void {
  if (message.mid === 0) return
  if (previous === undefined || previous.softDeleted !== message.softDeleted)
    throw new MapiError(ErrorCode.ecObjectDeleted)
  if (previous.cn !== message.cn && !force) throw new MapiError(ErrorCode.ecObjectModified)
}

/** Read state and status are changed by themselves alone: a save that began before leaves them as they have become. */
function keepReadState({ content }: StoreMessage, previous: MessageRecord): void {
  const stored = readInt32(previous.properties.value(tags.PidTagMessageFlags)) ?? 0
  const own = readInt32(content.properties.get(tags.PidTagMessageFlags)) ?? 0
  const flags = (own & ~READ_STATE) | (stored & READ_STATE)
  if (flags !== own) content.properties.set(tags.PidTagMessageFlags, int32(flags))
  const status = previous.properties.value(tags.PidTagMessageStatus)
  if (status !== undefined) content.properties.set(tags.PidTagMessageStatus, status)
}

/**
 * A forced save over a message that others have changed meanwhile: attachments that they added go, those that they
 * removed come back if they are in memory, and what is neither changed nor removed here stays as they left it.
 */
function meetAttachments({ content }: StoreMessage, previous: MessageRecord): void {
  const stored = new Map(previous.attachments.map(entry => [entry.number, entry]))
  for (const number of stored.keys()) if (!content.entries.has(number)) content.removed.add(number)
  for (const number of [...content.entries.keys()]) {
    if (content.changed.has(number)) continue
    const entry = stored.get(number)
    if (entry !== undefined) content.entries.set(number, entry)
    else if (content.loaded.has(number)) content.changed.add(number)
    else content.entries.delete(number)
  }
  content.nextAttachment = Math.max(content.nextAttachment, previous.nextAttachment)
}

/** Properties that the server sets with every save. */
function stampContent(message: StoreMessage, actor: Actor, time: Uint8Array): void {
  const { content, core } = message
  const { properties } = content
  const displayNames = displayNamesOf(content)
  properties.set(tags.PidTagDisplayTo, displayNames[0])
  properties.set(tags.PidTagDisplayCc, displayNames[1])
  properties.set(tags.PidTagDisplayBcc, displayNames[2])
  properties.set(tags.PidTagHasAttachments, bool(content.hasVisibleAttachments))
  properties.set(tags.PidTagLastModificationTime, time)
  properties.set(tags.PidTagLastModifierName, storedString(actor.displayName))
  properties.set(tags.PidTagLastModifierEntryId, core.userEntryId(actor.legacyDn))
  let flags = readInt32(properties.get(tags.PidTagMessageFlags)) ?? 0
  flags = content.hasVisibleAttachments ? flags | MessageFlag.hasAttachments : flags & ~MessageFlag.hasAttachments
  if (message.associated) flags |= MessageFlag.associated
  // Modified is what was changed after its first save ([MS-OXCMSG] R519).
  flags = message.cn === 0 ? flags | MessageFlag.unmodified : flags & ~MessageFlag.unmodified
  properties.set(tags.PidTagMessageFlags, int32(flags))
  // The size is part of what it measures; its own bytes are there before it is taken.
  properties.set(tags.PidTagMessageSize, size32(0))
  properties.set(tags.PidTagMessageSize, size32(content.sizeBytes()))
}

/** Properties that a message gets with its first save. */
function stampNew(turn: MailboxTurn, message: StoreMessage, node: FolderNode): void {
  const { properties } = message.content
  const counters = turn.counters(node)
  properties.set(tags.PidTagInternetArticleNumber, int32(counters.nextArticle++))
}

/** PidTagDisplayTo, Cc, Bcc: names by type of recipient, separated by `; ` ([MS-OXOMSG] 2.2.1.7 ff). */
export function displayNamesOf(content: Pick<MessageContent, 'recipients'>): [Uint8Array, Uint8Array, Uint8Array] {
  if (content.recipients.length === 0) return [NO_NAMES, NO_NAMES, NO_NAMES]
  const names: [string[], string[], string[]] = [[], [], []]
  for (const { type, properties } of content.recipients) {
    const kind = (type & 0x0f) - 1
    if (kind < 0 || kind > 2) continue
    const name = properties.get(tags.PidTagDisplayName) ?? properties.get(tags.PidTagEmailAddress)
    if (name !== undefined) names[kind].push(stringOf(name))
  }
  return names.map(list => storedString(list.join('; '))) as [Uint8Array, Uint8Array, Uint8Array]
}

/**
 * Counts references to large values as a record changes: one less for each that it had and loses, one more for each that
 * was there `before` and comes back because a handle kept it. What is new was attached with its one reference.
 */
function changeReferences(
  turn: MailboxTurn,
  { core }: StoreMessage,
  old: Iterable<LargeValue>,
  next: Iterable<LargeValue>,
  before: ReadonlySet<number>
): void {
  const { blobs } = core.objects
  const had = new Set([...old].map(({ blobId }) => blobId))
  const has = new Set([...next].map(({ blobId }) => blobId))
  for (const blobId of had) if (!has.has(blobId)) blobs.release(turn.batch, core.number, blobId)
  for (const blobId of has) {
    if (!had.has(blobId) && before.has(blobId)) blobs.share(turn.batch, core.number, blobId)
  }
}

function writeAttachments(
  turn: MailboxTurn,
  message: StoreMessage,
  mid: Mid,
  header: { fid: number; cn: number },
  before: ReadonlySet<number>
): void {
  const { core, content } = message
  for (const number of content.removed) core.messages.removeAttachment(turn, mid, number)
  for (const number of content.changed) {
    const attachment = content.attachment(number)
    if (attachment === undefined) continue
    const key = keys.attachment.of(core.number, mid, number)
    const old = message.mid === 0 ? undefined : core.objects.store.get(key)
    const replaced = old === undefined ? [] : largeOfAttachment(readAttachmentRecord(old))
    changeReferences(turn, message, replaced, largeOfContent(attachment), before)
    turn.batch.put(key, writeAttachmentRecord(attachmentSource(attachment, header)))
  }
}
