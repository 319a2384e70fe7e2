import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { PropertyBag } from '../../oxcdata/property-bag.js'
import type { PropertyEntry, PropertyTag } from '../../oxcdata/property-tag.js'
import { PtypTime } from '../../oxcdata/property-type.js'
import { encodeValue } from '../../oxcdata/property-value.js'
import {
  PidTagAccessLevel,
  PidTagAttachDataBinary,
  PidTagAttachLongFilename,
  PidTagAttachMethod,
  PidTagAttachNumber,
  PidTagAttachSize,
  PidTagCreationTime,
  PidTagDisplayName,
  PidTagLastModificationTime,
  PidTagMappingSignature,
  PidTagObjectType,
  PidTagRecordKey,
  PidTagRenderingPosition,
  PidTagStoreEntryId
} from '../../oxprops/property-tags.generated.js'
import { toFiletime } from '../../runtime.js'
import type { Actor, Attachment, Maybe, PropertyProblem, StreamMode } from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import { ObjectProperties } from '../object-properties.js'
import { type Computed, computedTable, REFUSED_AT_SAVE, StoredObject } from '../stored-object.js'
import { int32, size32 } from '../stored-values.js'
import { StoreMessage } from './message.js'
import {
  type AttachmentContent,
  abandonAttachment,
  attachmentBytes,
  changedBytesOf,
  cloneAttachment,
  MessageContent
} from './message-content.js'
import { newMessageBag } from './message-properties.js'

/** afEmbeddedMessage ([MS-OXCMSG] 2.2.2.9). */
const EMBEDDED_MESSAGE = 5

/**
 * What the server computes of an attachment ([MS-OXCMSG] 2.2.2.1). Exchange 2013 and later show a new one with size 0 and
 * without access until it is saved (R1649, R1650); Exchange 2010 and later have no PidTagObjectType on it (R3007).
 */
const attachmentComputed = computedTable<StoreAttachment>([
  [PidTagAttachNumber, attachment => int32(attachment.number)],
  [PidTagAttachSize, attachment => size32(attachment.isNew ? 0 : attachmentBytes(attachment.content))],
  [PidTagAccessLevel, attachment => int32(attachment.writable && !attachment.isNew ? 1 : 0)],
  [PidTagRecordKey, attachment => int32(attachment.number)],
  [PidTagMappingSignature, attachment => attachment.core.mappingSignature],
  [PidTagStoreEntryId, attachment => attachment.core.storeEntryId]
])

/** An attachment as one client has it open: saved into its open message, durable when that is saved. */
export class StoreAttachment extends StoredObject implements Attachment {
  readonly kind = 'attachment'
  isChanged = false
  /** A read-only property was changed: no save succeeds. */
  private failsSave = false

  constructor(
    readonly core: MailboxCore,
    readonly message: StoreMessage,
    readonly content: AttachmentContent,
    public writable: boolean,
    /** It was never saved. */
    public isNew = false
  ) {
    super()
  }

  /** What a new attachment begins with ([MS-OXCMSG] 3.2.5.13). */
  static fresh(_number: number, core: MailboxCore): ObjectProperties {
    const now = encodeValue(PtypTime, toFiletime(core.runtime.now()))
    const bag = new PropertyBag()
    bag.set(PidTagRenderingPosition, int32(-1))
    bag.set(PidTagCreationTime, now)
    bag.set(PidTagLastModificationTime, now)
    return new ObjectProperties(bag)
  }

  get mailbox(): MailboxCore {
    return this.core
  }

  override heldBytes(): number {
    return changedBytesOf(this.content)
  }

  protected override crowdedBytes(): number {
    return this.message.outermost.heldBytes() + this.heldBytes()
  }

  get number(): number {
    return this.content.number
  }

  get properties(): ObjectProperties {
    return this.content.properties
  }

  get codePage(): number {
    return this.message.codePage
  }

  protected computed(id: number): Computed<this> | undefined {
    return attachmentComputed.get(id) as Computed<this> | undefined
  }

  protected computedIds(): Iterable<number> {
    return attachmentComputed.keys()
  }

  protected refusal(tag: PropertyTag): number | undefined {
    const id = tag >>> 16
    if (id === PidTagAttachSize >>> 16 && this.core.personality.readOnlyChangesFailSave) return REFUSED_AT_SAVE
    return attachmentComputed.has(id) || id === PidTagObjectType >>> 16 ? ErrorCode.ecComputedValue : undefined
  }

  /** [MS-OXCMSG] R1639, note <16>. */
  protected override refusedAtSave({ tag, bytes }: PropertyEntry): void {
    const current = this.value(tag)
    if (typeof current === 'number' || Buffer.compare(current, bytes) !== 0) this.failsSave = true
  }

  protected demandWritable(): void {
    if (!this.writable) throw new MapiError(ErrorCode.ecAccessDenied)
  }

  set(entries: readonly PropertyEntry[], _actor: Actor): PropertyProblem[] {
    this.demandWritable()
    this.flushStreams()
    const { good, problems } = this.sortOut(entries)
    this.demandRoomFor(good)
    for (const entry of good) this.keepEntry(entry)
    this.isChanged = true
    return problems
  }

  remove(tags: readonly PropertyTag[], _actor: Actor): PropertyProblem[] {
    this.demandWritable()
    this.flushStreams()
    const { good, problems } = this.sortOutRemoval(tags)
    for (const tag of good) this.properties.delete(tag)
    this.isChanged = true
    return problems
  }

  /** [MS-OXCMSG] 3.2.5.15. */
  save(options: { keepOpen: 'no' | 'readOnly' | 'readWrite' }, _actor: Actor): void {
    this.demandWritable()
    if (this.failsSave) throw new MapiError(ErrorCode.ecError)
    this.flushStreams()
    this.properties.set(PidTagLastModificationTime, encodeValue(PtypTime, toFiletime(this.core.runtime.now())))
    this.nameForDisplay()
    this.message.attachmentSaved(cloneAttachment(this.content))
    this.isChanged = false
    this.isNew = false
    if (options.keepOpen === 'readOnly') this.writable = false
  }

  /** PidTagDisplayName is the long file name where the client said nothing else ([MS-OXCMSG] R228). */
  private nameForDisplay(): void {
    const name = this.properties.get(PidTagAttachLongFilename)
    if (name !== undefined && !this.properties.has(PidTagDisplayName)) this.properties.set(PidTagDisplayName, name)
  }

  protected override streamKept(): void {
    this.isChanged = true
  }

  protected override abandon(): void {
    abandonAttachment(this.content)
  }

  /** [MS-OXCMSG] 3.2.5.16: opens the message inside, or makes one. */
  openEmbedded(mode: StreamMode, codePage: number, _actor: Actor): Maybe<StoreMessage> {
    if (mode !== 'read') this.demandWritable()
    if (this.message.depth >= limits.embeddedDepth) throw new MapiError(ErrorCode.ecTooComplex)
    const existing = this.content.embedded
    // Create makes what does not exist, and opens what does (R913).
    const isNew = existing === undefined
    if (isNew && mode !== 'create') throw new MapiError(ErrorCode.ecNotFound)
    const content = existing?.clone() ?? MessageContent.empty(newMessageBag(this.core, this.core.owner, codePage))
    if (isNew) {
      this.properties.set(PidTagAttachMethod, int32(EMBEDDED_MESSAGE))
      this.properties.delete(PidTagAttachDataBinary)
    }
    const { fid } = this.message
    const state = { fid, mid: 0, cn: isNew ? 0 : this.message.cn, readCn: 0, associated: false, softDeleted: false }
    const message = new StoreMessage(
      this.core,
      { ...state, writable: mode !== 'read', codePage, holder: this },
      content
    )
    message.holdContent()
    return message
  }

  /** Takes the saved embedded message in; the attachment's own save makes it part of the outer message. */
  embeddedSaved(content: MessageContent): void {
    if (this.isReleased) {
      content.abandon()
      return
    }
    this.demandRoom(content.changedBytes)
    this.content.embedded?.abandon()
    this.content.embedded = content
    this.isChanged = true
  }
}
