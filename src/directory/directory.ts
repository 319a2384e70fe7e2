import { Batch, keys, SERVER_MAILBOX, type Store } from '../../store/index.js'
import { newGuid, type Runtime } from '../runtime.js'
import { type AddressList, type AddressListSpec, addressLists } from './address-list.js'
import { type CommonEntry, type DirectoryEntry, isPrincipal } from './directory-entry.js'
import { DirectoryError } from './directory-error.js'
import { parseEntry, parseOrganization, writeEntry, writeOrganization } from './directory-records.js'
import { matchesFilter } from './entry-filter.js'
import { dnsOf, EntryIndex } from './entry-index.js'
import { demandWellFormed, type EntryChange, type EntryOf, type EntrySpec, lowerCased } from './entry-spec.js'
import { BackLinks, linksOf, withoutLink } from './links.js'
import { administrativeGroupDn, newEntry } from './new-entry.js'
import type { Principal } from './principal.js'

/** What is true of the whole organization. Name and id never change once the store was made. */
export interface Organization {
  /** `/o=` part of every legacy DN. */
  readonly name: string
  /** DeploymentId of Autodiscover: one GUID per installation. */
  readonly deploymentId: string
  /** Address lists beside those that every organization has. */
  readonly addressLists: readonly AddressListSpec[]
}

/** What goes into the same batch as a change of an entry. */
export type AlsoWrite = (batch: Batch, entry: DirectoryEntry) => void

const ORGANIZATION_KEY = 'organization'
/** The number that the next entry gets: numbers are never given twice, minimal entry ids and mailbox numbers are made of them. */
const NEXT_ID_KEY = 'directory-next-id'
/** Entries that are written in one batch. */
const BATCH_ENTRIES = 1000
/** Changed entries that are remembered for those who follow the directory. */
const REMEMBERED_CHANGES = 10_000

/**
 * Who there is: users and other mailboxes, groups, contacts, mail-enabled folders, with all their names; resident in memory
 * and kept in the store's mailbox number 0. All look-ups are synchronous. Names are compared without case. Every change
 * resolves when it is on disk.
 */
export class Directory {
  /** Grows with every change; whoever cached something about an entry compares it. */
  generation = 0
  /** Names of this server, in lower case: who has one of them as home server is at home here. */
  serverNames: readonly string[] = []
  private readonly index = new EntryIndex()
  private nextId = 1
  private links: { generation: number; back: BackLinks } | undefined
  private lists: readonly AddressList[] | undefined
  /** What each of the last generations changed, and the one before them. */
  private readonly changes: { generation: number; ids: readonly number[] }[] = []
  private forgotten = 0
  private remembered = 0

  private constructor(
    private readonly store: Store,
    private readonly runtime: Runtime,
    private facts: Organization
  ) {}

  /** Reads the directory; in a new store it makes the organization first, with this name. */
  static async open(store: Store, runtime: Runtime, organizationName = 'Ropewalk'): Promise<Directory> {
    const key = keys.setting.of(SERVER_MAILBOX, ORGANIZATION_KEY)
    const record = store.get(key)
    const organization =
      record === undefined
        ? { name: organizationName, deploymentId: newGuid(runtime), addressLists: [] }
        : parseOrganization(record)
    if (record === undefined) {
      if (!/^[\w .-]{1,64}$/.test(organizationName))
        throw new DirectoryError(`not an organization name: ${organizationName}`)
      await store.whenDurable(store.commit(new Batch().put(key, writeOrganization(organization))))
    }
    const directory = new Directory(store, runtime, organization)
    await directory.reload()
    return directory
  }

  get organization(): Organization {
    return this.facts
  }

  /** Forgets what is in memory and reads what the store has: after a failed flush the two may differ. */
  async reload(): Promise<void> {
    const organization = this.store.get(keys.setting.of(SERVER_MAILBOX, ORGANIZATION_KEY))
    const next = this.store.get(keys.setting.of(SERVER_MAILBOX, NEXT_ID_KEY))
    const records = await this.store.range(keys.principal.range(SERVER_MAILBOX))
    this.forgetChanges()
    this.index.clear()
    this.lists = undefined
    if (organization !== undefined) this.facts = parseOrganization(organization)
    if (next !== undefined) this.nextId = Number(Buffer.from(next).toString('latin1'))
    for (const { value } of records) {
      const entry = parseEntry(value)
      this.index.put(entry)
      this.nextId = Math.max(this.nextId, entry.id + 1)
    }
  }

  /** Any entry by primary or further SMTP address. */
  entryByAddress(address: string): DirectoryEntry | undefined {
    return this.index.addresses.get(address.toLowerCase())
  }

  /** Any entry by its legacy DN, or by one that it had elsewhere (an X500 address). */
  entryByLegacyDn(legacyDn: string): DirectoryEntry | undefined {
    return this.index.legacyDns.get(legacyDn.toLowerCase())
  }

  entryByGuid(guid: string): DirectoryEntry | undefined {
    return this.index.guids.get(guid.toLowerCase())
  }

  entryById(id: number): DirectoryEntry | undefined {
    return this.index.byId.get(id)
  }

  /** A principal by primary or further SMTP address. */
  byAddress(address: string): Principal | undefined {
    return principalOf(this.entryByAddress(address))
  }

  byLegacyDn(legacyDn: string): Principal | undefined {
    return principalOf(this.entryByLegacyDn(legacyDn))
  }

  byGuid(guid: string): Principal | undefined {
    return principalOf(this.entryByGuid(guid))
  }

  byMailboxGuid(guid: string): Principal | undefined {
    return this.index.mailboxGuids.get(guid.toLowerCase())
  }

  byMailboxNumber(number: number): Principal | undefined {
    return principalOf(this.entryById(number))
  }

  /**
   * As people type it when they log on: `user@domain`, `DOMAIN\user` (the whole mail domain or its first label) or
   * `user`, where only one principal has that alias.
   */
  byLogonName(name: string): Principal | undefined {
    const backslash = name.indexOf('\\')
    if (backslash < 0) return name.includes('@') ? this.byAddress(name) : this.onlyOne(name.toLowerCase())
    const user = name.slice(backslash + 1).toLowerCase()
    if (user.includes('@')) return this.byAddress(user)
    const domain = name.slice(0, backslash).toLowerCase()
    if (domain === '' || domain === '.') return this.onlyOne(user)
    return this.byAddress(`${user}@${domain}`) ?? this.onlyOne(user, domain)
  }

  /** All entries, in the order in which they were added. */
  entries(): DirectoryEntry[] {
    return [...this.index.byId.values()]
  }

  /** All principals, in the order in which they were added. */
  principals(): Principal[] {
    return this.entries().filter(isPrincipal)
  }

  get size(): number {
    return this.index.byId.size
  }

  /** The domains that have mailboxes, sorted. */
  domains(): string[] {
    return [...new Set(this.principals().map(principal => principal.domain))].sort()
  }

  /** The mailbox that holds the public folders; undefined when the organization has none. */
  publicFolderMailbox(): Principal | undefined {
    return this.principals().find(({ kind }) => kind === 'publicFolderMailbox')
  }

  /** Where a mailbox is that another server has, as `https://host`; undefined for one that is here. */
  otherHome({ homeServer }: Pick<Principal, 'homeServer'>): string | undefined {
    return homeServer === null || this.serverNames.includes(homeServer) ? undefined : `https://${homeServer}`
  }

  /** DN of the server as a mailbox's own: no server name in it, as Exchange 2013 and later answer. */
  serverDn({ mailboxGuid, domain }: Pick<Principal, 'mailboxGuid' | 'domain'>): string {
    const group = administrativeGroupDn(this.facts.name)
    return `${group}/cn=Configuration/cn=Servers/cn=${mailboxGuid}@${domain}`
  }

  /** Address lists that are shown: the global one first, parents before their children. */
  addressLists(): readonly AddressList[] {
    this.lists ??= addressLists(this.facts.deploymentId, this.facts.addressLists)
    return this.lists
  }

  /**
   * Ids of the entries that were added, changed or removed since a generation, some perhaps more than once; undefined when that was
   * too long ago to say.
   */
  changedSince(generation: number): readonly number[] | undefined {
    if (generation < this.forgotten) return undefined
    return this.changes.filter(change => change.generation > generation).flatMap(({ ids }) => ids)
  }

  /** Direct members of a distribution list, those of a dynamic one as they are now; hidden ones, too. */
  membersOf(entry: DirectoryEntry): DirectoryEntry[] {
    if (entry.kind === 'group') return this.resolve(entry.members)
    if (entry.kind !== 'dynamicGroup') return []
    return this.entries().filter(other => other !== entry && matchesFilter(entry.filter, other))
  }

  /** Distribution lists that an entry is a direct member of. */
  memberOf(entry: CommonEntry): readonly DirectoryEntry[] {
    return this.backLinks().memberOf.get(entry.guid) ?? []
  }

  /** Entries whose manager this one is. */
  reportsOf(entry: CommonEntry): readonly DirectoryEntry[] {
    return this.backLinks().reports.get(entry.guid) ?? []
  }

  /** Distribution lists that an entry manages. */
  ownedBy(entry: CommonEntry): readonly DirectoryEntry[] {
    return this.backLinks().ownerOf.get(entry.guid) ?? []
  }

  /** Entries on whose behalf this one may send. */
  delegateOf(entry: CommonEntry): readonly DirectoryEntry[] {
    return this.backLinks().delegateOf.get(entry.guid) ?? []
  }

  /** The entries that links lead to; a link that leads nowhere is passed over. */
  resolve(guids: readonly string[]): DirectoryEntry[] {
    return guids.map(guid => this.index.guids.get(guid)).filter(entry => entry !== undefined)
  }

  /**
   * Adds an entry. DirectoryError when a name is taken or not well-formed, or a link leads nowhere. `also` may put more into
   * the batch that makes it.
   */
  async add<Spec extends EntrySpec>(spec: Spec, also?: AlsoWrite): Promise<EntryOf<Spec>> {
    const [entry] = await this.addAll([spec], also)
    return entry as EntryOf<Spec>
  }

  /** Adds entries in order, in large batches; links may lead to earlier ones and to each other. All or none are refused. */
  async addAll(specs: readonly EntrySpec[], also: AlsoWrite = () => {}): Promise<DirectoryEntry[]> {
    const entries = specs.map((spec, at) => newEntry(spec, this.nextId + at, this.facts.name, this.runtime))
    const fresh = new EntryIndex()
    for (const entry of entries) {
      demandWellFormed(entry)
      this.demandFree(entry, fresh)
      fresh.put(entry)
    }
    for (const entry of entries) {
      for (const guid of linksOf(entry)) {
        if (!fresh.guids.has(guid)) this.demandLink(guid)
      }
    }
    this.nextId += entries.length
    let sequence = 0
    for (let at = 0; at < entries.length; at += BATCH_ENTRIES) {
      const batch = this.nextIdBatch()
      for (const entry of entries.slice(at, at + BATCH_ENTRIES)) {
        put(batch, entry)
        also(batch, entry)
      }
      sequence = this.store.commit(batch)
    }
    for (const entry of entries) this.index.put(entry)
    this.rememberChange(entries)
    if (entries.length > 0) await this.store.whenDurable(sequence)
    return entries
  }

  /** Changes an entry; resolves with its new state. */
  async change(guid: string, change: EntryChange): Promise<DirectoryEntry> {
    const old = this.entryByGuid(guid)
    if (old === undefined) throw new DirectoryError(`no entry has the GUID ${guid}`)
    for (const field of Object.keys(change)) {
      if (!Object.hasOwn(old, field)) throw new DirectoryError(`a ${old.kind} has no ${field}`)
    }
    const folded = { aliases: lowerCased(change.aliases ?? old.aliases) }
    const home = change.homeServer && { homeServer: change.homeServer.toLowerCase() }
    const entry = { ...old, ...change, ...folded, ...home } as DirectoryEntry
    demandWellFormed(entry)
    this.demandFree(entry)
    for (const link of linksOf(entry)) this.demandLink(link)
    const batch = new Batch()
    put(batch, entry)
    await this.commit(batch, [entry], () => this.index.put(entry))
    return entry
  }

  /** Removes an entry and every link to it. The mailbox of a principal is somebody else's to remove; `also` may note that. */
  async remove(guid: string, also: AlsoWrite = () => {}): Promise<DirectoryEntry> {
    const entry = this.entryByGuid(guid)
    if (entry === undefined) throw new DirectoryError(`no entry has the GUID ${guid}`)
    const batch = this.nextIdBatch().delete(keys.principal.of(SERVER_MAILBOX, entry.id))
    const changed: DirectoryEntry[] = []
    for (const other of this.index.byId.values()) {
      const without = withoutLink(other, entry)
      if (without === other || other === entry) continue
      changed.push(without)
      put(batch, without)
    }
    also(batch, entry)
    await this.commit(batch, [entry, ...changed], () => {
      this.index.delete(entry)
      for (const other of changed) this.index.put(other)
    })
    return entry
  }

  /** Replaces the organization's own address lists. */
  async setAddressLists(own: readonly AddressListSpec[]): Promise<void> {
    const names = new Set(addressLists(this.facts.deploymentId, []).map(({ name }) => name.toLowerCase()))
    for (const { name, parent } of own) {
      if (name === '' || names.has(name.toLowerCase()))
        throw new DirectoryError(`there is an address list ${name} already`)
      if (parent !== null && !names.has(parent.toLowerCase()))
        throw new DirectoryError(`the address list ${name} stands below ${parent}, which is not before it`)
      names.add(name.toLowerCase())
    }
    const facts = { ...this.facts, addressLists: own }
    const batch = new Batch().put(keys.setting.of(SERVER_MAILBOX, ORGANIZATION_KEY), writeOrganization(facts))
    await this.commit(batch, [], () => {
      this.facts = facts
      this.lists = undefined
    })
  }

  private rememberChange(entries: readonly DirectoryEntry[]): void {
    this.generation++
    this.changes.push({ generation: this.generation, ids: entries.map(({ id }) => id) })
    this.remembered += entries.length + 1
    while (this.remembered > REMEMBERED_CHANGES) {
      const { generation, ids } = this.changes.shift()!
      this.remembered -= ids.length + 1
      this.forgotten = generation
    }
  }

  private forgetChanges(): void {
    this.generation++
    this.changes.length = 0
    this.remembered = 0
    this.forgotten = this.generation
  }

  private onlyOne(alias: string, firstLabel?: string): Principal | undefined {
    const found = this.index
      .withAlias(alias)
      .filter(({ domain }) => firstLabel === undefined || domain.split('.', 1)[0] === firstLabel)
    return found.length === 1 ? found[0] : undefined
  }

  private backLinks(): BackLinks {
    if (this.links?.generation !== this.generation) {
      this.links = { generation: this.generation, back: new BackLinks(this.index.byId.values()) }
    }
    return this.links.back
  }

  /** Every name of an entry must be free, or its own. `fresh` are entries that come with it. */
  private demandFree(entry: DirectoryEntry, fresh?: EntryIndex): void {
    const demand = (what: string, find: (index: EntryIndex) => DirectoryEntry | undefined): void => {
      const owner = find(this.index) ?? (fresh && find(fresh))
      if (owner === undefined || owner.id === entry.id) return
      throw new DirectoryError(`the ${what} belongs to ${owner.address} already`)
    }
    for (const address of [entry.address, ...entry.aliases]) {
      demand(`address ${address}`, index => index.addresses.get(address))
    }
    demand('guid', index => index.guids.get(entry.guid))
    for (const dn of dnsOf(entry)) demand('legacy DN', index => index.legacyDns.get(dn))
    if (isPrincipal(entry)) demand('mailbox guid', index => index.mailboxGuids.get(entry.mailboxGuid))
  }

  private demandLink(guid: string): void {
    if (!this.index.guids.has(guid)) throw new DirectoryError(`no entry has the GUID ${guid}`)
  }

  private nextIdBatch(): Batch {
    return new Batch().put(keys.setting.of(SERVER_MAILBOX, NEXT_ID_KEY), Buffer.from(String(this.nextId), 'latin1'))
  }

  private async commit(batch: Batch, changed: readonly DirectoryEntry[], remember: () => void): Promise<void> {
    const sequence = this.store.commit(batch)
    remember()
    this.rememberChange(changed)
    await this.store.whenDurable(sequence)
  }
}

function put(batch: Batch, entry: DirectoryEntry): void {
  batch.put(keys.principal.of(SERVER_MAILBOX, entry.id), writeEntry(entry))
}

function principalOf(entry: DirectoryEntry | undefined): Principal | undefined {
  return entry !== undefined && isPrincipal(entry) ? entry : undefined
}
