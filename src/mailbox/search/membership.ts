import { keys } from '../../../store/index.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { PidTagMessageDeliveryTime } from '../../oxprops/property-tags.generated.js'
import type { Maybe } from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { type CountedMessage, countMessage } from '../messages/message-store.js'
import { type RowPlace, timeKey } from '../tables/order-index.js'
import type { SummaryRow } from '../tables/summary-row.js'
import type { Search } from './search.js'

/*
 * A search folder has no rows of its own: a member's row is the summary row in its home folder, under the same version, so that it is
 * cached once and shows the ids of the home folder. What the search folder keeps is the membership, in both directions, whose value names
 * the folder under which the row lies, and the two orders of every folder. A static search shows a message that has gone since; then, and
 * only then, the last row is kept under the search folder itself.
 */

/** The folder under which the row of a member lies, as a turn leaves it; undefined when the message is none. */
export function memberHome(turn: MailboxTurn, search: Search, mid: Mid): Fid | undefined {
  const changed = changesOf(turn, search).get(mid)
  if (changed !== undefined) return changed === NO_MEMBER ? undefined : changed
  const bytes = search.core.objects.store.get(keys.membership.of(search.core.number, search.fid, mid))
  return bytes === undefined ? undefined : readHome(bytes)
}

export function readHome(bytes: Uint8Array): Fid {
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0)
}

/** Adds a message. Where there are many they are added with one call, the earliest id first. */
export function addMembers(turn: MailboxTurn, search: Search, rows: readonly MemberRow[]): Maybe<void> {
  const { core, node } = search
  const counters = turn.counters(node)
  for (const { mid, row } of rows) {
    putMembership(turn, search, mid, row.fid)
    countMessage(counters, countedRow(row), 1)
    turn.tell({ kind: 'searchRowAdded', fid: node.fid, mid, homeFid: row.fid })
  }
  if (rows.length === 1) {
    const [{ mid, row }] = rows
    return core.orders.linked(turn.batch, node.fid, mid, null, placeOf(row), row)
  }
  const linked = rows.map(({ mid, row }) => ({ mid, row, ...placeOf(row) }))
  return core.orders.linkedMany(turn.batch, node.fid, linked)
}

/** A member shows another row. `before` is what it was counted and placed as. */
export function changeMember(
  turn: MailboxTurn,
  search: Search,
  mid: Mid,
  before: CountedRow,
  row: SummaryRow
): Maybe<void> {
  const { core, node } = search
  const counters = turn.counters(node)
  countMessage(counters, before.counted, -1)
  countMessage(counters, countedRow(row), 1)
  turn.tell({ kind: 'searchRowChanged', fid: node.fid, mid, homeFid: row.fid })
  return core.orders.linked(turn.batch, node.fid, mid, before.place, placeOf(row), row)
}

export function removeMember(turn: MailboxTurn, search: Search, mid: Mid, before: CountedRow, home: Fid): Maybe<void> {
  const { core, node } = search
  const { batch } = turn
  batch.delete(keys.membership.of(core.number, node.fid, mid))
  batch.delete(keys.membershipOf.of(core.number, mid, node.fid))
  if (home === node.fid) batch.delete(keys.summary.of(core.number, node.fid, mid))
  changesOf(turn, search).set(mid, NO_MEMBER)
  countMessage(turn.counters(node), before.counted, -1)
  turn.tell({ kind: 'searchRowRemoved', fid: node.fid, mid })
  return core.orders.linked(batch, node.fid, mid, before.place, null, null)
}

/** A static search goes on showing a message that leaves its folder: it takes the last row. */
export function leaveBehind(turn: MailboxTurn, search: Search, mid: Mid, home: Fid): void {
  const { core, node } = search
  const row = core.objects.store.get(keys.summary.of(core.number, home, mid))
  if (row === undefined) return
  turn.batch.put(keys.summary.of(core.number, node.fid, mid), row)
  putMembership(turn, search, mid, node.fid)
}

export interface MemberRow {
  readonly mid: Mid
  readonly row: SummaryRow
}

/** A row as the search folder counts it, and where it stands in the orders. */
export interface CountedRow {
  readonly counted: CountedMessage
  readonly place: RowPlace
}

export function rowAsCounted(row: SummaryRow): CountedRow {
  return { counted: countedRow(row), place: placeOf(row) }
}

/** The row of a member as the store has it. */
export function storedRow(core: MailboxCore, home: Fid, mid: Mid): Uint8Array | undefined {
  return core.objects.store.get(keys.summary.of(core.number, home, mid))
}

function countedRow({ packed }: SummaryRow): CountedMessage {
  return { associated: false, softDeleted: false, properties: packed }
}

function placeOf(row: SummaryRow): RowPlace {
  return { timeKey: timeKey(row.packed.value(PidTagMessageDeliveryTime)), version: row.version }
}

function putMembership(turn: MailboxTurn, search: Search, mid: Mid, home: Fid): void {
  const { core, fid } = search
  const value = Buffer.alloc(8)
  value.writeDoubleBE(home)
  turn.batch.put(keys.membership.of(core.number, fid, mid), value)
  turn.batch.put(keys.membershipOf.of(core.number, mid, fid), new Uint8Array(0))
  changesOf(turn, search).set(mid, home)
}

/** Stands for a message that a turn has made no member. */
const NO_MEMBER = -1

/** Memberships that the turn has changed so far, which the store does not show yet. */
function changesOf(turn: MailboxTurn, search: Search): Map<Mid, Fid> {
  let of = notes.get(search)
  if (of === undefined) {
    of = {}
    notes.set(search, of)
  }
  return turn.batch.note(of, () => new Map<Mid, Fid>())
}

const notes = new WeakMap<Search, object>()
