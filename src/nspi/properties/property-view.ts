import type { Directory, DirectoryEntry, Principal } from '../../directory/index.js'
import type { Container } from '../containers.js'
import type { Identity } from '../identity.js'

/** Who looks at entries, and what their properties are made of. */
export interface PropertyView {
  readonly directory: Directory
  readonly identity: Identity
  readonly principal: Principal
  /** Entry ids are ephemeral (fEphID, [MS-OXNSPI] 2.2.1.11). */
  readonly ephemeralIds: boolean
  /** Containers that hold rooms, for those who plan meetings. */
  roomContainers(): readonly Container[]
  /** How many recipients a distribution list has, through others too, and how many of them are outside. */
  memberCounts(list: DirectoryEntry): { total: number; external: number }
}

/** What of several entries somebody may see: nobody is hidden from himself. */
export function visibleTo(principal: Principal, entries: readonly DirectoryEntry[]): DirectoryEntry[] {
  return entries.filter(entry => !entry.hidden || entry.id === principal.id)
}
