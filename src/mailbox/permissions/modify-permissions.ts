import { parseEntryId } from '../../oxcdata/entry-id.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { Maybe } from '../domain.js'
import type { FolderNode } from '../folders/folder-node.js'
import { specialFid } from '../folders/special-folders.js'
import type { MailboxCore } from '../mailbox-core.js'
import { ANONYMOUS_ID } from '../tables/permissions-table.js'
import { setPermissions } from './folder-permissions.js'
import { ANONYMOUS_MEMBER, DEFAULT_MEMBER, type PermissionList, type PermissionSpec } from './permission-list.js'
import { FREE_BUSY_RIGHTS, Right } from './rights.js'

/** One change of a permission list as a client says it ([MS-OXCPERM] 2.2.2.1.1). */
export interface PermissionChange {
  readonly kind: 'add' | 'modify' | 'remove'
  /** Names whom to add; empty for everybody. */
  readonly entryId?: Uint8Array
  /** PidTagMemberId: names whom to change or to remove; also whom to add, among the special members. */
  readonly memberId?: bigint
  readonly rights?: number
}

export interface ModifyPermissionsOptions {
  /** Every row but that of everybody goes first ([MS-OXCPERM] R1197); only additions may follow. */
  readonly replace: boolean
  /** The two free/busy bits are meant; else the folder keeps or has its own. */
  readonly includeFreeBusy: boolean
}

/** [MS-OXCPERM] 3.2.5.2, for an actor who is known to own the folder. */
export function modifyPermissions(
  core: MailboxCore,
  node: FolderNode,
  changes: readonly PermissionChange[],
  options: ModifyPermissionsOptions
): Maybe<void> {
  if (options.replace && changes.some(({ kind }) => kind !== 'add')) throw new MapiError(ErrorCode.ecInvalidParam)
  const { permissions } = node
  const specs: PermissionSpec[] = options.replace ? [{ who: 'anonymous', rights: 0 }] : []
  const removed = new Set<number>()
  for (const change of changes) {
    const who = change.kind === 'add' ? addedMember(core, change) : listedMember(permissions, change.memberId)
    // A change of somebody who is not in the list is passed over ([MS-OXCPERM] R1175).
    if (who === undefined) continue
    if (change.kind === 'remove') {
      const row = permissions.find(who)
      // The rows of the special members are always there; without rights they say that nobody else has any.
      if (typeof who === 'string') specs.push({ who, rights: 0 })
      else if (row !== undefined) removed.add(row.memberId)
      continue
    }
    if (change.rights === undefined) throw new MapiError(ErrorCode.ecInvalidParam)
    specs.push({ who, rights: rightsFor(node, who, change.rights, options) })
  }
  return setPermissions(core, node, specs, { replace: options.replace, removed })
}

type Who = PermissionSpec['who']

/** By entry id: somebody of the directory ([MS-OXCPERM] 3.1.4.2). */
function addedMember(core: MailboxCore, { entryId, memberId }: PermissionChange): Who {
  if (memberId === ANONYMOUS_ID) return 'anonymous'
  if (entryId === undefined && memberId === undefined) throw new MapiError(ErrorCode.ecInvalidParam)
  if (entryId === undefined || entryId.byteLength === 0) return 'default'
  const parsed = parseEntryId(entryId)
  if (parsed?.kind !== 'addressBook') throw new MapiError(ErrorCode.ecInvalidEntryID)
  const entry = core.people?.entryByLegacyDn(parsed.dn)
  if (entry === undefined) throw new MapiError(ErrorCode.ecUnknownUser)
  return { guid: entry.guid }
}

/** By member id: somebody of the list. */
function listedMember(list: PermissionList, memberId: bigint | undefined): Who | undefined {
  if (memberId === undefined) throw new MapiError(ErrorCode.ecInvalidParam)
  if (memberId === ANONYMOUS_ID) return 'anonymous'
  const row = list.members.find(member => BigInt(member.memberId) === memberId)
  if (row === undefined || row.memberId === ANONYMOUS_MEMBER) return undefined
  return row.memberId === DEFAULT_MEMBER ? 'default' : { guid: row.guid! }
}

/**
 * Without IncludeFreeBusy a row keeps its free/busy bits; a new one of the calendar gets those that Exchange gives: brief
 * information for all but the anonymous user, details for who may read everything ([MS-OXCPERM] R1182, note <5>).
 */
function rightsFor(node: FolderNode, who: Who, asked: number, { includeFreeBusy }: ModifyPermissionsOptions): number {
  if (includeFreeBusy) return asked
  const rights = asked & ~FREE_BUSY_RIGHTS
  const row = node.permissions.find(who)
  if (row !== undefined) return rights | (row.rights & FREE_BUSY_RIGHTS)
  if (node.fid !== specialFid('calendar') || who === 'anonymous') return rights
  const details = (rights & Right.readAny) === 0 ? 0 : Right.freeBusyDetailed
  return rights | Right.freeBusySimple | details
}
