import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Mid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { PropertyBag } from '../../oxcdata/property-bag.js'
import { PidTagMessageFlags, PidTagReadReceiptRequested } from '../../oxprops/property-tags.generated.js'
import type { Actor, Maybe } from '../domain.js'
import type { StoreFolder } from '../folders/folder.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { demandRight } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import type { ReadState } from '../public-store/read-states.js'
import type { MessageRecord } from '../record-codec.js'
import { int32, readInt32 } from '../stored-values.js'
import type { StoreMessage } from './message.js'
import { MessageFlag, ReadFlag } from './message-flags.js'
import { isOwn } from './message-ownership.js'
import { messageTurns } from './message-turns.js'

const KNOWN =
  ReadFlag.suppressReceipt |
  ReadFlag.reserved |
  ReadFlag.clearReadFlag |
  ReadFlag.generateReceiptOnly |
  ReadFlag.clearNotifyRead |
  ReadFlag.clearNotifyUnread

const ONLY_RECEIPTS = ReadFlag.generateReceiptOnly | ReadFlag.clearNotifyRead | ReadFlag.clearNotifyUnread

/** What became of a stored message's read state. */
interface ReadChange {
  readonly readCn: number
  /** PidTagMessageFlags as they are stored now. */
  readonly flags: Uint8Array
}

/**
 * Changes the read state of a stored message at once, whatever else its open object holds ([MS-OXCMSG] 3.2.5.10); true when
 * it changed. The read state has a change number of its own: the content's stays, so that nobody else's copy becomes old.
 * In a public store it is the actor's own state ([MS-OXCSTOR] 3.2.5.12.1).
 */
export function changeReadFlag(message: StoreMessage, flags: number, actor: Actor): Maybe<boolean> {
  if (!areReadFlags(flags)) throw new MapiError(ErrorCode.ecInvalidParam)
  const { core, mid } = message
  const record = mid === 0 ? undefined : core.messages.find(mid)
  if (record === undefined) throw new MapiError(ErrorCode.ecObjectDeleted)
  const reader = core.readStates?.of(actor)
  if (!wouldChange(record, flags, reader)) return false
  return core.write('set read flag', turn => {
    const current = core.messages.find(mid)
    if (current === undefined) throw new MapiError(ErrorCode.ecObjectDeleted)
    if (reader !== undefined) return markRead(turn, reader, mid, current, flags)
    const changed = putReadFlag(turn, core, mid, current, flags)
    const note = (change: ReadChange | undefined): boolean => {
      if (change === undefined) return false
      turn.after(() => {
        message.readCn = change.readCn
        message.properties.set(PidTagMessageFlags, change.flags)
      })
      return true
    }
    return changed instanceof Promise ? changed.then(note) : note(changed)
  })
}

/**
 * Changes the read state of messages of a folder ([MS-OXCMSG] 3.2.5.9). Those that are not in it, or that the actor may not
 * read, are passed over and make the completion partial.
 */
export async function changeReadFlags(
  { core, node }: StoreFolder,
  mids: readonly Mid[],
  flags: number,
  actor: Actor
): Promise<{ partial: boolean }> {
  const reader = core.readStates?.of(actor)
  let partial = false
  await messageTurns(core, 'set read flags', mids, (turn, mid) => {
    const record = core.messages.find(mid)
    const isThere = record !== undefined && !record.softDeleted && (record.fid === node.fid || node.type === 'search')
    if (!isThere || !areReadFlags(flags) || !mayRead(core, record, actor)) {
      partial = true
      return undefined
    }
    if (!wouldChange(record, flags, reader)) return undefined
    if (reader !== undefined) {
      markRead(turn, reader, mid, record, flags)
      return undefined
    }
    const put = putReadFlag(turn, core, mid, record, flags)
    return put instanceof Promise ? put.then(() => {}) : undefined
  })
  return { partial }
}

function areReadFlags(flags: number): boolean {
  const both = ReadFlag.clearReadFlag | ReadFlag.generateReceiptOnly
  return (flags & ~KNOWN) === 0 && (flags & both) !== both
}

function mayRead(core: MailboxCore, record: MessageRecord, actor: Actor): boolean {
  const holder = core.tree.find(record.fid)
  if (holder === undefined) return false
  try {
    demandRight(core, holder, actor, Right.readAny)
    return true
  } catch (error) {
    if (!(error instanceof MapiError)) throw error
    return isOwn(core, record, actor)
  }
}

function wouldChange(record: MessageRecord, flags: number, reader: ReadState | undefined): boolean {
  if (reader === undefined) return appliedFlags(record.properties.toBag(), flags) !== undefined
  return (flags & ONLY_RECEIPTS) === 0 && reader.has(record.fid, record.cn) !== meansRead(flags)
}

function meansRead(flags: number): boolean {
  return (flags & ReadFlag.clearReadFlag) === 0
}

/** Marks a message of a public store for one reader; what it says of receipts is everybody's and stays. */
function markRead(turn: MailboxTurn, reader: ReadState, mid: Mid, record: MessageRecord, flags: number): boolean {
  const cn = reader.mark(turn, mid, record, meansRead(flags))
  if (cn === undefined) return false
  const { fid, associated } = record
  turn.tell({ kind: 'messageChanged', fid, mid, associated, cn, what: 'readState', reader: reader.guid })
  return true
}

function putReadFlag(
  turn: MailboxTurn,
  core: MailboxCore,
  mid: Mid,
  record: MessageRecord,
  flags: number
): Maybe<ReadChange | undefined> {
  const bag = record.properties.toBag()
  const changed = appliedFlags(bag, flags)
  if (changed === undefined) return undefined
  const stored = int32(changed)
  bag.set(PidTagMessageFlags, stored)
  const node = core.demandNode(record.fid, ErrorCode.ecObjectDeleted)
  const readCn = turn.nextCn()
  const previews = core.messages.previewsOf(record)
  const written = core.messages.put(turn, node, mid, { ...record, readCn }, bag, record, previews)
  const change = { readCn, flags: stored }
  return written === undefined ? change : written.then(() => change)
}

/** PidTagMessageFlags after ReadFlags were applied to them, undefined when nothing changes ([MS-OXCMSG] 2.2.3.10.1). */
export function appliedFlags(bag: PropertyBag, flags: number): number | undefined {
  const before = readInt32(bag.get(PidTagMessageFlags)) ?? 0
  let after = before
  if ((flags & ReadFlag.clearNotifyRead) !== 0) after &= ~MessageFlag.notifyRead
  if ((flags & ReadFlag.clearNotifyUnread) !== 0) after &= ~MessageFlag.notifyUnread
  if ((flags & ONLY_RECEIPTS) === 0) {
    if ((flags & ReadFlag.clearReadFlag) !== 0) after &= ~MessageFlag.read
    else after |= MessageFlag.read | MessageFlag.everRead
    // The receipt that reading asks for is suppressed or has been sent: it is due once.
    if ((flags & ReadFlag.suppressReceipt) !== 0 && bag.get(PidTagReadReceiptRequested) !== undefined) {
      after &= ~(MessageFlag.notifyRead | MessageFlag.notifyUnread)
    }
  }
  return after === before ? undefined : after
}
