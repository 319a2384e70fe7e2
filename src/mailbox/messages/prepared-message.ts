import type { BlobWriter } from '../../../store/blob-writer.js'
import { putF64, putU32 } from '../../bufferstructs/plain-numbers.js'
import { limits } from '../../limits.js'
import type { Mid } from '../../oxcdata/ids.js'
import { PackedProperties, packProperties } from '../../oxcdata/packed-properties.js'
import type { PropertyBag } from '../../oxcdata/property-bag.js'
import type { PropertyEntry } from '../../oxcdata/property-tag.js'
import { PtypBinary, PtypObject, PtypString } from '../../oxcdata/property-type.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { MailboxCore } from '../mailbox-core.js'
import { ObjectProperties } from '../object-properties.js'
import {
  type AttachmentEntry,
  type AttachmentSource,
  type EmbeddedSource,
  type LargeValue,
  RECORD_CN_AT,
  writeAttachmentRecord,
  writeMessageRecord
} from '../record-codec.js'
import { bool, int32, int64, readBool, readInt32, size32 } from '../stored-values.js'
import { deliveryKey } from '../tables/order-index.js'
import { buildSummaryRow, putIdBytes, ROW_CN_AT, ROW_VERSION_AT, rowSet } from '../tables/summary-row.js'
import type { AttachmentDraft, MessageDraft } from './message-draft.js'
import { MessageFlag } from './message-flags.js'
import { freshMessageBag } from './message-properties.js'
import { displayNamesOf } from './message-save.js'
import { previewEntry } from './message-store.js'
import { agreeSubject } from './subject.js'

/** Bytes that a recipient or an attachment adds to a message beside its properties; as for messages that clients save. */
export const ROW_BYTES = 16
const BYTES_PER_PROPERTY = 4

/**
 * A message whose bytes are made already, but for what only the writer turn knows: id, change number, article number. The
 * turn fills them in at places that stand here, so that little is left to do while others wait.
 */
export interface PreparedMessage {
  readonly record: Uint8Array
  /** Offset in `record` of the value of PidTagInternetArticleNumber. */
  readonly articleAt: number
  /** The summary row, and offsets in it of the values of PidTagInternetArticleNumber and PidTagMid. */
  readonly row: Uint8Array
  readonly rowArticleAt: number
  readonly rowMidAt: number
  /** Sort key of the delivery time. */
  readonly timeKey: Uint8Array
  /** Records of the attachments, by number. */
  readonly attachments: readonly Uint8Array[]
  /** Large values that its records refer to. */
  readonly blobs: readonly BlobWriter[]
  readonly associated: boolean
  readonly unread: boolean
  /** PidTagMessageSize. */
  readonly sizeBytes: number
}

/** Fills in the numbers that a message gets in its writer turn. */
export function numberMessage(message: PreparedMessage, mid: Mid, cn: number, article: number): void {
  const { record, row } = message
  putF64(record, RECORD_CN_AT, cn)
  putF64(row, ROW_VERSION_AT, cn)
  putF64(row, ROW_CN_AT, cn)
  putU32(record, message.articleAt, article)
  putU32(row, message.rowArticleAt, article)
  putIdBytes(row, message.rowMidAt, mid)
}

/** Makes the bytes of a message. A promise only when large values have to be written. */
export function prepareMessage(
  core: MailboxCore,
  fid: number,
  draft: MessageDraft
): PreparedMessage | Promise<PreparedMessage> {
  return needsBlobs(draft) ? prepareLarge(core, fid, draft) : prepare(core, fid, draft, NOTHING_TAKEN)
}

function needsBlobs(draft: MessageDraft): boolean {
  return (
    hasLarge(draft.properties) ||
    draft.attachments.some(
      ({ properties, embedded }) => hasLarge(properties) || (embedded !== undefined && needsBlobs(embedded))
    )
  )
}

const NO_LARGE: ReadonlyMap<number, LargeValue> = new Map()

/** What was taken out of a draft because it is too large for records. */
interface Taken {
  readonly large: ReadonlyMap<number, LargeValue>
  readonly attachments: readonly TakenOfAttachment[]
  readonly previews: readonly PropertyEntry[]
  readonly blobs: readonly BlobWriter[]
}

interface TakenOfAttachment {
  readonly large: ReadonlyMap<number, LargeValue>
  readonly embedded?: Taken
}

const NOTHING_TAKEN: Taken = { large: NO_LARGE, attachments: [], previews: [], blobs: [] }

async function prepareLarge(core: MailboxCore, fid: number, draft: MessageDraft): Promise<PreparedMessage> {
  const blobs: BlobWriter[] = []
  try {
    const { lean, taken } = await takeOut(core, draft, blobs)
    return prepare(core, fid, lean, taken)
  } catch (error) {
    for (const blob of blobs) blob.abandon()
    throw error
  }
}

/** Writes the large values of a draft, those of its attachments and of the messages in them included. */
async function takeOut(
  core: MailboxCore,
  draft: MessageDraft,
  blobs: BlobWriter[]
): Promise<{ lean: MessageDraft; taken: Taken }> {
  const own = await takeLarge(core, draft.properties, blobs)
  const lean: AttachmentDraft[] = []
  const attachments: TakenOfAttachment[] = []
  for (const { properties, embedded } of draft.attachments) {
    const { bag, large } = await takeLarge(core, properties, blobs)
    const inner = embedded === undefined ? undefined : await takeOut(core, embedded, blobs)
    lean.push({ properties: bag, embedded: inner?.lean })
    attachments.push({ large, embedded: inner?.taken })
  }
  const taken = { large: own.large, attachments, previews: own.previews, blobs }
  return { lean: { ...draft, properties: own.bag, attachments: lean }, taken }
}

function prepare(core: MailboxCore, fid: number, draft: MessageDraft, taken: Taken): PreparedMessage {
  const associated = ((readInt32(draft.properties.get(tags.PidTagMessageFlags)) ?? 0) & MessageFlag.associated) !== 0
  const attached = prepareAttachments(core, fid, draft, taken.attachments)
  const bag = completeBag(core, draft, attached.entries)
  const size = sizeOf(bag, taken.large, draft, attached.entries)
  bag.set(tags.PidTagMessageSize, size32(size))
  const packed = packProperties(bag)
  const record = writeMessageRecord(
    {
      ...{ fid, associated, softDeleted: false, cn: 0, readCn: 0, nextAttachment: attached.entries.length },
      ...{ attachments: attached.entries, recipients: [...draft.recipients], large: new Map(taken.large) }
    },
    packed
  )
  const properties = new PackedProperties(record, record.byteLength - packed.byteLength)
  const input = { version: 0, cn: 0, properties, extras: taken.previews }
  const row = buildSummaryRow(rowSet(associated, false), fid, 0, input)
  const flags = readInt32(bag.get(tags.PidTagMessageFlags)) ?? 0
  return {
    ...{ record, articleAt: placeOf(properties, tags.PidTagInternetArticleNumber) },
    ...{ row: row.bytes, rowArticleAt: placeOf(row.packed, tags.PidTagInternetArticleNumber) },
    ...{ rowMidAt: placeOf(row.packed, tags.PidTagMid), timeKey: deliveryKey(input) },
    ...{ attachments: attached.records, blobs: taken.blobs, associated, sizeBytes: Math.min(size, 0x7fffffff) },
    unread: (flags & MessageFlag.read) === 0
  }
}

function placeOf(packed: PackedProperties, tag: number): number {
  return packed.startAt(packed.findTag(tag))
}

/** Attachments as a message's record names them, and their own records. */
export interface PreparedAttachments {
  entries: AttachmentEntry[]
  records: Uint8Array[]
}

export function prepareAttachments(
  core: MailboxCore,
  fid: number,
  draft: Pick<MessageDraft, 'attachments' | 'time'>,
  taken: readonly TakenOfAttachment[] = []
): PreparedAttachments {
  const { entries, sources } = attachmentSources(core, fid, draft, taken)
  return { entries, records: sources.map(writeAttachmentRecord) }
}

function attachmentSources(
  core: MailboxCore,
  fid: number,
  { attachments, time }: Pick<MessageDraft, 'attachments' | 'time'>,
  taken: readonly TakenOfAttachment[]
): { entries: AttachmentEntry[]; sources: AttachmentSource[] } {
  const entries: AttachmentEntry[] = []
  const sources = attachments.map(({ properties, embedded }, number) => {
    const bag = properties.clone()
    if (!bag.has(tags.PidTagRenderingPosition)) bag.set(tags.PidTagRenderingPosition, int32(-1))
    bag.set(tags.PidTagCreationTime, int64(time))
    bag.set(tags.PidTagLastModificationTime, int64(time))
    const large = taken[number]?.large ?? NO_LARGE
    const hidden = readBool(bag.get(tags.PidTagAttachmentHidden)) === true
    const inner = embedded && embeddedSource(core, fid, embedded, taken[number]?.embedded ?? NOTHING_TAKEN)
    const sizeBytes = bagBytes(bag) + largeBytes(large) + (inner?.sizeBytes ?? 0)
    entries.push({ number, sizeBytes, hidden })
    return { number, large, bag, embedded: inner?.source }
  })
  return { entries, sources }
}

/** A message inside an attachment: it has no numbers of its own, and no row. */
function embeddedSource(
  core: MailboxCore,
  fid: number,
  draft: MessageDraft,
  { large, attachments }: Taken
): { source: EmbeddedSource; sizeBytes: number } {
  const { entries, sources } = attachmentSources(core, fid, draft, attachments)
  const bag = completeBag(core, draft, entries)
  bag.delete(tags.PidTagInternetArticleNumber)
  const sizeBytes = sizeOf(bag, large, draft, entries)
  bag.set(tags.PidTagMessageSize, size32(sizeBytes))
  const record = {
    ...{ fid, associated: false, softDeleted: false, cn: 0, readCn: 0, nextAttachment: entries.length },
    ...{ attachments: entries, recipients: [...draft.recipients], large: new Map(large) }
  }
  return { source: { record, bag, attachments: sources }, sizeBytes }
}

/** The flags of an imported message: what was read now was read once, and attachments speak for themselves. */
export function importedFlags(flags: number, attached: boolean): number {
  const everRead = (flags & MessageFlag.read) !== 0 ? MessageFlag.everRead : 0
  return (flags & ~MessageFlag.hasAttachments) | everRead | (attached ? MessageFlag.hasAttachments : 0)
}

/** What the draft says, over what a new message begins with, and what follows from both; numbers still to come are zero. */
function completeBag(core: MailboxCore, draft: MessageDraft, attachments: readonly AttachmentEntry[]): PropertyBag {
  const bag = freshMessageBag(core, core.owner, draft.properties.get(tags.PidTagSearchKey))
  for (const [id, { type, bytes }] of draft.properties.entries()) bag.put(id, type, bytes)
  const time = int64(draft.time)
  bag.set(tags.PidTagCreationTime, time)
  bag.set(tags.PidTagLastModificationTime, time)
  if (bag.has(tags.PidTagSubject)) agreeSubject(new ObjectProperties(bag), tags.PidTagSubject)
  const [to, cc, bcc] = displayNamesOf({ recipients: draft.recipients as MessageDraft['recipients'][number][] })
  bag.set(tags.PidTagDisplayTo, to).set(tags.PidTagDisplayCc, cc).set(tags.PidTagDisplayBcc, bcc)
  const attached = attachments.some(({ hidden }) => !hidden)
  const flags = readInt32(bag.get(tags.PidTagMessageFlags)) ?? 0
  bag.set(tags.PidTagMessageFlags, int32(importedFlags(flags, attached)))
  bag.set(tags.PidTagHasAttachments, bool(attached))
  // The size is part of what it measures; its own bytes are there before it is taken.
  return bag.set(tags.PidTagInternetArticleNumber, int32(0)).set(tags.PidTagMessageSize, size32(0))
}

function sizeOf(
  bag: PropertyBag,
  large: ReadonlyMap<number, LargeValue>,
  draft: MessageDraft,
  attachments: readonly AttachmentEntry[]
): number {
  let size = bagBytes(bag) + largeBytes(large)
  for (const { properties } of draft.recipients) size += ROW_BYTES + bagBytes(properties)
  for (const { sizeBytes } of attachments) size += ROW_BYTES + sizeBytes
  return size
}

export function bagBytes(bag: PropertyBag): number {
  let size = 0
  for (const [, { bytes }] of bag.entries()) size += bytes.byteLength + BYTES_PER_PROPERTY
  return size
}

function largeBytes(large: ReadonlyMap<number, LargeValue>): number {
  let size = 0
  for (const { sizeBytes } of large.values()) size += sizeBytes
  return size
}

function isLarge(type: number, bytes: Uint8Array): boolean {
  return (
    bytes.byteLength > limits.inlineValueBytes && (type === PtypBinary || type === PtypObject || type === PtypString)
  )
}

function hasLarge(bag: PropertyBag): boolean {
  for (const [, { type, bytes }] of bag.entries()) if (isLarge(type, bytes)) return true
  return false
}

interface Extracted {
  bag: PropertyBag
  large: Map<number, LargeValue>
  previews: PropertyEntry[]
}

/** Writes the large values of a bag as blobs; a string goes without its terminator, as through a stream. */
async function takeLarge(core: MailboxCore, from: PropertyBag, blobs: BlobWriter[]): Promise<Extracted> {
  const extracted: Extracted = { bag: from.clone(), large: new Map(), previews: [] }
  for (const [id, { type, bytes }] of from.entries()) {
    if (!isLarge(type, bytes)) continue
    const value = type === PtypString ? bytes.subarray(0, bytes.byteLength - 2) : bytes
    const writer = core.objects.blobs.create(core.number)
    blobs.push(writer)
    for (let at = 0; at < value.byteLength; at += limits.blobPieceBytes) {
      await writer.append(value.subarray(at, at + limits.blobPieceBytes))
    }
    extracted.bag.delete(id << 16)
    extracted.large.set(id, { type, blobId: writer.id, sizeBytes: writer.sizeBytes })
    extracted.previews.push(previewEntry(id, type, value))
  }
  return extracted
}
