import type { AddressList, Directory } from '../directory/index.js'
import { FIRST_CONTAINER_MID } from './identity.js'

/** An address list as a container of the address book ([MS-OXOABK] 2.2.2). */
export interface Container {
  /** PidTagAddressBookContainerId; 0 is the global address list. */
  readonly mid: number
  /** [MS-OXOABK] 2.2.1.1: `/` or `/guid=` and 32 hexadecimal digits. */
  readonly dn: string
  readonly depth: number
  readonly parent: Container | null
  readonly hasChildren: boolean
  readonly list: AddressList
}

/** Range of the ids of containers behind the first one. */
const MID_RANGE = 0x7ffffff0
const MID_OFFSET = 0x10

/** All containers, in the order of the hierarchy table: the global address list first, parents before children. */
export class Containers {
  private lists: readonly AddressList[] | undefined
  private known: readonly Container[] = []
  private byMid = new Map<number, Container>()

  constructor(private readonly directory: Directory) {}

  all(): readonly Container[] {
    const lists = this.directory.addressLists()
    if (lists !== this.lists) this.take(lists)
    return this.known
  }

  find(mid: number): Container | undefined {
    this.all()
    return this.byMid.get(mid)
  }

  byDn(dn: string): Container | undefined {
    const asked = dn.toLowerCase()
    return this.all().find(container => container.dn.toLowerCase() === asked)
  }

  private take(lists: readonly AddressList[]): void {
    const parents = new Set(lists.map(({ parent }) => parent))
    const byGuid = new Map<string, Container>()
    const byMid = new Map<number, Container>()
    for (const list of lists) {
      const parent = list.parent === null ? null : (byGuid.get(list.parent) ?? null)
      const container: Container = {
        mid: list.isGlobal ? 0 : freeMid(list.guid, byMid),
        dn: list.isGlobal ? '/' : `/guid=${list.guid.replaceAll('-', '').toUpperCase()}`,
        depth: parent === null ? 0 : parent.depth + 1,
        parent,
        hasChildren: parents.has(list.guid),
        list
      }
      byGuid.set(list.guid, container)
      byMid.set(container.mid, container)
    }
    this.known = [...byGuid.values()]
    this.byMid = byMid
    this.lists = lists
  }
}

/** An id made of the list's GUID, so that it stays whatever other lists come and go. */
function freeMid(guid: string, taken: ReadonlyMap<number, Container>): number {
  let place = Number.parseInt(guid.slice(0, 8), 16) % MID_RANGE
  while (taken.has(FIRST_CONTAINER_MID + MID_OFFSET + place)) place = (place + 1) % MID_RANGE
  return FIRST_CONTAINER_MID + MID_OFFSET + place
}
