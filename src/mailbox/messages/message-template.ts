import { Writer } from '../../bufferstructs/index.js'
import type { Fid } from '../../oxcdata/ids.js'
import { PackedForm } from '../../oxcdata/packed-form.js'
import type { PropertyBag } from '../../oxcdata/property-bag.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { cutCell, TABLE_CELL_BYTES } from '../../oxcdata/table-cell.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { MailboxCore } from '../mailbox-core.js'
import { type AttachmentEntry, messageHeadBytes, type PackedRecipient, putMessageHead } from '../record-codec.js'
import { bool, int32, int64, size32 } from '../stored-values.js'
import { timeKey } from '../tables/order-index.js'
import { idBytes, putRowHead, ROW_HEAD_BYTES } from '../tables/summary-row.js'
import type { MessageDraft } from './message-draft.js'
import { MessageFlag } from './message-flags.js'
import { freshMessageBag } from './message-properties.js'
import {
  importedFlags,
  type PreparedAttachments,
  type PreparedMessage,
  prepareAttachments,
  ROW_BYTES
} from './prepared-message.js'

/** A message of a template: what differs from one to the next. */
export interface TemplateDraft {
  /** Stored values of the template's variable properties, in their order; copied at once. */
  readonly values: readonly Uint8Array[]
  readonly recipients: readonly PackedRecipient[]
  readonly attachments: MessageDraft['attachments']
  /** PidTagMessageFlags, without what follows from the attachments. */
  readonly flags: number
  /** FILETIME that submission, delivery, creation and last modification get. */
  readonly time: bigint
}

/** Properties that get the draft's time. */
const TIME_TAGS = [
  tags.PidTagCreationTime,
  tags.PidTagLastModificationTime,
  tags.PidTagMessageDeliveryTime,
  tags.PidTagClientSubmitTime
]

/** Properties that every message of a template has beside its constant and variable ones. */
const OWN_TAGS = [
  ...TIME_TAGS,
  tags.PidTagMessageFlags,
  tags.PidTagHasAttachments,
  tags.PidTagMessageSize,
  tags.PidTagInternetArticleNumber
]

/** Places of those properties in the form. */
interface OwnPlaces {
  readonly flags: number
  readonly hasAttachments: number
  readonly size: number
  readonly article: number
  readonly times: readonly number[]
}

const BYTES_PER_PROPERTY = 4
const SLAB_BYTES = 256 << 10
const NO_ATTACHMENTS: PreparedAttachments = { entries: [], records: [] }
const NO_LARGE = new Map()
const EMPTY = new Uint8Array(0)
const NO_BLOBS: PreparedMessage['blobs'] = []

type Bytes = Pick<PreparedMessage, 'record' | 'articleAt' | 'row' | 'rowArticleAt' | 'rowMidAt'>

/**
 * Prepares many messages of one kind for a folder: all have the same properties, most of them with the same values, which
 * are encoded once. What comes out is byte for byte what `prepareMessage` makes of the same properties in a bag.
 */
export class MessageTemplate {
  private readonly form: PackedForm
  private readonly rowForm: PackedForm
  /** Values beside the tags of `form`, their sizes, and all of these together. */
  private readonly values: Uint8Array[]
  private readonly sizes: Int32Array
  private valueBytes = 0
  /** The same for `rowForm`; undefined where a row has the value of the record, and then what stands there instead of how much. */
  private readonly rowValues: (Uint8Array | undefined)[]
  private readonly rowSizes: Int32Array
  private readonly rowSkipped: Int32Array
  private rowBytes = 0
  /** For each tag of `form` its place among those of `rowForm`. */
  private readonly rowPlaces: Uint16Array
  private readonly variable: readonly number[]
  private readonly places: OwnPlaces
  private readonly rowArticle: number
  private readonly rowMid: number
  private slab = new Writer(0)

  /** `constants`: properties that all messages share; `variable`: those whose values each draft brings. */
  constructor(
    private readonly core: MailboxCore,
    private readonly fid: Fid,
    constants: PropertyBag,
    variable: readonly PropertyTag[]
  ) {
    const bag = freshMessageBag(core, core.owner, EMPTY)
    for (const [id, { type, bytes }] of constants.entries()) bag.put(id, type, bytes)
    for (const tag of [...variable, ...OWN_TAGS]) bag.set(tag, EMPTY)
    this.form = new PackedForm(bag.tags())
    this.rowForm = new PackedForm([...bag.tags(), tags.PidTagMid, tags.PidTagFolderId])
    this.values = this.form.tags.map(tag => bag.get(tag)!)
    this.rowPlaces = Uint16Array.from(this.form.tags, tag => this.rowForm.placeOf(tag))
    this.sizes = new Int32Array(this.values.length)
    this.rowSizes = new Int32Array(this.rowForm.tags.length)
    this.rowSkipped = new Int32Array(this.rowForm.tags.length)
    this.rowValues = this.rowForm.tags.map(() => undefined)
    this.values.forEach((value, place) => {
      this.set(place, value)
    })
    this.setOwnCell(tags.PidTagFolderId, idBytes(fid))
    this.setOwnCell(tags.PidTagMid, idBytes(0))
    this.variable = variable.map(tag => this.form.placeOf(tag))
    const place = (tag: PropertyTag): number => this.form.placeOf(tag)
    this.places = {
      flags: place(tags.PidTagMessageFlags),
      hasAttachments: place(tags.PidTagHasAttachments),
      size: place(tags.PidTagMessageSize),
      article: place(tags.PidTagInternetArticleNumber),
      times: TIME_TAGS.map(place)
    }
    this.rowArticle = this.rowForm.placeOf(tags.PidTagInternetArticleNumber)
    this.rowMid = this.rowForm.placeOf(tags.PidTagMid)
    this.set(this.places.article, int32(0))
    this.set(this.places.size, size32(0))
  }

  prepare(draft: TemplateDraft): PreparedMessage {
    const attached = draft.attachments.length === 0 ? NO_ATTACHMENTS : prepareAttachments(this.core, this.fid, draft)
    const flags = importedFlags(
      draft.flags,
      attached.entries.some(({ hidden }) => !hidden)
    )
    const time = int64(draft.time)
    this.fill(draft, flags, time)
    const sizeBytes = this.setSize(draft, attached.entries)
    const { record, articleAt, row, rowArticleAt, rowMidAt } = this.write(draft, attached.entries)
    return {
      record,
      articleAt,
      row,
      rowArticleAt,
      rowMidAt,
      timeKey: timeKey(time),
      attachments: attached.records,
      blobs: NO_BLOBS,
      associated: false,
      unread: (flags & MessageFlag.read) === 0,
      sizeBytes
    }
  }

  private fill(draft: TemplateDraft, flags: number, time: Uint8Array): void {
    const { variable, places } = this
    for (let i = 0; i < variable.length; i++) this.set(variable[i], draft.values[i])
    for (let i = 0; i < places.times.length; i++) this.set(places.times[i], time)
    this.set(places.flags, int32(flags))
    this.set(places.hasAttachments, bool((flags & MessageFlag.hasAttachments) !== 0))
  }

  private setSize(draft: TemplateDraft, attachments: readonly AttachmentEntry[]): number {
    let size = this.valueBytes + this.values.length * BYTES_PER_PROPERTY
    for (const recipient of draft.recipients) size += ROW_BYTES + recipient.sizeBytes
    for (const { sizeBytes } of attachments) size += ROW_BYTES + sizeBytes
    this.set(this.places.size, size32(size))
    return size
  }

  private set(place: number, value: Uint8Array): void {
    const size = value.length
    const rowPlace = this.rowPlaces[place]
    const isCut = size > TABLE_CELL_BYTES
    const shown = isCut ? cutCell(this.form.tags[place] & 0xffff, value) : undefined
    const rowSize = shown === undefined ? size : shown.length
    this.valueBytes += size - this.sizes[place]
    this.rowBytes += rowSize - this.rowSizes[rowPlace]
    this.values[place] = value
    this.sizes[place] = size
    this.rowValues[rowPlace] = shown
    this.rowSizes[rowPlace] = rowSize
    this.rowSkipped[rowPlace] = size
  }

  /** A cell that only rows have. */
  private setOwnCell(tag: PropertyTag, value: Uint8Array): void {
    const place = this.rowForm.placeOf(tag)
    this.rowValues[place] = value
    this.rowSizes[place] = value.length
    this.rowBytes += value.length
  }

  /** Record and row lie in one slab, so that most of the row is copied from the record. */
  private write(draft: TemplateDraft, attachments: AttachmentEntry[]): Bytes {
    let size = messageHeadBytes(attachments.length) + this.form.size(this.valueBytes)
    for (let i = 0; i < draft.recipients.length; i++) size += draft.recipients[i].bytes.length
    const writer = this.room(size + ROW_HEAD_BYTES + this.rowForm.size(this.rowBytes))
    const { bytes, position: start } = writer
    const { fid } = this
    const nextAttachment = attachments.length
    const head = {
      fid,
      associated: false,
      softDeleted: false,
      cn: 0,
      readCn: 0,
      nextAttachment,
      attachments,
      large: NO_LARGE
    }
    putMessageHead(writer, head, draft.recipients)
    const packedAt = writer.position
    this.form.write(writer, this.values, this.sizes, this.valueBytes)
    const rowStart = writer.position
    putRowHead(writer, 0)
    const rowPackedAt = writer.position
    const from = this.form.valueAt(bytes, packedAt, 0)
    this.rowForm.writeDerived(writer, this.rowValues, this.rowSizes, this.rowBytes, from, this.rowSkipped)
    return {
      record: bytes.subarray(start, rowStart),
      articleAt: this.form.valueAt(bytes, packedAt, this.places.article) - start,
      row: bytes.subarray(rowStart, writer.position),
      rowArticleAt: this.rowForm.valueAt(bytes, rowPackedAt, this.rowArticle) - rowStart,
      rowMidAt: this.rowForm.valueAt(bytes, rowPackedAt, this.rowMid) - rowStart
    }
  }

  /** Room for one message: many share an allocation, which lives as long as the turn that writes them. */
  private room(sizeBytes: number): Writer {
    if (this.slab.bytes.byteLength - this.slab.position < sizeBytes) {
      this.slab = new Writer(Math.max(SLAB_BYTES, sizeBytes))
    }
    return this.slab
  }
}
