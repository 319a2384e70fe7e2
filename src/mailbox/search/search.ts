import { keys } from '../../../store/index.js'
import type { Fid } from '../../oxcdata/ids.js'
import type { Restriction } from '../../oxcdata/restriction.js'
import { RestrictionEvaluator, type RestrictionTarget } from '../../oxcdata/restriction-evaluate.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { access, rightsOn } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import { readSearch, type SearchRecord, writeSearch } from './search-record.js'

/** The search of one search folder, resident while its mailbox is open. */
export class Search {
  private evaluator!: RestrictionEvaluator
  private scope!: ReadonlySet<Fid>
  private covered: FolderNode[] | undefined
  /** Members at most; only a count around the whole restriction says it. */
  limit = Number.POSITIVE_INFINITY
  record!: SearchRecord

  constructor(
    readonly core: MailboxCore,
    readonly node: FolderNode,
    record: SearchRecord
  ) {
    this.take(record)
  }

  private take(record: SearchRecord): void {
    const { restriction, limit } = uncounted(record.criteria.restriction)
    this.record = record
    this.scope = new Set(record.criteria.scope)
    this.evaluator = new RestrictionEvaluator(restriction, { localeId: this.core.localeId })
    this.limit = limit
  }

  get fid(): Fid {
    return this.node.fid
  }

  /** Its population is under way. */
  get isRunning(): boolean {
    return this.record.phase !== 'done'
  }

  /** Nothing comes in or leaves by what happens to messages: it is static, or was stopped. */
  get isFrozen(): boolean {
    return this.record.criteria.isStatic || this.record.isStopped
  }

  matches(target: RestrictionTarget): boolean {
    return this.evaluator.matches(target)
  }

  /** Whether messages of a folder are looked at: it is in the scope, is there, and the searcher may read in it. */
  covers(node: FolderNode): boolean {
    return this.isInScope(node, node.parent) && !this.core.tree.isSoftDeleted(node) && this.mayRead(node)
  }

  /** As far as the folders above it say so; `parent` is the one that it lies in. */
  isInScope(node: FolderNode, parent: FolderNode | undefined): boolean {
    if (node.type === 'search') return false
    const { scope } = this
    if (scope.has(node.fid)) return true
    if (!this.record.criteria.isRecursive) return false
    for (let at = parent; at !== undefined; at = at.parent) if (scope.has(at.fid)) return true
    return false
  }

  private mayRead(node: FolderNode): boolean {
    const { searcher } = this.record
    if (searcher === '') return true
    const actor = { ...{ legacyDn: '', address: '', displayName: '' }, guid: searcher }
    return (rightsOn(this.core, node, actor) & Right.readAny) !== 0
  }

  /** The folders that it looks at, in the order of their ids. */
  coveredFolders(): readonly FolderNode[] {
    this.covered ??= this.findCovered()
    return this.covered
  }

  /** Folders have changed. */
  forgetFolders(): void {
    this.covered = undefined
  }

  private findCovered(): FolderNode[] {
    const { core } = this
    const covered = new Set<FolderNode>()
    for (const fid of this.record.criteria.scope) {
      const node = core.tree.find(fid)
      if (node === undefined) continue
      for (const below of this.record.criteria.isRecursive ? node.subtree() : [node]) covered.add(below)
    }
    return [...covered].filter(node => this.covers(node)).sort((a, b) => a.fid - b.fid)
  }

  /** Writes a changed record with a turn, whose last change of it counts; resident when it is committed. */
  change(turn: MailboxTurn, change: (record: SearchRecord) => SearchRecord): void {
    const { core } = this
    const draft = turn.batch.note(this, () => {
      const note = { record: this.record }
      turn.atEnd(() => {
        const bytes = writeSearch(note.record)
        turn.batch.put(keys.search.of(core.number, this.fid), bytes)
        // Read again, so that nothing of a request's buffer is held on to.
        turn.after(() => this.adopt(readSearch(bytes)))
      })
      return note
    })
    draft.record = change(draft.record)
  }

  private adopt(record: SearchRecord): void {
    const { scope, isRecursive } = this.record.criteria
    const isSame = isRecursive === record.criteria.isRecursive && this.record.searcher === record.searcher
    if (!isSame || String(scope) !== String(record.criteria.scope)) this.forgetFolders()
    this.take(record)
    this.core.searches.changed()
    this.core.searches.population.kick()
  }
}

/** Who searches: nobody in particular when he may read everything. */
export function searcherOf(core: MailboxCore, actor: Parameters<typeof access>[1]): string {
  return access(core, actor).full ? '' : actor.guid.toLowerCase()
}

function uncounted(restriction: Restriction): { restriction: Restriction; limit: number } {
  if (restriction.kind !== 'count') return { restriction, limit: Number.POSITIVE_INFINITY }
  return { restriction: restriction.restriction, limit: restriction.count }
}
