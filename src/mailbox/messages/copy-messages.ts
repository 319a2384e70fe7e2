import { keys } from '../../../store/index.js'
import type { Mid } from '../../oxcdata/ids.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Actor, Maybe } from '../domain.js'
import type { StoreFolder } from '../folders/folder.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { demandRight, rightsOn } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import { largeOfAttachment, type MessageRecord, readAttachmentRecord } from '../record-codec.js'
import { int32, int64 } from '../stored-values.js'
import type { Watch } from '../watch.js'
import { copyAcross } from './copy-across.js'
import { isOwn } from './message-ownership.js'
import { Departure } from './message-store.js'
import { messageTurns } from './message-turns.js'

/**
 * Moves or copies messages to a folder of the same or another mailbox ([MS-OXCFOLD] 3.2.5.6). Each gets a new id; a move
 * keeps its search key. A soft-deleted message comes back to life that way. Ids that are not in the folder are passed over and make
 * the completion partial.
 */
export function copyMessages(
  from: StoreFolder,
  to: StoreFolder,
  mids: readonly Mid[],
  isCopy: boolean,
  actor: Actor,
  watch?: Watch
): Maybe<{ partial: boolean }> {
  if (!isCopy) demandRight(from.core, from.node, actor, Right.deleteAny | Right.deleteOwned)
  const mayMove = isCopy || (rightsOn(from.core, from.node, actor) & Right.deleteAny) !== 0
  const allowed = mayMove ? mids : ownMessages(from, mids, actor)
  const isCut = allowed.length < mids.length
  const copied =
    from.core !== to.core
      ? copyAcross(from, to, allowed, isCopy, actor, watch)
      : copyWithin(from, to, allowed, isCopy, actor, watch)
  return isCut ? copied.then(() => ({ partial: true })) : copied
}

/** Those that the actor made: the others stay where they are. */
function ownMessages({ core }: StoreFolder, mids: readonly Mid[], actor: Actor): Mid[] {
  return mids.filter(mid => {
    const record = core.messages.find(mid)
    return record !== undefined && isOwn(core, record, actor)
  })
}

async function copyWithin(
  from: StoreFolder,
  to: StoreFolder,
  mids: readonly Mid[],
  isCopy: boolean,
  actor: Actor,
  watch: Watch | undefined
): Promise<{ partial: boolean }> {
  const { core } = from
  let partial = false
  const step = (turn: MailboxTurn, mid: Mid): Maybe<void> => {
    to.demandAlive()
    const record = core.messages.find(mid)
    if (record !== undefined && record.fid === from.fid) {
      return copyOne(turn, from, to, mid, record, isCopy, actor)
    }
    partial = true
    return undefined
  }
  const isComplete = await messageTurns(core, isCopy ? 'copy messages' : 'move messages', mids, step, watch)
  return { partial: partial || !isComplete }
}

async function copyOne(
  turn: MailboxTurn,
  from: StoreFolder,
  to: StoreFolder,
  mid: Mid,
  record: MessageRecord,
  isCopy: boolean,
  actor: Actor
): Promise<void> {
  const { core } = from
  const copy = turn.takeMid(to.node)
  const bag = record.properties.toBag()
  bag.set(tags.PidTagInternetArticleNumber, int32(turn.counters(to.node).nextArticle++))
  if (isCopy) bag.set(tags.PidTagCreationTime, int64(turn.time))
  bag.delete(tags.PidTagDeletedOn)
  copyAttachments(turn, from, mid, copy, record, isCopy)
  if (isCopy) for (const { blobId } of record.large.values()) core.objects.blobs.share(turn.batch, core.number, blobId)
  const next = { ...record, fid: to.fid, cn: turn.nextCn(), readCn: 0, softDeleted: false }
  // In a public store it is still read for the one who copies or moves it, if it was.
  const reader = core.readStates?.of(actor)
  if (reader?.has(from.fid, record.cn) === true) reader.mark(turn, copy, next, true)
  const previews = core.messages.previewsOf(record)
  if (!isCopy) {
    turn.batch.delete(keys.message.of(core.number, mid))
    await core.messages.takeOut(turn, from.node, mid, record, Departure.moved)
  }
  const origin = { how: isCopy ? 'messageCopied' : 'messageMoved', fid: from.fid, mid } as const
  await core.messages.put(turn, to.node, copy, next, bag, undefined, previews, origin)
}

/** Attachment records go along; large values are shared by a copy and simply keep their one reference in a move. */
function copyAttachments(
  turn: MailboxTurn,
  { core }: StoreFolder,
  mid: Mid,
  copy: Mid,
  record: MessageRecord,
  isCopy: boolean
): void {
  for (const { number } of record.attachments) {
    const key = keys.attachment.of(core.number, mid, number)
    const bytes = core.objects.store.get(key)
    if (bytes === undefined) continue
    turn.batch.put(keys.attachment.of(core.number, copy, number), bytes.slice())
    if (!isCopy) turn.batch.delete(key)
    else {
      for (const { blobId } of largeOfAttachment(readAttachmentRecord(bytes))) {
        core.objects.blobs.share(turn.batch, core.number, blobId)
      }
    }
  }
}
