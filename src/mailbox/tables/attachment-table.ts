import type { PropertyTag } from '../../oxcdata/property-tag.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { StoreMessage } from '../messages/message.js'
import { type ListRow, ListTable } from './list-table.js'

/** What RopQueryColumnsAll names whatever the attachments have ([MS-OXCMSG] 2.2.2). */
const COLUMNS: readonly PropertyTag[] = [
  tags.PidTagAttachNumber,
  tags.PidTagAttachSize,
  tags.PidTagAttachMethod,
  tags.PidTagRenderingPosition,
  tags.PidTagAttachFilename,
  tags.PidTagAttachLongFilename,
  tags.PidTagAttachExtension,
  tags.PidTagAttachMimeTag,
  tags.PidTagAttachContentId,
  tags.PidTagAttachFlags,
  tags.PidTagAttachmentFlags,
  tags.PidTagAttachmentHidden,
  tags.PidTagDisplayName,
  tags.PidTagCreationTime,
  tags.PidTagLastModificationTime
]

/** The attachments of an open message as they are in it, saved or not ([MS-OXCMSG] 2.2.3.17). */
export class AttachmentTable extends ListTable {
  readonly source = 'attachments'
  private readonly message: StoreMessage

  constructor(message: StoreMessage) {
    super(message.core.localeId)
    this.message = message
  }

  allColumns(): PropertyTag[] {
    const all = new Set(COLUMNS)
    for (const number of this.message.attachmentNumbers()) {
      for (const tag of this.message.peekAttachment(number)?.tags() ?? []) all.add(tag)
    }
    return [...all]
  }

  protected listRows(): ListRow[] {
    return this.message.attachmentNumbers().map(number => {
      let attachment: ReturnType<StoreMessage['peekAttachment']>
      return {
        key: number,
        value: tag => {
          attachment ??= this.message.peekAttachment(number)
          const value = attachment?.value(tag)
          return value instanceof Uint8Array ? value : undefined
        }
      }
    })
  }
}
