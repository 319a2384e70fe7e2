import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { PropertyEntry, PropertyTag } from '../../oxcdata/property-tag.js'
import { isString, PtypTime } from '../../oxcdata/property-type.js'
import { encodeValue } from '../../oxcdata/property-value.js'
import { stringOf } from '../../oxcdata/stored-string.js'
import {
  PidTagAdditionalRenEntryIds,
  PidTagDisplayName,
  PidTagLastModificationTime
} from '../../oxprops/property-tags.generated.js'
import type {
  Actor,
  ContentsTableOptions,
  CreateFolderSpec,
  EmptyFolderOptions,
  Folder,
  HierarchyTableOptions,
  Maybe,
  PropertyProblem,
  Stream,
  StreamMode,
  TableView
} from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import { copyMessages } from '../messages/copy-messages.js'
import { deleteMessages } from '../messages/delete-messages.js'
import { changeReadFlags } from '../messages/message-read-flag.js'
import { messageStatus, setMessageStatus } from '../messages/message-status.js'
import { ObjectProperties } from '../object-properties.js'
import { demandRight, demandVisible, rightsOn } from '../permissions/access.js'
import { setPermissions } from '../permissions/folder-permissions.js'
import {
  type ModifyPermissionsOptions,
  modifyPermissions,
  type PermissionChange
} from '../permissions/modify-permissions.js'
import type { PermissionList, PermissionSpec } from '../permissions/permission-list.js'
import { Right } from '../permissions/rights.js'
import { demandReplica, isGhosted, replicasOf } from '../public-store/replicas.js'
import { modifyRules, type RuleChange } from '../rules/modify-rules.js'
import type { SearchRequest } from '../search/search-criteria.js'
import { demandFound, homeOf, inHomeFolders } from '../search/search-folder-messages.js'
import type { SearchAnswer } from '../search/searches.js'
import { type Computed, StoredObject } from '../stored-object.js'
import { ContentsTable } from '../tables/contents-table.js'
import { HierarchyTable } from '../tables/hierarchy-table.js'
import { PermissionsTable } from '../tables/permissions-table.js'
import { RulesTable } from '../tables/rules-table.js'
import type { Watch } from '../watch.js'
import { withKeptFolders } from './additional-folders.js'
import { copyFolder } from './copy-folder.js'
import { createFolder } from './create-folder.js'
import { emptyFolder } from './empty-folder.js'
import type { FolderNode } from './folder-node.js'
import { folderComputed, readOnlyFolderProperties } from './folder-properties.js'
import { moveFolder } from './move-folder.js'
import { removeFolder } from './remove-folder.js'

/** PidTagSecurityDescriptorAsXml. */
const SECURITY_DESCRIPTOR_AS_XML = 0x0e6a

/** A folder as one client has it open; what is set is committed at once ([MS-OXCPRPT] 3.2.5.4). */
export class StoreFolder extends StoredObject implements Folder {
  readonly kind = 'folder'
  readonly codePage = 1252
  override readonly showsWrites = false

  constructor(
    readonly core: MailboxCore,
    readonly node: FolderNode,
    /** For whom it is open. */
    readonly actor: Actor = core.owner
  ) {
    super()
  }

  get mailbox(): MailboxCore {
    return this.core
  }

  get fid(): Fid {
    return this.node.fid
  }

  get parentFid(): Fid {
    return this.node.parentFid
  }

  get type(): 'root' | 'generic' | 'search' {
    return this.node.type
  }

  /** Read through to the node: other clients' changes are seen at once. */
  protected get properties(): ObjectProperties {
    return new ObjectProperties(this.node.bag)
  }

  get permissions(): PermissionList {
    return this.node.permissions
  }

  get hasRules(): boolean {
    return this.node.rules.length > 0
  }

  get replicas(): readonly string[] {
    return replicasOf(this.core, this.node)
  }

  get isGhosted(): boolean {
    return isGhosted(this.core, this.node)
  }

  /** What the one who has it open may do with it. */
  get rights(): number {
    return rightsOn(this.core, this.node, this.actor)
  }

  get unreadCount(): number | undefined {
    const { readStates } = this.core
    return readStates === undefined ? this.node.counters.unreadCount : readStates.of(this.actor).unreadCount(this.node)
  }

  setPermissions(specs: readonly PermissionSpec[], options: { replace?: boolean }, actor: Actor): Maybe<void> {
    this.demand(actor, Right.folderOwner)
    return setPermissions(this.core, this.node, specs, options)
  }

  permissionsTable(options: { includeFreeBusy: boolean }, actor: Actor): PermissionsTable {
    this.demandAlive()
    return new PermissionsTable(this, options, actor)
  }

  modifyPermissions(
    changes: readonly PermissionChange[],
    options: ModifyPermissionsOptions,
    actor: Actor
  ): Maybe<void> {
    this.demand(actor, Right.folderOwner)
    return modifyPermissions(this.core, this.node, changes, options)
  }

  rulesTable(actor: Actor): RulesTable {
    this.demand(actor, Right.folderOwner)
    return new RulesTable(this, actor)
  }

  modifyRules(changes: readonly RuleChange[], options: { replace: boolean }, actor: Actor): Maybe<void> {
    this.demand(actor, Right.folderOwner)
    return modifyRules(this.core, this.node, changes, options)
  }

  /** The folder is there, and the actor has one of these rights on it. */
  private demand(actor: Actor, oneOf: number): void {
    this.demandAlive()
    demandRight(this.core, this.node, actor, oneOf)
  }

  demandAlive(): void {
    if (this.node.isGone) throw new MapiError(ErrorCode.ecObjectDeleted)
  }

  /** Nothing can be put into a folder that has gone, a soft-deleted one included ([MS-OXCFOLD] 3.2.5.2). */
  demandThere(): void {
    this.demandAlive()
    if (this.core.tree.isSoftDeleted(this.node)) throw new MapiError(ErrorCode.ecNotFound)
  }

  override value(tag: PropertyTag): Uint8Array | number {
    this.demandSeen()
    return super.value(tag)
  }

  override tags(): PropertyTag[] {
    this.demandSeen()
    return super.tags()
  }

  /** What a folder is like is read through to it, so that it is told only to whom it is still to be seen. */
  private demandSeen(): void {
    this.demandAlive()
    demandVisible(this.core, this.node, this.actor)
  }

  protected computed(id: number): Computed<this> | undefined {
    return folderComputed.get(id) as Computed<this> | undefined
  }

  protected computedIds(): Iterable<number> {
    return folderComputed.keys()
  }

  protected refusal(tag: PropertyTag): number | undefined {
    const id = tag >>> 16
    if (id === PidTagDisplayName >>> 16 && !isString(tag & 0xffff)) return ErrorCode.ecUnexpectedType
    return folderComputed.has(id) || readOnlyFolderProperties.has(id) ? ErrorCode.ecComputedValue : undefined
  }

  protected demandWritable(): void {}

  set(entries: readonly PropertyEntry[], actor: Actor): Maybe<PropertyProblem[]> {
    this.demand(actor, Right.folderOwner)
    const { good, problems } = this.sortOut(entries)
    return this.change(problems, good.length > 0, bag => {
      for (const { tag, bytes } of good) {
        const isList = tag === PidTagAdditionalRenEntryIds
        bag.set(tag, isList ? withKeptFolders(bag.get(tag), bytes) : bytes)
      }
    })
  }

  remove(tags: readonly PropertyTag[], actor: Actor): Maybe<PropertyProblem[]> {
    this.demand(actor, Right.folderOwner)
    const { good, problems } = this.sortOutRemoval(tags)
    return this.change(problems, good.length > 0, bag => {
      for (const tag of good) bag.delete(tag)
    })
  }

  /** A folder cannot be without its name. */
  protected override sortOutRemoval(tags: readonly PropertyTag[]): {
    good: PropertyTag[]
    problems: PropertyProblem[]
  } {
    const { good, problems } = super.sortOutRemoval(tags)
    const isName = (tag: PropertyTag): boolean => tag >>> 16 === PidTagDisplayName >>> 16
    for (const tag of good.filter(isName)) {
      problems.push({ index: tags.indexOf(tag), tag, error: ErrorCode.ecAccessDenied })
    }
    return { good: good.filter(tag => !isName(tag)), problems }
  }

  /** Gives a folder that has just been made the properties of the one that it is a copy of. */
  keepCopied(entries: readonly PropertyEntry[]): Maybe<unknown> {
    return this.change([], true, bag => {
      for (const { tag, bytes } of entries) bag.set(tag, bytes)
    })
  }

  /** Commits a changed bag under a new change number; a new name must be free among the siblings. */
  private change(
    problems: PropertyProblem[],
    isNeeded: boolean,
    edit: (bag: FolderNode['bag']) => void
  ): Maybe<PropertyProblem[]> {
    if (!isNeeded) return problems
    const { core, node } = this
    return core.write('change folder', turn => {
      this.demandAlive()
      const bag = node.bag.clone()
      edit(bag)
      if (bag.sizeBytes > limits.folderBytes && bag.sizeBytes > node.bag.sizeBytes)
        throw new MapiError(ErrorCode.ecTooBig)
      const name = bag.get(PidTagDisplayName)
      this.demandFreeName(name === undefined ? '' : stringOf(name))
      bag.set(PidTagLastModificationTime, encodeValue(PtypTime, turn.time))
      const cn = turn.nextCn()
      turn.putFolderLater(node, { bag, cn }, change => core.tree.relink(node, change))
      if (node.parent !== undefined) turn.counters(node.parent)
      turn.tell({ kind: 'folderChanged', fid: node.fid, parentFid: node.parentFid, cn })
      return problems
    })
  }

  private demandFreeName(name: string): void {
    const { parent } = this.node
    if (name === this.node.displayName || parent === undefined) return
    if (name === '' || name.length > limits.folderNameChars) throw new MapiError(ErrorCode.ecInvalidParam)
    const other = this.core.tree.childNamed(parent, name)
    if (other !== undefined && other !== this.node) throw new MapiError(ErrorCode.ecDuplicateName)
  }

  override openStream(tag: PropertyTag, mode: StreamMode, actor: Actor): Maybe<Stream> {
    // The permissions as XML are not for clients: the answer sends them to the table ([MS-OXCPERM] 3.2.5.3, 4.1).
    if (tag >>> 16 === SECURITY_DESCRIPTOR_AS_XML) throw new MapiError(ErrorCode.ecNotSupported)
    if (mode !== 'read') this.demand(actor, Right.folderOwner)
    return super.openStream(tag, mode, actor)
  }

  protected override streamKept(): Maybe<void> {
    throw new MapiError(ErrorCode.ecNotSupported)
  }

  /** A committed stream is a property that was set ([MS-OXCPRPT] 3.2.5.15). */
  override keep(tag: PropertyTag, value: Parameters<StoredObject['keep']>[1]): Maybe<void> {
    if (!(value instanceof Uint8Array)) throw new MapiError(ErrorCode.ecTooBig)
    const changed = this.change([], true, bag => bag.set(tag, value))
    return changed instanceof Promise ? changed.then(() => {}) : undefined
  }

  createFolder(spec: CreateFolderSpec, actor: Actor): Maybe<{ folder: StoreFolder; existed: boolean }> {
    this.demandThere()
    demandRight(this.core, this.node, actor, Right.createSubfolder)
    return createFolder(this, spec, actor)
  }

  removeFolder(
    fid: Fid,
    options: { messages: boolean; folders: boolean; hard: boolean },
    actor: Actor
  ): Maybe<{ partial: boolean }> {
    this.demandAlive()
    demandVisible(this.core, this.node, actor)
    const node = this.core.tree.find(fid)
    if (node?.type === 'root') throw new MapiError(ErrorCode.ecNotSupported)
    if (node?.isSpecial === true) throw new MapiError(ErrorCode.ecAccessDenied)
    if (node !== undefined) {
      demandVisible(this.core, node, actor)
      demandRight(this.core, node, actor, Right.folderOwner)
    }
    return removeFolder(this, fid, options, actor)
  }

  emptyFolder(options: EmptyFolderOptions, actor: Actor): Maybe<{ partial: boolean }> {
    this.demandThere()
    demandVisible(this.core, this.node, actor)
    demandReplica(this.core, this.node)
    return emptyFolder(this, options, actor)
  }

  moveFolder(fid: Fid, to: Folder, name: string, actor: Actor, watch?: Watch): Maybe<{ partial: boolean }> {
    this.demandAlive()
    return moveFolder(this, fid, demandDestination(to), name, actor, watch)
  }

  copyFolder(
    fid: Fid,
    to: Folder,
    options: { name: string; isRecursive: boolean; watch?: Watch | undefined },
    actor: Actor
  ): Maybe<{ partial: boolean }> {
    this.demand(actor, Right.readAny)
    return copyFolder(this, fid, demandDestination(to), options, actor)
  }

  setSearchCriteria(request: SearchRequest, actor: Actor): Maybe<void> {
    this.demandThere()
    return this.core.searches.set(this.node, request, actor)
  }

  searchCriteria(options: { unicode: boolean }, actor: Actor): SearchAnswer {
    this.demandAlive()
    demandVisible(this.core, this.node, actor)
    return this.core.searches.get(this.node, options.unicode, actor)
  }

  /** The folder above, for the one who has this open. */
  parent(): StoreFolder | undefined {
    const { parent } = this.node
    return parent && this.other(parent)
  }

  /** Another folder, for the one who has this open. */
  private other(node: FolderNode): StoreFolder {
    return new StoreFolder(this.core, node, this.actor)
  }

  /** The folder in which a message lies that this one shows. */
  private holderOf(mid: Mid): StoreFolder {
    return this.type === 'search' ? this.other(homeOf(this.core, this.node, mid)) : this
  }

  deleteMessages(
    mids: readonly Mid[],
    options: { hard: boolean; notifyNonRead: boolean; watch?: Watch | undefined },
    actor: Actor
  ): Maybe<{ partial: boolean }> {
    this.demandAlive()
    demandReplica(this.core, this.node)
    if (this.type === 'search') {
      const work = (home: FolderNode, own: readonly Mid[]) => this.other(home).deleteMessages(own, options, actor)
      return inHomeFolders(this.core, this.node, mids, work)
    }
    return deleteMessages(this, mids, options.hard, actor, watching(options.watch, mids))
  }

  moveCopyMessages(
    destination: Folder,
    mids: readonly Mid[],
    options: { copy: boolean; watch?: Watch | undefined },
    actor: Actor
  ): Maybe<{ partial: boolean }> {
    this.demand(actor, Right.readAny)
    const to = demandDestination(destination)
    demandRight(to.core, to.node, actor, Right.create)
    demandReplica(this.core, this.node)
    demandReplica(to.core, to.node)
    if (to.type === 'search') throw new MapiError(ErrorCode.ecSearchFolder)
    if (this.type === 'search') {
      const work = (home: FolderNode, own: readonly Mid[]) => this.other(home).moveCopyMessages(to, own, options, actor)
      return inHomeFolders(this.core, this.node, mids, work)
    }
    return copyMessages(this, to, mids, options.copy, actor, watching(options.watch, mids))
  }

  setReadFlags(mids: readonly Mid[], flags: number, actor: Actor): Maybe<{ partial: boolean }> {
    this.demandAlive()
    demandVisible(this.core, this.node, actor)
    demandReplica(this.core, this.node)
    if (this.type === 'search') {
      const work = (home: FolderNode, own: readonly Mid[]) => this.other(home).setReadFlags(own, flags, actor)
      return inHomeFolders(this.core, this.node, mids, work)
    }
    return changeReadFlags(this, mids, flags, actor)
  }

  messageStatus(mid: Mid, actor: Actor): number {
    this.demand(actor, Right.readAny)
    demandReplica(this.core, this.node)
    const holder = this.holderOf(mid)
    // What a search folder shows lies elsewhere, and is asked for there.
    holder.demand(actor, Right.readAny)
    return messageStatus(holder, mid)
  }

  setMessageStatus(mid: Mid, { flags, mask }: { flags: number; mask: number }, actor: Actor): Maybe<number> {
    this.demand(actor, Right.editAny | Right.editOwned)
    demandReplica(this.core, this.node)
    return setMessageStatus(this.holderOf(mid), mid, { flags, mask }, actor)
  }

  hierarchyTable(options: HierarchyTableOptions, actor: Actor): Maybe<TableView> {
    this.demandAlive()
    demandVisible(this.core, this.node, actor)
    return HierarchyTable.open(this, options, actor)
  }

  /** For the rows of a contents table, with each reading: a right that was taken away is gone at once. */
  demandRows(actor: Actor): void {
    demandRight(this.core, this.node, actor, Right.readAny)
    demandFound(this.core, this.node, actor)
  }

  contentsTable(options: ContentsTableOptions, actor: Actor): Maybe<TableView> {
    this.demandAlive()
    this.demandRows(actor)
    demandReplica(this.core, this.node)
    return ContentsTable.open(this, options, actor)
  }
}

/** A folder of any open mailbox that something can be put into. */
function demandDestination(folder: Folder): StoreFolder {
  if (!(folder instanceof StoreFolder)) throw new MapiError(ErrorCode.ecNotSupported)
  folder.demandThere()
  return folder
}

/** An operation on these messages, if somebody follows it. */
function watching(watch: Watch | undefined, mids: readonly Mid[]): Watch | undefined {
  if (watch !== undefined) watch.total = Math.max(watch.total, mids.length)
  return watch
}
