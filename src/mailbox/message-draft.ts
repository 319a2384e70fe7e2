import type { PropertyBag } from '../oxcdata/property-bag.js'
import type { Recipient } from '../oxcdata/recipient.js'

/** A whole message as an import brings it: what a client would have set, before the server's own properties. */
export interface MessageDraft {
  /** Properties in stored form; values of any size. */
  properties: PropertyBag
  recipients: readonly Recipient[]
  attachments: readonly { properties: PropertyBag }[]
  /** FILETIME that creation and last modification get. */
  time: bigint
}
