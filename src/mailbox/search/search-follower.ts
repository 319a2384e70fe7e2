import type { Fid, Mid } from '../../oxcdata/ids.js'
import { PidTagMessageDeliveryTime } from '../../oxprops/property-tags.generated.js'
import type { Maybe } from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import type { MessageFollower } from '../messages/message-store.js'
import type { MessageRecord } from '../record-codec.js'
import { timeKey } from '../tables/order-index.js'
import type { SummaryRow } from '../tables/summary-row.js'
import { TimeSlice } from '../time-slice.js'
import { addMembers, type CountedRow, changeMember, leaveBehind, memberHome, removeMember } from './membership.js'
import type { Search } from './search.js'
import { turnTarget } from './turn-target.js'

/**
 * Keeps the searches of a mailbox in agreement with its messages, within the turn that changes a message: what a search folder shows
 * is never behind what its scope holds, there is nothing to catch up with after a crash, and a message that no search covers costs
 * nothing. One that is covered costs the evaluation of each restriction.
 */
export class SearchFollower implements MessageFollower {
  constructor(private readonly core: MailboxCore) {}

  follows(fid: Fid): boolean {
    return this.core.searches.of(fid).length > 0
  }

  written(
    turn: MailboxTurn,
    mid: Mid,
    record: MessageRecord,
    previous: MessageRecord | undefined,
    makeRow: () => SummaryRow
  ): Maybe<void> {
    if (record.softDeleted || record.associated) return undefined
    // A turn may bring many messages, and each is looked at by many searches.
    const slice = turn.batch.note(this, () => new TimeSlice(this.core.runtime))
    if (slice.isDue) return slice.pause().then(() => this.follow(turn, mid, record, previous, makeRow))
    return this.follow(turn, mid, record, previous, makeRow)
  }

  private follow(
    turn: MailboxTurn,
    mid: Mid,
    record: MessageRecord,
    previous: MessageRecord | undefined,
    makeRow: () => SummaryRow
  ): Maybe<void> {
    let made: SummaryRow | undefined
    const row = (): SummaryRow => {
      made ??= makeRow()
      return made
    }
    const target = turnTarget(this.core, turn, mid, record, row)
    return inTurn(this.core.searches.of(record.fid), search => {
      const home = previous === undefined ? undefined : memberHome(turn, search, mid)
      const isMember = search.isFrozen ? home !== undefined : this.isWanted(search, record) && search.matches(target)
      if (!isMember) {
        return home === undefined ? undefined : removeMember(turn, search, mid, countedAs(previous!), home)
      }
      if (home !== undefined) return changeMember(turn, search, mid, countedAs(previous!), row())
      return turn.counters(search.node).contentCount < search.limit
        ? addMembers(turn, search, [{ mid, row: row() }])
        : undefined
    })
  }

  left(turn: MailboxTurn, mid: Mid, record: MessageRecord): Maybe<void> {
    if (record.softDeleted || record.associated) return undefined
    return inTurn(this.core.searches.of(record.fid), search => {
      const home = memberHome(turn, search, mid)
      if (home === undefined) return undefined
      if (!search.record.criteria.isStatic) return removeMember(turn, search, mid, countedAs(record), home)
      leaveBehind(turn, search, mid, home)
      return undefined
    })
  }

  private isWanted(search: Search, { fid }: MessageRecord): boolean {
    const node = this.core.tree.find(fid)
    return node !== undefined && search.covers(node)
  }
}

/** What a message was counted and placed as. */
function countedAs(record: MessageRecord): CountedRow {
  const version = Math.max(record.cn, record.readCn)
  return { counted: record, place: { timeKey: timeKey(record.properties.value(PidTagMessageDeliveryTime)), version } }
}

/** One search after the other, waiting only where an order has to be read. */
function inTurn(searches: readonly Search[], step: (search: Search) => Maybe<void>, from = 0): Maybe<void> {
  for (let at = from; at < searches.length; at++) {
    const waiting = step(searches[at])
    if (waiting instanceof Promise) return waiting.then(() => inTurn(searches, step, at + 1))
  }
  return undefined
}
