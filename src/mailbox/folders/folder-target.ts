import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { Actor } from '../domain.js'
import { demandRight, demandVisible } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import type { StoreFolder } from './folder.js'
import type { FolderNode } from './folder-node.js'

/** Longest path of folders, root included ([MS-OXCFOLD] product limit: deeper ones cannot be shown by clients either). */
export const MOST_DEPTH = 300

/** The subfolder that is to be moved or copied; ecNotFound when there is none, or none that the actor may know of. */
export function demandSubfolder({ core, node: parent }: StoreFolder, fid: Fid, actor: Actor): FolderNode {
  demandVisible(core, parent, actor)
  const node = core.tree.find(fid)
  if (node === undefined || node.parent !== parent || node.softDeleted) throw new MapiError(ErrorCode.ecNotFound)
  demandVisible(core, node, actor)
  return node
}

/**
 * Demands that a folder can be put below another one under a name: ecInvalidParam for no name, ecFolderCycle below itself or too deep,
 * ecDuplicateName where the name is taken.
 */
export function demandPlace(node: FolderNode, to: StoreFolder, name: string, actor: Actor): void {
  if (name === '' || name.length > limits.folderNameChars) throw new MapiError(ErrorCode.ecInvalidParam)
  if (to.node.type === 'search') throw new MapiError(ErrorCode.ecNotSupported)
  demandRight(to.core, to.node, actor, Right.createSubfolder)
  if (to.node.isBelow(node) || depthOf(to.node) + heightOf(node) > MOST_DEPTH)
    throw new MapiError(ErrorCode.ecFolderCycle)
  const other = to.core.tree.childNamed(to.node, name)
  if (other !== undefined && other !== node) throw new MapiError(ErrorCode.ecDuplicateName)
}

/** Folders from the root to this one. */
export function depthOf(node: FolderNode): number {
  let depth = 0
  for (let at: FolderNode | undefined = node; at !== undefined; at = at.parent) depth++
  return depth
}

function heightOf(node: FolderNode): number {
  let height = 0
  for (const child of node.children.values()) height = Math.max(height, heightOf(child))
  return height + 1
}
