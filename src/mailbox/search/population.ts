import { type Entry, keys, StoreError, type StoreErrorKind } from '../../../store/index.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import type { Maybe } from '../domain.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { builtOrdersOf } from '../messages/message-targets.js'
import { RowTargets } from '../tables/row-targets.js'
import { SummaryRow } from '../tables/summary-row.js'
import { TimeSlice } from '../time-slice.js'
import { addMembers, type MemberRow, readHome, removeMember, rowAsCounted, storedRow } from './membership.js'
import type { Search } from './search.js'
import type { SearchRecord } from './search-record.js'
import type { Searches } from './searches.js'

/** Rows looked at between two writer turns: a turn then changes as many memberships at most. */
const PAGE_ROWS = 64

/** Errors after which nothing of the mailbox is written any more. */
const ENDS: readonly StoreErrorKind[] = ['write', 'failed', 'closed']

/** A row whose membership is not what it should be, as far as was known before the turn. */
interface Doubt {
  readonly mid: Mid
  readonly row: SummaryRow
  readonly isWanted: boolean
}

/**
 * Fills the search folders of a mailbox behind everybody's back, a page of each that is running in turn. A page is looked at in slices
 * of time outside the writer turn; the turn changes memberships and notes in the same batch how far the search is. While a search is running
 * it follows every change as well, so that a page may be looked at at any time, and again after a crash.
 */
export class Population {
  private working: Promise<void> | undefined
  private isStopping = false
  /** Searches that cannot be filled, by a mistake of ours: nobody tries them again before the next opening. */
  private readonly failed = new Map<Search, unknown>()

  constructor(
    private readonly core: MailboxCore,
    private readonly searches: Searches
  ) {}

  /** Why a search is not being filled, undefined when it is or has no need to. */
  failureOf(search: Search): unknown {
    return this.failed.get(search)
  }

  kick(): void {
    if (this.working !== undefined || this.isStopping || this.next() === undefined) return
    this.working = this.work().finally(() => {
      this.working = undefined
      this.kick()
    })
  }

  async stop(): Promise<void> {
    this.isStopping = true
    await this.working
  }

  async whenIdle(): Promise<void> {
    while (this.working !== undefined) await this.working
  }

  private next(after?: Search): Search | undefined {
    const running = [...this.searches.all()].filter(search => search.isRunning && !this.failed.has(search))
    return running[after === undefined ? 0 : running.indexOf(after) + 1] ?? running[0]
  }

  private async work(): Promise<void> {
    const slice = new TimeSlice(this.core.runtime)
    await slice.pause()
    for (let search = this.next(); search !== undefined && !this.isStopping; search = this.next(search)) {
      try {
        await this.step(search, slice)
        // One batch on its way to the disk: what is queued does not grow, and answers of others are not held up behind it.
        await this.core.durable()
      } catch (error) {
        // A store that failed is opened again, and the mailbox with it; there the search goes on. Removed mailboxes end likewise.
        if (error instanceof StoreError && ENDS.includes(error.kind)) {
          this.isStopping = true
          return
        }
        this.failed.set(search, error)
      }
      await slice.pause()
    }
  }

  private step(search: Search, slice: TimeSlice): Promise<void> {
    const { record } = search
    if (record.phase === 'members') return this.lookAtMembers(search, record)
    const node = record.phase === 'folders' ? nextFolder(search, record) : this.core.tree.find(record.moved[0])
    if (node !== undefined) return this.lookAtFolder(search, record, node, slice)
    return this.advance(search, record, { atFid: Number.POSITIVE_INFINITY, atMid: 0 })
  }

  /** Members that are none any more go; those behind `atMid` are next. */
  private async lookAtMembers(search: Search, record: SearchRecord): Promise<void> {
    const page = await this.members(search.fid, record.atMid)
    const last = page.length < PAGE_ROWS ? undefined : keys.membership.parse(page[page.length - 1].key).mid
    const slice = new TimeSlice(this.core.runtime)
    const doubtful: Mid[] = []
    for (const { key, value } of page) {
      const { mid } = keys.membership.parse(key)
      const home = readHome(value)
      if (!(await this.isRight(search, home, mid))) doubtful.push(mid)
      if (slice.isDue) await slice.pause()
    }
    await this.core.write('look at members of a search', async turn => {
      if (search.record !== record) return
      for (const mid of doubtful) {
        // What has changed meanwhile has been followed.
        const home = this.searches.homeOf(search.fid, mid)
        if (home === undefined || (await this.isRight(search, home, mid))) continue
        await this.remove(turn, search, mid, home)
      }
      if (last !== undefined) search.change(turn, known => ({ ...known, atMid: last }))
      else search.change(turn, known => ({ ...known, phase: 'folders', atFid: 0, atMid: 0 }))
    })
  }

  private isRight(search: Search, home: Fid, mid: Mid): Maybe<boolean> {
    const node = this.core.tree.find(home)
    const bytes = storedRow(this.core, home, mid)
    if (node === undefined || bytes === undefined || !search.covers(node)) return false
    const row = new SummaryRow(bytes)
    return row.set === 0 && this.matches(search, mid, row)
  }

  private matches(search: Search, mid: Mid, row: SummaryRow): Maybe<boolean> {
    const target = this.targetsOf(search).of(mid, row)
    if (target instanceof Promise) return target.then(found => found !== undefined && search.matches(found))
    return target !== undefined && search.matches(target)
  }

  private targets: { record: SearchRecord; targets: RowTargets } | undefined

  private targetsOf({ record }: Search): RowTargets {
    if (this.targets?.record !== record) {
      const targets = new RowTargets(builtOrdersOf(this.core).source, record.criteria.restriction, [], undefined)
      this.targets = { record, targets }
    }
    return this.targets.targets
  }

  private members(fid: Fid, behind: Mid): Promise<Entry[]> {
    const { objects, number } = this.core
    const gte = keys.membership.of(number, fid, behind + 1)
    return objects.store.range({ ...keys.membership.range(number, fid), gte, limit: PAGE_ROWS })
  }

  private async lookAtFolder(search: Search, record: SearchRecord, node: FolderNode, slice: TimeSlice): Promise<void> {
    const { objects, number } = this.core
    const gte = keys.summary.of(number, node.fid, record.atMid + 1)
    const page = await objects.store.range({ ...keys.summary.range(number, node.fid), gte, limit: PAGE_ROWS })
    const doubts: Doubt[] = []
    const isCovered = search.covers(node)
    for (const { key, value } of page) {
      const { mid } = keys.summary.parse(key)
      const row = new SummaryRow(value)
      const isWanted = isCovered && row.set === 0 && (await this.matches(search, mid, row))
      if (isWanted !== this.searches.shows(search.fid, mid)) doubts.push({ mid, row, isWanted })
      if (slice.isDue) await slice.pause()
    }
    const isEnd = page.length < PAGE_ROWS
    const at = isEnd
      ? { atFid: node.fid + 1, atMid: 0 }
      : { atFid: node.fid, atMid: keys.summary.parse(page[page.length - 1].key).mid }
    if (isEnd && doubts.length === 0) return this.advance(search, record, at)
    // The turn is a stretch of work of its own.
    if (doubts.length > 0) await slice.pause()
    await this.core.write('populate a search', async turn => {
      if (search.record !== record) return
      await this.settle(turn, search, node, doubts)
      if (!isEnd) search.change(turn, known => ({ ...known, ...at }))
      else this.end(turn, search, at)
    })
  }

  /** Changes memberships of rows of one folder as they should be, now that nobody else writes. */
  private async settle(turn: MailboxTurn, search: Search, node: FolderNode, doubts: readonly Doubt[]): Promise<void> {
    const wanted: MemberRow[] = []
    const isCovered = search.covers(node)
    for (const { mid, row, isWanted } of doubts) {
      const bytes = storedRow(this.core, node.fid, mid)
      const now = bytes === undefined ? undefined : new SummaryRow(bytes)
      const isSame = now?.version === row.version && now.set === row.set
      const matches = now?.set === 0 && (isSame ? isWanted : await this.matches(search, mid, now))
      const home = this.searches.homeOf(search.fid, mid)
      if (now !== undefined && isCovered && matches && home === undefined) wanted.push({ mid, row: now })
      // A static search may have been left the row of a message that has gone meanwhile.
      else if (home === node.fid && !(isCovered && matches)) await this.remove(turn, search, mid, home)
    }
    const room = search.limit - turn.counters(search.node).contentCount
    const added = wanted.slice(0, Math.max(0, room))
    if (added.length > 0) await addMembers(turn, search, added)
  }

  private remove(turn: MailboxTurn, search: Search, mid: Mid, home: Fid): Maybe<void> {
    const bytes = storedRow(this.core, home, mid)
    if (bytes === undefined) throw new RangeError(`member ${mid} of search folder ${search.fid} has no row`)
    return removeMember(turn, search, mid, rowAsCounted(new SummaryRow(bytes)), home)
  }

  /** Goes on with the next folder, without having changed anything in the one before. */
  private async advance(search: Search, record: SearchRecord, at: At): Promise<void> {
    await this.core.write('go on with a search', turn => {
      if (search.record === record) this.end(turn, search, at)
    })
  }

  /** A folder is done: what comes next, or the end of it. */
  private end(turn: MailboxTurn, search: Search, at: At): void {
    search.change(turn, known => {
      if (known.phase === 'folders' && nextFolder(search, { ...known, ...at }) !== undefined) return { ...known, ...at }
      const moved = known.phase === 'moved' ? known.moved.slice(1) : known.moved
      if (moved.length > 0) return { ...known, phase: 'moved', atFid: 0, atMid: 0, moved }
      turn.tell({ kind: 'searchComplete', fid: search.fid })
      return { ...known, phase: 'done', atFid: 0, atMid: 0, moved: [] }
    })
  }

  /** Takes all members out of a search folder, and lets none come in. */
  async clear(node: FolderNode): Promise<void> {
    const search = this.searches.find(node.fid)
    if (search === undefined) return
    await this.core.write('end a search', turn => {
      search.change(turn, known => ({
        ...known,
        ...{ isStopped: true, phase: 'done', atFid: 0, atMid: 0, moved: [] },
        criteria: { ...known.criteria, isStatic: false }
      }))
    })
    for (;;) {
      const page = await this.members(node.fid, 0)
      if (page.length === 0) return
      await this.core.write('empty a search folder', async turn => {
        for (const { key } of page) {
          const { mid } = keys.membership.parse(key)
          const home = this.searches.homeOf(node.fid, mid)
          if (home !== undefined) await this.remove(turn, search, mid, home)
        }
      })
      await new TimeSlice(this.core.runtime).pause()
    }
  }
}

type At = Pick<SearchRecord, 'atFid' | 'atMid'>

/** The folder that a search looks at next. */
function nextFolder(search: Search, { atFid }: At): FolderNode | undefined {
  return search.coveredFolders().find(({ fid }) => fid >= atFid)
}
