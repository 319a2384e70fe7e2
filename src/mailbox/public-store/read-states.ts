import { keys } from '../../../store/index.js'
import type { ObjectStore } from '../../../store/open-store.js'
import { readIdset, writeIdset } from '../../ics/idset.js'
import { NumberSet } from '../../ics/number-set.js'
import { type Fid, globcntOf, type Mid } from '../../oxcdata/ids.js'
import type { Runtime } from '../../runtime.js'
import { gid, guidBytes } from '../change-key.js'
import type { Actor, Maybe } from '../domain.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { FolderTree } from '../folders/folder-tree.js'
import type { People } from '../mailbox-parts.js'
import { CHANGE_LINE, type MailboxTurn } from '../mailbox-turn.js'
import { TimeSlice } from '../time-slice.js'
import { readPerUser, writePerUser } from './per-user-record.js'
import { type ReadSurvey, surveyReads } from './survey-reads.js'

/** A set of more ranges than this is made smaller when there is time for it. */
const TIDY_RANGES = 64
/** Folders of which one turn removes what a reader has read. */
const FOLDERS_PER_TURN = 500
/** Times that a count is begun anew because somebody wrote meanwhile, before nobody may. */
const HASTY_COUNTS = 3

/** What the read states of a public store need of it. */
export interface ReadStatesHost {
  readonly number: number
  readonly replicaGuid: string
  readonly replicaBytes: Uint8Array
  readonly objects: ObjectStore
  readonly runtime: Runtime
  readonly tree: FolderTree
  readonly people: People | undefined
  write<T>(why: string, work: (turn: MailboxTurn) => Maybe<T>): Maybe<T>
}

/** A message as far as its read state asks. */
export interface ReadableMessage {
  readonly fid: Fid
  readonly cn: number
  readonly associated: boolean
  readonly softDeleted: boolean
}

/** Says that somebody's read states in a folder have changed: of these messages, or of any. */
export type ReadStateListener = (change: { reader: string; fid: Fid; mids: readonly Mid[] | 'any' }) => void

/**
 * Who has read what in a public store: for each user and folder the set of the change numbers of the messages that were
 * read ([MS-OXCSTOR] 3.2.5.12.1). A message that is changed gets a new number and is unread again, for everybody but the
 * one who changed it.
 */
export class ReadStates {
  private readonly byReader = new Map<string, ReadState>()
  private readonly byFolder = new Map<Fid, Set<FolderReads>>()
  private readonly listeners = new Set<ReadStateListener>()

  constructor(readonly host: ReadStatesHost) {}

  of(actor: Actor): ReadState {
    const guid = actor.guid.toLowerCase()
    let state = this.byReader.get(guid)
    if (state === undefined) {
      state = new ReadState(this, guid)
      const { people } = this.host
      // Of somebody who has left the directory while he was at work nothing is kept any more.
      if (people !== undefined && people.entryByGuid(guid) === undefined) state.isGone = true
      else this.byReader.set(guid, state)
    }
    return state
  }

  /** Calls `listener` after each commit that changed somebody's read states. */
  onChange(listener: ReadStateListener): void {
    this.listeners.add(listener)
  }

  changed(reader: string, fid: Fid, mids: readonly Mid[] | 'any'): void {
    for (const listener of this.listeners) listener({ reader, fid, mids })
  }

  /** A normal message with this change number is no longer in the folder: whoever had read it has read one less. */
  messageLeft(fid: Fid, cn: number): void {
    for (const reads of this.byFolder.get(fid) ?? []) if (reads.set.has(cn)) reads.count(-1)
  }

  /** Removes what is kept of a folder that goes for good. */
  async removeFolder(turn: MailboxTurn, fid: Fid): Promise<void> {
    const { store } = this.host.objects
    const range = keys.perUser.range(this.host.number, this.folderKey(fid))
    for (const { key } of await store.range({ ...range, keysOnly: true })) turn.batch.delete(key)
    turn.after(() => {
      for (const { owner } of this.byFolder.get(fid) ?? []) owner.forget(fid)
      this.byFolder.delete(fid)
    })
  }

  /**
   * Removes what somebody has read, because he has left: in turns that let others in between. False when it was to stop before it was
   * done.
   */
  async removeReader(guid: string, goesOn: () => boolean = () => true): Promise<boolean> {
    const { host } = this
    const reader = guid.toLowerCase()
    const state = this.byReader.get(reader) ?? new ReadState(this, reader)
    state.isGone = true
    this.byReader.delete(reader)
    for (const reads of this.byFolder.values()) {
      for (const one of reads) if (one.owner === state) reads.delete(one)
    }
    const fids = [...host.tree.all()].map(({ fid }) => fid)
    for (let at = 0; at < fids.length; at += FOLDERS_PER_TURN) {
      if (!goesOn()) return false
      // In the turn, so that none that was under way puts something back.
      await host.write('forget a reader', turn => {
        for (const fid of fids.slice(at, at + FOLDERS_PER_TURN)) {
          const key = this.key(state, fid)
          if (host.objects.store.get(key) !== undefined) turn.batch.delete(key)
        }
      })
    }
    return true
  }

  /** What is stored of a reader in a folder, in memory from now on. */
  load(owner: ReadState, fid: Fid): FolderReads {
    if (owner.isGone) return new FolderReads(owner, fid, new NumberSet())
    const reads = new FolderReads(owner, fid, this.stored(owner, fid))
    const others = this.byFolder.get(fid)
    if (others === undefined) this.byFolder.set(fid, new Set([reads]))
    else others.add(reads)
    return reads
  }

  private stored(owner: ReadState, fid: Fid): NumberSet {
    const bytes = this.host.objects.store.get(this.key(owner, fid))
    if (bytes === undefined) return new NumberSet()
    return readIdset(readPerUser(bytes).data).get(this.host.replicaGuid) ?? new NumberSet()
  }

  key({ guid }: ReadState, fid: Fid): Uint8Array {
    return keys.perUser.of(this.host.number, this.folderKey(fid), guidBytes(guid))
  }

  private folderKey(fid: Fid): Uint8Array {
    return gid(this.host.replicaBytes, globcntOf(fid))
  }
}

/** What one user has read. */
export class ReadState {
  private readonly folders = new Map<Fid, FolderReads>()
  private readonly drafts = new WeakMap<MailboxTurn, Map<Fid, Draft>>()
  private loading: Promise<void> | undefined
  private isLoaded = false
  /** He has left: nothing of what he reads is kept. */
  isGone = false

  constructor(
    private readonly states: ReadStates,
    readonly guid: string
  ) {}

  has(fid: Fid, cn: number): boolean {
    return this.readsOf(fid).set.has(cn)
  }

  /** Unread normal messages of a folder; undefined as long as nobody has counted, which `load` does. */
  unreadCount({ fid, counters }: FolderNode): number | undefined {
    const { counted } = this.readsOf(fid)
    return counted === undefined ? undefined : counters.contentCount - counted
  }

  /** What `RopReadPerUserInformation` reads: an IDSET, empty when nothing was read. */
  bytesOf(fid: Fid): Uint8Array {
    return this.idsetOf(this.readsOf(fid).set)
  }

  /** Counts what was read in each folder, once; after that the counts follow the commits. */
  load(): Maybe<void> {
    if (this.isLoaded) return undefined
    this.loading ??= this.countAll().finally(() => {
      this.loading = undefined
    })
    return this.loading
  }

  /** Marks a message as read, or as unread, within a turn; the number of the change, undefined when it is so already. */
  mark(turn: MailboxTurn, mid: Mid, message: ReadableMessage, isRead: boolean): number | undefined {
    if (this.isGone) return undefined
    const { fid, cn, associated } = message
    const { set } = this.drafts.get(turn)?.get(fid) ?? this.readsOf(fid)
    if (set.has(cn) === isRead) return undefined
    const draft = this.draftOf(turn, fid)
    if (isRead) draft.set.add(cn)
    else draft.set.remove(cn)
    if (!associated && !message.softDeleted) draft.difference += isRead ? 1 : -1
    if (draft.mids !== 'any') draft.mids.push(mid)
    return draft.cn
  }

  /** Puts another set into the place of that of a folder, as far as such numbers were ever given. */
  async establish(turn: MailboxTurn, node: FolderNode, set: NumberSet): Promise<void> {
    if (this.isGone) return
    const { objects, number } = this.states.host
    set.removeFrom(objects.counters.peek(number, CHANGE_LINE))
    const survey = await this.survey(node, set)
    const draft = this.draftOf(turn, node.fid)
    draft.set = set
    if (set.rangeCount > TIDY_RANGES) survey.closeGaps(set)
    draft.counted = survey.read
    draft.mids = 'any'
  }

  forget(fid: Fid): void {
    this.folders.delete(fid)
  }

  private readsOf(fid: Fid): FolderReads {
    let reads = this.folders.get(fid)
    if (reads === undefined) {
      reads = this.states.load(this, fid)
      this.folders.set(fid, reads)
    }
    return reads
  }

  private async countAll(): Promise<void> {
    const { tree, runtime } = this.states.host
    const slice = new TimeSlice(runtime)
    for (const node of [...tree.all()]) {
      if (this.readsOf(node.fid).counted === undefined) await this.countIn(node)
      if (slice.isDue) await slice.pause()
    }
    this.isLoaded = true
  }

  private async countIn(node: FolderNode): Promise<void> {
    const { host } = this.states
    const reads = this.readsOf(node.fid)
    for (let attempt = 0; reads.counted === undefined && !node.isGone; attempt++) {
      if (attempt < HASTY_COUNTS) await this.countOnce(node, reads)
      else await host.write('count what was read', () => this.countOnce(node, reads))
    }
  }

  /** Counts, unless somebody writes in the folder or marks a message meanwhile. */
  private async countOnce(node: FolderNode, reads: FolderReads): Promise<void> {
    const { counters } = node
    const { set } = reads
    const survey = await this.survey(node, set)
    if (node.counters !== counters || reads.set !== set) return
    reads.counted = survey.read
    if (set.rangeCount > TIDY_RANGES) reads.tidyLater = survey
  }

  private survey(node: FolderNode, set: NumberSet): Promise<ReadSurvey> {
    const { objects, number, runtime } = this.states.host
    return surveyReads(objects.store, number, node.fid, set, runtime)
  }

  private idsetOf(set: NumberSet): Uint8Array {
    return writeIdset(new Map([[this.states.host.replicaGuid, set]]))
  }

  /** A folder's set as a turn changes it: written once, when the turn ends. */
  private draftOf(turn: MailboxTurn, fid: Fid): Draft {
    let drafts = this.drafts.get(turn)
    if (drafts === undefined) {
      drafts = new Map()
      this.drafts.set(turn, drafts)
    }
    let draft = drafts.get(fid)
    if (draft === undefined) {
      const reads = this.readsOf(fid)
      draft = { reads, set: reads.set.clone(), difference: 0, counted: undefined, cn: turn.nextCn(), mids: [] }
      const made = draft
      drafts.set(fid, made)
      turn.atEnd(() => this.write(turn, made))
    }
    return draft
  }

  private write(turn: MailboxTurn, { reads, set, difference, counted, cn, mids }: Draft): void {
    if (this.isGone || (mids !== 'any' && mids.length === 0)) return
    const { replicaGuid } = this.states.host
    if (mids !== 'any') reads.tidyLater?.closeGaps(set)
    const record = { time: turn.time, cn, replGuid: replicaGuid, data: this.idsetOf(set) }
    turn.batch.put(this.states.key(this, reads.fid), writePerUser(record))
    turn.after(() => {
      reads.set = set
      reads.tidyLater = undefined
      if (counted !== undefined) reads.counted = counted
      reads.count(difference)
      this.states.changed(this.guid, reads.fid, mids)
    })
  }
}

/** What one user has read in one folder. */
class FolderReads {
  /** Normal messages of the folder that are in the set; undefined until somebody has counted them. */
  counted: number | undefined
  /** Where the set has gaps that nothing lies in: closed with the next change of it. */
  tidyLater: ReadSurvey | undefined

  constructor(
    readonly owner: ReadState,
    readonly fid: Fid,
    /** Never changed, but replaced. */
    public set: NumberSet
  ) {
    this.counted = set.isEmpty ? 0 : undefined
  }

  count(by: number): void {
    if (this.counted !== undefined) this.counted += by
  }
}

/** A folder's set as one turn leaves it. */
interface Draft {
  readonly reads: FolderReads
  set: NumberSet
  /** By how many more normal messages are read. */
  difference: number
  /** How many are, when the whole set is another one. */
  counted: number | undefined
  /** Number of the change. */
  readonly cn: number
  mids: Mid[] | 'any'
}
