import { ErrorCode } from '../../oxcdata/error-code.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { Actor, EmptyFolderOptions } from '../domain.js'
import { deleteMessages } from '../messages/delete-messages.js'
import { messagesOf } from '../messages/each-message.js'
import { demandRight, maySee, rightsOn } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import type { StoreFolder } from './folder.js'
import { removeFolder } from './remove-folder.js'

/**
 * Removes what a folder holds, and every folder below it; not the folder itself ([MS-OXCFOLD] 3.2.5.9, 3.2.5.10). FAI messages go
 * with `associated` only. What cannot be removed makes the completion partial.
 */
export async function emptyFolder(
  folder: StoreFolder,
  { associated, hard, watch }: EmptyFolderOptions,
  actor: Actor
): Promise<{ partial: boolean }> {
  const { core, node } = folder
  // The Root folder holds what a mailbox is made of (R1248); a search folder holds nothing of its own (R1249).
  if (node.type !== 'generic') throw new MapiError(ErrorCode.ecNotSupported)
  demandRight(core, node, actor, Right.deleteAny | Right.deleteOwned)
  let partial = false
  if (watch !== undefined) watch.total = node.counters.contentCount + (associated ? node.counters.associatedCount : 0)
  for (const child of [...node.visibleChildren()]) {
    if (!maySee(core, child, actor)) continue
    if (watch?.isCancelled === true) return { partial: true }
    const mayRemove = !child.isSpecial && (rightsOn(core, child, actor) & Right.folderOwner) !== 0
    const isLeft =
      !mayRemove || (await removeFolder(folder, child.fid, { messages: true, folders: true, hard }, actor)).partial
    if (isLeft) partial = true
  }
  for await (const mids of messagesOf(core, folder.fid, { normal: true, associated })) {
    if ((await deleteMessages(folder, mids, hard, actor, watch)).partial) partial = true
    if (watch?.isCancelled === true) return { partial: true }
  }
  return { partial }
}
