import { keys } from '../../store/index.js'
import { limits } from '../limits.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import type { Fid, Mid } from '../oxcdata/ids.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { PropertyBag } from '../oxcdata/property-bag.js'
import type { PropertyEntry } from '../oxcdata/property-tag.js'
import { PtypBinary, PtypObject, PtypString } from '../oxcdata/property-type.js'
import * as tags from '../oxprops/property-tags.generated.js'
import type { FolderNode } from './folder-node.js'
import type { MailboxCore } from './mailbox-core.js'
import type { MailboxTurn } from './mailbox-turn.js'
import type { MessageDraft } from './message-draft.js'
import { MessageFlag } from './message-flags.js'
import { freshMessageBag } from './message-properties.js'
import { displayNamesOf } from './message-save.js'
import { previewEntry } from './message-store.js'
import { ObjectProperties } from './object-properties.js'
import { type AttachmentEntry, type LargeValue, writeAttachmentRecord } from './record-codec.js'
import { bool, int32, int64, readBool, readInt32, size32 } from './stored-values.js'
import { agreeSubject } from './subject.js'
import { TimeSlice } from './time-slice.js'

/** Messages of one writer turn at most; a turn also ends when it has taken its slice of time. */
const MESSAGES_PER_TURN = 512
const BYTES_PER_TURN = 1 << 20
/** Bytes that a recipient or an attachment adds to a message beside its properties; as for messages that clients save. */
const ROW_BYTES = 16
const BYTES_PER_PROPERTY = 4

/**
 * Writes whole messages into a folder in large batches, maintaining every index, count and order; returns how many.
 * Others get their turn in between; when it fails, the messages of the turns before stay.
 */
export async function importMessages(core: MailboxCore, fid: Fid, drafts: Iterable<MessageDraft>): Promise<number> {
  const iterator = drafts[Symbol.iterator]()
  const slice = new TimeSlice(core.runtime)
  let imported = 0
  for (let ended = false; !ended; ) {
    ended = await core.write('import messages', async turn => {
      const node = core.demandNode(fid, ErrorCode.ecNotFound)
      if (node.type === 'search') throw new MapiError(ErrorCode.ecSearchFolder)
      for (let count = 0; count < MESSAGES_PER_TURN && turn.batch.sizeBytes < BYTES_PER_TURN; count++) {
        const next = iterator.next()
        if (next.done === true) return true
        const waiting = importOne(core, turn, node, next.value)
        if (waiting !== undefined) await waiting
        imported++
        if (slice.isDue) return false
      }
      return false
    })
    if (!ended) await slice.pause()
  }
  return imported
}

function importOne(
  core: MailboxCore,
  turn: MailboxTurn,
  node: FolderNode,
  draft: MessageDraft
): Promise<void> | undefined {
  const needsBlobs = hasLarge(draft.properties) || draft.attachments.some(({ properties }) => hasLarge(properties))
  return needsBlobs ? importLarge(core, turn, node, draft) : putDraft(core, turn, node, draft, NO_LARGE, [], [])
}

const NO_LARGE: ReadonlyMap<number, LargeValue> = new Map()

/** As `putDraft`, after the values that are too large for a record were written as blobs. */
async function importLarge(core: MailboxCore, turn: MailboxTurn, node: FolderNode, draft: MessageDraft): Promise<void> {
  const own = await takeLarge(core, turn, draft.properties)
  const attachments: Extracted[] = []
  for (const { properties } of draft.attachments) attachments.push(await takeLarge(core, turn, properties))
  const lean = {
    ...draft,
    properties: own.bag,
    attachments: attachments.map(({ bag }) => ({ properties: bag }))
  }
  await putDraft(
    core,
    turn,
    node,
    lean,
    own.large,
    attachments.map(({ large }) => large),
    own.previews
  )
}

function putDraft(
  core: MailboxCore,
  turn: MailboxTurn,
  node: FolderNode,
  draft: MessageDraft,
  large: ReadonlyMap<number, LargeValue>,
  attachmentLarge: readonly ReadonlyMap<number, LargeValue>[],
  previews: readonly PropertyEntry[]
): Promise<void> | undefined {
  const mid = turn.takeMid(node)
  const cn = turn.nextCn()
  const attachments = putAttachments(core, turn, mid, draft, attachmentLarge)
  const associated = ((readInt32(draft.properties.get(tags.PidTagMessageFlags)) ?? 0) & MessageFlag.associated) !== 0
  const bag = completeBag(core, draft, attachments)
  bag.set(tags.PidTagInternetArticleNumber, int32(turn.counters(node).nextArticle++))
  bag.set(tags.PidTagMessageSize, size32(0))
  bag.set(tags.PidTagMessageSize, size32(sizeOf(bag, large, draft, attachments)))
  const record = {
    ...{ fid: node.fid, associated, softDeleted: false, cn, readCn: 0 },
    ...{ nextAttachment: attachments.length, attachments, recipients: [...draft.recipients], large: new Map(large) }
  }
  return core.messages.put(turn, node, mid, record, bag, undefined, previews)
}

function putAttachments(
  core: MailboxCore,
  turn: MailboxTurn,
  mid: Mid,
  draft: MessageDraft,
  attachmentLarge: readonly ReadonlyMap<number, LargeValue>[]
): AttachmentEntry[] {
  return draft.attachments.map(({ properties }, number) => {
    const bag = properties.clone()
    if (!bag.has(tags.PidTagRenderingPosition)) bag.set(tags.PidTagRenderingPosition, int32(-1))
    const time = int64(draft.time)
    bag.set(tags.PidTagCreationTime, time)
    bag.set(tags.PidTagLastModificationTime, time)
    const large = attachmentLarge[number] ?? NO_LARGE
    const bytes = writeAttachmentRecord({ number, large, bag, embedded: undefined })
    turn.batch.put(keys.attachment.of(core.number, mid, number), bytes)
    const hidden = readBool(bag.get(tags.PidTagAttachmentHidden)) === true
    return { number, sizeBytes: bagBytes(bag) + largeBytes(large), hidden }
  })
}

/** What the draft says, over what a new message begins with, and what follows from both. */
function completeBag(core: MailboxCore, draft: MessageDraft, attachments: readonly AttachmentEntry[]): PropertyBag {
  const bag = freshMessageBag(core)
  for (const [id, { type, bytes }] of draft.properties.entries()) bag.put(id, type, bytes)
  const time = int64(draft.time)
  bag.set(tags.PidTagCreationTime, time)
  bag.set(tags.PidTagLastModificationTime, time)
  if (bag.has(tags.PidTagSubject)) agreeSubject(new ObjectProperties(bag), tags.PidTagSubject)
  const [to, cc, bcc] = displayNamesOf({ recipients: draft.recipients as MessageDraft['recipients'][number][] })
  bag.set(tags.PidTagDisplayTo, to).set(tags.PidTagDisplayCc, cc).set(tags.PidTagDisplayBcc, bcc)
  const attached = attachments.some(({ hidden }) => !hidden)
  const flags = (readInt32(bag.get(tags.PidTagMessageFlags)) ?? 0) & ~MessageFlag.hasAttachments
  const everRead = (flags & MessageFlag.read) !== 0 ? MessageFlag.everRead : 0
  bag.set(tags.PidTagMessageFlags, int32(flags | everRead | (attached ? MessageFlag.hasAttachments : 0)))
  return bag.set(tags.PidTagHasAttachments, bool(attached))
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

function bagBytes(bag: PropertyBag): number {
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
async function takeLarge(core: MailboxCore, turn: MailboxTurn, from: PropertyBag): Promise<Extracted> {
  const extracted: Extracted = { bag: from.clone(), large: new Map(), previews: [] }
  for (const [id, { type, bytes }] of from.entries()) {
    if (!isLarge(type, bytes)) continue
    const value = type === PtypString ? bytes.subarray(0, bytes.byteLength - 2) : bytes
    const writer = core.objects.blobs.create(core.number)
    for (let at = 0; at < value.byteLength; at += limits.blobPieceBytes) {
      await writer.append(value.subarray(at, at + limits.blobPieceBytes))
    }
    const { id: blobId, sizeBytes } = writer.attach(turn.batch)
    extracted.bag.delete(id << 16)
    extracted.large.set(id, { type, blobId, sizeBytes })
    extracted.previews.push(previewEntry(id, type, value))
  }
  return extracted
}
