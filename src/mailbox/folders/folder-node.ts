import { MalformedBuffer, Reader, Writer } from '../../bufferstructs/index.js'
import { type Fid, globcntOf } from '../../oxcdata/ids.js'
import { PackedProperties, packProperties } from '../../oxcdata/packed-properties.js'
import type { PropertyBag } from '../../oxcdata/property-bag.js'
import { stringOf } from '../../oxcdata/stored-string.js'
import { PidTagDisplayName } from '../../oxprops/property-tags.generated.js'
import { PermissionList, type PermissionMember } from '../permissions/permission-list.js'
import type { Rule } from '../rules/rule.js'
import { FIRST_FREE_GLOBCNT } from './special-folders.js'

const VERSION = 1
const TYPES = ['root', 'generic', 'search'] as const
const SOFT_DELETED = 0x01

export type FolderType = (typeof TYPES)[number]

/** What a folder's counters record holds: it changes with its messages, without a new change number of the folder. */
export interface FolderCounters {
  /** Normal messages, FAI messages, unread normal ones; soft-deleted ones are counted apart. */
  contentCount: number
  unreadCount: number
  associatedCount: number
  softDeletedCount: number
  softDeletedAssociatedCount: number
  /** Bytes of normal and of FAI messages, and of soft-deleted ones. */
  contentBytes: number
  associatedBytes: number
  softDeletedBytes: number
  /** PidTagDeletedCountTotal: messages that ever left. */
  deletedTotal: number
  /** PidTagHierarchyChangeNumber: grows with each subfolder that is added or removed. */
  hierarchyChanges: number
  /** FILETIME of the last commit in the folder (PidTagLocalCommitTimeMax). */
  localCommitTimeMax: bigint
  /** The folder's block of object ids: next one, end (not included), and the size of the next block. */
  nextId: number
  endId: number
  blockSize: number
  /** Next PidTagInternetArticleNumber. */
  nextArticle: number
}

/** How many messages of a kind a folder has. */
export function messageCount(counters: FolderCounters, associated: boolean, softDeleted: boolean): number {
  if (softDeleted) return associated ? counters.softDeletedAssociatedCount : counters.softDeletedCount
  return associated ? counters.associatedCount : counters.contentCount
}

/** What counts of a folder for the size of the mailbox: its messages but for soft-deleted ones. */
export function liveBytes({ contentBytes, associatedBytes }: FolderCounters): number {
  return contentBytes + associatedBytes
}

/** Ids of the first block of a folder; each further block is twice as large, up to the last. */
export const FIRST_ID_BLOCK = 64
export const LAST_ID_BLOCK = 65_536

export function freshCounters(): FolderCounters {
  return {
    ...{ contentCount: 0, unreadCount: 0, associatedCount: 0, softDeletedCount: 0, softDeletedAssociatedCount: 0 },
    ...{ contentBytes: 0, associatedBytes: 0, softDeletedBytes: 0, deletedTotal: 0, localCommitTimeMax: 0n },
    ...{ hierarchyChanges: 0, nextId: 0, endId: 0, blockSize: FIRST_ID_BLOCK, nextArticle: 1 }
  }
}

/** A copy; named field by field, because a spread of so many fields is done by the runtime. */
export function copyCounters(of: FolderCounters): FolderCounters {
  return {
    contentCount: of.contentCount,
    unreadCount: of.unreadCount,
    associatedCount: of.associatedCount,
    softDeletedCount: of.softDeletedCount,
    softDeletedAssociatedCount: of.softDeletedAssociatedCount,
    contentBytes: of.contentBytes,
    associatedBytes: of.associatedBytes,
    softDeletedBytes: of.softDeletedBytes,
    deletedTotal: of.deletedTotal,
    localCommitTimeMax: of.localCommitTimeMax,
    hierarchyChanges: of.hierarchyChanges,
    nextId: of.nextId,
    endId: of.endId,
    blockSize: of.blockSize,
    nextArticle: of.nextArticle
  }
}

const NOBODY = PermissionList.of(0)

/** A folder of the resident tree. The tree holds every folder of an open mailbox, soft-deleted ones too. */
export class FolderNode {
  readonly children = new Map<Fid, FolderNode>()
  /** Folded display names of the children that are not soft-deleted, to find collisions. */
  readonly childNames = new Map<string, Fid>()
  parent: FolderNode | undefined
  isGone = false
  /** Who may do what; a folder of which nothing is kept lets nobody in but those with full access. */
  permissions = NOBODY
  /** The rows of that list which the store has. */
  permissionRows: readonly PermissionMember[] = []
  /** Its standard rules, in no order. */
  rules: readonly Rule[] = []

  constructor(
    readonly fid: Fid,
    public parentFid: Fid,
    readonly type: FolderType,
    public softDeleted: boolean,
    /** Change number of the folder. */
    public cn: number,
    public bag: PropertyBag,
    public counters: FolderCounters = freshCounters()
  ) {}

  /** One of the folders that every mailbox has, under the same id. */
  get isSpecial(): boolean {
    return globcntOf(this.fid) < FIRST_FREE_GLOBCNT
  }

  /** Takes in what the store has of its permissions. */
  loadPermissions(rows: readonly PermissionMember[]): void {
    this.permissionRows = rows
    this.permissions = NOBODY.withRows(rows)
  }

  get displayName(): string {
    const stored = this.bag.get(PidTagDisplayName)
    return stored === undefined ? '' : stringOf(stored)
  }

  /** The children that a client sees. */
  *visibleChildren(): Generator<FolderNode> {
    for (const child of this.children.values()) if (!child.softDeleted) yield child
  }

  /** This folder and all below it, parents first. */
  *subtree(): Generator<FolderNode> {
    yield this
    for (const child of this.children.values()) yield* child.subtree()
  }

  isBelow(other: FolderNode): boolean {
    for (let node: FolderNode | undefined = this; node !== undefined; node = node.parent)
      if (node === other) return true
    return false
  }
}

/** Names are compared without case ([MS-OXCFOLD] 3.2.5.2). */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

export function writeFolder(
  node: FolderNode,
  change: Partial<Pick<FolderNode, 'parentFid' | 'softDeleted' | 'cn' | 'bag'>> = {}
): Uint8Array {
  const writer = new Writer(256)
  writer.u8(VERSION)
  writer.u8(TYPES.indexOf(node.type))
  writer.u8((change.softDeleted ?? node.softDeleted) ? SOFT_DELETED : 0)
  writer.f64(change.parentFid ?? node.parentFid)
  writer.f64(change.cn ?? node.cn)
  writer.copy(packProperties(change.bag ?? node.bag))
  return writer.written()
}

export function readFolder(fid: Fid, bytes: Uint8Array): FolderNode {
  const reader = new Reader(bytes)
  const version = reader.u8()
  if (version !== VERSION) throw new MalformedBuffer(`folder record of version ${version}`, 0)
  const type = TYPES[reader.u8()]
  if (type === undefined) return reader.fail('unknown type of folder')
  const softDeleted = (reader.u8() & SOFT_DELETED) !== 0
  const [parentFid, cn] = [reader.f64(), reader.f64()]
  const bag = new PackedProperties(reader.bytes, reader.position).toBag()
  return new FolderNode(fid, parentFid, type, softDeleted, cn, bag)
}

const NUMBERS = [
  ...(['contentCount', 'unreadCount', 'associatedCount', 'softDeletedCount', 'softDeletedAssociatedCount'] as const),
  ...(['contentBytes', 'associatedBytes', 'softDeletedBytes', 'deletedTotal'] as const),
  ...(['hierarchyChanges', 'nextId', 'endId', 'blockSize', 'nextArticle'] as const)
]

export function writeCounters(counters: FolderCounters): Uint8Array {
  const writer = new Writer(1 + NUMBERS.length * 8 + 8)
  writer.u8(VERSION)
  for (const name of NUMBERS) writer.f64(counters[name])
  writer.u64(counters.localCommitTimeMax)
  return writer.written()
}

export function readCounters(bytes: Uint8Array): FolderCounters {
  const reader = new Reader(bytes)
  const version = reader.u8()
  if (version !== VERSION) throw new MalformedBuffer(`folder counters of version ${version}`, 0)
  const counters = freshCounters()
  for (const name of NUMBERS) counters[name] = reader.f64()
  counters.localCommitTimeMax = reader.u64()
  return counters
}
