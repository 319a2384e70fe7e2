import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { storedString } from '../../oxcdata/stored-string.js'
import { PidTagDisplayName, PidTagLastModificationTime } from '../../oxprops/property-tags.generated.js'
import type { Actor, Maybe } from '../domain.js'
import { demandRight } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import { int64 } from '../stored-values.js'
import type { Watch } from '../watch.js'
import { transferFolder } from './copy-folder.js'
import type { StoreFolder } from './folder.js'
import { demandPlace, demandSubfolder } from './folder-target.js'

/**
 * Moves a subfolder below another folder ([MS-OXCFOLD] 3.2.5.7). Within a mailbox it keeps its id and all that it holds, in one
 * commit; in another mailbox everything is written anew, and what could not be stays where it was.
 */
export function moveFolder(
  from: StoreFolder,
  fid: Fid,
  to: StoreFolder,
  name: string,
  actor: Actor,
  watch?: Watch
): Maybe<{ partial: boolean }> {
  const { core } = from
  const node = demandSubfolder(from, fid, actor)
  if (node.isSpecial) throw new MapiError(ErrorCode.ecAccessDenied)
  demandRight(core, node, actor, Right.folderOwner)
  demandPlace(node, to, name, actor)
  if (core !== to.core) return transferFolder(node, from, to, { name, isMove: true, isRecursive: true, watch }, actor)
  return core.write('move folder', turn => {
    to.demandAlive()
    if (node.isGone || node.parent !== from.node) throw new MapiError(ErrorCode.ecNotFound)
    demandPlace(node, to, name, actor)
    const bag = node.bag.clone()
    bag.set(PidTagDisplayName, storedString(name))
    bag.set(PidTagLastModificationTime, int64(turn.time))
    const cn = turn.nextCn()
    turn.putFolderLater(node, { parentFid: to.fid, bag, cn }, apply => core.tree.relink(node, apply))
    for (const parent of new Set([from.node, to.node])) core.hierarchyChanged(turn, parent)
    turn.tell({ kind: 'folderMoved', fid: node.fid, parentFid: to.fid, cn, oldParentFid: from.fid })
    return { partial: false }
  })
}
