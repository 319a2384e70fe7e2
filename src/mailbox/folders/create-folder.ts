import { keys } from '../../../store/index.js'
import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { PropertyBag } from '../../oxcdata/property-bag.js'
import { storedString } from '../../oxcdata/stored-string.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Actor, CreateFolderSpec, Maybe } from '../domain.js'
import { access, maySee } from '../permissions/access.js'
import { putPermissions } from '../permissions/folder-permissions.js'
import type { PermissionList } from '../permissions/permission-list.js'
import { OWNER_RIGHTS } from '../permissions/rights.js'
import { FALSE, int64 } from '../stored-values.js'
import { StoreFolder } from './folder.js'
import { FolderNode, writeFolder } from './folder-node.js'
import { depthOf, MOST_DEPTH } from './folder-target.js'

/** Creates a subfolder, or opens the one that has its name ([MS-OXCFOLD] 3.2.5.2). */
export function createFolder(
  parent: StoreFolder,
  spec: CreateFolderSpec,
  actor: Actor
): Maybe<{ folder: StoreFolder; existed: boolean }> {
  const { core, node } = parent
  if (node.type === 'search') throw new MapiError(ErrorCode.ecNotSupported)
  const { displayName } = spec
  if (displayName === '' || displayName.length > limits.folderNameChars) throw new MapiError(ErrorCode.ecInvalidParam)
  const known = existing(parent, spec, actor)
  if (known !== undefined) return known
  return core.write('create folder', turn => {
    parent.demandAlive()
    const raced = existing(parent, spec, actor)
    if (raced !== undefined) return raced
    if (spec.time !== undefined) turn.backdate(spec.time)
    if (depthOf(node) >= MOST_DEPTH) throw new MapiError(ErrorCode.ecFolderCycle)
    if (core.tree.size >= limits.folders) throw new MapiError(ErrorCode.ecQuotaExceeded)
    const bag = new PropertyBag()
    bag.set(tags.PidTagDisplayName, storedString(displayName))
    // A folder without a comment has no such property ([MS-OXCFOLD] 2.2.2.2.2.2).
    if (spec.comment !== '') bag.set(tags.PidTagComment, storedString(spec.comment))
    if (spec.containerClass !== undefined) bag.set(tags.PidTagContainerClass, storedString(spec.containerClass))
    bag.set(tags.PidTagAttributeHidden, FALSE)
    bag.set(tags.PidTagCreationTime, int64(turn.time))
    bag.set(tags.PidTagLastModificationTime, int64(turn.time))
    const created = new FolderNode(turn.takeFid(), node.fid, spec.type, false, turn.nextCn(), bag)
    turn.batch.put(keys.folder.of(core.number, created.fid), writeFolder(created))
    turn.counters(created)
    putPermissions(turn, core, created, initialPermissions(parent, actor))
    core.hierarchyChanged(turn, node)
    turn.tell({ kind: 'folderCreated', fid: created.fid, parentFid: node.fid, cn: created.cn })
    turn.after(() => core.tree.add(created))
    return { folder: new StoreFolder(core, created, actor), existed: false }
  })
}

/** The folder that has the name already: opened when that was asked for, ecDuplicateName otherwise. */
function existing(
  parent: StoreFolder,
  spec: CreateFolderSpec,
  actor: Actor
): { folder: StoreFolder; existed: boolean } | undefined {
  const other = parent.core.tree.childNamed(parent.node, spec.displayName)
  if (other === undefined) return undefined
  // Only a folder of the same kind can be opened in its place (R_467 of the document: types must agree).
  if (!spec.openExisting || other.type !== spec.type) throw new MapiError(ErrorCode.ecDuplicateName)
  // Who may not see it learns that the name is taken, and no more.
  if (!maySee(parent.core, other, actor)) throw new MapiError(ErrorCode.ecDuplicateName)
  return { folder: new StoreFolder(parent.core, other, actor), existed: true }
}

/** A new folder has the permissions of the one above it; who makes it in somebody else's mailbox becomes its owner. */
function initialPermissions({ core, node }: StoreFolder, actor: Actor): PermissionList {
  if (access(core, actor).full) return node.permissions
  return node.permissions.with([{ who: { guid: actor.guid }, rights: OWNER_RIGHTS }])
}
