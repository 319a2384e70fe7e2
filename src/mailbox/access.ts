import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { Actor } from './domain.js'

/** What the decision needs to know of a mailbox. */
interface Owned {
  readonly owner: Actor
}

/**
 * Who may open what: the owner of a mailbox and principals with full access to it may open all of it, nobody else
 * anything. The one place that decides, for all fronts.
 */
export function access(mailbox: Owned, actor: Actor): { owner: boolean; full: boolean } {
  // The owner's own sessions hold the directory's object, which makes the common case a comparison of pointers.
  const owner = actor === mailbox.owner || actor.legacyDn.toLowerCase() === mailbox.owner.legacyDn.toLowerCase()
  return { owner, full: owner || mayOpenFully(mailbox, actor) }
}

/** Throws ecAccessDenied unless the actor has full access. */
export function demandAccess(mailbox: Owned, actor: Actor): void {
  if (actor === mailbox.owner || access(mailbox, actor).full) return
  throw new MapiError(ErrorCode.ecAccessDenied)
}

/** A principal of the directory lists the addresses of the mailboxes that it may open fully. */
function mayOpenFully(mailbox: Owned, actor: Actor): boolean {
  const { fullAccess } = actor as { fullAccess?: readonly string[] }
  const address = mailbox.owner.address.toLowerCase()
  return fullAccess?.some(one => one.toLowerCase() === address) ?? false
}
