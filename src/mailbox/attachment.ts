import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import type { PropertyEntry, PropertyTag } from '../oxcdata/property-tag.js'
import { PtypTime } from '../oxcdata/property-type.js'
import { encodeValue } from '../oxcdata/property-value.js'
import {
  PidTagAccessLevel,
  PidTagAttachDataBinary,
  PidTagAttachMethod,
  PidTagAttachNumber,
  PidTagAttachSize,
  PidTagCreationTime,
  PidTagLastModificationTime,
  PidTagMappingSignature,
  PidTagObjectType,
  PidTagRecordKey,
  PidTagRenderingPosition,
  PidTagStoreEntryId
} from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import type { Actor, Attachment, Maybe, PropertyProblem, StreamMode } from './domain.js'
import type { MailboxCore } from './mailbox-core.js'
import { StoreMessage } from './message.js'
import { type AttachmentContent, attachmentBytes, MessageContent } from './message-content.js'
import { freshMessageBag } from './message-properties.js'
import { ObjectProperties } from './object-properties.js'
import { type Computed, computedTable, StoredObject } from './stored-object.js'
import { int32, readInt32, size32 } from './stored-values.js'

/** MAPI object type of an attachment ([MS-OXCPRPT] 2.2.1.7). */
const ATTACHMENT_OBJECT = 7
/** afEmbeddedMessage ([MS-OXCMSG] 2.2.2.9). */
const EMBEDDED_MESSAGE = 5

const attachmentComputed = computedTable<StoreAttachment>([
  [PidTagAttachNumber, attachment => int32(attachment.number)],
  [PidTagAttachSize, attachment => size32(attachmentBytes(attachment.content))],
  [PidTagAccessLevel, attachment => int32(attachment.writable ? 1 : 0)],
  [PidTagObjectType, () => int32(ATTACHMENT_OBJECT)],
  [PidTagRecordKey, attachment => int32(attachment.number)],
  [PidTagMappingSignature, attachment => attachment.core.mappingSignature],
  [PidTagStoreEntryId, attachment => attachment.core.storeEntryId]
])

/** An attachment as one client has it open: saved into its open message, durable when that is saved. */
export class StoreAttachment extends StoredObject implements Attachment {
  readonly kind = 'attachment'
  isChanged = false

  constructor(
    readonly core: MailboxCore,
    readonly message: StoreMessage,
    readonly content: AttachmentContent,
    public writable: boolean
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
    return attachmentComputed.has(id) ? ErrorCode.ecComputedValue : undefined
  }

  protected demandWritable(): void {
    if (!this.writable) throw new MapiError(ErrorCode.ecAccessDenied)
  }

  set(entries: readonly PropertyEntry[], _actor: Actor): PropertyProblem[] {
    this.demandWritable()
    const { good, problems } = this.sortOut(entries)
    for (const entry of good) this.keepEntry(entry)
    this.isChanged = true
    return problems
  }

  remove(tags: readonly PropertyTag[], _actor: Actor): PropertyProblem[] {
    this.demandWritable()
    const { good, problems } = this.sortOutRemoval(tags)
    for (const tag of good) this.properties.delete(tag)
    this.isChanged = true
    return problems
  }

  /** [MS-OXCMSG] 3.2.5.15. */
  save(options: { keepOpen: 'no' | 'readOnly' | 'readWrite' }, _actor: Actor): void {
    this.demandWritable()
    this.properties.set(PidTagLastModificationTime, encodeValue(PtypTime, toFiletime(this.core.runtime.now())))
    const { number, properties, embedded } = this.content
    this.message.attachmentSaved({ number, properties: properties.clone(), embedded })
    this.isChanged = false
    if (options.keepOpen === 'readOnly') this.writable = false
  }

  /** [MS-OXCMSG] 3.2.5.16: opens the message inside, or makes one. */
  openEmbedded(mode: StreamMode, codePage: number, _actor: Actor): Maybe<StoreMessage> {
    if (mode === 'create') this.demandWritable()
    else if (readInt32(this.properties.get(PidTagAttachMethod)) !== EMBEDDED_MESSAGE)
      throw new MapiError(ErrorCode.ecNotFound)
    if (mode === 'readWrite') this.demandWritable()
    const existing = this.content.embedded
    if (existing === undefined && mode !== 'create') throw new MapiError(ErrorCode.ecNotFound)
    const isNew = existing === undefined || mode === 'create'
    const content = isNew
      ? MessageContent.empty(freshMessageBag(this.core))
      : mode === 'read'
        ? existing
        : existing.clone()
    if (isNew) {
      this.properties.set(PidTagAttachMethod, int32(EMBEDDED_MESSAGE))
      this.properties.delete(PidTagAttachDataBinary)
    }
    const { fid } = this.message
    const state = { fid, mid: 0, cn: isNew ? 0 : this.message.cn, readCn: 0, associated: false, softDeleted: false }
    return new StoreMessage(this.core, { ...state, writable: mode !== 'read', codePage, holder: this }, content)
  }

  /** Takes the saved embedded message in; the attachment's own save makes it part of the outer message. */
  embeddedSaved(content: MessageContent): void {
    this.content.embedded = content
    this.isChanged = true
  }
}
