import type { Mid } from '../../oxcdata/ids.js'
import type { Actor, Maybe } from '../domain.js'
import type { StoreFolder } from '../folders/folder.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { demandRight, rightsOn } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import type { Watch } from '../watch.js'
import { isOwn } from './message-ownership.js'
import { messageTurns } from './message-turns.js'

/**
 * Deletes messages of a folder, into its soft-deleted rows unless `hard` ([MS-OXCFOLD] 3.2.5.11). Ids that are not in the
 * folder, or that the actor may not delete, are passed over and make the completion partial.
 */
export async function deleteMessages(
  { core, node }: StoreFolder,
  mids: readonly Mid[],
  hard: boolean,
  actor: Actor,
  watch?: Watch
): Promise<{ partial: boolean }> {
  demandRight(core, node, actor, Right.deleteAny | Right.deleteOwned)
  const mayAll = (rightsOn(core, node, actor) & Right.deleteAny) !== 0
  let partial = false
  const step = (turn: MailboxTurn, mid: Mid): Maybe<void> => {
    const record = core.messages.find(mid)
    const isThere = record !== undefined && record.fid === node.fid && (!record.softDeleted || hard)
    if (!isThere || !(mayAll || isOwn(core, record, actor))) {
      partial = true
      return undefined
    }
    return hard ? core.messages.remove(turn, node, mid, record) : core.messages.softDelete(turn, node, mid, record)
  }
  const isComplete = await messageTurns(core, 'delete messages', mids, step, watch)
  return { partial: partial || !isComplete }
}
