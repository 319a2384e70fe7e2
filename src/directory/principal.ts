import type { CommonEntry, MailboxKind } from './directory-entry.js'

/** What a principal may do beyond its own mailbox. */
export const roles = ['organizationAdministrator', 'publicFolderOwner'] as const
export type Role = (typeof roles)[number]

/** Limits of a mailbox in bytes; null: none but those of the server. */
export interface MailboxLimits {
  /** Sizes of the mailbox at which its owner is warned, may not send, may neither send nor receive. */
  readonly warningBytes: number | null
  readonly sendBytes: number | null
  readonly receiveBytes: number | null
  /** Largest message that it may send and receive. */
  readonly sendMessageBytes: number | null
  readonly receiveMessageBytes: number | null
}

export const noLimits: MailboxLimits = {
  warningBytes: null,
  sendBytes: null,
  receiveBytes: null,
  sendMessageBytes: null,
  receiveMessageBytes: null
}

/** An entry with a mailbox. What is here never changes under the same GUID but for the fields that `change` takes. */
export interface Principal extends CommonEntry {
  readonly kind: MailboxKind
  readonly mailboxGuid: string
  /** Number of the mailbox in the store's keys: the entry's id. */
  readonly mailboxNumber: number
  /** What a password is checked against, in a form that only `src/auth` knows. Null: nobody can log on as this principal. */
  readonly secret: Uint8Array | null
  /** Nobody can log on as this principal for the time being. */
  readonly disabled: boolean
  /** Addresses of the mailboxes that this principal may open as if they were its own. */
  readonly fullAccess: readonly string[]
  readonly roles: readonly Role[]
  readonly limits: MailboxLimits
  /** Host and perhaps port of the server that has the mailbox; null: this one. */
  readonly homeServer: string | null
}
