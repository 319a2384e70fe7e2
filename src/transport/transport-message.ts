import type { PropertyBag } from '../oxcdata/property-bag.js'

/** Somebody as messages name him; an empty name stands for the address. */
export interface Person {
  readonly name: string
  readonly address: string
}

export type RecipientKind = 'to' | 'cc' | 'bcc'

export interface MessageRecipient extends Person {
  readonly kind: RecipientKind
}

/** A line of a message's head that became no property of its own. */
export interface HeaderField {
  readonly name: string
  readonly value: string
}

export interface TransportAttachment {
  /** In stored form. */
  readonly properties: PropertyBag
  /** The message that it is, in place of content. */
  readonly embedded?: TransportMessage
}

/**
 * A message on its way between mailboxes, belonging to none: people are addresses, named properties are names. Conversions
 * from other forms (MIME, JSON) make it; delivery makes an object of a mailbox of it.
 */
export interface TransportMessage {
  /** Who sent it, and on whose behalf; the same unless said. Undefined where a message names nobody. */
  readonly sender: Person | undefined
  readonly from: Person | undefined
  readonly replyTo: readonly Person[]
  readonly recipients: readonly MessageRecipient[]
  /** Properties of the message in stored form: subject, bodies, times, importance ... */
  readonly properties: PropertyBag
  /** Head lines that are kept as string properties of PS_INTERNET_HEADERS ([MS-OXCMAIL] 2.1.3.2.21, 2.2.3.2.21). */
  readonly headers: readonly HeaderField[]
  readonly attachments: readonly TransportAttachment[]
}
