import { keys } from '../../../store/index.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { PidTagMessageDeliveryTime } from '../../oxprops/property-tags.generated.js'
import type { FolderCounters } from '../folders/folder-node.js'
import type { MailboxCore } from '../mailbox-core.js'
import { countMessage } from '../messages/message-store.js'
import { builtOrdersOf } from '../messages/message-targets.js'
import type { MessageRecord } from '../record-codec.js'
import { entryVersion } from '../tables/order-directory.js'
import { BY_DELIVERY_TIME, BY_MID, orderWord, timeKey } from '../tables/order-index.js'
import { RowTargets } from '../tables/row-targets.js'
import { SummaryRow } from '../tables/summary-row.js'
import { readHome } from './membership.js'
import type { Search } from './search.js'
import { readSearch } from './search-record.js'

/** What a check of search folders works with. */
interface CheckContext {
  readonly core: MailboxCore
  /** The counters that each folder should have. */
  readonly counted: ReadonlyMap<Fid, FolderCounters>
  report(problem: string): void
}

/**
 * The search folders of a mailbox: every membership has its other direction, a row, and its place in both orders; and where a search is
 * done and follows changes, it shows exactly what it should.
 */
export class SearchCheck {
  memberships = 0
  /** Rows of messages that have gone, which static searches still show. */
  leftBehind = 0

  constructor(private readonly context: CheckContext) {}

  /** A message that is there: searches that are done show it if it meets their criteria, and do not if it does not. */
  async message(mid: Mid, record: MessageRecord, name: string): Promise<void> {
    const { core, report } = this.context
    const node = core.tree.find(record.fid)
    if (node === undefined) return
    for (const search of core.searches.all()) {
      if (search.isFrozen || search.isRunning || search.limit !== Number.POSITIVE_INFINITY) continue
      const isLive = !record.softDeleted && !record.associated && search.covers(node)
      const isWanted = isLive && (await matches(core, search, record.fid, mid))
      if (isWanted === core.searches.shows(search.fid, mid)) continue
      report(
        `${name} ${isWanted ? 'is not' : 'is'} in search folder ${search.fid}, and should${isWanted ? '' : ' not'} be`
      )
    }
  }

  async run(): Promise<void> {
    const { core, report } = this.context
    const { store } = core.objects
    for await (const page of store.pages(keys.search.range(core.number))) {
      for (const { key, value } of page) {
        const { fid } = keys.search.parse(key)
        if (core.tree.find(fid)?.type !== 'search') report(`criteria of folder ${fid}, which is no search folder`)
        readSearch(value)
      }
    }
    for await (const page of store.pages({ ...keys.membership.range(core.number), pageEntries: 64 })) {
      for (const { key, value } of page) {
        const { fid, mid } = keys.membership.parse(key)
        this.membership(fid, mid, readHome(value))
      }
    }
    let others = 0
    for await (const page of store.pages({ ...keys.membershipOf.range(core.number), keysOnly: true }))
      others += page.length
    if (others !== this.memberships) report(`${others} memberships by message for ${this.memberships} by search folder`)
  }

  private membership(fid: Fid, mid: Mid, home: Fid): void {
    const { core, counted, report } = this.context
    const { store } = core.objects
    const name = `member ${mid} of search folder ${fid}`
    this.memberships++
    const search = core.searches.find(fid)
    const counters = counted.get(fid)
    if (search === undefined || counters === undefined) {
      report(`${name}, which has no criteria`)
      return
    }
    if (store.get(keys.membershipOf.of(core.number, mid, fid)) === undefined) report(`${name} does not know of it`)
    const bytes = store.get(keys.summary.of(core.number, home, mid))
    if (bytes === undefined) {
      report(`${name} has no row in folder ${home}`)
      return
    }
    const row = new SummaryRow(bytes)
    if (home === fid) this.leftBehind++
    else if (row.set !== 0 || core.messages.find(mid)?.fid !== home) report(`${name} is no message of folder ${home}`)
    if (home === fid && !search.record.criteria.isStatic && !search.record.isStopped) report(`${name} has gone`)
    countMessage(counters, { associated: false, softDeleted: false, properties: row.packed }, 1)
    const places = [
      [BY_MID, new Uint8Array(0)],
      [BY_DELIVERY_TIME, timeKey(row.packed.value(PidTagMessageDeliveryTime))]
    ] as const
    for (const [order, sortKey] of places) {
      const entry = store.get(keys.order.of(core.number, fid, orderWord(0, order), sortKey, mid))
      if (entry === undefined || entryVersion(entry) !== row.version)
        report(`${name} is not at its place in order ${order}`)
    }
  }
}

async function matches(core: MailboxCore, search: Search, fid: Fid, mid: Mid): Promise<boolean> {
  const bytes = core.objects.store.get(keys.summary.of(core.number, fid, mid))
  if (bytes === undefined) return false
  const targets = new RowTargets(builtOrdersOf(core).source, search.record.criteria.restriction, [], undefined)
  const target = await targets.of(mid, new SummaryRow(bytes))
  return target !== undefined && search.matches(target)
}
