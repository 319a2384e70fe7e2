/**
 * The mailbox domain as every front sees it. The domain is MAPI-shaped because MAPI is the superset; nothing above it
 * touches a store key, nothing in it knows a socket or a ROP.
 *
 * Conventions: `Maybe<T>` is a value when it was at hand (a cached read, an idle writer turn) and a promise otherwise;
 * callers await only promises. Expected failures are thrown as `MapiError(code)`. Property values are *stored bytes*:
 * the wire bytes of [MS-OXCDATA] 2.11 without their count, strings as UTF-16LE with their terminating zero, one entry
 * per property id. Bytes handed out are read-only views, valid until the object changes.
 */

import type { Writer } from '../bufferstructs/index.js'
import type { Fid, LongTermId, Mid } from '../oxcdata/ids.js'
import type { PropertyName } from '../oxcdata/property-name.js'
import type { PropertyEntry, PropertyTag } from '../oxcdata/property-tag.js'
import type { Recipient } from '../oxcdata/recipient.js'
import type { Restriction } from '../oxcdata/restriction.js'
import type { SortOrder } from '../oxcdata/sort-order.js'
import type { MessageDraft } from './messages/message-draft.js'
import type { ModifyPermissionsOptions, PermissionChange } from './permissions/modify-permissions.js'
import type { PermissionList, PermissionSpec } from './permissions/permission-list.js'
import type { RuleChange } from './rules/modify-rules.js'
import type { SearchRequest } from './search/search-criteria.js'
import type { SearchAnswer } from './search/searches.js'
import type { Watch } from './watch.js'

export type Maybe<T> = T | Promise<T>

/** One property that could not be set or removed ([MS-OXCDATA] 2.7 PropertyProblem). `index` counts in the request's list. */
export interface PropertyProblem {
  index: number
  tag: PropertyTag
  error: number
}

/** Who acts. The mailbox checks rights in one place (access.ts) from this. */
export interface Actor {
  /** Legacy DN of the principal. */
  legacyDn: string
  address: string
  displayName: string
  /** 16-byte permanent address book entry id body is derived from legacyDn; the GUID is the directory object's. */
  guid: string
}

/** Anything that holds properties: mailbox (the logon object), folder, message, attachment. */
export interface PropertyObject {
  readonly kind: 'mailbox' | 'folder' | 'message' | 'attachment'
  readonly mailbox: Mailbox
  /**
   * The stored bytes of a property, or the error code that stands in its place: ecNotFound when absent,
   * ecNotEnoughMemory when it is too large to be read but as a stream (over limits.inlineValueBytes). The type in `tag`
   * may be PtypUnspecified (any type) or PtypString8/PtypString (same entry); another type than the stored one is ecNotFound.
   */
  value(tag: PropertyTag): Uint8Array | number
  /** The type that is stored (or computed) under a property id, undefined when absent. */
  typeOf(propertyId: number): number | undefined
  /** Every property of the object that RopGetPropertiesAll/List shows, computed ones included as the documents say. Strings as PtypString. */
  tags(): PropertyTag[]
  /** Sets properties; a folder and the mailbox commit at once, message and attachment change memory only. */
  set(entries: readonly PropertyEntry[], actor: Actor): Maybe<PropertyProblem[]>
  remove(tags: readonly PropertyTag[], actor: Actor): Maybe<PropertyProblem[]>
  /** Opens a value as a stream ([MS-OXCPRPT] 2.2.14). */
  openStream(tag: PropertyTag, mode: StreamMode, actor: Actor): Maybe<Stream>
}

export type StreamMode = 'read' | 'readWrite' | 'create'

/** A property value open as bytes: for strings the stored bytes without the terminating zero, in the encoding that `tag` asks for. */
export interface Stream {
  readonly tag: PropertyTag
  readonly writable: boolean
  readonly size: number
  position: number
  /** At most `count` bytes from the position, which moves. Fewer only at the end. */
  read(count: number): Maybe<Uint8Array>
  /** Writes at the position, which moves; grows the value. Errors: ecAccessDenied, ecTooBig. */
  write(bytes: Uint8Array): Maybe<number>
  setSize(size: number): Maybe<void>
  /** Makes what was written visible as the property's value (of the open object: saved when that is saved; on a folder committed at once). */
  commit(): Maybe<void>
  /** Releases resources; uncommitted writes on folders and messages are handled as [MS-OXCPRPT] 3.2.5.x says. */
  release(): Maybe<void>
}

/** Ids and facts of the thirteen folders of RopLogon, in its order ([MS-OXCSTOR] 2.2.1.1.3). */
export interface SpecialFolders {
  root: Fid
  deferredAction: Fid
  spoolerQueue: Fid
  ipmSubtree: Fid
  inbox: Fid
  outbox: Fid
  sentItems: Fid
  deletedItems: Fid
  commonViews: Fid
  schedule: Fid
  finder: Fid
  views: Fid
  shortcuts: Fid
}

export interface ReceiveFolderRow {
  folderId: Fid
  messageClass: string
  lastModificationTime: bigint
}

export interface Mailbox extends PropertyObject {
  readonly kind: 'mailbox'
  /** Number of the mailbox in the store's keys. */
  readonly number: number
  readonly guid: string
  /** The replica (database) GUID behind REPLID 1. */
  readonly replicaGuid: string
  readonly owner: Actor
  readonly specialFolders: SpecialFolders
  readonly localeId: number
  /** A user's own mailbox, or the one that holds the public folders. */
  readonly storeKind: 'private' | 'public'

  /** Decides whether `actor` may log on at all and what the logon's response flags say. */
  access(actor: Actor): { owner: boolean; full: boolean }

  /** Whether an actor may put something into the mailbox, or change something in it, anywhere. */
  mayChange(actor: Actor): boolean

  openFolder(fid: Fid, options: { softDeleted?: boolean }, actor: Actor): Maybe<Folder>
  /** [MS-OXCMSG] 2.2.3.1. `fid` of the folder named in the request; the message may lie elsewhere as the documents allow. */
  openMessage(fid: Fid, mid: Mid, options: OpenMessageOptions, actor: Actor): Maybe<Message>
  createMessage(fid: Fid, options: { associated: boolean; codePage: number }, actor: Actor): Maybe<Message>

  /** Imports whole messages in large batches, for worlds; resolves with their number. */
  importMessages(fid: Fid, drafts: Iterable<MessageDraft>): Promise<number>

  /** Named properties ([MS-OXCPRPT] 2.2.12, 2.2.13). Id 0 for an unknown name when `create` is false or the limit is reached. */
  propertyIdsFromNames(names: readonly PropertyName[], create: boolean, actor: Actor): Maybe<number[]>
  /** undefined for an id at or above 0x8000 that has no name; ids below 0x8000 are named in PS_MAPI. */
  nameFromPropertyId(id: number): PropertyName | undefined
  /** All registered named properties with ids in ascending order. */
  namedProperties(): Iterable<{ id: number; name: PropertyName }>

  /** REPLID to GUID, undefined when unmapped. REPLID 1 is `replicaGuid`. */
  replicaGuidOf(replid: number): string | undefined
  /** GUID to REPLID; `create` maps a new one (at most 31), undefined when unmapped or full. */
  replidOf(replicaGuid: string, create: boolean): Maybe<number | undefined>
  /** Reserves `count` object ids; returns the first counter ([MS-OXCFXICS] 2.2.3.2.4.7). */
  reserveLocalIds(count: number): Maybe<number>

  /** In a public store: the thirteen ids of a public logon's answer ([MS-OXCSTOR] 2.2.1.1.4); 0 for what is not there. */
  publicLogonFolders(localeId: number): Fid[]

  /** Which folder receives a class, among those that the actor may know of. */
  receiveFolder(messageClass: string, actor: Actor): { folderId: Fid; explicitClass: string }
  receiveFolders(actor: Actor): ReceiveFolderRow[]
  /** Makes a folder receive a class, or takes its row away when `folderId` is 0. Errors: ecAccessDenied, ecError, ecNotFound. */
  setReceiveFolder(messageClass: string, folderId: Fid, actor: Actor): Maybe<void>

  /** The properties of the store as its logon object shows them to somebody. */
  seenBy(actor: Actor): PropertyObject
  /**
   * Counts what somebody has read in a public store, where everybody has read states of his own; before it unread counts are
   * not known. Nothing to do in a private mailbox.
   */
  loadReadState(actor: Actor): Maybe<void>
  /** What somebody has read in a public folder, as an IDSET with replica GUIDs ([MS-OXCSTOR] 3.2.5.12); empty when nothing is known. */
  perUserInformation(folder: LongTermId, actor: Actor): Uint8Array
  /** Takes such information in blocks, for one logon; to be released with it. */
  perUserUpload(): PerUserUpload
  /** In a private mailbox: the replica that the numbers for a folder come from, and the folders with numbers of a replica. */
  perUserReplica(folder: LongTermId, actor: Actor): string | undefined
  perUserFolders(replGuid: string, actor: Actor): Maybe<LongTermId[]>

  /** A promise that settles when everything committed so far in this mailbox is on disk; undefined when it already is. Rejects when a flush failed. */
  durable(): Promise<void> | undefined
}

/** A block of what somebody has read in a folder. */
export interface PerUserBlock {
  readonly folder: LongTermId
  /** Bytes that came before it; 0 begins anew. */
  readonly offset: number
  readonly data: Uint8Array
  readonly isLast: boolean
  /** Replica that the numbers come from; with the first block for a private mailbox. */
  readonly replGuid: string | undefined
}

export interface PerUserUpload {
  /**
   * Takes a block; the last one puts all of them into the place of what was known. Errors: ecError for a block that does not
   * go on where the last one ended, ecCorruptData for what is no IDSET in the end, ecNotFound, ecTooBig, ecQuotaExceeded.
   */
  write(block: PerUserBlock, actor: Actor): Maybe<void>
  /** Gives up what has come so far. */
  release(): void
}

export interface OpenMessageOptions {
  access: 'read' | 'readWrite' | 'best'
  softDeleted: boolean
  codePage: number
}

export interface Folder extends PropertyObject {
  readonly kind: 'folder'
  readonly fid: Fid
  readonly parentFid: Fid
  readonly type: 'root' | 'generic' | 'search'
  readonly hasRules: boolean
  /** Servers that have the content of a public folder: GUIDs of public folder mailboxes, that of its own first, or names. */
  readonly replicas: readonly string[]
  /** Whether its content is elsewhere only ([MS-OXCFOLD] 2.2.1.1.2): what asks for it fails with ecNoReplicaHere. */
  readonly isGhosted: boolean
  /** Throws ecNoSuchFolder/ecObjectDeleted when the folder has gone since it was opened. */
  demandAlive(): void
  /** Who may do what with the folder ([MS-OXCPERM]). */
  readonly permissions: PermissionList
  /** Gives rights; `replace` takes away those of every principal that is not named. Needs the folder owner's right. */
  setPermissions(specs: readonly PermissionSpec[], options: { replace?: boolean }, actor: Actor): Maybe<void>
  /** [MS-OXCPERM] 2.2.1. */
  permissionsTable(options: { includeFreeBusy: boolean }, actor: Actor): TableView
  /** Changes permissions as a client says it ([MS-OXCPERM] 2.2.2); needs the folder owner's right. */
  modifyPermissions(changes: readonly PermissionChange[], options: ModifyPermissionsOptions, actor: Actor): Maybe<void>

  /** The folder's standard rules ([MS-OXORULE] 2.2.2); for its owner. */
  rulesTable(actor: Actor): TableView
  /** Changes them ([MS-OXORULE] 2.2.1). Errors: ecInvalidParam, ecNotFound, ecOutOfMemory. */
  modifyRules(changes: readonly RuleChange[], options: { replace: boolean }, actor: Actor): Maybe<void>

  createFolder(spec: CreateFolderSpec, actor: Actor): Maybe<{ folder: Folder; existed: boolean }>
  /** [MS-OXCFOLD] 2.2.1.3; true when something could not be deleted (PartialCompletion). */
  removeFolder(
    fid: Fid,
    options: { messages: boolean; folders: boolean; hard: boolean },
    actor: Actor
  ): Maybe<{ partial: boolean }>
  deleteMessages(
    mids: readonly Mid[],
    options: { hard: boolean; notifyNonRead: boolean; watch?: Watch | undefined },
    actor: Actor
  ): Maybe<{ partial: boolean }>
  moveCopyMessages(
    destination: Folder,
    mids: readonly Mid[],
    options: { copy: boolean; watch?: Watch | undefined },
    actor: Actor
  ): Maybe<{ partial: boolean }>

  /** [MS-OXCFOLD] 2.2.1.7, with all that the folder holds; true when something stayed where it was. */
  moveFolder(fid: Fid, to: Folder, name: string, actor: Actor, watch?: Watch): Maybe<{ partial: boolean }>
  /** [MS-OXCFOLD] 2.2.1.8; true when something was left out. */
  copyFolder(
    fid: Fid,
    to: Folder,
    options: { name: string; isRecursive: boolean; watch?: Watch | undefined },
    actor: Actor
  ): Maybe<{ partial: boolean }>
  /** [MS-OXCFOLD] 2.2.1.9, 2.2.1.10: removes messages and subfolders; true when something is still there. */
  emptyFolder(options: EmptyFolderOptions, actor: Actor): Maybe<{ partial: boolean }>

  /** [MS-OXCFOLD] 2.2.1.4: what a search folder is to find. Errors: ecNotSearchFolder, ecNotInitialized, ecSearchFolderScopeViolation ... */
  setSearchCriteria(request: SearchRequest, actor: Actor): Maybe<void>
  /** [MS-OXCFOLD] 2.2.1.5: what it finds, and how far it is; 8-bit strings unless `unicode`. Errors: ecNotSearchFolder, ecNotInitialized. */
  searchCriteria(options: { unicode: boolean }, actor: Actor): SearchAnswer

  /** [MS-OXCMSG] 2.2.3.10: ReadFlags for messages of the folder; true when some could not be changed. */
  setReadFlags(mids: readonly Mid[], flags: number, actor: Actor): Maybe<{ partial: boolean }>

  /** PidTagMessageStatus of a message in the folder ([MS-OXCMSG] 2.2.3.9); the message need not be open. */
  messageStatus(mid: Mid, actor: Actor): Maybe<number>
  /** Replaces the bits in `mask` by those of `flags`; answers the status before ([MS-OXCMSG] 2.2.3.8). */
  setMessageStatus(mid: Mid, change: { flags: number; mask: number }, actor: Actor): Maybe<number>

  hierarchyTable(options: HierarchyTableOptions, actor: Actor): Maybe<TableView>
  contentsTable(options: ContentsTableOptions, actor: Actor): Maybe<TableView>
}

export interface EmptyFolderOptions {
  /** FAI messages, too. */
  associated: boolean
  hard: boolean
  watch?: Watch | undefined
}

export interface CreateFolderSpec {
  type: 'generic' | 'search'
  displayName: string
  comment: string
  openExisting: boolean
  /** PidTagContainerClass of a new folder. */
  containerClass?: string
  /** FILETIME at which a new folder is made, in place of the clock's. */
  time?: bigint
}

export interface HierarchyTableOptions {
  depth: boolean
  softDeleted: boolean
  /** PtypString cells are allowed; otherwise strings are PtypString8 in `codePage`. */
  unicode: boolean
  suppressNotifications: boolean
  codePage: number
}

export interface ContentsTableOptions extends Omit<HierarchyTableOptions, 'depth'> {
  associated: boolean
  conversationMembers: boolean
}

export interface Message extends PropertyObject {
  readonly kind: 'message'
  /** Folder that holds it (for an embedded message: that of the outermost message). */
  readonly fid: Fid
  /** 0 before the first save and for embedded messages. */
  readonly mid: Mid
  readonly associated: boolean
  readonly embedded: boolean
  readonly writable: boolean
  readonly codePage: number
  readonly hasNamedProperties: boolean
  readonly recipients: readonly Recipient[]

  /** Adds, replaces (same rowId) or removes (`recipient` null) rows; memory only until saved ([MS-OXCMSG] 2.2.3.5). */
  modifyRecipients(
    columns: readonly PropertyTag[],
    rows: readonly { rowId: number; recipient: Recipient | null }[],
    actor: Actor
  ): void
  removeAllRecipients(actor: Actor): void
  /** Columns beyond the standard ones of the recipients, for RopOpenMessage's RecipientColumns. */
  recipientColumns(): PropertyTag[]

  /** Throws ecObjectModified when the stored message changed since this one was opened, unless `force`. */
  save(options: { force: boolean; keepOpen: 'no' | 'readOnly' | 'readWrite' }, actor: Actor): Maybe<Mid>
  /** [MS-OXCMSG] 2.2.3.11; true when the read state changed. `flags` are the ReadFlags of 2.2.3.10. */
  setReadFlag(flags: number, actor: Actor): Maybe<boolean>
  /** Drops uncommitted changes and reads again ([MS-OXCMSG] 2.2.3.7). */
  reload(): Maybe<void>

  createAttachment(actor: Actor): Maybe<Attachment>
  openAttachment(number: number, options: { access: 'read' | 'readWrite' | 'best' }, actor: Actor): Maybe<Attachment>
  deleteAttachment(number: number, actor: Actor): Maybe<void>
  attachmentTable(options: { unicode: boolean; codePage: number }, actor: Actor): Maybe<TableView>
  attachmentNumbers(): number[]
  /** Gives up what was not saved. Attachments and streams that are open live on, and write for nobody. */
  release(): void
}

export interface Attachment extends PropertyObject {
  readonly kind: 'attachment'
  readonly message: Message
  readonly number: number
  readonly writable: boolean
  /** Into the open message; durable when that is saved. */
  save(options: { keepOpen: 'no' | 'readOnly' | 'readWrite' }, actor: Actor): Maybe<void>
  /** [MS-OXCMSG] 2.2.3.16. */
  openEmbedded(mode: StreamMode, codePage: number, actor: Actor): Maybe<Message>
  release(): void
}

export type SeekOrigin = 'beginning' | 'current' | 'end'

export interface QueryRowsOptions {
  forward: boolean
  advance: boolean
  /** At most this many rows. */
  count: number
}

/** How many of the columns that a table is sorted by divide it into categories, and how many levels of these are expanded at first. */
export interface Grouping {
  categoryCount: number
  expandedCount: number
}

export interface FindRowOptions {
  /** None: any row is the one. */
  restriction: Restriction | null
  /** The predefined place, or the bookmark, from which rows are looked at: on from it, or back from the one before it. */
  from: SeekOrigin | Uint8Array
  backward: boolean
}

export interface FoundRow {
  isFound: boolean
  /** There was room for the row. */
  isWritten: boolean
  /** The bookmark's row has gone: the search began with the one that followed. */
  rowIsGone: boolean
}

/** A live table with a cursor ([MS-OXCTABL]). Its cursor is the key of a row, not a number. */
export interface TableView {
  readonly source: 'hierarchy' | 'contents' | 'attachments' | 'permissions' | 'rules'
  readonly columns: readonly PropertyTag[] | undefined
  /** Rows of the table, with the restriction in force. */
  rowCount(): Maybe<number>
  setColumns(columns: readonly PropertyTag[]): void
  /** `grouping`: the first columns divide the rows into categories ([MS-OXCTABL] 2.2.2.3); contents tables only. */
  sort(orders: readonly SortOrder[], grouping?: Grouping): Maybe<void>
  restrict(restriction: Restriction | null): Maybe<void>
  /**
   * Writes PropertyRows ([MS-OXCDATA] 2.8) until `count` rows, the end, or the writer's limit; a row is written whole or
   * not at all. Cells are cut as [MS-OXCTABL] 2.2.2.5 and limits say. `position` tells where the cursor stands afterwards.
   */
  queryRows(writer: Writer, options: QueryRowsOptions): Maybe<{ rows: number; position: SeekOrigin; full: boolean }>
  seek(origin: SeekOrigin, rows: number): Maybe<{ moved: number; soughtLess: boolean }>
  position(): Maybe<{ numerator: number; denominator: number }>
  /** Remembers the row that the cursor stands on. Errors: ecOutOfMemory when there are too many bookmarks. */
  createBookmark(): Maybe<Uint8Array>
  /** As `seek`, from a bookmark; `rowIsGone` when its row has gone, so that the next one took its place. Errors: ecInvalidBookmark. */
  seekBookmark(bookmark: Uint8Array, rows: number): Maybe<{ moved: number; soughtLess: boolean; rowIsGone: boolean }>
  freeBookmark(bookmark: Uint8Array): void
  /** Moves the cursor to the next row that meets a restriction, and writes it if there is room. Errors: ecInvalidBookmark. */
  findRow(writer: Writer, options: FindRowOptions): Maybe<FoundRow>
  /**
   * Shows the rows of a category, and writes the first of them: at most `count`, and what there is room for. Contents tables only; ids
   * are those of PidTagInstID. Errors: ecNotFound, ecNotCollapsed.
   */
  expandRow?(writer: Writer, categoryId: number, count: number): Maybe<{ expanded: number; rows: number }>
  /** Hides them, and tells how many. Errors: ecNotFound, ecNotExpanded. */
  collapseRow?(categoryId: number): Maybe<number>
  /** Which categories are expanded, and a row, in a form for `setCollapseState`. */
  collapseState?(rowId: number, instance: number): Maybe<Uint8Array>
  /** Takes such a state; the cursor goes to its row, and a bookmark of it comes back. Errors: ecError for the state of another order. */
  setCollapseState?(state: Uint8Array): Maybe<Uint8Array>
  /** Every column that the table can show ([MS-OXCTABL] 2.2.2.13). */
  allColumns(): PropertyTag[]
  /** Back to the state after opening: no columns, sort, restriction; cursor at the beginning. */
  reset(): void
  release(): void
}
