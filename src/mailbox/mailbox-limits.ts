import { type MailboxLimits, noLimits } from '../directory/principal.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { Actor } from './domain.js'
import type { FolderTree } from './folders/folder-tree.js'
import type { StoreKind } from './mailbox-record.js'

/** The limits that hold for somebody: his own, and those of the server where he has none. */
export function limitsFor(owner: Actor, ofServer: MailboxLimits): MailboxLimits {
  const own = (owner as { limits?: Partial<MailboxLimits> }).limits
  if (own === undefined) return ofServer
  return {
    warningBytes: own.warningBytes ?? ofServer.warningBytes,
    sendBytes: own.sendBytes ?? ofServer.sendBytes,
    receiveBytes: own.receiveBytes ?? ofServer.receiveBytes,
    sendMessageBytes: own.sendMessageBytes ?? ofServer.sendMessageBytes,
    receiveMessageBytes: own.receiveMessageBytes ?? ofServer.receiveMessageBytes
  }
}

/** What a mailbox may hold, and how much of that it holds. */
export class MailboxSpace {
  private readonly ofServer: MailboxLimits

  constructor(
    private readonly tree: FolderTree,
    private readonly ownerOf: () => Actor,
    storeKind: StoreKind,
    ofServer: MailboxLimits = noLimits
  ) {
    // Those of a server are for people; public folders have the limits that were given to their own mailbox.
    this.ofServer = storeKind === 'public' ? noLimits : ofServer
  }

  /** What lies in its folders. What was deleted and can still be brought back does not count, as with Exchange. */
  get sizeBytes(): number {
    return this.tree.contentBytes
  }

  get limits(): MailboxLimits {
    return this.limitsFor(this.ownerOf())
  }

  /** Its limits if it belonged to somebody. */
  limitsFor(owner: Actor): MailboxLimits {
    return limitsFor(owner, this.ofServer)
  }

  /** The size that it does not grow beyond; null for none. Asked with every save. */
  get mostBytes(): number | null {
    const { limits } = this.ownerOf() as { limits?: Partial<MailboxLimits> }
    return limits?.receiveBytes ?? this.ofServer.receiveBytes
  }

  /**
   * Throws ecShutoffQuotaExceeded when a mailbox that has reached its limit would grow: what had `before` and will have
   * `after` bytes. One that stays as it is or gets smaller is never refused, so that what is in it can be moved and deleted.
   */
  demandGrowth(before: number, after: number): void {
    const { mostBytes } = this
    if (mostBytes === null || after <= before || after <= this.sizeBytes || before < mostBytes) return
    throw new MapiError(ErrorCode.ecShutoffQuotaExceeded)
  }

  /**
   * What has to hold before a message is sent: ecQuotaExceeded from a mailbox at its limit for sending ([MS-OXCSTOR]
   * 2.2.2.1.1.4), ecMaxSubmissionExceeded for a message that is too large (2.2.2.1.1.2).
   */
  demandSubmission(messageBytes: number): void {
    const { sendBytes, receiveBytes, sendMessageBytes } = this.limits
    const most = Math.min(sendBytes ?? Number.POSITIVE_INFINITY, receiveBytes ?? Number.POSITIVE_INFINITY)
    if (this.sizeBytes >= most) throw new MapiError(ErrorCode.ecQuotaExceeded)
    if (sendMessageBytes !== null && messageBytes > sendMessageBytes) {
      throw new MapiError(ErrorCode.ecMaxSubmissionExceeded)
    }
  }
}
