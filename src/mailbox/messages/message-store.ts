import { keys } from '../../../store/index.js'
import type { ObjectStore } from '../../../store/open-store.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { PackedProperties, packProperties } from '../../oxcdata/packed-properties.js'
import type { PropertyBag } from '../../oxcdata/property-bag.js'
import { makeTag, type PropertyEntry } from '../../oxcdata/property-tag.js'
import { PtypString } from '../../oxcdata/property-type.js'
import { PidTagDeletedOn, PidTagMessageFlags, PidTagMessageSize } from '../../oxprops/property-tags.generated.js'
import type { Maybe } from '../domain.js'
import type { MailboxEvent } from '../events.js'
import type { FolderCounters, FolderNode } from '../folders/folder-node.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import {
  type LargeValue,
  largeOfAttachment,
  type MessageRecord,
  packMessageRecord,
  readAttachmentRecord,
  readMessageRecord,
  writeMessageRecord
} from '../record-codec.js'
import { int64, readInt32 } from '../stored-values.js'
import type { NewRow, OrderIndex } from '../tables/order-index.js'
import { buildSummaryRow, rowSet, type SummaryInput, SummaryRow } from '../tables/summary-row.js'
import { MessageFlag } from './message-flags.js'
import { numberMessage, type PreparedMessage } from './prepared-message.js'

/** How a message left a folder, in its departure record. */
export const Departure = { hardDeleted: 1, softDeleted: 2, moved: 3 } as const

/** Where a message came from. */
export interface MessageOrigin {
  readonly how: 'messageMoved' | 'messageCopied'
  readonly fid: Fid
  readonly mid: Mid
}

/** Follows every change of a stored message, within the turn that makes it. */
export interface MessageFollower {
  /** Whether changes in a folder are followed at all: asked first, as most are not. */
  follows(fid: Fid): boolean
  /** A message was written, new (`previous` undefined) or changed; `row` makes its summary row. */
  written(
    turn: MailboxTurn,
    mid: Mid,
    record: MessageRecord,
    previous: MessageRecord | undefined,
    row: () => SummaryRow
  ): Maybe<void>
  /** A message leaves the live rows of its folder. */
  left(turn: MailboxTurn, mid: Mid, record: MessageRecord): Maybe<void>
}

/** Bytes of a large value that a table cell can show. */
const PREVIEW_BYTES = 512

/**
 * Message records and everything that agrees with them: folder counters, the change index, departures, summary rows and
 * orders. Every change of a stored message goes through here, within a writer turn.
 */
export class MessageStore {
  constructor(
    private readonly objects: ObjectStore,
    private readonly mailbox: number,
    readonly orders: OrderIndex,
    /** Told, when it is committed, that a normal message has left a folder or has another change number there. */
    private readonly numberLeft?: (fid: Fid, cn: number) => void,
    private readonly follower?: MessageFollower
  ) {}

  /** The record of a message, undefined when there is none. */
  find(mid: Mid): MessageRecord | undefined {
    const bytes = this.objects.store.get(keys.message.of(this.mailbox, mid))
    return bytes === undefined ? undefined : readMessageRecord(bytes)
  }

  /**
   * Writes a message, new (`previous` undefined) or changed, with all that must agree with it. A promise when an order
   * has to be read first. `origin` is the message that this one is a copy of, or was before it was moved.
   */
  put(
    turn: MailboxTurn,
    node: FolderNode,
    mid: Mid,
    record: Omit<MessageRecord, 'properties'>,
    bag: PropertyBag,
    previous: MessageRecord | undefined,
    previews: readonly PropertyEntry[] = [],
    origin?: MessageOrigin
  ): Promise<void> | undefined {
    const { batch } = turn
    const { bytes, propertiesAt } = packMessageRecord(record, bag)
    batch.put(keys.message.of(this.mailbox, mid), bytes)
    const counters = turn.counters(node)
    if (previous !== undefined) countMessage(counters, previous, -1)
    const properties = new PackedProperties(bytes, propertiesAt)
    const next: MessageRecord = {
      fid: record.fid,
      associated: record.associated,
      softDeleted: record.softDeleted,
      cn: record.cn,
      readCn: record.readCn,
      nextAttachment: record.nextAttachment,
      attachments: record.attachments,
      recipients: record.recipients,
      large: record.large,
      properties
    }
    countMessage(counters, next, 1)
    const grown = next.softDeleted ? 0 : sizeOf(next) - (previous === undefined ? 0 : sizeOf(previous))
    if (grown > 0) turn.demandSpace(grown)
    this.indexChange(turn, mid, previous, next)
    turn.tell(eventOf(mid, previous, next, origin))
    const set = rowSet(next.associated, next.softDeleted)
    const before = previous === undefined ? null : this.summaryInput(previous)
    const after = { version: Math.max(next.cn, next.readCn), cn: next.cn, properties, extras: previews }
    const written = this.orders.written(batch, node.fid, set, mid, before, after)
    const { follower } = this
    if (follower?.follows(node.fid) !== true) return written instanceof Promise ? written : undefined
    const row = (): SummaryRow => buildSummaryRow(set, node.fid, mid, after)
    const follow = (): Maybe<void> => follower.written(turn, mid, next, previous, row)
    const done = written instanceof Promise ? written.then(follow) : follow()
    return done instanceof Promise ? done : undefined
  }

  /**
   * Writes new messages of a folder whose bytes are made already, with all that must agree with them. A promise when an
   * order has to be read first. The bytes are the caller's no more.
   */
  putNew(turn: MailboxTurn, node: FolderNode, messages: readonly PreparedMessage[]): Maybe<void> {
    const normal: NewRow[] = []
    const associated: NewRow[] = []
    for (const message of messages) {
      const row = this.putPrepared(turn, node, message)
      if (message.associated) associated.push(row)
      else normal.push(row)
    }
    const write = (isAssociated: boolean, rows: NewRow[]): Maybe<void> =>
      rows.length === 0 ? undefined : this.orders.writtenMany(turn.batch, node.fid, rowSet(isAssociated, false), rows)
    const follow = (): Maybe<void> => this.followNew(turn, node, messages, normal)
    const second = (): Maybe<void> => {
      const written = write(true, associated)
      return written instanceof Promise ? written.then(follow) : follow()
    }
    const first = write(false, normal)
    return first instanceof Promise ? first.then(second) : second()
  }

  private followNew(
    turn: MailboxTurn,
    node: FolderNode,
    messages: readonly PreparedMessage[],
    rows: readonly NewRow[]
  ): Maybe<void> {
    const { follower } = this
    if (follower?.follows(node.fid) !== true) return undefined
    const records = messages.filter(({ associated }) => !associated)
    const from = (start: number): Maybe<void> => {
      for (let at = start; at < rows.length; at++) {
        const { mid, summary } = rows[at]
        // Copies: what is read of them outlives the batch, whose bytes are one allocation.
        const record = readMessageRecord(records[at].record)
        const written = follower.written(turn, mid, record, undefined, () => new SummaryRow(summary.slice()))
        if (written instanceof Promise) return written.then(() => from(at + 1))
      }
      return undefined
    }
    return from(0)
  }

  private putPrepared(turn: MailboxTurn, node: FolderNode, message: PreparedMessage): NewRow {
    const { mailbox } = this
    const { batch } = turn
    const { fid } = node
    const { associated, record, row: summary, timeKey } = message
    const counters = turn.counters(node)
    const mid = turn.takeMid(node)
    const cn = turn.nextCn()
    numberMessage(message, mid, cn, counters.nextArticle++)
    batch.put(keys.message.of(mailbox, mid), record)
    message.attachments.forEach((bytes, number) => {
      batch.put(keys.attachment.of(mailbox, mid, number), bytes)
    })
    for (const blob of message.blobs) blob.attach(batch)
    batch.put(keys.change.of(mailbox, fid, associated ? 1 : 0, cn), midValue(mid))
    countNew(counters, message)
    turn.tell({ kind: 'messageCreated', fid, mid, associated, cn })
    return { mid, version: cn, summary, timeKey }
  }

  /** Removes a message for good; its attachments and large values go with it. */
  async remove(turn: MailboxTurn, node: FolderNode, mid: Mid, record: MessageRecord): Promise<void> {
    const { batch } = turn
    batch.delete(keys.message.of(this.mailbox, mid))
    this.releaseLarge(turn, record.large)
    for (const { number } of record.attachments) this.removeAttachment(turn, mid, number)
    await this.takeOut(turn, node, mid, record, Departure.hardDeleted)
  }

  /** Moves a message into the folder's soft-deleted rows ([MS-OXCFOLD] 3.2.5.11), where it can still be opened by those who ask for it. */
  async softDelete(turn: MailboxTurn, node: FolderNode, mid: Mid, record: MessageRecord): Promise<void> {
    await this.takeOut(turn, node, mid, record, Departure.softDeleted)
    const cn = turn.nextCn()
    const bag = record.properties.toBag()
    bag.set(PidTagDeletedOn, int64(turn.time))
    const packed = packProperties(bag)
    const deleted = { ...record, properties: new PackedProperties(packed, 0), softDeleted: true, cn }
    turn.batch.put(keys.message.of(this.mailbox, mid), writeMessageRecord(deleted, packed))
    countMessage(turn.counters(node), deleted, 1)
    const set = rowSet(record.associated, true)
    await this.orders.written(turn.batch, node.fid, set, mid, null, this.summaryInput(deleted))
  }

  /** Takes a message out of a folder's live rows: counters, indexes, departure. Its record is the caller's. */
  async takeOut(
    turn: MailboxTurn,
    node: FolderNode,
    mid: Mid,
    record: MessageRecord,
    how: (typeof Departure)[keyof typeof Departure]
  ): Promise<void> {
    const { batch } = turn
    const counters = turn.counters(node)
    countMessage(counters, record, -1)
    if (!record.softDeleted) {
      counters.deletedTotal++
      this.tellLeft(turn, record)
      batch.delete(keys.change.of(this.mailbox, node.fid, record.associated ? 1 : 0, record.cn))
      if (record.readCn > 0) batch.delete(keys.readChange.of(this.mailbox, node.fid, 0, record.readCn))
      batch.put(keys.departure.of(this.mailbox, node.fid, turn.nextCn()), departureValue(mid, how))
      if (how !== Departure.moved) {
        const hard = how === Departure.hardDeleted
        turn.tell({ kind: 'messageDeleted', fid: node.fid, mid, associated: record.associated, hard })
      }
    }
    const set = rowSet(record.associated, record.softDeleted)
    if (this.follower?.follows(node.fid) === true) await this.follower.left(turn, mid, record)
    await this.orders.written(batch, node.fid, set, mid, this.summaryInput(record), null)
  }

  removeAttachment(turn: MailboxTurn, mid: Mid, number: number): void {
    const key = keys.attachment.of(this.mailbox, mid, number)
    const bytes = this.objects.store.get(key)
    if (bytes === undefined) return
    turn.batch.delete(key)
    this.releaseAttachment(turn, bytes)
  }

  private releaseAttachment(turn: MailboxTurn, bytes: Uint8Array): void {
    for (const large of largeOfAttachment(readAttachmentRecord(bytes)))
      this.objects.blobs.release(turn.batch, this.mailbox, large.blobId)
  }

  releaseLarge(turn: MailboxTurn, large: ReadonlyMap<number, LargeValue>): void {
    for (const { blobId } of large.values()) this.objects.blobs.release(turn.batch, this.mailbox, blobId)
  }

  /** The change index has exactly one entry per live message. */
  private indexChange(turn: MailboxTurn, mid: Mid, previous: MessageRecord | undefined, next: MessageRecord): void {
    const { batch } = turn
    const { mailbox } = this
    if (next.softDeleted) return
    const associated = next.associated ? 1 : 0
    if (previous !== undefined && previous.cn !== next.cn) {
      batch.delete(keys.change.of(mailbox, previous.fid, associated, previous.cn))
      this.tellLeft(turn, previous)
    }
    if (previous === undefined || previous.cn !== next.cn) {
      batch.put(keys.change.of(mailbox, next.fid, associated, next.cn), midValue(mid))
    }
    const { readCn } = next
    if (previous !== undefined && previous.readCn !== readCn) {
      if (previous.readCn > 0) batch.delete(keys.readChange.of(mailbox, next.fid, 0, previous.readCn))
      if (readCn > 0) batch.put(keys.readChange.of(mailbox, next.fid, 0, readCn), midValue(mid))
    }
  }

  private tellLeft(turn: MailboxTurn, { fid, cn, associated }: MessageRecord): void {
    const { numberLeft } = this
    if (numberLeft !== undefined && !associated) turn.after(() => numberLeft(fid, cn))
  }

  /** What a stored message's summary row is made from: the record, and the beginnings of values too large for it. */
  summaryInput(record: MessageRecord): SummaryInput {
    const version = Math.max(record.cn, record.readCn)
    const { cn, properties } = record
    if (record.large.size === 0) return { version, cn, properties }
    return { version, cn, properties, extras: this.previewsOf(record) }
  }

  /** The beginnings of the large values of a stored message, for the cells of tables. */
  previewsOf(record: Pick<MessageRecord, 'large'>): PropertyEntry[] {
    return [...record.large].map(([id, large]) => this.preview(id, large))
  }

  /** The beginnings of those large values that a changed message has kept from its previous record. */
  keptPreviews(previous: MessageRecord | undefined, large: ReadonlyMap<number, LargeValue>): PropertyEntry[] {
    if (previous === undefined) return []
    const kept = [...large].filter(([id, { blobId }]) => previous.large.get(id)?.blobId === blobId)
    return kept.map(([id, value]) => this.preview(id, value))
  }

  preview(id: number, { type, blobId }: LargeValue): PropertyEntry {
    const reader = this.objects.blobs.open(this.mailbox, blobId)
    try {
      return previewEntry(id, type, reader.read(0, PREVIEW_BYTES))
    } finally {
      reader.close()
    }
  }
}

/** The first bytes of a value as a stored value of its own. */
export function previewEntry(id: number, type: number, head: Uint8Array): PropertyEntry {
  const bytes = head.slice(0, PREVIEW_BYTES)
  return { tag: makeTag(id, type), bytes: type === PtypString ? terminated(bytes) : bytes }
}

function terminated(head: Uint8Array): Uint8Array {
  const even = head.subarray(0, head.byteLength & ~1)
  const text = new Uint8Array(even.byteLength + 2)
  text.set(even)
  return text
}

/** What of a message its folder counts. */
export type CountedMessage = Pick<MessageRecord, 'associated' | 'softDeleted' | 'properties'>

function sizeOf({ properties }: Pick<MessageRecord, 'properties'>): number {
  return readInt32(properties.value(PidTagMessageSize)) ?? 0
}

/** Counts a message in its folder's counters. */
export function countMessage(counters: FolderCounters, record: CountedMessage, by: 1 | -1): void {
  const size = sizeOf(record)
  if (record.softDeleted) {
    counters.softDeletedBytes += by * size
    if (record.associated) counters.softDeletedAssociatedCount += by
    else counters.softDeletedCount += by
  } else if (record.associated) {
    counters.associatedCount += by
    counters.associatedBytes += by * size
  } else {
    counters.contentCount += by
    counters.contentBytes += by * size
    const flags = readInt32(record.properties.value(PidTagMessageFlags)) ?? 0
    if ((flags & MessageFlag.read) === 0) counters.unreadCount += by
  }
}

function countNew(counters: FolderCounters, { associated, unread, sizeBytes }: PreparedMessage): void {
  if (associated) {
    counters.associatedCount++
    counters.associatedBytes += sizeBytes
  } else {
    counters.contentCount++
    counters.contentBytes += sizeBytes
    if (unread) counters.unreadCount++
  }
}

function eventOf(
  mid: Mid,
  previous: MessageRecord | undefined,
  { fid, associated, cn, readCn }: MessageRecord,
  origin: MessageOrigin | undefined
): MailboxEvent {
  if (origin !== undefined)
    return { kind: origin.how, fid, mid, associated, cn, oldFid: origin.fid, oldMid: origin.mid }
  if (previous === undefined) return { kind: 'messageCreated', fid, mid, associated, cn }
  const what = previous.readCn !== readCn ? 'readState' : 'content'
  return { kind: 'messageChanged', fid, mid, associated, cn: what === 'readState' ? readCn : cn, what }
}

function midValue(mid: Mid): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(mid)
  return bytes
}

/** The message of a change or read-state entry. */
export function readMid(value: Uint8Array): Mid {
  return new DataView(value.buffer, value.byteOffset).getFloat64(0)
}

function departureValue(mid: Mid, how: number): Uint8Array {
  const bytes = Buffer.alloc(9)
  bytes.writeDoubleBE(mid)
  bytes[8] = how
  return bytes
}
