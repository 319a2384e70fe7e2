import type { AttachmentDraft } from '../mailbox/messages/message-draft.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { setValue } from '../transport/correspondent.js'
import type { DraftContext } from './draft-context.js'
import { draftMessage } from './draft-messages.js'
import type { WorldAttachment } from './schema-items.js'
import { bytesOfSize } from './schema-values.js'
import { SeededRandom } from './seeded-random.js'
import { bytesOf } from './world-files.js'

/** PidTagAttachMethod ([MS-OXCMSG] 2.2.2.9). */
const AttachMethod = { byValue: 1, embeddedMessage: 5 } as const
/** attRenderedInBody ([MS-OXCMSG] 2.2.2.18). */
const RENDERED_IN_BODY = 4
const NOT_RENDERED = -1

/** The attachments of an item; `identity` makes up content of a given size. */
export function draftAttachments(
  attachments: readonly WorldAttachment[],
  identity: string,
  context: DraftContext
): AttachmentDraft[] {
  return attachments.map((attachment, at) => draftAttachment(attachment, `${identity}/${at}`, context))
}

function draftAttachment(attachment: WorldAttachment, identity: string, context: DraftContext): AttachmentDraft {
  const { message, contentType, contentId, inline = contentId !== undefined } = attachment
  const name = attachment.name ?? message?.subject ?? ''
  const properties = new PropertyBag()
  if (message === undefined) setFileName(properties, name)
  setValue(properties, tags.PidTagDisplayName, name)
  setValue(properties, tags.PidTagRenderingPosition, NOT_RENDERED)
  if (contentType !== undefined) setValue(properties, tags.PidTagAttachMimeTag, contentType)
  if (contentId !== undefined) setValue(properties, tags.PidTagAttachContentId, contentId)
  if (inline) {
    setValue(properties, tags.PidTagAttachFlags, RENDERED_IN_BODY)
    setValue(properties, tags.PidTagAttachmentHidden, true)
  }
  if (message !== undefined) {
    setValue(properties, tags.PidTagAttachMethod, AttachMethod.embeddedMessage)
    return { properties, embedded: draftMessage(message, identity, context) }
  }
  setValue(properties, tags.PidTagAttachMethod, AttachMethod.byValue)
  properties.set(tags.PidTagAttachDataBinary, contentOf(attachment, identity, context))
  return { properties }
}

export function setFileName(properties: PropertyBag, name: string): void {
  setValue(properties, tags.PidTagAttachLongFilename, name)
  setValue(properties, tags.PidTagAttachFilename, name)
  const dot = name.lastIndexOf('.')
  if (dot > 0) setValue(properties, tags.PidTagAttachExtension, name.slice(dot))
}

function contentOf(
  { text, base64, file, size }: WorldAttachment,
  identity: string,
  { files }: DraftContext
): Uint8Array {
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  if (file !== undefined) return bytesOf(file, files)
  if (size !== undefined) return new SeededRandom(identity).fill(new Uint8Array(bytesOfSize(size)))
  return Buffer.from(text ?? '', 'utf8')
}
