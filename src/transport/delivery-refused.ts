import { ErrorCode } from '../oxcdata/error-code.js'

/**
 * Why a mailbox does not take a message, with what a sender is told: the enhanced status code of a delivery report (RFC 3463)
 * and the MAPI error.
 */
export const REFUSALS = {
  noMailbox: { status: '5.1.1', code: ErrorCode.ecNotFound, text: 'there is no such mailbox' },
  elsewhere: { status: '5.4.4', code: ErrorCode.ecWrongServer, text: 'another server has the mailbox' },
  notForMail: { status: '5.2.1', code: ErrorCode.ecNotSupported, text: 'the mailbox takes no messages' },
  mailboxFull: { status: '5.2.2', code: ErrorCode.ecShutoffQuotaExceeded, text: 'the mailbox is full' },
  messageTooLarge: {
    status: '5.2.3',
    code: ErrorCode.ecMaxSubmissionExceeded,
    text: 'the message is larger than the mailbox takes'
  }
} as const

export type RefusalReason = keyof typeof REFUSALS

/** A message that a mailbox does not take; nothing of it is there. */
export class DeliveryRefused extends Error {
  readonly reason: RefusalReason
  /** Enhanced mail system status code (RFC 3463). */
  readonly enhancedStatus: string
  /** MAPI error code. */
  readonly code: number

  constructor(reason: RefusalReason, detail: string) {
    super(detail)
    this.name = 'DeliveryRefused'
    this.reason = reason
    this.enhancedStatus = REFUSALS[reason].status
    this.code = REFUSALS[reason].code
  }
}
