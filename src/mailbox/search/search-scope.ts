import type { Fid } from '../../oxcdata/ids.js'
import type { MailboxEvent } from '../events.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { Search } from './search.js'

/** The folders that an event brings into a search's scope or takes out of it. The tree is still as it was before. */
export function movedFolders(search: Search, event: MailboxEvent): Fid[] {
  const { tree } = search.core
  switch (event.kind) {
    case 'folderMoved': {
      const node = tree.find(event.fid)
      const parent = tree.find(event.parentFid)
      if (node === undefined || parent === undefined) return []
      return changedBelow(search, node, below => coversBelow(search, below, node, parent))
    }
    case 'folderDeleted': {
      const node = tree.find(event.fid)
      return node === undefined ? [] : changedBelow(search, node, () => false)
    }
    case 'folderChanged': {
      // It may be shared with others than before.
      if (search.record.searcher === '') return []
      const node = tree.find(event.fid)
      return node !== undefined && search.isInScope(node, node.parent) ? [node.fid] : []
    }
    default:
      return []
  }
}

function changedBelow(search: Search, node: FolderNode, after: (below: FolderNode) => boolean): Fid[] {
  const changed: Fid[] = []
  for (const below of node.subtree()) if (search.covers(below) !== after(below)) changed.push(below.fid)
  return changed
}

/** Whether a folder below `moved` is covered once that lies in `parent`. */
function coversBelow(search: Search, node: FolderNode, moved: FolderNode, parent: FolderNode): boolean {
  const { scope, isRecursive } = search.record.criteria
  if (node.type === 'search' || search.core.tree.isSoftDeleted(parent)) return false
  let isIn = scope.includes(node.fid)
  for (let at: FolderNode | undefined = node; at !== undefined; at = at === moved ? undefined : at.parent) {
    if (at.softDeleted) return false
    if (isRecursive && scope.includes(at.fid)) isIn = true
  }
  return isIn || (isRecursive && search.isInScope(parent, parent.parent))
}
