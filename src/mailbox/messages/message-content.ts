import { PropertyBag } from '../../oxcdata/property-bag.js'
import type { Recipient } from '../../oxcdata/recipient.js'
import { PidTagAttachmentHidden } from '../../oxprops/property-tags.generated.js'
import { ObjectProperties } from '../object-properties.js'
import type {
  AttachmentEntry,
  AttachmentRecord,
  AttachmentSource,
  EmbeddedRecord,
  EmbeddedSource,
  LargeValue,
  MessageRecord
} from '../record-codec.js'
import { readBool } from '../stored-values.js'

const NO_LARGE: readonly LargeValue[] = []
const NO_LARGE_VALUES = new Map<number, LargeValue>()

/** Bytes that each recipient and attachment adds to a message beside its properties. */
const ROW_BYTES = 16

/** An attachment in memory. */
export interface AttachmentContent {
  readonly number: number
  properties: ObjectProperties
  embedded: MessageContent | undefined
}

/**
 * A message in memory, outermost or embedded: properties, recipients and attachments as a client has changed them.
 * Attachments of a stored message are loaded when they are asked for.
 */
export class MessageContent {
  properties: ObjectProperties
  recipients: Recipient[]
  nextAttachment: number
  /** What is known of each attachment, loaded or not. */
  readonly entries = new Map<number, AttachmentEntry>()
  /** Attachments in memory, and those that were changed since the last save. */
  readonly loaded = new Map<number, AttachmentContent>()
  readonly changed = new Set<number>()
  readonly removed = new Set<number>()

  private constructor(
    record: Pick<MessageRecord, 'recipients' | 'nextAttachment' | 'attachments' | 'large'>,
    properties: MessageRecord['properties'] | PropertyBag,
    private readonly load: (number: number) => AttachmentRecord | undefined
  ) {
    this.properties = new ObjectProperties(properties, record.large)
    this.recipients = record.recipients
    this.nextAttachment = record.nextAttachment
    for (const entry of record.attachments) this.entries.set(entry.number, entry)
  }

  static empty(bag = new PropertyBag()): MessageContent {
    return new MessageContent(
      { recipients: [], nextAttachment: 0, attachments: [], large: NO_LARGE_VALUES },
      bag,
      () => undefined
    )
  }

  static of(record: MessageRecord, load: (number: number) => AttachmentRecord | undefined): MessageContent {
    return new MessageContent(record, record.properties, load)
  }

  static ofEmbedded({ message, attachments }: EmbeddedRecord): MessageContent {
    return MessageContent.of(message, number => attachments.find(one => one.number === number))
  }

  /** A second content with the same values, attachments included, which then goes its own way. */
  clone(): MessageContent {
    const copy = MessageContent.empty()
    copy.properties = this.properties.clone()
    copy.recipients = [...this.recipients]
    copy.nextAttachment = this.nextAttachment
    for (const content of this.attachments()) copy.loaded.set(content.number, cloneAttachment(content))
    for (const [number, entry] of this.entries) copy.entries.set(number, entry)
    copy.loadedBytes = this.loadedBytes
    return copy
  }

  /** An attachment, loaded if need be; undefined when there is none. */
  attachment(number: number): AttachmentContent | undefined {
    if (!this.entries.has(number)) return undefined
    let content = this.loaded.get(number)
    if (content === undefined) {
      const record = this.load(number)
      if (record === undefined) return undefined
      content = attachmentContent(record)
      this.loaded.set(number, content)
    }
    return content
  }

  /** Every attachment, in the order of their numbers. */
  *attachments(): Generator<AttachmentContent> {
    for (const number of [...this.entries.keys()].sort((a, b) => a - b)) {
      const content = this.attachment(number)
      if (content !== undefined) yield content
    }
  }

  /** Bytes in memory that clients have put there: properties, recipients, attachments. */
  get changedBytes(): number {
    if (this.counted !== this.recipients) {
      this.counted = this.recipients
      this.recipientBytes = 0
      for (const { properties } of this.recipients) this.recipientBytes += properties.sizeBytes + ROW_BYTES
    }
    return this.properties.changedBytes + this.recipientBytes + this.loadedBytes
  }

  private counted: readonly Recipient[] = NO_RECIPIENTS
  private recipientBytes = 0
  /** Of the attachments that were put in. */
  private loadedBytes = 0

  /** Takes a saved attachment into the message: new, or in place of what it was. */
  putAttachment(content: AttachmentContent): void {
    this.abandonLoaded(content.number)
    this.loadedBytes += changedBytesOf(content)
    this.loaded.set(content.number, content)
    this.refreshEntry(content.number)
    this.changed.add(content.number)
    this.removed.delete(content.number)
  }

  /** Notes anew what is known of an attachment in memory. */
  refreshEntry(number: number): void {
    const content = this.loaded.get(number)
    if (content === undefined) return
    const hidden = readBool(content.properties.get(PidTagAttachmentHidden)) === true
    this.entries.set(number, { number, sizeBytes: attachmentBytes(content), hidden })
  }

  removeAttachment(number: number): void {
    this.abandonLoaded(number)
    this.entries.delete(number)
    this.loaded.delete(number)
    this.changed.delete(number)
    this.removed.add(number)
  }

  private abandonLoaded(number: number): void {
    const content = this.loaded.get(number)
    if (content === undefined) return
    this.loadedBytes = Math.max(0, this.loadedBytes - changedBytesOf(content))
    abandonAttachment(content)
  }

  /** Gives up the large values that are in no record, those of attachments included. */
  abandon(): void {
    this.visitProperties(properties => properties.abandonPending())
  }

  /** The large values of what is in memory. */
  largeInMemory(): readonly LargeValue[] {
    if (this.loaded.size === 0 && this.properties.large.size === 0) return NO_LARGE
    const found: LargeValue[] = []
    this.visitProperties(({ large }) => found.push(...large.values()))
    return found
  }

  get hasVisibleAttachments(): boolean {
    for (const { hidden } of this.entries.values()) if (!hidden) return true
    return false
  }

  /** PidTagMessageSize: everything that the message holds. */
  sizeBytes(): number {
    let size = this.properties.sizeBytes()
    for (const { properties } of this.recipients) {
      size += ROW_BYTES
      size += properties.sizeBytes + properties.size * 4
    }
    for (const { sizeBytes } of this.entries.values()) size += sizeBytes + ROW_BYTES
    return size
  }

  /** This message as part of an attachment's record. */
  toEmbedded(header: Pick<MessageRecord, 'fid' | 'cn'>): EmbeddedSource {
    const attachments = [...this.attachments()].map(content => attachmentSource(content, header))
    const record = { ...this.recordParts(), ...header, readCn: 0, associated: false, softDeleted: false }
    return { record, bag: this.properties.writable(), attachments }
  }

  recordParts(): Pick<MessageRecord, 'nextAttachment' | 'attachments' | 'recipients' | 'large'> {
    const { nextAttachment, recipients } = this
    return {
      nextAttachment,
      attachments: [...this.entries.values()],
      recipients,
      large: new Map(this.properties.large)
    }
  }

  /** Calls `visit` for the properties of the message and of everything inside it that is in memory. */
  visitProperties(visit: (properties: ObjectProperties) => void): void {
    visit(this.properties)
    for (const { properties, embedded } of this.loaded.values()) {
      visit(properties)
      embedded?.visitProperties(visit)
    }
  }

  /** Every large value of the attachment with this number, those inside embedded messages included. */
  largeOf(number: number): LargeValue[] {
    const content = this.attachment(number)
    return content === undefined ? [] : largeOfContent(content)
  }
}

/** A second attachment with the same values, which then goes its own way. */
export function cloneAttachment({ number, properties, embedded }: AttachmentContent): AttachmentContent {
  return { number, properties: properties.clone(), embedded: embedded?.clone() }
}

export function abandonAttachment({ properties, embedded }: AttachmentContent): void {
  properties.abandonPending()
  embedded?.abandon()
}

const NO_RECIPIENTS: readonly Recipient[] = []

/** Bytes in memory that clients have put into an attachment, with the message inside it. */
export function changedBytesOf({ properties, embedded }: AttachmentContent): number {
  return properties.changedBytes + (embedded?.changedBytes ?? 0)
}

export function largeOfContent({ properties, embedded }: AttachmentContent): LargeValue[] {
  const found = [...properties.large.values()]
  if (embedded !== undefined) {
    found.push(...embedded.properties.large.values())
    for (const inner of embedded.attachments()) found.push(...largeOfContent(inner))
  }
  return found
}

export function attachmentContent(record: AttachmentRecord): AttachmentContent {
  const embedded = record.embedded === undefined ? undefined : MessageContent.ofEmbedded(record.embedded)
  return { number: record.number, properties: new ObjectProperties(record.properties, record.large), embedded }
}

export function attachmentSource(
  content: AttachmentContent,
  header: Pick<MessageRecord, 'fid' | 'cn'>
): AttachmentSource {
  const { number, properties, embedded } = content
  return { number, large: properties.large, bag: properties.writable(), embedded: embedded?.toEmbedded(header) }
}

export function attachmentBytes({ properties, embedded }: AttachmentContent): number {
  return properties.sizeBytes() + (embedded?.sizeBytes() ?? 0)
}
