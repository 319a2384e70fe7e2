import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { PropertyBag } from '../oxcdata/property-bag.js'
import { PidTagMessageFlags, PidTagReadReceiptRequested } from '../oxprops/property-tags.generated.js'
import type { Actor, Maybe } from './domain.js'
import type { StoreMessage } from './message.js'
import { MessageFlag, ReadFlag } from './message-flags.js'
import { int32, readInt32 } from './stored-values.js'

const KNOWN =
  ReadFlag.suppressReceipt |
  ReadFlag.reserved |
  ReadFlag.clearReadFlag |
  ReadFlag.generateReceiptOnly |
  ReadFlag.clearNotifyRead |
  ReadFlag.clearNotifyUnread

/**
 * Changes the read state of a stored message at once, whatever else its open object holds ([MS-OXCMSG] 3.2.5.10); true when
 * it changed. The read state has a change number of its own: the content's stays, so that nobody else's copy becomes old.
 */
export function changeReadFlag(message: StoreMessage, flags: number, _actor: Actor): Maybe<boolean> {
  if ((flags & ~KNOWN) !== 0) throw new MapiError(ErrorCode.ecInvalidParam)
  if ((flags & ReadFlag.clearReadFlag) !== 0 && (flags & ReadFlag.generateReceiptOnly) !== 0) {
    throw new MapiError(ErrorCode.ecInvalidParam)
  }
  const { core } = message
  const record = message.mid === 0 ? undefined : core.messages.find(message.mid)
  if (record === undefined) throw new MapiError(ErrorCode.ecObjectDeleted)
  if (appliedFlags(record.properties.toBag(), flags) === undefined) return false
  return core.write('set read flag', turn => {
    const current = core.messages.find(message.mid)
    if (current === undefined) throw new MapiError(ErrorCode.ecObjectDeleted)
    const bag = current.properties.toBag()
    const changed = appliedFlags(bag, flags)
    if (changed === undefined) return false
    bag.set(PidTagMessageFlags, int32(changed))
    const node = core.demandNode(current.fid, ErrorCode.ecObjectDeleted)
    const readCn = turn.nextCn()
    const next = { ...current, readCn }
    const previews = core.messages.previewsOf(current)
    const written = core.messages.put(turn, node, message.mid, next, bag, current, previews)
    turn.after(() => {
      message.readCn = readCn
      message.properties.set(PidTagMessageFlags, int32(changed))
    })
    return written === undefined ? true : written.then(() => true)
  })
}

/** PidTagMessageFlags after ReadFlags were applied to them, undefined when nothing changes ([MS-OXCMSG] 2.2.3.10.1). */
export function appliedFlags(bag: PropertyBag, flags: number): number | undefined {
  const before = readInt32(bag.get(PidTagMessageFlags)) ?? 0
  let after = before
  if ((flags & ReadFlag.clearNotifyRead) !== 0) after &= ~MessageFlag.notifyRead
  if ((flags & ReadFlag.clearNotifyUnread) !== 0) after &= ~MessageFlag.notifyUnread
  const onlyReceipts =
    (flags & (ReadFlag.generateReceiptOnly | ReadFlag.clearNotifyRead | ReadFlag.clearNotifyUnread)) !== 0
  if (!onlyReceipts) {
    if ((flags & ReadFlag.clearReadFlag) !== 0) after &= ~MessageFlag.read
    else after |= MessageFlag.read | MessageFlag.everRead
    // The receipt that reading asks for is suppressed or has been sent: it is due once.
    if ((flags & ReadFlag.suppressReceipt) !== 0 && bag.get(PidTagReadReceiptRequested) !== undefined) {
      after &= ~(MessageFlag.notifyRead | MessageFlag.notifyUnread)
    }
  }
  return after === before ? undefined : after
}
