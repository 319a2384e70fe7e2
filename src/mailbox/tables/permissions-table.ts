import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { storedString } from '../../oxcdata/stored-string.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Actor } from '../domain.js'
import type { StoreFolder } from '../folders/folder.js'
import { demandRight, SEEING } from '../permissions/access.js'
import { ANONYMOUS_MEMBER, DEFAULT_MEMBER, type PermissionMember } from '../permissions/permission-list.js'
import { FREE_BUSY_RIGHTS } from '../permissions/rights.js'
import { int32, int64 } from '../stored-values.js'
import { type ListRow, ListTable } from './list-table.js'

const NOTHING = new Uint8Array(0)
/** PidTagMemberId of the anonymous user; that of everybody is zero ([MS-OXCPERM] 2.2.5). */
export const ANONYMOUS_ID = 0xffffffffffffffffn

/** PidTagMemberId of a row, as an unsigned number. */
export function wireMemberId({ memberId }: Pick<PermissionMember, 'memberId'>): bigint {
  return memberId === ANONYMOUS_MEMBER ? ANONYMOUS_ID : BigInt(memberId)
}

/** The permissions of a folder ([MS-OXCPERM] 2.2.1, 3.2.5.1): everybody first, then the anonymous user, then the others. */
export class PermissionsTable extends ListTable {
  readonly source = 'permissions'

  constructor(
    private readonly folder: StoreFolder,
    private readonly options: { includeFreeBusy: boolean },
    private readonly actor: Actor
  ) {
    super(folder.core.localeId)
  }

  allColumns(): PropertyTag[] {
    return [tags.PidTagEntryId, tags.PidTagMemberId, tags.PidTagMemberName, tags.PidTagMemberRights]
  }

  protected listRows(): ListRow[] {
    const { core, node } = this.folder
    this.folder.demandAlive()
    // Who had the table before he lost the folder is told so ([MS-OXCPERM] 3.2.5.1).
    demandRight(core, node, this.actor, SEEING)
    return node.permissions.members.map(member => ({
      key: member.memberId,
      value: tag => this.value(member, tag)
    }))
  }

  private value(member: PermissionMember, tag: PropertyTag): Uint8Array | undefined {
    switch (tag) {
      case tags.PidTagEntryId:
        return this.entryId(member)
      case tags.PidTagMemberId:
        return int64(BigInt.asIntN(64, wireMemberId(member)))
      case tags.PidTagMemberName:
        return storedString(this.name(member))
      case tags.PidTagMemberRights:
        return int32(this.options.includeFreeBusy ? member.rights : member.rights & ~FREE_BUSY_RIGHTS)
      default:
        return undefined
    }
  }

  /** Empty for the two special members ([MS-OXCPERM] R1070), and for an entry that the directory no longer has. */
  private entryId({ guid }: PermissionMember): Uint8Array {
    const entry = guid === null ? undefined : this.folder.core.people?.entryByGuid(guid)
    return entry === undefined ? NOTHING : this.folder.core.userEntryId(entry.legacyDn)
  }

  private name({ memberId, guid }: PermissionMember): string {
    if (memberId === DEFAULT_MEMBER) return ''
    if (memberId === ANONYMOUS_MEMBER) return 'Anonymous'
    return this.folder.core.people?.entryByGuid(guid!)?.displayName ?? guid!
  }
}
