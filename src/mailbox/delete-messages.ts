import type { Mid } from '../oxcdata/ids.js'
import type { StoreFolder } from './folder.js'
import { messageTurns } from './message-turns.js'

/**
 * Deletes messages of a folder, into its soft-deleted rows unless `hard` ([MS-OXCFOLD] 3.2.5.11). Ids that are not in the
 * folder are passed over and make the completion partial.
 */
export async function deleteMessages(
  { core, node }: StoreFolder,
  mids: readonly Mid[],
  hard: boolean
): Promise<{ partial: boolean }> {
  let partial = false
  await messageTurns(core, 'delete messages', mids, (turn, mid) => {
    const record = core.messages.find(mid)
    if (record === undefined || record.fid !== node.fid || (record.softDeleted && !hard)) {
      partial = true
      return undefined
    }
    return hard ? core.messages.remove(turn, node, mid, record) : core.messages.softDelete(turn, node, mid, record)
  })
  return { partial }
}
