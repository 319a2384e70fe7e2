import type { PropertyBag } from '../../oxcdata/property-bag.js'
import type { Recipient } from '../../oxcdata/recipient.js'

/** A whole message as an import brings it: what a client would have set, before the server's own properties. */
export interface MessageDraft {
  /** Properties in stored form; values of any size. */
  properties: PropertyBag
  recipients: readonly Recipient[]
  attachments: readonly AttachmentDraft[]
  /** FILETIME that creation and last modification get. */
  time: bigint
}

export interface AttachmentDraft {
  properties: PropertyBag
  /** The message inside, of an attachment by the method afEmbeddedMessage ([MS-OXCMSG] 2.2.2.9). */
  embedded?: MessageDraft
}
