import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { PropertyEntry, PropertyTag } from '../../oxcdata/property-tag.js'
import { fixedRecipientTags, type Recipient } from '../../oxcdata/recipient.js'
import { PidTagMessageFlags, PidTagMessageStatus, PidTagSubject } from '../../oxprops/property-tags.generated.js'
import type { Actor, Maybe, Message, PropertyProblem, TableView } from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { ObjectProperties } from '../object-properties.js'
import type { ReadState } from '../public-store/read-states.js'
import { type Computed, REFUSED_AT_SAVE, StoredObject } from '../stored-object.js'
import { int32, readInt32 } from '../stored-values.js'
import { AttachmentTable } from '../tables/attachment-table.js'
import { StoreAttachment } from './attachment.js'
import {
  type AttachmentContent,
  abandonAttachment,
  changedBytesOf,
  cloneAttachment,
  largeOfContent,
  MessageContent
} from './message-content.js'
import { CLIENT_FLAGS, MessageFlag } from './message-flags.js'
import { messageComputed, readOnlyMessageProperties, refusedAtSaveProperties } from './message-properties.js'
import { changeReadFlag } from './message-read-flag.js'
import { saveMessage } from './message-save.js'
import { agreeSubject, isSubject } from './subject.js'

export interface MessageState {
  fid: Fid
  /** 0 before the first save and for an embedded message. */
  mid: Mid
  /** Change number and read change number of what was opened, 0 for a new message. */
  cn: number
  readCn: number
  associated: boolean
  softDeleted: boolean
  writable: boolean
  /** What the one who has it open may do with it once it is saved; all when not said. */
  mayEdit?: boolean
  mayDelete?: boolean
  codePage: number
  /** The attachment that holds it, for an embedded message. */
  holder: StoreAttachment | undefined
  /** Whose read state it shows, in a public store. */
  reader?: ReadState | undefined
}

/**
 * A message as one client has it open ([MS-OXCMSG] 3.2.1): what it changes is seen by others after a save. An embedded
 * message is saved into its attachment.
 */
export class StoreMessage extends StoredObject implements Message {
  readonly kind = 'message'
  fid: Fid
  mid: Mid
  cn: number
  readCn: number
  readonly associated: boolean
  readonly softDeleted: boolean
  readonly codePage: number
  readonly holder: StoreAttachment | undefined
  writable: boolean
  readonly mayEdit: boolean
  readonly mayDelete: boolean
  readonly reader: ReadState | undefined
  /** Something was changed since the last save. */
  isChanged = false
  /** A read-only property was changed: no save succeeds until the message is opened or loaded again. */
  failsSave = false

  constructor(
    readonly core: MailboxCore,
    state: MessageState,
    public content: MessageContent
  ) {
    super()
    this.fid = state.fid
    this.mid = state.mid
    this.cn = state.cn
    this.readCn = state.readCn
    this.associated = state.associated
    this.softDeleted = state.softDeleted
    this.writable = state.writable
    this.mayEdit = state.mayEdit ?? true
    this.mayDelete = state.mayDelete ?? true
    this.codePage = state.codePage
    this.holder = state.holder
    this.reader = state.reader
    this.isChanged = state.cn === 0
  }

  get mailbox(): MailboxCore {
    return this.core
  }

  override heldBytes(): number {
    return this.content.changedBytes
  }

  protected override crowdedBytes(): number {
    return this.holder === undefined ? this.heldBytes() : this.outermost.heldBytes() + this.heldBytes()
  }

  get outermost(): StoreMessage {
    return this.holder?.message.outermost ?? this
  }

  /** How many messages it is inside of. */
  get depth(): number {
    return this.holder === undefined ? 0 : this.holder.message.depth + 1
  }

  get embedded(): boolean {
    return this.holder !== undefined
  }

  get properties(): ObjectProperties {
    return this.content.properties
  }

  get recipients(): readonly Recipient[] {
    return this.content.recipients
  }

  get hasNamedProperties(): boolean {
    return this.properties.hasNamed
  }

  protected computed(id: number): Computed<this> | undefined {
    return messageComputed.get(id) as Computed<this> | undefined
  }

  protected computedIds(): Iterable<number> {
    return messageComputed.keys()
  }

  protected refusal(tag: PropertyTag): number | undefined {
    const id = tag >>> 16
    const atSave = this.core.personality.readOnlyChangesFailSave ? REFUSED_AT_SAVE : ErrorCode.ecComputedValue
    if (id === PidTagMessageFlags >>> 16 || id === PidTagMessageStatus >>> 16) return this.cn === 0 ? undefined : atSave
    if (refusedAtSaveProperties.has(id)) return atSave
    return readOnlyMessageProperties.has(id) ? ErrorCode.ecComputedValue : undefined
  }

  /** What is set to the value that it has is not changed. */
  protected override refusedAtSave({ tag, bytes }: PropertyEntry): void {
    const current = this.value(tag)
    if (typeof current === 'number' || Buffer.compare(current, bytes) !== 0) this.failsSave = true
  }

  protected demandWritable(): void {
    if (!this.writable) throw new MapiError(ErrorCode.ecAccessDenied)
  }

  /** [MS-OXCPRPT] 3.2.5.4: changes memory only, until the message is saved. */
  set(entries: readonly PropertyEntry[], _actor: Actor): PropertyProblem[] {
    this.demandWritable()
    this.flushStreams()
    const { good, problems } = this.sortOut(entries)
    this.demandRoomFor(good)
    for (const entry of good) {
      if (entry.tag >>> 16 === PidTagMessageFlags >>> 16) this.setFlags(entry.bytes)
      else this.keepEntry(entry)
    }
    // The subject wins when it comes together with its parts, whatever their order.
    const subjects = good.filter(({ tag }) => isSubject(tag))
    const whole = subjects.find(({ tag }) => tag === PidTagSubject)
    for (const { tag } of whole === undefined ? subjects : [whole]) agreeSubject(this.properties, tag)
    this.isChanged = this.isChanged || good.length > 0
    return problems
  }

  private setFlags(bytes: Uint8Array): void {
    const asked = readInt32(bytes) ?? 0
    const kept = (readInt32(this.properties.get(PidTagMessageFlags)) ?? 0) & ~(CLIENT_FLAGS | MessageFlag.everRead)
    // A client that says "unread" of a new message says that nobody has ever read it ([MS-OXCMSG] R1480, R1141).
    const everRead = (asked & MessageFlag.read) !== 0 ? MessageFlag.everRead : 0
    this.properties.set(PidTagMessageFlags, int32(kept | everRead | (asked & CLIENT_FLAGS)))
  }

  protected override keepEntry(entry: PropertyEntry): void {
    // The parts of a subject are taken apart and put together in memory, whatever their length.
    if (isSubject(entry.tag)) this.properties.set(entry.tag, entry.bytes)
    else super.keepEntry(entry)
  }

  remove(tags: readonly PropertyTag[], _actor: Actor): PropertyProblem[] {
    this.demandWritable()
    this.flushStreams()
    const { good, problems } = this.sortOutRemoval(tags)
    for (const tag of good) {
      if (this.properties.delete(tag)) this.isChanged = true
      if (isSubject(tag)) agreeSubject(this.properties, tag)
    }
    return problems
  }

  protected override streamKept(tag: PropertyTag): void {
    this.isChanged = true
    if (isSubject(tag)) agreeSubject(this.properties, tag)
  }

  /** [MS-OXCMSG] 3.2.5.4: rows are named by RowId; a row without a recipient is removed. */
  modifyRecipients(
    _columns: readonly PropertyTag[],
    rows: readonly { rowId: number; recipient: Recipient | null }[],
    _actor: Actor
  ): void {
    this.demandWritable()
    let bytes = 0
    for (const { recipient } of rows) bytes += recipient?.properties.sizeBytes ?? 0
    this.demandRoom(bytes)
    const byRow = new Map(this.content.recipients.map(recipient => [recipient.rowId, recipient]))
    for (const { rowId, recipient } of rows) {
      if (recipient === null) byRow.delete(rowId)
      else byRow.set(rowId, recipient)
    }
    if (byRow.size > limits.recipients) throw new MapiError(ErrorCode.ecTooManyRecips)
    this.content.recipients = [...byRow.values()].sort((a, b) => a.rowId - b.rowId)
    this.isChanged = true
  }

  removeAllRecipients(_actor: Actor): void {
    this.demandWritable()
    this.content.recipients = []
    this.isChanged = true
  }

  recipientColumns(): PropertyTag[] {
    const columns = new Set<PropertyTag>()
    for (const { properties } of this.content.recipients) for (const tag of properties.tags()) columns.add(tag)
    for (const tag of fixedRecipientTags) columns.delete(tag)
    return [...columns].sort((a, b) => a - b)
  }

  save(options: { force: boolean; keepOpen: 'no' | 'readOnly' | 'readWrite' }, actor: Actor): Maybe<Mid> {
    this.demandWritable()
    this.flushStreams()
    const saved = saveMessage(this, options.force, actor)
    const keep = (mid: Mid): Mid => {
      this.isChanged = false
      if (options.keepOpen === 'readOnly' || !this.mayEdit) this.writable = false
      if (options.keepOpen !== 'no') this.holdContent()
      return mid
    }
    return saved instanceof Promise ? saved.then(keep) : keep(saved)
  }

  setReadFlag(flags: number, actor: Actor): Maybe<boolean> {
    if (this.embedded) throw new MapiError(ErrorCode.ecNotSupported)
    return changeReadFlag(this, flags, actor)
  }

  /** [MS-OXCMSG] 3.2.5.7. A message that was never saved has nothing to be read again. */
  reload(): void {
    if (this.embedded || this.mid === 0) return
    const record = this.core.messages.find(this.mid)
    if (record === undefined || record.softDeleted !== this.softDeleted) throw new MapiError(ErrorCode.ecObjectDeleted)
    this.content.abandon()
    this.content = this.core.contentOf(this.mid, record)
    this.failsSave = false
    this.holdContent()
    this.cn = record.cn
    this.readCn = record.readCn
    this.fid = record.fid
    this.isChanged = false
  }

  createAttachment(_actor: Actor): StoreAttachment {
    this.demandWritable()
    if (this.content.entries.size >= limits.attachments) throw new MapiError(ErrorCode.ecMaxAttachmentExceeded)
    const number = this.content.nextAttachment++
    const content: AttachmentContent = {
      number,
      properties: StoreAttachment.fresh(number, this.core),
      embedded: undefined
    }
    return new StoreAttachment(this.core, this, content, true, true)
  }

  openAttachment(number: number, options: { access: 'read' | 'readWrite' | 'best' }, _actor: Actor): StoreAttachment {
    const content = this.content.attachment(number)
    if (content === undefined) throw new MapiError(ErrorCode.ecNotFound)
    if (options.access === 'readWrite') this.demandWritable()
    const writable = options.access !== 'read' && this.writable
    this.holdLarge(largeOfContent(content))
    return new StoreAttachment(this.core, this, cloneAttachment(content), writable)
  }

  /** An attachment as it is in the message, to be read at once: nobody has to release it. */
  peekAttachment(number: number): StoreAttachment | undefined {
    const content = this.content.attachment(number)
    return content && new StoreAttachment(this.core, this, content, false)
  }

  deleteAttachment(number: number, _actor: Actor): void {
    this.demandWritable()
    if (!this.content.entries.has(number)) throw new MapiError(ErrorCode.ecNotFound)
    this.content.removeAttachment(number)
    this.isChanged = true
  }

  attachmentNumbers(): number[] {
    return [...this.content.entries.keys()].sort((a, b) => a - b)
  }

  attachmentTable(_options: { unicode: boolean; codePage: number }, _actor: Actor): TableView {
    return new AttachmentTable(this)
  }

  /** Bytes of what is stored and changed, for PidTagMessageSize of an open message. */
  sizeBytes(): number {
    return this.content.sizeBytes()
  }

  /** Takes a saved attachment in ([MS-OXCMSG] 3.2.5.15); it is durable when the message is saved. */
  attachmentSaved(content: AttachmentContent): void {
    this.demandWritable()
    if (this.isReleased) {
      abandonAttachment(content)
      return
    }
    this.demandRoom(changedBytesOf(content))
    this.content.putAttachment(content)
    this.isChanged = true
  }

  /** Keeps the large values of the message readable as they are now, whatever others save. */
  holdContent(): void {
    this.holdLarge(this.content.largeInMemory())
  }

  protected override abandon(): void {
    this.content.abandon()
  }

  /** An empty new content, for messages that are being made. */
  static newContent(): MessageContent {
    return MessageContent.empty()
  }
}
