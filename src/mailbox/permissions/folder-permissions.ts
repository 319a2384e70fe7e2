import { keys } from '../../../store/index.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { PidTagLastModificationTime } from '../../oxprops/property-tags.generated.js'
import type { Maybe } from '../domain.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { int64 } from '../stored-values.js'
import { type PermissionEdit, type PermissionList, type PermissionSpec, writePermission } from './permission-list.js'
import { ALL_RIGHTS } from './rights.js'

/**
 * Changes who may do what with a folder ([MS-OXCPERM] 3.2.5.2); a change of the folder for everybody who follows it. `time`
 * is a FILETIME in place of the clock's.
 */
export function setPermissions(
  core: MailboxCore,
  node: FolderNode,
  specs: readonly PermissionSpec[],
  options: PermissionEdit & { time?: bigint }
): Maybe<void> {
  if (specs.some(({ rights }) => (rights & ~ALL_RIGHTS) !== 0)) throw new MapiError(ErrorCode.ecInvalidParam)
  return core.write('set permissions', turn => {
    if (node.isGone) throw new MapiError(ErrorCode.ecObjectDeleted)
    if (options.time !== undefined) turn.backdate(options.time)
    const list = node.permissions.with(specs, options)
    putPermissions(turn, core, node, list)
    const cn = turn.nextCn()
    const bag = node.bag.clone().set(PidTagLastModificationTime, int64(turn.time))
    turn.putFolderLater(node, { cn, bag })
    if (node.parent !== undefined) turn.counters(node.parent)
    turn.tell({ kind: 'folderChanged', fid: node.fid, parentFid: node.parentFid, cn })
  })
}

/** Writes the rows that differ from those that the store has; a special member without rights needs none. */
export function putPermissions(
  turn: MailboxTurn,
  core: Pick<MailboxCore, 'number'>,
  node: FolderNode,
  list: PermissionList
): void {
  const old = new Map(node.permissionRows.map(row => [row.memberId, row]))
  const rows = list.members.filter(({ memberId, guid, rights }) => guid !== null || rights !== 0 || old.has(memberId))
  for (const row of rows) {
    const before = old.get(row.memberId)
    old.delete(row.memberId)
    if (before !== undefined && before.rights === row.rights && before.guid === row.guid) continue
    turn.batch.put(keys.permission.of(core.number, node.fid, row.memberId), writePermission(row))
  }
  for (const memberId of old.keys()) turn.batch.delete(keys.permission.of(core.number, node.fid, memberId))
  turn.after(() => node.loadPermissions(rows))
}
