import { globcntOf } from '../../oxcdata/ids.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import { gid, predecessorChangeList, wireCn, wireId } from '../change-key.js'
import { entryIdOfFolder } from '../entry-ids.js'
import type { MailboxCore } from '../mailbox-core.js'
import { Access } from '../messages/message-flags.js'
import { OWNER_RIGHTS, Right } from '../permissions/rights.js'
import { replicaList } from '../public-store/replicas.js'
import { type Computed, computedTable } from '../stored-object.js'
import { bool, int32, int64, size32 } from '../stored-values.js'
import type { FolderNode } from './folder-node.js'
import { specialFid } from './special-folders.js'

/** A folder with its mailbox: an open one, or a row of a hierarchy table. */
export interface FolderInMailbox {
  readonly core: Pick<
    MailboxCore,
    'guid' | 'guidBytes' | 'replicaGuid' | 'replicaBytes' | 'mappingSignature' | 'storeEntryId' | 'storeKind'
  >
  readonly node: FolderNode
  /** What the one who looks at it may do, as bits of `Right`. */
  readonly rights: number
  /** Unread messages as that one sees them; undefined when nobody has counted them yet. */
  readonly unreadCount: number | undefined
}

/** MAPI object type of a folder ([MS-OXCPRPT] 2.2.1.7). */
const FOLDER_OBJECT = 3
const FOLDER_TYPES = { root: 0, generic: 1, search: 2 } as const

/** PidTagFolderFlags ([MS-OXCFOLD] 2.2.2.2.1.5). */
const FolderFlag = { ipm: 1, search: 2, normal: 4 } as const

/** Property ids without a name in the documents: counts of soft-deleted objects. */
const DELETED_MESSAGE_COUNT = 0x66400003
const DELETED_FOLDER_COUNT = 0x66410003
const DELETED_ASSOCIATED_COUNT = 0x66430003
const FOLDER_CHILD_COUNT = 0x66380003

function folderFlags(node: FolderNode): number {
  const kind = node.type === 'search' ? FolderFlag.search : FolderFlag.normal
  for (let at: FolderNode | undefined = node; at !== undefined; at = at.parent) {
    if (at.fid === specialFid('ipmSubtree')) return kind | FolderFlag.ipm
  }
  return kind
}

function childCount(node: FolderNode): number {
  let count = 0
  for (const _ of node.visibleChildren()) count++
  return count
}

function deletedFolders(node: FolderNode): number {
  let count = 0
  for (const child of node.children.values()) if (child.softDeleted) count++
  return count
}

/** PidTagAccess from the rights ([MS-OXCPRPT] 2.2.1.1); nothing can be created by hand in a search folder. */
function accessOf({ node, rights }: Pick<FolderInMailbox, 'node' | 'rights'>): number {
  const has = (right: number, bits: number): number => ((rights & right) === 0 ? 0 : bits)
  const own = has(Right.folderOwner, Access.modify | Access.delete) | Access.read
  if (node.type === 'search') return own
  const inside = has(Right.createSubfolder, Access.createHierarchy) | has(Right.create, Access.createContents)
  return own | inside | has(Right.folderOwner, Access.createAssociated)
}

function bytesOf({ counters }: FolderNode): number {
  return counters.contentBytes + counters.associatedBytes
}

/** The most recent change of the folder or of what lies directly in it. */
function commitTime({ counters, bag }: FolderNode): Uint8Array | undefined {
  return counters.localCommitTimeMax > 0n
    ? int64(counters.localCommitTimeMax)
    : bag.get(tags.PidTagLastModificationTime)
}

/** What the server computes of a folder ([MS-OXCFOLD] 2.2.2.2), for open folders and hierarchy tables alike. */
export const folderComputed = computedTable<FolderInMailbox>([
  [tags.PidTagFolderId, ({ node }) => wireId(node.fid)],
  [tags.PidTagParentFolderId, ({ node }) => wireId(node.parentFid)],
  [tags.PidTagEntryId, ({ core, node }) => entryIdOfFolder(core, node.fid)],
  [tags.PidTagRecordKey, ({ core, node }) => entryIdOfFolder(core, node.fid)],
  // The root is its own parent: clients that climb by entry id stop there.
  [
    tags.PidTagParentEntryId,
    ({ core, node }) => entryIdOfFolder(core, node.parentFid === 0 ? node.fid : node.parentFid)
  ],
  [tags.PidTagInstanceKey, ({ node }) => wireId(node.fid)],
  [tags.PidTagSourceKey, ({ core, node }) => gid(core.replicaBytes, globcntOf(node.fid))],
  [tags.PidTagParentSourceKey, ({ core, node }) => parentSourceKey(core.replicaBytes, node)],
  [tags.PidTagChangeKey, ({ core, node }) => gid(core.replicaBytes, node.cn)],
  [tags.PidTagPredecessorChangeList, ({ core, node }) => predecessorChangeList(core.replicaBytes, node.cn)],
  [tags.PidTagChangeNumber, ({ node }) => wireCn(node.cn), 'unlisted'],
  [tags.PidTagObjectType, () => int32(FOLDER_OBJECT)],
  [tags.PidTagMappingSignature, ({ core }) => core.mappingSignature],
  [tags.PidTagStoreEntryId, ({ core }) => core.storeEntryId],
  [tags.PidTagStoreRecordKey, ({ core }) => core.guidBytes],
  [tags.PidTagFolderType, ({ node }) => int32(FOLDER_TYPES[node.type])],
  [tags.PidTagFolderFlags, ({ node }) => int32(folderFlags(node))],
  [tags.PidTagAccess, folder => int32(accessOf(folder))],
  [tags.PidTagRights, ({ rights }) => int32(rights & OWNER_RIGHTS)],
  [tags.PidTagContentCount, ({ node }) => int32(node.counters.contentCount)],
  [tags.PidTagContentUnreadCount, ({ unreadCount }) => (unreadCount === undefined ? undefined : int32(unreadCount))],
  [tags.PidTagAssociatedContentCount, ({ node }) => int32(node.counters.associatedCount)],
  [tags.PidTagMessageSize, ({ node }) => size32(bytesOf(node))],
  [tags.PidTagMessageSizeExtended, ({ node }) => int64(BigInt(bytesOf(node)))],
  [tags.PidTagNormalMessageSize, ({ node }) => size32(node.counters.contentBytes)],
  [tags.PidTagSubfolders, ({ node }) => bool(childCount(node) > 0)],
  [tags.PidTagHasRules, ({ node }) => bool(node.rules.length > 0)],
  [tags.PR_REPLICA_LIST, ({ core, node }) => replicaList(core, node)],
  [FOLDER_CHILD_COUNT, ({ node }) => int32(childCount(node))],
  [tags.PidTagHierarchyChangeNumber, ({ node }) => int32(node.counters.hierarchyChanges)],
  [tags.PidTagHierRev, ({ node }) => commitTime(node)],
  [tags.PidTagLocalCommitTime, ({ node }) => node.bag.get(tags.PidTagLastModificationTime)],
  [tags.PidTagLocalCommitTimeMax, ({ node }) => commitTime(node)],
  [tags.PidTagDeletedCountTotal, ({ node }) => int32(node.counters.deletedTotal)],
  [DELETED_MESSAGE_COUNT, ({ node }) => int32(node.counters.softDeletedCount), 'unlisted'],
  [DELETED_ASSOCIATED_COUNT, ({ node }) => int32(node.counters.softDeletedAssociatedCount), 'unlisted'],
  [DELETED_FOLDER_COUNT, ({ node }) => int32(deletedFolders(node)), 'unlisted']
])

/** The source key of the parent; empty for the root, which has none ([MS-OXCFXICS] 2.2.1.2.6). */
function parentSourceKey(replica: Uint8Array, { parentFid }: FolderNode): Uint8Array {
  return parentFid === 0 ? new Uint8Array(0) : gid(replica, globcntOf(parentFid))
}

/** Stored properties of a folder that only the server writes. */
export const readOnlyFolderProperties: ReadonlySet<number> = new Set(
  [tags.PidTagCreationTime, tags.PidTagLastModificationTime, tags.PidTagDeletedOn].map(tag => tag >>> 16)
)

/** The value of a property of a folder as tables show it, undefined when it has none of this type. */
export function folderValue(folder: FolderInMailbox, tag: number): Uint8Array | undefined {
  for (let rule: Computed<FolderInMailbox> | undefined = folderComputed.get(tag >>> 16); rule; rule = rule.other) {
    if (rule.type === (tag & 0xffff)) return rule.of(folder)
  }
  return folderComputed.has(tag >>> 16) ? undefined : folder.node.bag.get(tag)
}
