import type { Actor, Mailbox } from '../../src/mailbox/domain.js'
import type { RopCall } from '../rop.js'
import { type LogonRequest, openFlags } from './logon-forms.js'

/**
 * Whose rights count in a logon. USE_ADMIN_PRIVILEGE asks for all of a mailbox ([MS-OXCSTOR] R72); who administers nothing
 * asks in vain, and has the rights that he has.
 */
export function actorOf({ session }: RopCall, { openFlags: bits }: LogonRequest, { owner }: Mailbox): Actor {
  const { actor } = session
  if ((bits & openFlags.names.useAdminPrivilege) === 0 || session.isAdministrator !== true) return actor
  const { fullAccess = [] } = actor as { fullAccess?: readonly string[] }
  return { ...actor, fullAccess: [...fullAccess, owner.address] } as Actor
}
