import { keys } from '../../../store/index.js'
import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { Restriction } from '../../oxcdata/restriction.js'
import type { Actor, Maybe } from '../domain.js'
import type { MailboxEvent } from '../events.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { access, demandRight, demandVisible, mayKnow } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import { readHome } from './membership.js'
import { Population } from './population.js'
import { withStrings } from './restriction-strings.js'
import { Search, searcherOf } from './search.js'
import {
  demandSearchable,
  demandSearchFlags,
  type SearchCriteria,
  SearchFlag,
  type SearchRequest,
  SearchState,
  sameCriteria
} from './search-criteria.js'
import { readSearch, type SearchRecord, writeSearch } from './search-record.js'
import { movedFolders } from './search-scope.js'

/** What RopGetSearchCriteria tells. */
export interface SearchAnswer {
  readonly restriction: Restriction
  readonly scope: readonly Fid[]
  /** Bits of SearchState. */
  readonly state: number
}

const NONE: readonly Search[] = []

/** The searches of one open mailbox ([MS-OXCFOLD] 3.2.5.4): what they are to find, who follows which folder, how they are filled. */
export class Searches {
  private readonly byFid = new Map<Fid, Search>()
  /** Which searches a change of a message in a folder concerns; made when first asked for. */
  private readonly concerned = new Map<Fid, readonly Search[]>()
  readonly population: Population

  constructor(private readonly core: MailboxCore) {
    this.population = new Population(core, this)
  }

  /** Takes in what the store has; before anything else is done with the mailbox. */
  async load(): Promise<void> {
    const { objects, number, tree } = this.core
    for await (const page of objects.store.pages(keys.search.range(number))) {
      for (const { key, value } of page) {
        const { fid } = keys.search.parse(key)
        const node = tree.find(fid)
        if (node !== undefined) this.byFid.set(fid, new Search(this.core, node, readSearch(value.slice())))
      }
    }
  }

  all(): IterableIterator<Search> {
    return this.byFid.values()
  }

  find(fid: Fid): Search | undefined {
    return this.byFid.get(fid)
  }

  /** Goes on with populations that the last run of the server did not end. */
  start(): void {
    this.population.kick()
  }

  /** Lets the population end after the batch at hand. */
  stop(): Promise<void> {
    return this.population.stop()
  }

  /** Resolves when no population is under way. */
  whenIdle(): Promise<void> {
    return this.population.whenIdle()
  }

  /**
   * The searches that a change of a message in a folder concerns: those that cover it, and those that may show messages from
   * anywhere, because they are not up to date or do not follow changes.
   */
  of(fid: Fid): readonly Search[] {
    if (this.byFid.size === 0) return NONE
    let searches = this.concerned.get(fid)
    if (searches === undefined) {
      const node = this.core.tree.find(fid)
      searches = [...this.byFid.values()].filter(
        search => search.isFrozen || search.isRunning || (node !== undefined && search.covers(node))
      )
      this.concerned.set(fid, searches)
    }
    return searches
  }

  /** Scopes, states or the folder tree have changed. */
  changed(): void {
    this.concerned.clear()
  }

  /** [MS-OXCFOLD] 3.2.5.4. Errors: ecNotSearchFolder, ecInvalidParam, ecNotInitialized, ecSearchFolderScopeViolation, ecTooComplex. */
  set(node: FolderNode, request: SearchRequest, actor: Actor): Maybe<void> {
    if (node.type !== 'search') throw new MapiError(ErrorCode.ecNotSearchFolder)
    // There are none among public folders ([MS-OXCFOLD] note <14>).
    if (this.core.storeKind === 'public') throw new MapiError(ErrorCode.ecNotSupported)
    demandRight(this.core, node, actor, Right.folderOwner)
    demandSearchFlags(request.flags)
    return this.core.write('set search criteria', turn => {
      if (node.isGone) throw new MapiError(ErrorCode.ecObjectDeleted)
      const search = this.byFid.get(node.fid)
      const criteria = this.criteriaOf(search?.record.criteria, request, node, actor)
      const searcher = searcherOf(this.core, actor)
      if (search !== undefined && isUnderWay(search.record, criteria, searcher, request)) return
      const isStopped = (request.flags & SearchFlag.stop) !== 0
      // A folder that shows nothing has nothing to be looked at again.
      const phase = isStopped ? 'done' : node.counters.contentCount === 0 ? 'folders' : 'members'
      const record: SearchRecord = { criteria, searcher, isStopped, phase, atFid: 0, atMid: 0, moved: [] }
      this.put(turn, node, record)
    })
  }

  private put(turn: MailboxTurn, node: FolderNode, record: SearchRecord): void {
    const { core, byFid } = this
    const search = byFid.get(node.fid)
    if (search !== undefined) search.change(turn, () => record)
    else {
      if (this.count() >= limits.searches) throw new MapiError(ErrorCode.ecQuotaExceeded)
      const bytes = writeSearch(record)
      turn.batch.put(keys.search.of(core.number, node.fid), bytes)
      turn.after(() => {
        byFid.set(node.fid, new Search(core, node, readSearch(bytes)))
        this.changed()
        this.population.kick()
      })
    }
  }

  /** Searches of folders that are there. */
  private count(): number {
    let count = 0
    for (const { node } of this.byFid.values()) if (!this.core.tree.isSoftDeleted(node)) count++
    return count
  }

  /** What is to be found now: what the request says, and what was said before where it is silent (R105, R109). */
  private criteriaOf(
    known: SearchCriteria | undefined,
    { restriction, scope, flags }: SearchRequest,
    node: FolderNode,
    actor: Actor
  ): SearchCriteria {
    if (restriction !== null) demandSearchable(restriction)
    const sought = restriction === null ? known?.restriction : withStrings(restriction, true)
    const where = scope.length === 0 ? known?.scope : this.demandScope(scope, node, actor)
    if (sought === undefined || where === undefined) throw new MapiError(ErrorCode.ecNotInitialized)
    // Who only stops a search says nothing else of it.
    const isStop = (flags & SearchFlag.stop) !== 0 && restriction === null && scope.length === 0
    if (isStop && known !== undefined) return known
    return {
      restriction: sought,
      scope: where,
      isRecursive: (flags & SearchFlag.recursive) !== 0,
      isStatic: (flags & SearchFlag.static) !== 0
    }
  }

  private demandScope(scope: readonly Fid[], node: FolderNode, actor: Actor): Fid[] {
    const { core } = this
    const fids = [...new Set(scope)]
    if (fids.length > limits.searchScope) throw new MapiError(ErrorCode.ecTooComplex)
    for (const fid of fids) {
      if (fid === node.fid) throw new MapiError(ErrorCode.ecSearchFolderScopeViolation)
      const folder = core.tree.find(fid)
      if (folder === undefined || core.tree.isSoftDeleted(folder)) throw new MapiError(ErrorCode.ecNotFound)
      demandVisible(core, folder, actor)
      demandRight(core, folder, actor, Right.readAny)
      // What it shows lies elsewhere, and two could look at each other.
      if (folder.type === 'search') throw new MapiError(ErrorCode.ecSearchFolderScopeViolation)
    }
    return fids
  }

  /** [MS-OXCFOLD] 3.2.5.5. Errors: ecNotSearchFolder, ecNotInitialized. */
  get(node: FolderNode, isUnicode: boolean, actor: Actor): SearchAnswer {
    if (node.type !== 'search') throw new MapiError(ErrorCode.ecNotSearchFolder)
    const search = this.byFid.get(node.fid)
    if (search === undefined) throw new MapiError(ErrorCode.ecNotInitialized)
    const { criteria, isStopped } = search.record
    const restriction = withStrings(criteria.restriction, isUnicode)
    const progress = search.isRunning ? SearchState.running | SearchState.rebuild : isStopped ? 0 : SearchState.complete
    const state =
      progress |
      (criteria.isRecursive ? SearchState.recursive : 0) |
      (criteria.isStatic ? SearchState.static : 0) |
      SearchState.withoutIndex
    const isKnown = (fid: Fid): boolean => {
      const folder = this.core.tree.find(fid)
      return folder === undefined ? access(this.core, actor).full : mayKnow(this.core, folder, actor)
    }
    return { restriction, scope: criteria.scope.filter(isKnown), state }
  }

  /** Takes everything out of a search folder that is to be removed; nothing comes in any more. */
  clear(node: FolderNode): Promise<void> {
    return this.population.clear(node)
  }

  /**
   * What a turn does to folders, told while it does it: a search whose scope changes thereby has to look at those folders again, and
   * says so in the same batch.
   */
  watch(turn: MailboxTurn, event: MailboxEvent): void {
    if (this.byFid.size === 0 || !event.kind.startsWith('folder') || event.kind === 'folderCounts') return
    turn.after(() => {
      this.changed()
      for (const search of this.byFid.values()) search.forgetFolders()
    })
    if (event.kind === 'folderDeleted' && !event.hard) this.rest(turn, event.fid)
    if (event.kind === 'folderDeleted' && event.hard) this.forget(turn, event.fid)
    else for (const search of this.byFid.values()) this.lookAgain(turn, search, movedFolders(search, event))
  }

  /** Search folders that are deleted, and may come back, find nothing more meanwhile: nobody sees them. */
  private rest(turn: MailboxTurn, fid: Fid): void {
    for (const { fid: below } of this.core.tree.find(fid)?.subtree() ?? []) {
      const done = { isStopped: true, phase: 'done', atFid: 0, atMid: 0, moved: [] } as const
      this.byFid.get(below)?.change(turn, record => ({ ...record, ...done }))
    }
  }

  private forget(turn: MailboxTurn, fid: Fid): void {
    if (!this.byFid.has(fid)) return
    turn.batch.delete(keys.search.of(this.core.number, fid))
    turn.after(() => this.byFid.delete(fid))
  }

  private lookAgain(turn: MailboxTurn, search: Search, fids: readonly Fid[]): void {
    if (fids.length === 0 || search.isFrozen) return
    search.change(turn, record => {
      // The first one may be half done.
      const waiting = record.phase === 'moved' ? record.moved.slice(1) : record.moved
      const moved = [...record.moved, ...fids.filter(fid => !waiting.includes(fid))]
      return record.phase === 'done' ? { ...record, phase: 'moved', atFid: 0, atMid: 0, moved } : { ...record, moved }
    })
  }

  /** Whether a message is shown by a search folder. */
  shows(fid: Fid, mid: Mid): boolean {
    return this.homeOf(fid, mid) !== undefined
  }

  /** The folder under which the row of a message lies that a search folder shows; undefined when it does not show it. */
  homeOf(fid: Fid, mid: Mid): Fid | undefined {
    const { objects, number } = this.core
    const bytes = objects.store.get(keys.membership.of(number, fid, mid))
    return bytes === undefined ? undefined : readHome(bytes)
  }
}

/**
 * The same search is being filled already. Outlook says it again while it waits, and a population that began anew each time would
 * never end.
 */
function isUnderWay(
  { criteria, searcher, phase, isStopped }: SearchRecord,
  wanted: SearchCriteria,
  wantedBy: string,
  { flags }: SearchRequest
): boolean {
  if (phase === 'done' || isStopped || (flags & SearchFlag.stop) !== 0) return false
  return searcher === wantedBy && sameCriteria(criteria, wanted)
}
