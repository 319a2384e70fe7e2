import { MalformedBuffer, Reader, Writer } from '../../bufferstructs/index.js'

const VERSION = 1
const NO_GUID = '00000000-0000-0000-0000-000000000000'

/** Member ids of the two rows that every list has; those of principals follow ([MS-OXCPERM] 2.2.5). */
export const DEFAULT_MEMBER = 0
export const ANONYMOUS_MEMBER = 1
const FIRST_MEMBER = 2

/** One row of a folder's permission list. */
export interface PermissionMember {
  readonly memberId: number
  /** GUID of the directory entry, a principal or a distribution list; null for the two special members. */
  readonly guid: string | null
  /** Bits of `Right`. */
  readonly rights: number
}

/** Rights for somebody, as they are given: by entry, for everybody else, or for whom nobody knows. */
export interface PermissionSpec {
  readonly who: 'default' | 'anonymous' | { readonly guid: string }
  readonly rights: number
}

/** What a change of a list does beside giving rights. */
export interface PermissionEdit {
  /** Drops every row of a principal that is not named. */
  readonly replace?: boolean
  /** Member ids of principals whose rows go. */
  readonly removed?: ReadonlySet<number>
}

/**
 * Who may do what with a folder ([MS-OXCPERM]): never changed, but replaced. Its owner and whoever has full access to the
 * mailbox need no row in it.
 */
export class PermissionList {
  private readonly byGuid = new Map<string, number>()

  constructor(readonly members: readonly PermissionMember[]) {
    for (const { guid, rights } of members) if (guid !== null) this.byGuid.set(guid, rights)
  }

  /** A list with these rights for everybody, and none for whom nobody knows. */
  static of(defaultRights: number): PermissionList {
    return new PermissionList([
      { memberId: DEFAULT_MEMBER, guid: null, rights: defaultRights },
      { memberId: ANONYMOUS_MEMBER, guid: null, rights: 0 }
    ])
  }

  /** This list with rows in place of those of the same members. */
  withRows(rows: readonly PermissionMember[]): PermissionList {
    const byId = new Map([...this.members, ...rows].map(row => [row.memberId, row]))
    return new PermissionList([...byId.values()])
  }

  rightsOfMember(memberId: number): number {
    return this.members.find(member => member.memberId === memberId)?.rights ?? 0
  }

  /**
   * Rights of a principal: those of its own row; without one all that the lists have which it belongs to; without any,
   * those of everybody.
   */
  rightsOf(guid: string, groupsOf: (guid: string) => Iterable<string>): number {
    const own = this.byGuid.get(guid)
    if (own !== undefined) return own
    if (this.byGuid.size === 0) return this.rightsOfMember(DEFAULT_MEMBER)
    let rights: number | undefined
    for (const group of groupsOf(guid)) {
      const given = this.byGuid.get(group)
      if (given !== undefined) rights = (rights ?? 0) | given
    }
    return rights ?? this.rightsOfMember(DEFAULT_MEMBER)
  }

  /** The row of somebody; undefined for a principal who has none. */
  find(who: PermissionSpec['who']): PermissionMember | undefined {
    return this.members.find(row => isMember(row, who))
  }

  /** This list with other rights for some; `replace` drops every row of a principal that is not named, `removed` these. */
  with(specs: readonly PermissionSpec[], { replace = false, removed }: PermissionEdit = {}): PermissionList {
    const rows = this.members.filter(({ guid, memberId }) => guid === null || !(replace || removed?.has(memberId)))
    let next = Math.max(FIRST_MEMBER, ...this.members.map(({ memberId }) => memberId + 1))
    for (const { who, rights } of specs) {
      const at = rows.findIndex(row => isMember(row, who))
      if (at >= 0) rows[at] = { ...rows[at], rights }
      else rows.push({ memberId: next++, guid: (who as { guid: string }).guid.toLowerCase(), rights })
    }
    return new PermissionList(rows)
  }
}

function isMember({ memberId, guid }: PermissionMember, who: PermissionSpec['who']): boolean {
  if (who === 'default') return memberId === DEFAULT_MEMBER
  if (who === 'anonymous') return memberId === ANONYMOUS_MEMBER
  return guid === who.guid.toLowerCase()
}

/** One row as the store keeps it, under the folder and its member id. */
export function writePermission({ guid, rights }: PermissionMember): Uint8Array {
  const writer = new Writer(21)
  writer.u8(VERSION)
  writer.u32(rights)
  writer.guid(guid ?? NO_GUID)
  return writer.written()
}

export function readPermission(memberId: number, bytes: Uint8Array): PermissionMember {
  const reader = new Reader(bytes)
  const version = reader.u8()
  if (version !== VERSION) throw new MalformedBuffer(`permission of version ${version}`, 0)
  const rights = reader.u32()
  const guid = reader.guid()
  return { memberId, rights, guid: guid === NO_GUID ? null : guid }
}
