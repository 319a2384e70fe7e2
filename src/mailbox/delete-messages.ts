import type { Mid } from '../oxcdata/ids.js'
import type { Maybe } from './domain.js'
import type { StoreFolder } from './folder.js'
import type { MailboxTurn } from './mailbox-turn.js'

/** Messages deleted in one writer turn: others get theirs in between. */
const MESSAGES_PER_TURN = 500

/**
 * Deletes messages of a folder, into its soft-deleted rows unless `hard` ([MS-OXCFOLD] 3.2.5.11). Ids that are not in the
 * folder are passed over and make the completion partial.
 */
export function deleteMessages(folder: StoreFolder, mids: readonly Mid[], hard: boolean): Maybe<{ partial: boolean }> {
  if (mids.length <= MESSAGES_PER_TURN) return oneTurn(folder, mids, hard)
  return manyTurns(folder, mids, hard)
}

async function manyTurns(folder: StoreFolder, mids: readonly Mid[], hard: boolean): Promise<{ partial: boolean }> {
  let partial = false
  for (let at = 0; at < mids.length; at += MESSAGES_PER_TURN) {
    const part = await oneTurn(folder, mids.slice(at, at + MESSAGES_PER_TURN), hard)
    partial ||= part.partial
  }
  return { partial }
}

function oneTurn(folder: StoreFolder, mids: readonly Mid[], hard: boolean): Maybe<{ partial: boolean }> {
  return folder.core.write('delete messages', turn => deleteIn(turn, folder, mids, hard))
}

async function deleteIn(
  turn: MailboxTurn,
  folder: StoreFolder,
  mids: readonly Mid[],
  hard: boolean
): Promise<{ partial: boolean }> {
  const { core, node } = folder
  let partial = false
  for (const mid of new Set(mids)) {
    const record = core.messages.find(mid)
    if (record === undefined || record.fid !== node.fid || (record.softDeleted && !hard)) {
      partial = true
      continue
    }
    if (hard) await core.messages.remove(turn, node, mid, record)
    else await core.messages.softDelete(turn, node, mid, record)
  }
  return { partial }
}
