import { AssertionError } from 'node:assert'
import { keys } from '../../store/index.js'
import type { ObjectStore } from '../../store/open-store.js'
import { groupsOf } from '../directory/index.js'
import { limits } from '../limits.js'
import { addressBookEntryId, muidStorePrivate, muidStorePublic, storeEntryId } from '../oxcdata/entry-id.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { type Fid, type LongTermId, type Mid, UNKNOWN_ID } from '../oxcdata/ids.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { PropertyBag } from '../oxcdata/property-bag.js'
import type { PropertyName } from '../oxcdata/property-name.js'
import type { PropertyEntry, PropertyTag } from '../oxcdata/property-tag.js'
import type { Personality } from '../personality.js'
import { type Runtime, toFiletime } from '../runtime.js'
import { guidBytes } from './change-key.js'
import type {
  Actor,
  Mailbox,
  Maybe,
  OpenMessageOptions,
  PropertyObject,
  PropertyProblem,
  ReceiveFolderRow,
  SpecialFolders
} from './domain.js'
import { type MailboxEvent, MailboxEvents } from './events.js'
import { StoreFolder } from './folders/folder.js'
import type { FolderNode } from './folders/folder-node.js'
import type { FolderTree } from './folders/folder-tree.js'
import { knownTo, type ReceiveFolders, setReceiveFolder } from './folders/receive-folders.js'
import { logonFolders } from './folders/special-folders.js'
import { LogonObject } from './logon-object.js'
import { MailboxSpace } from './mailbox-limits.js'
import type { MailboxParts, MailboxSurroundings, People } from './mailbox-parts.js'
import { mailboxComputed, readOnlyMailboxProperties, removableMailboxProperties } from './mailbox-properties.js'
import { type StoreKind, writeMailbox } from './mailbox-record.js'
import { CHANGE_LINE, MailboxTurn, OBJECT_LINE } from './mailbox-turn.js'
import type { MemoryBudget } from './memory-budget.js'
import { type ImportedMessage, type ImportOptions, importMessages } from './messages/import-messages.js'
import { StoreMessage } from './messages/message.js'
import { MessageContent } from './messages/message-content.js'
import { isOwn } from './messages/message-ownership.js'
import { newMessageBag } from './messages/message-properties.js'
import { MessageStore } from './messages/message-store.js'
import type { NamedProperties } from './named-properties.js'
import { ObjectProperties } from './object-properties.js'
import { access, demandAccess, demandRight, demandVisible, mayChange, maySee, rightsOn } from './permissions/access.js'
import { Right } from './permissions/rights.js'
import { perUserFolders, perUserInformation, perUserReplica } from './public-store/per-user-information.js'
import { StorePerUserUpload } from './public-store/per-user-upload.js'
import { publicLogonFolders } from './public-store/public-folders.js'
import { publicStoreComputed } from './public-store/public-store-properties.js'
import { ReadStates } from './public-store/read-states.js'
import { demandReplica, demandReplicaOf } from './public-store/replicas.js'
import { type MessageRecord, readAttachmentRecord } from './record-codec.js'
import type { Replids } from './replids.js'
import { SearchFollower } from './search/search-follower.js'
import { Searches } from './search/searches.js'
import { type Computed, StoredObject } from './stored-object.js'
import type { OrderIndex } from './tables/order-index.js'
import { WriterTurns } from './writer-turns.js'

const ALL_OF_IT = { mayEdit: true, mayDelete: true }

/** One open mailbox: its resident folder tree, its writer turns, and what opens its objects. */
export class MailboxCore extends StoredObject implements Mailbox {
  readonly kind = 'mailbox'
  readonly number: number
  readonly guid: string
  readonly guidBytes: Uint8Array
  readonly replicaGuid: string
  readonly replicaBytes: Uint8Array
  /** The directory's object, exchanged when the directory changes it. */
  owner: Actor
  readonly localeId: number
  readonly storeKind: StoreKind
  readonly codePage = 1252
  override readonly showsWrites = false
  readonly specialFolders: SpecialFolders = logonFolders
  readonly tree: FolderTree
  /** How much it holds, and how much it may. */
  readonly space: MailboxSpace
  readonly names: NamedProperties
  readonly replids: Replids
  readonly receive: ReceiveFolders
  readonly orders: OrderIndex
  readonly budget: MemoryBudget
  readonly messages: MessageStore
  /** Who has read what, in a public store; a private mailbox has one state for all. */
  readonly readStates: ReadStates | undefined
  /** What its search folders find. */
  readonly searches: Searches
  /** What happens in the mailbox, told when it is on disk. */
  readonly events: MailboxEvents
  readonly objects: ObjectStore
  readonly runtime: Runtime
  readonly personality: Personality
  protected properties: ObjectProperties
  readonly people: People | undefined
  private readonly turns: WriterTurns
  private readonly watch = (turn: MailboxTurn, event: MailboxEvent): void => this.searches.watch(turn, event)
  private readonly userEntryIds = new Map<string, Uint8Array>()

  constructor(surroundings: MailboxSurroundings, parts: MailboxParts) {
    super()
    this.objects = surroundings.objects
    this.runtime = surroundings.runtime
    this.personality = surroundings.personality
    this.people = surroundings.people
    this.number = parts.number
    this.guid = parts.guid
    this.guidBytes = guidBytes(parts.guid)
    this.replicaGuid = parts.replicaGuid
    this.replicaBytes = guidBytes(parts.replicaGuid)
    this.owner = parts.owner
    this.localeId = parts.localeId
    this.storeKind = parts.storeKind
    this.properties = parts.properties
    this.tree = parts.tree
    this.space = new MailboxSpace(parts.tree, () => this.owner, parts.storeKind, surroundings.limits)
    this.names = parts.names
    this.replids = parts.replids
    this.receive = parts.receive
    this.orders = parts.orders
    this.budget = parts.budget
    this.events = new MailboxEvents(this.objects.store)
    const readStates = parts.storeKind === 'public' ? new ReadStates(this) : undefined
    this.readStates = readStates
    const numberLeft = readStates && ((fid: Fid, cn: number) => readStates.messageLeft(fid, cn))
    this.searches = new Searches(this)
    this.messages = new MessageStore(this.objects, this.number, this.orders, numberLeft, new SearchFollower(this))
    this.orders.showsOthers = fid => this.tree.find(fid)?.type === 'search'
    const { counters, store } = this.objects
    this.turns = new WriterTurns(store, () => counters.take(this.number, CHANGE_LINE))
  }

  get core(): MailboxCore {
    return this
  }

  get mailbox(): MailboxCore {
    return this
  }

  /** PidTagMappingSignature: what the REPLIDs of the mailbox stand for. */
  get mappingSignature(): Uint8Array {
    return this.replicaBytes
  }

  /** PidTagStoreEntryId ([MS-OXCDATA] 2.2.4.3). */
  get storeEntryId(): Uint8Array {
    this.storeEntryIdBytes ??= storeEntryId({
      wrappedProvider: this.storeKind === 'public' ? muidStorePublic : muidStorePrivate,
      wrappedType: this.storeKind === 'public' ? 0x06 : 0x0c,
      serverShortname: this.guid,
      mailboxDn: this.owner.legacyDn
    })
    return this.storeEntryIdBytes
  }

  private storeEntryIdBytes: Uint8Array | undefined

  /** The permanent address book entry id of a user, kept because it comes with every save. */
  userEntryId(legacyDn: string): Uint8Array {
    let entryId = this.userEntryIds.get(legacyDn)
    if (entryId === undefined) {
      entryId = addressBookEntryId({ type: 0, dn: legacyDn })
      if (this.userEntryIds.size > 100) this.userEntryIds.clear()
      this.userEntryIds.set(legacyDn, entryId)
    }
    return entryId
  }

  filetime(): bigint {
    return toFiletime(this.runtime.now())
  }

  /** Takes the mailbox's writer turn (one at a time, not re-entrant, committed whole). */
  write<T>(why: string, work: (turn: MailboxTurn) => Maybe<T>): Maybe<T> {
    return this.turns.write(why, writeTurn => {
      const turn = new MailboxTurn(
        writeTurn,
        this.number,
        this.objects.counters,
        this.events,
        this.tree,
        this.space,
        this.filetime(),
        this.watch
      )
      const result = work(turn)
      if (!(result instanceof Promise)) {
        turn.finish()
        return result
      }
      return result.then(value => {
        turn.finish()
        return value
      })
    })
  }

  /** Nothing of the mailbox is written any more: it is being removed. */
  retire(): void {
    this.turns.retire()
  }

  durable(): Promise<void> | undefined {
    return this.objects.store.whenDurable(this.turns.lastSequence)
  }

  access(actor: Actor): { owner: boolean; full: boolean } {
    return access(this, actor)
  }

  mayChange(actor: Actor): boolean {
    return mayChange(this, this.tree.all(), actor)
  }

  /** The node of a folder that is there and not soft-deleted; throws `error` otherwise. */
  demandNode(fid: Fid, error: number): FolderNode {
    const node = this.tree.find(fid)
    if (node === undefined) throw new MapiError(error)
    return node
  }

  openFolder(fid: Fid, options: { softDeleted?: boolean }, actor: Actor): StoreFolder {
    this.demandKnown(actor)
    const node = fid === UNKNOWN_ID ? undefined : this.tree.find(fid)
    if (node === undefined) throw new MapiError(ErrorCode.ecNotFound)
    demandVisible(this, node, actor)
    if (this.tree.isSoftDeleted(node) && options.softDeleted !== true) throw new MapiError(ErrorCode.ecNotFound)
    return new StoreFolder(this, node, actor)
  }

  openMessage(fid: Fid, mid: Mid, options: OpenMessageOptions, actor: Actor): StoreMessage {
    this.demandKnown(actor)
    // Who does not see the folder learns nothing of what lies in it, not even whether it is there.
    const named = this.demandNode(fid, ErrorCode.ecNotFound)
    demandVisible(this, named, actor)
    demandReplicaOf(this, fid, actor)
    const record = mid === UNKNOWN_ID ? undefined : this.messages.find(mid)
    if (record === undefined || (record.softDeleted && !options.softDeleted)) throw new MapiError(ErrorCode.ecNotFound)
    // A search folder shows messages of others; any other folder has only its own ([MS-OXCMSG] R1477).
    if (named.fid !== record.fid && named.type !== 'search') throw new MapiError(ErrorCode.ecNotFound)
    // What went with its folder is gone as the folder is.
    const holder = this.demandNode(record.fid, ErrorCode.ecNotFound)
    if (this.tree.isSoftDeleted(holder) && !options.softDeleted) throw new MapiError(ErrorCode.ecNotFound)
    const { mayEdit, mayDelete } = this.demandMessageRights(holder, record, actor)
    if (options.access === 'readWrite' && !mayEdit) throw new MapiError(ErrorCode.ecAccessDenied)
    const state = {
      fid: record.fid,
      mid,
      cn: record.cn,
      readCn: record.readCn,
      associated: record.associated,
      softDeleted: record.softDeleted,
      writable: options.access !== 'read' && mayEdit,
      mayEdit,
      mayDelete,
      codePage: options.codePage,
      holder: undefined,
      reader: this.readStates?.of(actor)
    }
    const message = new StoreMessage(this, state, this.contentOf(mid, record))
    message.holdContent()
    return message
  }

  /** What may be done with a stored message; ecAccessDenied when it may not even be read. */
  private demandMessageRights(
    holder: FolderNode,
    record: MessageRecord,
    actor: Actor
  ): { mayEdit: boolean; mayDelete: boolean } {
    if (actor === this.owner) return ALL_OF_IT
    demandVisible(this, holder, actor)
    const rights = rightsOn(this, holder, actor)
    const own = isOwn(this, record, actor)
    if ((rights & Right.readAny) === 0 && !own) throw new MapiError(ErrorCode.ecAccessDenied)
    const has = (any: number, owned: number): boolean => (rights & any) !== 0 || (own && (rights & owned) !== 0)
    return { mayEdit: has(Right.editAny, Right.editOwned), mayDelete: has(Right.deleteAny, Right.deleteOwned) }
  }

  /** Throws ecAccessDenied for whom no folder can be opened: nothing is said of what is there and what is not. */
  private demandKnown(actor: Actor): void {
    if (actor === this.owner || access(this, actor).full) return
    for (const node of this.tree.all()) if (maySee(this, node, actor)) return
    throw new MapiError(ErrorCode.ecAccessDenied)
  }

  groupsOf(guid: string): Iterable<string> {
    return this.people === undefined ? [] : groupsOf(this.people, guid)
  }

  contentOf(mid: Mid, record: MessageRecord): MessageContent {
    return MessageContent.of(record, number => {
      const bytes = this.objects.store.get(keys.attachment.of(this.number, mid, number))
      return bytes === undefined ? undefined : readAttachmentRecord(bytes)
    })
  }

  createMessage(fid: Fid, options: { associated: boolean; codePage: number }, actor: Actor): StoreMessage {
    this.demandKnown(actor)
    const node = fid === UNKNOWN_ID ? undefined : this.tree.find(fid)
    if (node === undefined || this.tree.isSoftDeleted(node)) throw new MapiError(ErrorCode.ecNotFound)
    demandVisible(this, node, actor)
    demandRight(this, node, actor, options.associated ? Right.folderOwner : Right.create)
    demandReplica(this, node)
    if (node.type === 'search') throw new MapiError(ErrorCode.ecSearchFolder)
    const { associated, codePage } = options
    const state = {
      fid,
      mid: 0,
      cn: 0,
      readCn: 0,
      associated,
      softDeleted: false,
      writable: true,
      mayEdit: (rightsOn(this, node, actor) & (Right.editAny | Right.editOwned)) !== 0,
      mayDelete: (rightsOn(this, node, actor) & (Right.deleteAny | Right.deleteOwned)) !== 0,
      codePage,
      holder: undefined,
      reader: this.readStates?.of(actor)
    }
    return new StoreMessage(this, state, MessageContent.empty(newMessageBag(this, actor, codePage)))
  }

  /** A folder directly in `parent` came, went or changed. */
  hierarchyChanged(turn: MailboxTurn, parent: FolderNode): void {
    turn.counters(parent).hierarchyChanges++
  }

  /** Imports whole messages in large batches, for worlds; returns how many. */
  importMessages(fid: Fid, drafts: Iterable<ImportedMessage>, options?: ImportOptions): Promise<number> {
    return importMessages(this, fid, drafts, options)
  }

  /** Who may not write into the mailbox registers no names: they stay unmapped ([MS-OXCPRPT] 2.2.12.2). */
  propertyIdsFromNames(names: readonly PropertyName[], create: boolean, actor: Actor): Maybe<number[]> {
    const known = this.names.idsFromNames(null, names, false)
    if (!create || !known.includes(0) || !this.mayChange(actor)) return known
    return this.write('register named properties', turn => this.names.idsFromNames(turn.batch, names, true))
  }

  nameFromPropertyId(id: number): PropertyName | undefined {
    return this.names.nameOf(id)
  }

  namedProperties(): Iterable<{ id: number; name: PropertyName }> {
    return this.names.entries()
  }

  replicaGuidOf(replid: number): string | undefined {
    return this.replids.guidOf(replid)
  }

  replidOf(replicaGuid: string, create: boolean): Maybe<number | undefined> {
    const known = this.replids.replidOf(null, replicaGuid, false)
    if (known !== undefined || !create) return known
    return this.write('map replica', turn => this.replids.replidOf(turn.batch, replicaGuid, true))
  }

  /** A range of the id line leaves the server without a commit of its own: the answer waits for the reservation. */
  reserveLocalIds(count: number): Maybe<number> {
    const first = this.objects.counters.take(this.number, OBJECT_LINE, count)
    const durable = this.objects.store.whenDurable(this.objects.store.lastSequence)
    return durable === undefined ? first : durable.then(() => first)
  }

  publicLogonFolders(localeId: number): Fid[] {
    return publicLogonFolders(this.tree, localeId)
  }

  receiveFolder(messageClass: string, actor: Actor): { folderId: Fid; explicitClass: string } {
    return this.receive.find(messageClass, knownTo(this, actor))
  }

  receiveFolders(actor: Actor): ReceiveFolderRow[] {
    return this.receive.rows(knownTo(this, actor))
  }

  setReceiveFolder(messageClass: string, folderId: Fid, actor: Actor): Maybe<void> {
    demandAccess(this, actor)
    return setReceiveFolder(this, messageClass, folderId)
  }

  loadReadState(actor: Actor): Maybe<void> {
    return this.readStates?.of(actor).load()
  }

  perUserInformation(folder: LongTermId, actor: Actor): Uint8Array {
    return perUserInformation(this, folder, actor)
  }

  perUserUpload(): StorePerUserUpload {
    return new StorePerUserUpload(this)
  }

  perUserReplica(folder: LongTermId, actor: Actor): string | undefined {
    return perUserReplica(this, folder, actor)
  }

  perUserFolders(replGuid: string, actor: Actor): Maybe<LongTermId[]> {
    return perUserFolders(this, replGuid, actor)
  }

  seenBy(actor: Actor): PropertyObject {
    return new LogonObject(this, actor)
  }

  protected computed(id: number): Computed<this> | undefined {
    return this.computedProperties.get(id) as Computed<this> | undefined
  }

  protected computedIds(): Iterable<number> {
    return this.computedProperties.keys()
  }

  private get computedProperties(): typeof mailboxComputed {
    return this.storeKind === 'public' ? publicStoreComputed : mailboxComputed
  }

  protected refusal(tag: PropertyTag): number | undefined {
    return readOnlyMailboxProperties.has(tag >>> 16) || this.computedProperties.has(tag >>> 16)
      ? ErrorCode.ecAccessDenied
      : undefined
  }

  protected override sortOutRemoval(tags: readonly PropertyTag[]): {
    good: PropertyTag[]
    problems: PropertyProblem[]
  } {
    const isRemovable = (tag: PropertyTag): boolean => removableMailboxProperties.has(tag >>> 16)
    const { good, problems } = super.sortOutRemoval(tags)
    return { good: [...good, ...tags.filter(isRemovable)], problems: problems.filter(({ tag }) => !isRemovable(tag)) }
  }

  protected demandWritable(): void {}

  /** Properties of the logon object are committed at once ([MS-OXCPRPT] 3.2.5.4). */
  set(entries: readonly PropertyEntry[], actor: Actor): Maybe<PropertyProblem[]> {
    demandAccess(this, actor)
    const { good, problems } = this.sortOut(entries)
    if (good.length === 0) return problems
    return this.change('set mailbox properties', problems, bag => {
      for (const { tag, bytes } of good) bag.set(tag, bytes)
    })
  }

  remove(tags: readonly PropertyTag[], actor: Actor): Maybe<PropertyProblem[]> {
    demandAccess(this, actor)
    const { good, problems } = this.sortOutRemoval(tags)
    if (good.length === 0) return problems
    return this.change('remove mailbox properties', problems, bag => {
      for (const tag of good) bag.delete(tag)
    })
  }

  /** The changed properties become those of the mailbox when they have been queued. */
  private change(why: string, problems: PropertyProblem[], edit: (bag: PropertyBag) => void): Maybe<PropertyProblem[]> {
    return this.write(why, turn => {
      const bag = this.properties.writable().clone()
      edit(bag)
      if (bag.sizeBytes > limits.folderBytes && bag.sizeBytes > this.properties.writable().sizeBytes) {
        throw new MapiError(ErrorCode.ecTooBig)
      }
      const { guid, replicaGuid, localeId, storeKind } = this
      turn.batch.put(keys.mailbox.of(this.number), writeMailbox({ guid, replicaGuid, localeId, storeKind, bag }))
      turn.after(() => {
        this.properties = new ObjectProperties(bag)
      })
      return problems
    })
  }

  override keep(): never {
    throw new AssertionError({ message: 'no streams on a logon object' })
  }
}
