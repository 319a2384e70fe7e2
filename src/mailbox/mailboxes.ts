import { Batch, keys, StoreError } from '../../store/index.js'
import { limits } from '../limits.js'
import type { Fid } from '../oxcdata/ids.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import { newGuid, toFiletime } from '../runtime.js'
import { guidBytes } from './change-key.js'
import type { Actor } from './domain.js'
import { type FolderNode, readCounters, readFolder, writeCounters, writeFolder } from './folders/folder-node.js'
import { FolderTree } from './folders/folder-tree.js'
import { ReceiveFolders } from './folders/receive-folders.js'
import { FIRST_FREE_GLOBCNT } from './folders/special-folders.js'
import { freshFolders } from './fresh-mailbox.js'
import { MailboxCore } from './mailbox-core.js'
import type { MailboxSurroundings } from './mailbox-parts.js'
import { freshMailboxProperties } from './mailbox-properties.js'
import { type MailboxRecord, readMailbox, type StoreKind, writeMailbox } from './mailbox-record.js'
import { CHANGE_LINE, OBJECT_LINE } from './mailbox-turn.js'
import { MemoryBudget } from './memory-budget.js'
import { NamedProperties } from './named-properties.js'
import { ObjectProperties } from './object-properties.js'
import { type PermissionMember, readPermission, writePermission } from './permissions/permission-list.js'
import { freshPublicFolders } from './public-store/public-folders.js'
import { Replids } from './replids.js'
import { type Rule, readRule } from './rules/rule.js'
import { OrderIndex } from './tables/order-index.js'
import { CacheBudget } from './tables/row-cache.js'

const DEFAULT_CACHE_BYTES = 256 << 20

export interface CreateMailbox {
  /** Number of the mailbox in the store's keys: the directory's. */
  number: number
  owner: Actor
  localeId: number
  guid?: string
  replicaGuid?: string
  /** `public` for the mailbox that holds the public folders. */
  storeKind?: StoreKind
  /** The moment that its folders are made at, in milliseconds; now unless a world says otherwise. */
  now?: number
}

export interface MailboxesOptions extends MailboxSurroundings {
  /** Memory for table rows and runs of all mailboxes (default 256 MiB). */
  cacheBytes?: number
  /** Nothing goes on by itself in mailboxes that are opened to be looked at only. */
  isReadOnly?: boolean
  /** The owner of a mailbox, by its number. */
  ownerOf(number: number): Actor | undefined
}

/** The mailboxes of a server. One is opened when it is first asked for and stays open. */
export class Mailboxes {
  private readonly open_ = new Map<number, Promise<MailboxCore | undefined>>()
  private readonly ready = new Map<number, MailboxCore>()
  /** All open mailboxes together stay within it. */
  private readonly cache: CacheBudget
  private readonly budget = new MemoryBudget(limits.unsavedBytes)

  constructor(private readonly options: MailboxesOptions) {
    this.cache = new CacheBudget(options.cacheBytes ?? DEFAULT_CACHE_BYTES)
    // What was read before a failed flush may never have been: the mailboxes are opened again from disk.
    options.objects.store.onFailure(() => this.forget())
  }

  /** The mailbox with a number: at hand when it is open already, undefined when there is none. */
  find(number: number): MailboxCore | undefined | Promise<MailboxCore | undefined> {
    return this.ready.get(number) ?? this.open(number)
  }

  open(number: number): Promise<MailboxCore | undefined> {
    let opening = this.open_.get(number)
    if (opening === undefined) {
      opening = this.read(number)
      this.open_.set(number, opening)
      opening.then(
        mailbox => {
          if (mailbox === undefined) this.open_.delete(number)
          else if (this.open_.get(number) === opening) this.ready.set(number, mailbox)
        },
        () => this.open_.delete(number)
      )
    }
    return opening
  }

  /** Makes a fresh mailbox with its special folders; resolves when it is on disk. */
  async create(spec: CreateMailbox): Promise<MailboxCore> {
    const { objects, runtime } = this.options
    const { number, storeKind = 'private' } = spec
    if (objects.store.get(keys.mailbox.of(number)) !== undefined)
      throw new RangeError(`mailbox ${number} exists already`)
    const time = toFiletime(spec.now ?? runtime.now())
    const record: MailboxRecord = {
      guid: spec.guid ?? newGuid(runtime),
      replicaGuid: spec.replicaGuid ?? newGuid(runtime),
      localeId: spec.localeId,
      storeKind,
      bag: PropertyBag.of(freshMailboxProperties(spec.localeId, storeKind))
    }
    objects.counters.raise(number, OBJECT_LINE, FIRST_FREE_GLOBCNT - 1)
    const batch = new Batch()
    const source = { ...record, guidBytes: guidBytes(record.guid), replicaBytes: guidBytes(record.replicaGuid) }
    const takeCn = (): number => objects.counters.take(number, CHANGE_LINE)
    const isPublic = record.storeKind === 'public'
    for (const node of isPublic ? freshPublicFolders(time, takeCn) : freshFolders(source, time, takeCn)) {
      node.counters.localCommitTimeMax = time
      batch.put(keys.folder.of(number, node.fid), writeFolder(node))
      batch.put(keys.folderCounters.of(number, node.fid), writeCounters(node.counters))
      for (const row of node.permissionRows) {
        batch.put(keys.permission.of(number, node.fid, row.memberId), writePermission(row))
      }
    }
    // Nothing is delivered into a public store but to a folder by its own address.
    if (!isPublic) new ReceiveFolders(objects.store, number).putDefaults(batch, time)
    batch.put(keys.mailbox.of(number), writeMailbox(record))
    await objects.store.whenDurable(objects.store.commit(batch))
    const mailbox = await this.open(number)
    return mailbox!
  }

  /** Every mailbox that is open. */
  opened(): IterableIterator<MailboxCore> {
    return this.ready.values()
  }

  /** The directory has changed the owner of a mailbox, its display name for example. */
  ownerChanged(number: number): void {
    const mailbox = this.ready.get(number)
    const owner = this.options.ownerOf(number)
    if (mailbox !== undefined && owner !== undefined) mailbox.owner = owner
  }

  /** Forgets an open mailbox that nobody uses: it is opened again from disk when somebody asks for it. */
  close(number: number): void {
    void this.ready.get(number)?.searches.stop()
    this.open_.delete(number)
    this.ready.delete(number)
  }

  /** Ends what goes on by itself in open mailboxes, after the batch at hand; before the store is closed. */
  async stop(): Promise<void> {
    const opening = await Promise.allSettled(this.open_.values())
    const open = opening.flatMap(({ status, ...of }) =>
      status === 'fulfilled' ? [(of as { value?: MailboxCore }).value] : []
    )
    await Promise.all(open.map(mailbox => mailbox?.searches.stop()))
  }

  /** Closes a mailbox for good: nothing of it is written any more. Its owner has left the directory, so that it stays closed. */
  async retire(number: number): Promise<void> {
    this.options.objects.retire(number)
    const mailbox = await this.open_.get(number)?.catch(() => undefined)
    mailbox?.retire()
    await mailbox?.searches.stop()
    this.open_.delete(number)
    this.ready.delete(number)
  }

  private forget(): void {
    this.open_.clear()
    this.ready.clear()
  }

  private async read(number: number): Promise<MailboxCore | undefined> {
    const { objects, ownerOf } = this.options
    const { generation } = objects.store
    const bytes = objects.store.get(keys.mailbox.of(number))
    const owner = ownerOf(number)
    if (bytes === undefined || owner === undefined) return undefined
    const record = readMailbox(bytes)
    const names = new NamedProperties(objects.store, number)
    const replids = new Replids(objects.store, number, record.replicaGuid)
    const receive = new ReceiveFolders(objects.store, number)
    const [nodes, permissions, rules] = await Promise.all([
      this.readFolders(number),
      this.readPermissions(number),
      this.readRules(number),
      ...[names.load(), replids.load(), receive.load()]
    ])
    for (const node of nodes) {
      node.loadPermissions(permissions.get(node.fid) ?? [])
      node.rules = rules.get(node.fid) ?? []
    }
    if (generation !== objects.store.generation) {
      throw new StoreError('failed', `the store failed while mailbox ${number} was being opened`)
    }
    const orders = new OrderIndex(objects.store, number, { cache: this.cache })
    const properties = new ObjectProperties(record.bag)
    const { guid, replicaGuid, localeId, storeKind } = record
    const budget = new MemoryBudget(limits.unsavedBytesPerMailbox, this.budget)
    const parts = {
      budget,
      number,
      guid,
      replicaGuid,
      localeId,
      storeKind,
      owner,
      properties,
      tree: new FolderTree(nodes)
    }
    const core = new MailboxCore(this.options, { ...parts, names, replids, receive, orders })
    await core.searches.load()
    if (this.options.isReadOnly !== true) core.searches.start()
    return core
  }

  /** The rows of all permission lists, by folder. */
  private async readPermissions(number: number): Promise<Map<number, PermissionMember[]>> {
    const rows = new Map<number, PermissionMember[]>()
    for await (const page of this.options.objects.store.pages(keys.permission.range(number))) {
      for (const { key, value } of page) {
        const { fid, memberId } = keys.permission.parse(key)
        const row = readPermission(memberId, value)
        rows.get(fid)?.push(row) ?? rows.set(fid, [row])
      }
    }
    return rows
  }

  private async readRules(number: number): Promise<Map<Fid, Rule[]>> {
    const rules = new Map<Fid, Rule[]>()
    for await (const page of this.options.objects.store.pages(keys.rule.range(number))) {
      for (const { key, value } of page) {
        const { fid, ruleId } = keys.rule.parse(key)
        rules.set(fid, [...(rules.get(fid) ?? []), readRule(ruleId, value.slice())])
      }
    }
    return rules
  }

  private async readFolders(number: number): Promise<FolderNode[]> {
    const { store } = this.options.objects
    const nodes: FolderNode[] = []
    for await (const page of store.pages(keys.folder.range(number))) {
      for (const { key, value } of page) {
        const node = readFolder(keys.folder.parse(key).fid, value)
        const counters = store.get(keys.folderCounters.of(number, node.fid))
        if (counters !== undefined) node.counters = readCounters(counters)
        nodes.push(node)
      }
    }
    return nodes
  }
}
