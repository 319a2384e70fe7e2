import { type Directory, type DirectoryEntry, derivedGuid, isPrincipal, type Principal } from '../directory/index.js'
import { parseEntryId } from '../oxcdata/entry-id.js'
import { midOfEphemeral } from './entry-ids.js'

/** Minimal entry ids below this one are signals ([MS-OXNSPI] 2.2.9.1). */
const FIRST_MID = 0x10
/** Ids of servers: one for each mailbox, as a mailbox names its server since Exchange 2013. */
const FIRST_SERVER_MID = 0x40000000
/** Containers have their ids from here on, see containers.ts. */
export const FIRST_CONTAINER_MID = 0x80000000

/**
 * Which number stands for which object ([MS-OXNSPI] 3.1.4.6). Minimal entry ids are made of the numbers of entries, which are
 * never given twice, so they stay for the life of the directory and need no session.
 */
export class Identity {
  /** What NspiBind answers: the same for the life of the directory, since clients keep what depends on it. */
  readonly serverGuid: string

  constructor(private readonly directory: Directory) {
    this.serverGuid = derivedGuid(`${directory.organization.deploymentId}/nspi`)
  }

  midOf(entry: Pick<DirectoryEntry, 'id'>): number {
    return FIRST_MID + entry.id
  }

  entryOf(mid: number): DirectoryEntry | undefined {
    return mid < FIRST_SERVER_MID ? this.directory.entryById(mid - FIRST_MID) : undefined
  }

  serverMidOf(principal: Pick<Principal, 'id'>): number {
    return FIRST_SERVER_MID + principal.id
  }

  /** The mailbox whose server has this minimal entry id. */
  serverOf(mid: number): Principal | undefined {
    if (mid < FIRST_SERVER_MID || mid >= FIRST_CONTAINER_MID) return undefined
    const entry = this.directory.entryById(mid - FIRST_SERVER_MID)
    return entry !== undefined && isPrincipal(entry) ? entry : undefined
  }

  /** The mailbox whose server has this DN, alone or with the name of a database behind it. */
  serverByDn(dn: string): Principal | undefined {
    const name = /\/cn=servers\/cn=([0-9a-f-]{36})@/i.exec(dn)
    const principal = name === null ? undefined : this.directory.byMailboxGuid(name[1])
    if (principal === undefined) return undefined
    const own = this.directory.serverDn(principal).toLowerCase()
    const asked = dn.toLowerCase()
    return asked === own || asked.startsWith(`${own}/cn=`) ? principal : undefined
  }

  /** The entry that a permanent or ephemeral entry id names. */
  entryByEntryId(bytes: Uint8Array): DirectoryEntry | undefined {
    const mid = midOfEphemeral(this.serverGuid, bytes)
    if (mid !== undefined) return this.entryOf(mid)
    const id = parseEntryId(bytes)
    return id?.kind === 'addressBook' ? this.directory.entryByLegacyDn(id.dn) : undefined
  }
}
