import { deleteRange, keys } from '../../../store/index.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { PidTagDeletedOn } from '../../oxprops/property-tags.generated.js'
import type { Actor, Maybe } from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { everyMessage } from '../messages/each-message.js'
import { messageTurns } from '../messages/message-turns.js'
import { ownsAll } from '../permissions/access.js'
import { int64 } from '../stored-values.js'
import type { StoreFolder } from './folder.js'
import type { FolderNode } from './folder-node.js'

/**
 * Removes a subfolder ([MS-OXCFOLD] 3.2.5.3): soft unless `hard`. With content and no flag for it nothing is removed and
 * PartialCompletion says so; as it does where the actor does not own all that would go.
 */
export function removeFolder(
  parent: StoreFolder,
  fid: Fid,
  options: { messages: boolean; folders: boolean; hard: boolean },
  actor: Actor
): Maybe<{ partial: boolean }> {
  const { core } = parent
  const node = core.tree.find(fid)
  if (node === undefined || node.parent !== parent.node) throw new MapiError(ErrorCode.ecNotFound)
  if (node.softDeleted && !options.hard) throw new MapiError(ErrorCode.ecNotFound)
  // A folder stays whole when somebody else's lies in it, whether the actor sees that one or not.
  if (isBlocked(node, options) || !ownsAll(core, node.subtree(), actor)) return { partial: true }
  return options.hard ? removeForGood(core, node) : softDelete(core, node)
}

function isBlocked(node: FolderNode, options: { messages: boolean; folders: boolean }): boolean {
  const { contentCount, associatedCount } = node.counters
  if (!options.messages && contentCount + associatedCount > 0 && node.type !== 'search') return true
  return !options.folders && [...node.visibleChildren()].length > 0
}

/** The folder stays as it is, content and all, where soft-deleted tables show it. */
function softDelete(core: MailboxCore, node: FolderNode): Maybe<{ partial: boolean }> {
  return core.write('delete folder', turn => {
    if (node.isGone || node.softDeleted) throw new MapiError(ErrorCode.ecNotFound)
    const bag = node.bag.clone().set(PidTagDeletedOn, int64(turn.time))
    const change = { softDeleted: true, cn: turn.nextCn(), bag }
    turn.putFolderLater(node, change, apply => core.tree.relink(node, apply))
    core.hierarchyChanged(turn, node.parent!)
    for (const { fid } of node.subtree()) core.receive.removeFolder(turn.batch, fid)
    turn.tell({ kind: 'folderDeleted', fid: node.fid, parentFid: node.parentFid, hard: false })
    return { partial: false }
  })
}

async function removeForGood(core: MailboxCore, node: FolderNode): Promise<{ partial: boolean }> {
  for (;;) {
    const below = [...node.subtree()].reverse()
    for (const folder of below) await emptyForGood(core, folder)
    const isRemoved = await core.write('remove folder', async turn => {
      if (node.isGone) throw new MapiError(ErrorCode.ecNotFound)
      // What somebody put in meanwhile has to go first.
      const now = [...node.subtree()].reverse()
      if (now.length !== below.length || now.some((folder, i) => folder !== below[i] || !isEmpty(folder))) return false
      removeAll(core, turn, node, below)
      for (const { fid } of below) await core.readStates?.removeFolder(turn, fid)
      return true
    })
    if (!isRemoved) continue
    for (const { fid } of below) await deleteRange(core.objects.store, keys.departure.range(core.number, fid))
    return { partial: false }
  }
}

function isEmpty({ counters }: FolderNode): boolean {
  const { contentCount, associatedCount, softDeletedCount, softDeletedAssociatedCount } = counters
  return contentCount + associatedCount + softDeletedCount + softDeletedAssociatedCount === 0
}

function removeAll(core: MailboxCore, turn: MailboxTurn, node: FolderNode, below: readonly FolderNode[]): void {
  for (const folder of below) {
    turn.deleteFolder(folder)
    core.receive.removeFolder(turn.batch, folder.fid)
    turn.tell({ kind: 'folderDeleted', fid: folder.fid, parentFid: folder.parentFid, hard: true })
  }
  core.hierarchyChanged(turn, node.parent!)
  turn.after(() => {
    core.tree.remove(node)
    for (const { fid } of below) core.orders.forget(fid)
  })
}

/** Removes every message of a folder, soft-deleted ones too. */
async function emptyForGood(core: MailboxCore, node: FolderNode): Promise<void> {
  // The messages that it shows lie elsewhere, and stay there.
  if (node.type === 'search') return core.searches.clear(node)
  for await (const mids of everyMessage(core, node.fid)) {
    await messageTurns(core, 'empty folder', mids, (turn, mid) => {
      const record = core.messages.find(mid)
      return record?.fid === node.fid ? core.messages.remove(turn, node, mid, record) : undefined
    })
  }
}
