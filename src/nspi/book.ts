import type { Directory, DirectoryEntry, Principal } from '../directory/index.js'
import type { Log } from '../log.js'
import type { Personality } from '../personality.js'
import type { Runtime } from '../runtime.js'
import { type Container, Containers } from './containers.js'
import { DirectoryChanges } from './directory-changes.js'
import { folded } from './folded-text.js'
import { Follower } from './follower.js'
import { Identity } from './identity.js'
import { MemberCounts } from './member-counts.js'
import { comparedPart, type NameOrder, nameOrder, soughtKey } from './name-keys.js'
import { NameResolution } from './name-resolution.js'
import type { NspiCaller, Stat } from './nspi.js'
import type { PlacedRows } from './position.js'
import type { PropertyView } from './properties/property-view.js'
import type { SortedPairs } from './sorted-pairs.js'
import { NSPI_DEFAULT_LOCALE } from './stat.js'
import { fail } from './status.js'
import { Tables } from './tables.js'
import { WordIndex } from './word-index.js'

export interface BookOptions {
  directory: Directory
  runtime: Runtime
  personality: Personality
  log: Log
}

/** Name of the list that room planners are told of. */
const ROOMS = 'All Rooms'
const DEFAULT_ORDER: NameOrder = { name: 'display', localeId: NSPI_DEFAULT_LOCALE }

/** What the methods of the address book service share: ids, containers, sorted tables, names, and how properties are read. */
export class Book {
  readonly directory: Directory
  readonly runtime: Runtime
  readonly personality: Personality
  readonly log: Log
  readonly identity: Identity
  readonly containers: Containers
  readonly tables: Tables
  readonly names: NameResolution
  private readonly words: Follower<WordIndex>
  private readonly memberCounts: MemberCounts

  constructor({ directory, runtime, personality, log }: BookOptions) {
    this.directory = directory
    this.runtime = runtime
    this.personality = personality
    this.log = log
    this.identity = new Identity(directory)
    this.containers = new Containers(directory)
    const changes = new DirectoryChanges(directory)
    this.tables = new Tables(directory, changes)
    const isShown = (entry: DirectoryEntry): boolean => this.containers.all()[0].list.contains(entry)
    this.words = new Follower(new WordIndex(), changes, isShown)
    this.names = new NameResolution(directory, this.words, (text, container) => this.displayNamed(text, container))
    this.memberCounts = new MemberCounts(directory)
  }

  /** The container that a STAT names; InvalidBookmark when there is none. */
  container(mid: number): Container {
    return this.containers.find(mid) ?? fail('invalidBookmark', `no container ${mid}`)
  }

  /**
   * The table that a STAT names, sorted as it says: a container or, by its minimal entry id, the members of a distribution list
   * (its PidTagContainerContents). InvalidBookmark when there is none.
   */
  table(stat: Stat): BookTable {
    const container = this.containers.find(stat.containerId)
    const list = container === undefined ? this.identity.entryOf(stat.containerId) : undefined
    if (container === undefined && list?.kind !== 'group') fail('invalidBookmark', `no container ${stat.containerId}`)
    const order = nameOrder(stat)
    const rows = container === undefined ? this.tables.membersTable(list!, order) : this.tables.table(container, order)
    return new BookTable(rows, order, this.identity)
  }

  hasContainer(mid: number): boolean {
    return this.containers.find(mid) !== undefined || this.identity.entryOf(mid)?.kind === 'group'
  }

  view({ principal }: NspiCaller, ephemeralIds: boolean): PropertyView {
    return {
      directory: this.directory,
      identity: this.identity,
      principal: this.self(principal),
      ephemeralIds,
      roomContainers: () => this.containers.all().filter(({ list }) => list.name === ROOMS),
      memberCounts: list => this.memberCounts.of(list)
    }
  }

  /** The caller as the directory has him now: a session may be older. */
  self(principal: Principal): Principal {
    return this.directory.byGuid(principal.guid) ?? principal
  }

  /** Takes in a part of what the usual tables still lack; false when they were whole. */
  step(): boolean {
    return this.tables.step(this.containers.all()[0], DEFAULT_ORDER) || this.words.step()
  }

  /** Entries of a container whose display name is a text, as names compare. */
  private *displayNamed(text: string, container: Container): Generator<DirectoryEntry> {
    const rows = this.tables.table(this.containers.all()[0], DEFAULT_ORDER)
    const key = soughtKey(text, DEFAULT_ORDER)
    const plain = folded(text)
    for (const [own, entry] of rows.from(rows.lowerBound(key))) {
      if (comparedPart(own) !== key) return
      if (folded(entry.displayName) === plain && container.list.contains(entry)) yield entry
    }
  }
}

/** A sorted table as clients stand in it. */
export class BookTable implements PlacedRows {
  constructor(
    readonly rows: SortedPairs,
    readonly order: NameOrder,
    private readonly identity: Identity
  ) {}

  get size(): number {
    return this.rows.size
  }

  at(index: number): DirectoryEntry {
    return this.rows.at(index)
  }

  midAt(index: number): number {
    return this.identity.midOf(this.rows.at(index))
  }

  indexOf(mid: number): number {
    const entry = this.identity.entryOf(mid)
    return entry === undefined ? -1 : this.rows.indexOf(entry)
  }

  /** The first row whose name is not below a text. */
  seek(text: string): number {
    return this.rows.lowerBound(soughtKey(text, this.order))
  }
}
